//! Texts of users and databases in the Markdown of the data card.

use crate::model::printable;

/// Most characters of a text.
const MAX_CHARS: usize = 1_000;

/// A code that is safe between backticks.
pub(super) fn code(text: &str) -> String {
    let is_letter = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().filter(is_letter).take(80).collect()
}

/// A text that is safe in a line or in a table: none of its characters is Markdown or HTML.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text, MAX_CHARS).chars() {
        if matches!(
            c,
            '|' | '\\' | '`' | '<' | '&' | '[' | ']' | '*' | '_' | '~' | '#' | '!'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_read_as_markdown() {
        assert_eq!(
            plain("a|b [c](d) <e> &lt; `f` *g* _h_ ~~i~~ # ![j]\n\\"),
            r"a\|b \[c\](d) \<e> \&lt; \`f\` \*g\* \_h\_ \~\~i\~\~ \# \!\[j\]\\"
        );
        assert_eq!(code("http_error`<b>"), "http_errorb");
    }
}
