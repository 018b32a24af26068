//! Properties of writing systems.

use unicode_normalization::char::is_combining_mark;

/// True for letters of scripts without spaces between words: Han, kana, Thai, Lao, Khmer, Burmese.
#[must_use]
pub fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2FA1F}' | '\u{0E01}'..='\u{0E4E}' | '\u{0E80}'..='\u{0EFF}' | '\u{1780}'..='\u{17D3}'
        | '\u{1000}'..='\u{109F}')
}

/// True for marks that belong to letters but are no letters: accents, Arabic and Hebrew points, vowel signs of Indic,
/// Thai and Burmese scripts (Unicode's general category M), and the joiners inside Persian and Indic words.
#[must_use]
pub fn is_mark(c: char) -> bool {
    c >= '\u{300}' && (is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}'))
}
