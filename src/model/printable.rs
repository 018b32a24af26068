//! Text of strangers, made fit for a message.

/// The text without control characters, cut to a number of characters.
#[must_use]
pub fn printable(text: &str, max_chars: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(max_chars)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_removed_before_the_text_is_cut() {
        assert_eq!(printable("\u{1b}[31m\nred", 6), "[31mre");
    }
}
