//! Makes text from outside safe for terminals and for readers of JSON.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

/// Replaces by `�` the characters that a terminal or a reader would obey instead of showing: control characters (C0
/// with escape, DEL, C1) and the Unicode controls that reorder or hide text (bidirectional embeddings, overrides and
/// isolates, line and paragraph separators, tags). Line feeds and tabs stay.
#[must_use]
pub fn safe_text(text: &str) -> String {
    text.chars()
        .map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c })
        .collect()
}

/// [`safe_text`] on one line.
#[must_use]
pub fn safe_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    safe_text(&words.join(" "))
}

/// An answer as one line of JSON, its keys in alphabetical order and its unsafe characters escaped (`serde_json`
/// escapes C0 only).
///
/// # Errors
/// If the answer has a map whose keys are not strings.
pub fn safe_json<T: Serialize>(answer: &T) -> serde_json::Result<String> {
    Ok(escape_json(serde_json::to_value(answer)?.to_string()))
}

/// Writes an answer as JSON with its unsafe characters escaped, field by field: it is never in memory as a whole. The keys
/// keep their order.
///
/// # Errors
/// When writing fails, and if the answer has a map whose keys are not strings.
pub fn write_safe_json<T: Serialize>(out: impl io::Write, answer: &T) -> serde_json::Result<()> {
    answer.serialize(&mut serde_json::Serializer::with_formatter(
        out,
        SafeFormatter,
    ))
}

/// Compact JSON with unsafe characters escaped.
struct SafeFormatter;

impl Formatter for SafeFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = fragment;
        while let Some((at, unsafe_char)) = plain.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&plain.as_bytes()[..at])?;
            for unit in unsafe_char.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = &plain[at + unsafe_char.len_utf8()..];
        }
        writer.write_all(plain.as_bytes())
    }
}

/// Escapes the unsafe characters of JSON.
#[must_use]
pub fn escape_json(plain: String) -> String {
    if plain.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return plain;
    }
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        if is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn is_unsafe(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let bad = "a\u{1b}[31mb\u{9b}2Jc\u{7}d\re\u{202e}f\u{2066}g\u{e0041}h\n\ti";
        let good = safe_text(bad);
        assert_eq!(good, "a�[31mb�2Jc�d�e�f�g�h\n\ti");
        assert_eq!(safe_line(" a \n\u{1b} b"), "a � b");
    }

    #[test]
    fn json_means_the_same_with_its_unsafe_characters_escaped() {
        let value = serde_json::json!({ "text": "a\u{9b}b\u{202e}c\u{7f}d\u{e0041}\u{1b}" });
        let line = safe_json(&value).unwrap();
        assert!(!line.chars().any(is_unsafe), "{line}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            value
        );
        let mut written = Vec::new();
        write_safe_json(&mut written, &value).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), line);
    }
}
