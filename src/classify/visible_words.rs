//! The hashes of the words of a text that a reader sees: without the addresses of links.

use crate::model::{mixed_bits, word_hash, words};

/// Hash of every word that begins with a digit: dates and numbers tell nothing.
const NUMBER: u64 = 0x5eed_0000_0000_0077;

/// Calls `found` with the hash of each word and the position behind its chunk, in order, until it returns false.
///
/// Words end at apostrophes, so that `l'utilisateur` and `d'utilisateur` share a word.
pub(super) fn each_word(text: &str, mut found: impl FnMut(u64) -> bool) {
    for chunk in text.split_whitespace() {
        let chunk = without_address(chunk);
        let goes_on = if chunk.is_ascii() {
            let mut pieces = chunk.split(|c: char| !c.is_ascii_alphanumeric());
            pieces.all(|piece| piece.is_empty() || found(hash_of(piece)))
        } else {
            let mut pieces = words(chunk).flat_map(|word| word.split(['\'', '’']));
            pieces.all(|piece| piece.is_empty() || found(hash_of(piece)))
        };
        if !goes_on {
            return;
        }
    }
}

fn hash_of(word: &str) -> u64 {
    if word.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return mixed_bits(NUMBER);
    }
    word_hash(word)
}

/// A run of characters without white space, cut before the address of a link.
fn without_address(chunk: &str) -> &str {
    let bytes = chunk.as_bytes();
    if bytes.len() < 6 || !bytes.iter().any(|b| matches!(b, b':' | b']')) {
        return chunk;
    }
    let link = chunk.find("](").unwrap_or(chunk.len());
    let address = chunk.find("://").map_or(chunk.len(), |at| {
        let scheme = chunk[..at]
            .bytes()
            .rev()
            .take_while(u8::is_ascii_alphabetic);
        at - scheme.count()
    });
    &chunk[..link.min(address)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u64> {
        let mut all = Vec::new();
        each_word(text, |hash| {
            all.push(hash);
            true
        });
        all
    }

    #[test]
    fn addresses_are_no_words_and_case_and_apostrophes_make_no_difference() {
        let plain = hashes("see our policy");
        assert_eq!(plain.len(), 3);
        assert_eq!(
            hashes("See our [policy](https://example.com/privacy-policy)."),
            plain
        );
        assert_eq!(
            hashes("see our policy (https://example.com/privacy)"),
            plain
        );
        assert_eq!(hashes("l'Utilisateur"), hashes("L’utilisateur"));
        assert_eq!(hashes("2018 42"), [mixed_bits(NUMBER); 2]);
        assert_eq!(hashes("ДАННЫЕ"), hashes("данные"));
        assert_eq!(hashes("個人情報").len(), 4);
        assert_eq!(hashes(""), [0_u64; 0]);
    }

    #[test]
    fn reading_stops_when_the_caller_has_enough() {
        let mut count = 0;
        each_word("one two three four", |_| {
            count += 1;
            count < 2
        });
        assert_eq!(count, 2);
    }
}
