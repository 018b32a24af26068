//! Invisible characters, and a fast search for bytes.

use std::borrow::Cow;

use unicode_normalization::char::decompose_compatible;

/// True for invisible characters, which must not reach a terminal or a hash: controls, directional overrides,
/// zero-width spaces, soft hyphens, private-use letters of icon fonts.
pub(in crate::extract) fn is_invisible(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{202A}'..='\u{202E}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{FE0E}' | '\u{FE0F}' | '\u{180E}' | '\u{034F}'
            | '\u{E0000}'..='\u{E007F}')
}

/// True if [`cleaned`] has something to remove. Only characters that begin with one of a few bytes need a closer check.
fn has_invisible(text: &str) -> bool {
    let is_suspect = |b: u8| !matches!(b, b' '..=b'~' | b'\n' | 0x80..=0xC1 | 0xC3..=0xCC | 0xCE..=0xE0 | 0xE3..=0xED);
    let is_there = |at: usize| {
        text.get(at..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| {
                is_invisible(c) || is_presentation_form(c) || matches!(c, '\u{2028}' | '\u{2029}')
            })
    };
    any_byte(text, is_suspect)
        && text
            .bytes()
            .enumerate()
            .any(|(at, b)| is_suspect(b) && is_there(at))
}

/// True if a text has a byte for which `is` is true. The text is checked in chunks, so that the compiler can use vector
/// instructions.
pub(in crate::extract) fn any_byte(text: &str, is: impl Fn(u8) -> bool) -> bool {
    text.as_bytes()
        .chunks(64)
        .any(|chunk| any_byte_in(chunk, &is))
}

/// Like [`any_byte`], for a short piece of a text.
pub(in crate::extract) fn any_byte_in(chunk: &[u8], is: impl Fn(u8) -> bool) -> bool {
    chunk.iter().fold(false, |any, b| any | is(*b))
}

/// Removes invisible characters, replaces tabs by spaces, and writes ligatures as their letters.
pub(in crate::extract) fn cleaned(text: &str) -> Cow<'_, str> {
    if !has_invisible(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\r' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push(' '),
            c if is_invisible(c) => {}
            c if is_presentation_form(c) => push_letters(c, &mut |letter| out.push(letter)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// True for characters that only draw letters in another form: Latin and Armenian ligatures, the presentation forms of
/// Hebrew and Arabic, Kangxi radicals. PDFs contain them where their author typed the letters.
pub(in crate::extract) fn is_presentation_form(c: char) -> bool {
    matches!(c, '\u{FB00}'..='\u{FDFB}' | '\u{FE70}'..='\u{FEFC}' | '\u{2F00}'..='\u{2FD5}')
}

/// Calls `push` with the letters that a presentation form draws.
pub(in crate::extract) fn push_letters(form: char, push: &mut dyn FnMut(char)) {
    decompose_compatible(form, push);
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn control_characters_and_terminal_escapes_are_gone() {
        assert_eq!(cleaned("a\u{1b}[2Jb\u{9b}c\u{202e}d\te"), "a[2Jbcd e");
        assert_eq!(cleaned("plain\n"), "plain\n");
    }

    #[test]
    fn ligatures_are_written_as_their_letters() {
        assert_eq!(
            cleaned("ﬁles eﬀect oﬃce ﬂow ﬅ \u{FEFB} \u{2F00}"),
            "files effect office flow st \u{644}\u{627} \u{4E00}"
        );
    }
}
