//! Words of a text, for hashes, counts and comparison.

use crate::model::is_spaceless;

/// The words of a text, unchanged: runs of letters, digits and marks, with apostrophes inside. In scripts that write
/// without spaces, each letter is a word.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    tokens(text).filter(|token| is_word(token))
}

/// The number of [`words`] of a text.
pub(super) fn count_words(text: &str) -> u64 {
    if !text.is_ascii() {
        return words(text).count() as u64;
    }
    // Most lines of most policies are ASCII. The two bytes before a byte decide whether a word begins there.
    let (mut count, mut before, mut last) = (0, b' ', b' ');
    for byte in text.bytes() {
        let goes_on =
            last.is_ascii_alphanumeric() || last == b'\'' && before.is_ascii_alphanumeric();
        count += u64::from(byte.is_ascii_alphanumeric() && !goes_on);
        (before, last) = (last, byte);
    }
    count
}

/// Cuts a text into words, runs of white space, and single other characters. Joined, they are the text again.
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = token_end(rest)?;
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

/// True for a token that is a word.
#[must_use]
pub fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(is_letter)
}

/// Length in bytes of the first token of a text; `None` for an empty text.
fn token_end(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    let (_, first) = chars.next()?;
    let spaceless = is_spaceless(first);
    while let Some((at, c)) = chars.next() {
        let goes_on = if first.is_whitespace() {
            c.is_whitespace()
        } else if !is_letter(first) {
            false
        } else if spaceless {
            // A vowel sign or tone mark belongs to its letter.
            is_mark(c)
        } else {
            is_letter(c) && !is_spaceless(c)
                || matches!(c, '\'' | '’')
                    && chars
                        .peek()
                        .is_some_and(|(_, next)| is_letter(*next) && !is_spaceless(*next))
        };
        if !goes_on {
            return Some(at);
        }
    }
    Some(text.len())
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

/// True for combining marks, which are part of words but not letters: accents, Arabic and Hebrew points, Indic and Thai
/// vowel signs.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}'
        | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0981}'..='\u{0983}' | '\u{09BC}'..='\u{09CD}'
        | '\u{0B82}' | '\u{0BBE}'..='\u{0BCD}' | '\u{0C00}'..='\u{0C03}' | '\u{0C3E}'..='\u{0C4D}'
        | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}' | '\u{0EB1}' | '\u{0EB4}'..='\u{0EBC}'
        | '\u{0EC8}'..='\u{0ECD}' | '\u{102B}'..='\u{103E}' | '\u{17B4}'..='\u{17D3}' | '\u{20D0}'..='\u{20F0}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_what_a_reader_counts() {
        let found: Vec<&str> = words("We don't sell “your” e-mail (since 2018).").collect();
        assert_eq!(
            found,
            ["We", "don't", "sell", "your", "e", "mail", "since", "2018"]
        );
        assert_eq!(
            words("個人情報 policy").collect::<Vec<_>>(),
            ["個", "人", "情", "報", "policy"]
        );
    }

    proptest! {
        #[test]
        fn words_are_counted_as_they_are_cut(text in "[a-cA-C0-2' .,-]{0,40}") {
            prop_assert_eq!(count_words(&text), words(&text).count() as u64);
        }

        #[test]
        fn tokens_put_together_are_the_text(text in ".{0,80}") {
            prop_assert_eq!(tokens(&text).collect::<String>(), text);
        }
    }
}
