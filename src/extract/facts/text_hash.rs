//! The hash of the words of a text.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::extract::characters::{any_byte_in, is_invisible, is_presentation_form, push_letters};
use crate::model::{TextHash, is_mark, is_spaceless};

/// Hash of the words of a text.
///
/// Two texts have the same hash if they differ only in white space, line ends, Unicode form, invisible characters,
/// capitals, ligatures, or the shape of quotes, dashes and bullets. Between letters of scripts without spaces, white space makes
/// no difference at all. Any other difference gives another hash.
#[must_use]
pub fn text_hash(text: &str) -> TextHash {
    TextHash::of_normalised(&normalised(text))
}

/// The text that is hashed.
fn normalised(text: &str) -> String {
    let mut out = Normalised {
        text: String::with_capacity(text.len()),
        gap: false,
        last_is_letter: false,
        last_is_spaceless: false,
    };
    if is_nfc_quick(marks_and_above(text)) == IsNormalized::Yes {
        out.push_all(text);
    } else {
        out.push_all(&text.nfc().collect::<String>());
    }
    out.text.make_ascii_lowercase();
    out.text
}

/// The characters from the combining marks (U+0300) on. Every character below them is its own composed form.
fn marks_and_above(text: &str) -> impl Iterator<Item = char> {
    // The first byte of U+0300. Later bytes of a character are lower.
    let is_first = |b: u8| b >= 0xCC;
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let from = 64
            * bytes
                .chunks(64)
                .position(|chunk| any_byte_in(chunk, is_first))?;
        let at = from + bytes[from..].iter().position(|b| is_first(*b))?;
        let c = rest.get(at..)?.chars().next()?;
        rest = &rest[at + c.len_utf8()..];
        Some(c)
    })
}

/// True for the letters and digits of ASCII.
const IS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

fn is_plain(byte: u8) -> bool {
    IS_PLAIN[usize::from(byte)]
}

/// Length of the run of words, separated by single blanks, at the beginning of a text.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "a branch at the end of every word is one that the processor guesses wrong"
)]
fn words_length(bytes: &[u8]) -> usize {
    let mut after_blank = false;
    let stops = |b: &u8| {
        let is_blank = *b == b' ';
        let stops = !is_plain(*b) & (after_blank | !is_blank);
        after_blank = is_blank;
        stops
    };
    let end = bytes.iter().position(stops).unwrap_or(bytes.len());
    end - usize::from(bytes[..end].ends_with(b" "))
}

struct Normalised {
    text: String,
    gap: bool,
    last_is_letter: bool,
    last_is_spaceless: bool,
}

impl Normalised {
    /// Adds runs of ASCII words whole, without changing their case, and everything else letter by letter.
    fn push_all(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                    let length = words_length(&bytes[at..]);
                    if self.gap && self.last_is_letter {
                        self.text.push(' ');
                    }
                    self.gap = false;
                    self.last_is_letter = true;
                    self.last_is_spaceless = false;
                    self.text.push_str(&text[at..at + length]);
                    at += length;
                    continue;
                }
                b' ' | b'\t' | b'\n' | b'\r' | 0xC => self.gap = true,
                b'!'..=b'~' => {
                    self.gap = false;
                    self.last_is_letter = false;
                    self.text.push(if *byte == b'`' {
                        '\''
                    } else {
                        char::from(*byte)
                    });
                }
                // The other controls are invisible.
                0..=0x7F => {}
                _ => {
                    let Some(c) = text[at..].chars().next() else {
                        return;
                    };
                    self.push(c);
                    at += c.len_utf8();
                    continue;
                }
            }
            at += 1;
        }
    }

    /// Adds a character beyond ASCII.
    fn push(&mut self, c: char) {
        let c = match c {
            // Capitals are set by the style sheet as often as by the author.
            c if c.is_uppercase() => {
                c.to_lowercase().for_each(|c| self.push_folded(c));
                return;
            }
            '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' => '\'',
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            '\u{200C}' | '\u{200D}' | '•' | '·' | '▪' | '◦' | '●' | '■' => return,
            c if is_presentation_form(c) => {
                push_letters(c, &mut |letter| self.push_folded(letter));
                return;
            }
            c if c.is_whitespace() => ' ',
            c => c,
        };
        self.push_folded(c);
    }

    fn push_folded(&mut self, c: char) {
        if c.is_ascii_whitespace() {
            self.gap = true;
            return;
        }
        if is_invisible(c) {
            return;
        }
        // White space next to a punctuation mark depends on the mark-up around it.
        let is_letter =
            c.is_ascii_alphanumeric() || !c.is_ascii() && (c.is_alphanumeric() || is_mark(c));
        if is_letter {
            self.push_letter(c);
            return;
        }
        self.gap = false;
        self.last_is_letter = false;
        self.text.push(c);
    }

    fn push_letter(&mut self, c: char) {
        // A line end between two letters of a script without spaces comes from the source, not from the author.
        let is_spaceless = is_spaceless(c);
        if self.gap && self.last_is_letter && !(is_spaceless && self.last_is_spaceless) {
            self.text.push(' ');
        }
        self.gap = false;
        self.last_is_letter = true;
        self.last_is_spaceless = is_spaceless;
        self.text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn the_look_of_a_text_does_not_change_its_hash() {
        let plain = text_hash("We don't sell \"data\" - ever. Cafe\u{301} (see below)");
        for same in [
            "We  don’t\nsell “data” – ever.\tCafé ( see below )",
            "We don\u{2019}t sell «data»\u{a0}— e\u{ad}ver . Caf\u{e9} (see\u{200b} below)",
        ] {
            assert_eq!(text_hash(same), plain, "{same}");
        }
        assert_eq!(text_hash("个人\n信息 保护"), text_hash("个人信息保护"));
        assert_eq!(
            text_hash("Small ﬁles, no eﬀect"),
            text_hash("small files, no effect")
        );
        assert_ne!(text_hash("个人 A 信息"), text_hash("个人A信息"));
    }

    #[test]
    fn changed_words_always_change_the_hash() {
        let plain = text_hash("We may share data with third parties.");
        for other in [
            "We may not share data with third parties.",
            "We may share data with third party.",
            "We may share data withthird parties.",
            "",
        ] {
            assert_ne!(text_hash(other), plain, "{other}");
        }
        assert_ne!(text_hash("1.5"), text_hash("15"));
    }
}
