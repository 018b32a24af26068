//! The codes of languages.

/// The code of a language in small letters: two letters (ISO 639-1), or `und` for texts of unknown language. `None` if the text
/// is no such code.
#[must_use]
pub fn language_code(text: &str) -> Option<String> {
    let code = text.to_ascii_lowercase();
    let is_short = code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
    (is_short || code == "und").then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_two_letters_or_is_that_of_unknown_languages() {
        for (text, code) in [("en", "en"), ("DE", "de"), ("und", "und"), ("UND", "und")] {
            assert_eq!(language_code(text).as_deref(), Some(code));
        }
        for text in ["english", "e", "", "e1", "ñ", "eng"] {
            assert_eq!(language_code(text), None, "{text}");
        }
    }
}
