//! Folds texts and paths to one spelling, so that they can be compared: no case, no accents, no punctuation.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

use crate::model::{is_mark, is_spaceless, words};

/// Maximum number of bytes of a text that are read. Longer texts are not link texts.
pub(in super::super) const MAX_TEXT_BYTES: usize = 400;

/// Characters that index keys escape.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Folds a text to lower-case words with one space between them, without accents and punctuation.
///
/// Marks that are letters of their script (Hindi, Thai) stay. Arabic letters that look alike become one, because Persian
/// pages are often typed on Arabic keyboards.
pub(in super::super) fn fold(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES * 4)];
    let mut out = String::with_capacity(text.len());
    let decomposed = text
        .nfkd()
        .filter(|c| !matches!(*c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{5B0}'..='\u{5C7}'))
        .filter(|c| !matches!(*c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{FEFF}' | '\u{640}'))
        .flat_map(char::to_lowercase);
    for c in decomposed.nfc() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            'ي' | 'ى' => out.push('ی'),
            'ك' => out.push('ک'),
            'ة' => out.push('ه'),
            c if is_word(c) => out.push(c),
            _ if out.is_empty() || out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out
}

/// True for letters, digits, and the marks that belong to letters; false for the combining dot of a lower-cased `İ`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '°' || (is_mark(c) && c > '\u{36F}')
}

/// True for characters of scripts that separate words by spaces. In other scripts (Hebrew and Arabic prefixes, Thai,
/// Chinese, Korean endings) a phrase may begin and end inside a run of letters.
pub(in super::super) fn is_spaced(c: char) -> bool {
    c < '\u{590}'
}

/// Length of a folded text in words, as links are compared; four letters of a script without spaces count as one.
pub(in super::super) fn length_in_words(text: &str) -> usize {
    let length = |run: &str| {
        let is_letter = |word: &&str| word.starts_with(is_spaceless);
        let letters = words(run).filter(is_letter).count();
        words(run).count() - letters + letters.div_ceil(4)
    };
    text.split(' ').map(length).sum()
}

/// Decodes percent escapes; bytes that are not UTF-8 become U+FFFD.
pub(in super::super) fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Encodes everything but unreserved characters as lower-case percent escapes: the spelling of index keys.
pub(in super::super) fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED)
        .to_string()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_punctuation_do_not_matter() {
        for (text, folded) in [
            ("  Privacy\u{a0}&amp; Policy » ", "privacy amp policy"),
            ("Política de PRIVACIDAD", "politica de privacidad"),
            ("GİZLİLİK", "gizlilik"),
            (
                "Zásady ochrany osobních údajů",
                "zasady ochrany osobnich udaju",
            ),
            ("ΑΠΌΡΡΗΤΟΣ", "απορρητοσ"),
            ("プライバシー・ポリシー", "プライバシー ポリシー"),
            ("ﾌﾟﾗｲﾊﾞｼｰ", "プライバシー"),
            ("Политика", "политика"),
            ("Datenschutz\u{ad}erklärung", "datenschutzerklarung"),
            ("गोपनीयता नीति", "गोपनीयता नीति"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
        assert_eq!(fold("حريم خصوصي"), fold("حریم خصوصی"));
        assert_eq!(fold("\u{300}"), "");
    }

    #[test]
    fn percent_escapes_are_read_and_written() {
        assert_eq!(percent_decoded("/%d0%bf%D1%80-%zz%"), "/пр-%zz%");
        assert_eq!(percent_decoded("%ff"), "\u{FFFD}");
        assert_eq!(percent_encoded("隐私-A b"), "%e9%9a%90%e7%a7%81-a%20b");
    }

    #[test]
    fn letters_without_spaces_count_by_four() {
        assert_eq!(length_in_words("a bc"), 2);
        assert_eq!(length_in_words("個人情報保護"), 2);
        assert_eq!(length_in_words("गोपनीयता नीति"), 2);
        assert_eq!(length_in_words(""), 0);
    }
}
