//! Prepares text from outside for a message or a report.

/// Removes control characters, and cuts the rest to `max_chars` characters.
#[must_use]
pub fn printable(text: &str, max_chars: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(max_chars)
        .collect()
}

/// Makes one line of a text: replaces each control character by a space, cuts the result to `max_chars` characters and
/// trims it. Use it for texts whose line ends separate words.
#[must_use]
pub fn printable_line(text: &str, max_chars: usize) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(max_chars)
        .collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_removed_before_the_text_is_cut() {
        assert_eq!(printable("\u{1b}[31m\nred", 6), "[31mre");
    }

    #[test]
    fn control_characters_become_spaces_in_a_line() {
        assert_eq!(printable_line(" one\r\ntwo\nthree", 10), "one  two");
    }
}
