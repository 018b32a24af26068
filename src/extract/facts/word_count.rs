//! The number of words of a text.

use crate::extract::characters::{any_byte_in, is_mark};
use crate::model::is_spaceless;

/// The number of words of a text. In scripts without spaces, each letter counts as one word.
pub(in crate::extract) fn word_count(text: &str) -> u64 {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes();
    let (mut count, mut inside) = (0, false);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        // The common case: a word begins at a letter that does not follow another letter. The compiler uses vector
        // instructions here.
        if let Some(chunk) = bytes.get(at..at + CHUNK)
            && let [first, .., last] = chunk
            && !any_byte_in(chunk, |b| matches!(b, b'\'' | 0x80..))
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
    fn words_are_counted_in_scripts_with_and_without_spaces() {
        assert_eq!(word_count("We don't sell your e-mail address."), 7);
        assert_eq!(word_count("個人情報"), 4);
        assert_eq!(word_count("Cookies を使用"), 4);
        assert_eq!(word_count(""), 0);
    }
}
