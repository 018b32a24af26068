//! The plain words of a document, their hash and their number.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::tree::{Block, Span, plain_text};
use super::words::is_mark;
use crate::model::{TextHash, is_spaceless};

/// One line for every heading, paragraph, list item and table row; cells by tabs.
pub(super) fn plain(blocks: &[Block]) -> String {
    let bytes = blocks.iter().map(|block| block.weight().0 + 1).sum();
    let mut out = String::with_capacity(bytes);
    for block in blocks {
        lines(block, &mut out);
    }
    out.truncate(out.trim_end().len());
    out
}

fn lines(block: &Block, out: &mut String) {
    match block {
        Block::Heading(_, spans) | Block::Paragraph(spans) => line(spans, out),
        Block::Quote(blocks) => blocks.iter().for_each(|b| lines(b, out)),
        Block::List(_, items) => items.iter().flatten().for_each(|b| lines(b, out)),
        Block::Table(rows) => {
            for row in rows {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| plain_text(cell))
                    .filter(|cell| !cell.is_empty())
                    .collect();
                out.push_str(&cells.join("\t"));
                out.push('\n');
            }
        }
    }
}

fn line(spans: &[Span], out: &mut String) {
    for span in spans {
        out.push_str(&span.text);
    }
    out.push('\n');
}

/// Characters that nobody sees and that must not reach a terminal or a hash: controls, directional overrides,
/// zero-width spaces, soft hyphens, icon fonts' private letters.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{202A}'..='\u{202E}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{FE0E}' | '\u{FE0F}' | '\u{180E}' | '\u{034F}'
            | '\u{E0000}'..='\u{E007F}')
}

/// True when [`cleaned`] has something to do: only a few first bytes of characters need a closer look.
fn has_invisible(text: &str) -> bool {
    let is_suspect = |b: u8| !matches!(b, b' '..=b'~' | b'\n' | 0x80..=0xC1 | 0xC3..=0xCC | 0xCE..=0xE0 | 0xE3..=0xED);
    let is_there = |at: usize| {
        text.get(at..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}'))
    };
    any_byte(text, is_suspect)
        && text
            .bytes()
            .enumerate()
            .any(|(at, b)| is_suspect(b) && is_there(at))
}

/// True when some byte of a text is one that is asked for; by chunks, as the compiler makes that many bytes a step.
pub(super) fn any_byte(text: &str, is: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(64).any(|chunk| any(chunk, &is))
}

fn any(chunk: &[u8], is: impl Fn(u8) -> bool) -> bool {
    chunk.iter().fold(false, |any, b| any | is(*b))
}

/// A text without the characters that nobody sees; tabs become spaces.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    if !has_invisible(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .filter_map(|c| match c {
                '\t' | '\r' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
                c if is_invisible(c) => None,
                c => Some(c),
            })
            .collect(),
    )
}

/// Hash of the words of a text.
///
/// Two texts have one hash when they differ in white space (between letters of scripts without it, in whether there is any),
/// line ends, Unicode form, invisible characters, capitals, or the
/// shape of quotes, dashes and bullets; any other difference makes another hash.
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

/// The characters from the combining marks on: below them every character is its own composed form.
fn marks_and_above(text: &str) -> impl Iterator<Item = char> {
    // The first byte of U+0300; the bytes inside of a character are lower.
    let is_first = |b: u8| b >= 0xCC;
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let from = 64 * bytes.chunks(64).position(|chunk| any(chunk, is_first))?;
        let at = from + bytes[from..].iter().position(|b| is_first(*b))?;
        let c = rest.get(at..)?.chars().next()?;
        rest = &rest[at + c.len_utf8()..];
        Some(c)
    })
}

/// Letters and digits of ASCII.
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

/// Length of the words at a place that stand by single blanks.
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
    /// Pushes runs of ASCII words whole, in the case they have, and everything else by the letter.
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
                // Nobody sees the other controls.
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

    /// Pushes a character beyond ASCII.
    fn push(&mut self, c: char) {
        let c = match c {
            // Capitals are the style sheet's business as often as the author's.
            c if c.is_uppercase() => {
                c.to_lowercase().for_each(|c| self.push_folded(c));
                return;
            }
            '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' => '\'',
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            '\u{200C}' | '\u{200D}' | '•' | '·' | '▪' | '◦' | '●' | '■' => return,
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
        // White space beside a mark comes and goes with the mark-up around it.
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
        // A line end of the source between two letters that are written without spaces is none of the author's.
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

/// Number of words; letters of scripts that write without spaces count one each.
pub(super) fn word_count(text: &str) -> u64 {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes();
    let (mut count, mut inside) = (0, false);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        // Most of most texts: a word begins where a letter stands behind none, and the compiler makes many bytes a step.
        if let Some(chunk) = bytes.get(at..at + CHUNK)
            && let [first, .., last] = chunk
            && !any(chunk, |b| matches!(b, b'\'' | 0x80..))
        {
            let begins = |(before, b): (&u8, &u8)| {
                u8::from(b.is_ascii_alphanumeric() & !before.is_ascii_alphanumeric())
            };
            count += u64::from(first.is_ascii_alphanumeric() && !inside);
            count += u64::from(chunk.iter().zip(&chunk[1..]).map(begins).sum::<u8>());
            inside = last.is_ascii_alphanumeric();
            at += CHUNK;
            continue;
        }
        if byte.is_ascii() {
            let is_word = byte.is_ascii_alphanumeric() || inside && *byte == b'\'';
            count += u64::from(is_word && !inside);
            inside = is_word;
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        at += c.len_utf8();
        if is_spaceless(c) {
            count += u64::from(!is_mark(c));
            inside = false;
        } else if c.is_alphanumeric() || is_mark(c) || inside && c == '’' {
            count += u64::from(!inside);
            inside = true;
        } else {
            inside = false;
        }
    }
    count
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

    #[test]
    fn words_are_counted_in_scripts_with_and_without_spaces() {
        assert_eq!(word_count("We don't sell your e-mail address."), 7);
        assert_eq!(word_count("個人情報"), 4);
        assert_eq!(word_count("Cookies を使用"), 4);
        assert_eq!(word_count(""), 0);
    }

    #[test]
    fn control_characters_and_terminal_escapes_are_gone() {
        assert_eq!(cleaned("a\u{1b}[2Jb\u{9b}c\u{202e}d\te"), "a[2Jbcd e");
        assert_eq!(cleaned("plain\n"), "plain\n");
    }
}
