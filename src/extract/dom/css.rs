//! The declarations of a `style` attribute.

/// The value of a property in a `style` attribute, in lower case. The last declaration counts.
pub(in crate::extract) fn declaration(style: &str, property: &str) -> Option<String> {
    style
        .split(';')
        .rev()
        .filter_map(|declaration| declaration.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case(property))
        .map(|(_, value)| value.trim().to_ascii_lowercase())
}

/// True if a value has a word.
pub(in crate::extract) fn has_word(value: &str, word: &str) -> bool {
    value.split_ascii_whitespace().any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_by_their_whole_name() {
        let style = "COLOR:red; list-style-type : Lower-Alpha;background:none";
        assert_eq!(
            declaration(style, "list-style-type").as_deref(),
            Some("lower-alpha")
        );
        assert_eq!(declaration(style, "list-style"), None);
        assert!(has_word("underline line-through", "line-through"));
    }
}
