//! Values of users: one line each.

/// Maximum number of characters of a value. Titles of datasets are shorter.
const MAX_CHARS: usize = 1_000;

/// Error: a value that cannot be used in a citation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidCitation(pub(super) String);

/// The value without the spaces around it.
///
/// # Errors
/// If it is empty, too long, or not one line of printable characters.
pub(super) fn one_line(text: &str) -> Result<&str, InvalidCitation> {
    let text = text.trim();
    let what = if text.is_empty() {
        "it is empty; give at least one word".to_owned()
    } else if text.chars().any(is_invisible) {
        "it has a line end or another invisible control character; write it on one line".to_owned()
    } else if text.chars().count() > MAX_CHARS {
        format!("it is longer than {MAX_CHARS} characters; shorten it")
    } else {
        return Ok(text);
    };
    Err(InvalidCitation(what))
}

/// True for characters that end a line or change the direction of the text around them. The formats cannot show them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_of_visible_characters() {
        assert_eq!(one_line(" Die Zeit: ”ä” "), Ok("Die Zeit: ”ä”"));
        for bad in [
            "",
            "  ",
            "a\nb",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{202e}b",
            "a\u{0}",
            "a\u{feff}b",
        ] {
            assert!(one_line(bad).is_err(), "{bad:?}");
        }
        assert!(one_line(&"a".repeat(1_001)).is_err());
    }
}
