//! The words of a text: the one definition and the one counter for all rooms.

use super::script::{is_mark, is_spaceless};

/// The words of a text, unchanged: runs of letters, digits and their marks, with apostrophes inside. In scripts that
/// write without spaces, each letter is a word.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    tokens(text).filter(|token| is_word(token))
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

/// True for a token that is a word. A mark without a letter, as in an emoji, is none.
#[must_use]
pub fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(char::is_alphanumeric)
}

/// Length in bytes of the first token of a text; `None` for an empty text.
fn token_end(text: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    let (_, first) = chars.next()?;
    let spaceless = is_spaceless(first);
    for (at, c) in chars {
        let goes_on = if first.is_whitespace() {
            c.is_whitespace()
        } else if !first.is_alphanumeric() {
            false
        } else if spaceless {
            // A vowel sign or tone mark belongs to its letter.
            is_mark(c)
        } else {
            is_spaced_letter(c) || is_apostrophe(c) && begins_spaced(&text[at + c.len_utf8()..])
        };
        if !goes_on {
            return Some(at);
        }
    }
    Some(text.len())
}

/// True for what goes on a word of a script with spaces: a letter, a digit, or any mark.
fn is_spaced_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_spaceless(c) || is_mark(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

fn begins_spaced(text: &str) -> bool {
    text.chars().next().is_some_and(is_spaced_letter)
}

/// What the last character of a text belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Word,
    /// A letter of a script without spaces.
    Letter,
}

/// The number of [`words`] of a text.
#[must_use]
pub fn count_words(text: &str) -> u64 {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes();
    let (mut count, mut inside) = (0, Inside::Nothing);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        // The common case: a word begins at a letter that does not follow another letter. The compiler uses vector
        // instructions here.
        if let Some(chunk) = bytes.get(at..at + CHUNK)
            && let [first, .., last] = chunk
            && !chunk
                .iter()
                .fold(false, |any, b| any | matches!(b, b'\'' | 0x80..))
        {
            let begins = |(before, b): (&u8, &u8)| {
                u8::from(b.is_ascii_alphanumeric() & !before.is_ascii_alphanumeric())
            };
            count += u64::from(first.is_ascii_alphanumeric() && inside != Inside::Word);
            count += u64::from(chunk.iter().zip(&chunk[1..]).map(begins).sum::<u8>());
            inside = if last.is_ascii_alphanumeric() {
                Inside::Word
            } else {
                Inside::Nothing
            };
            at += CHUNK;
            continue;
        }
        let Some(c) = char_at(text, at, *byte) else {
            break;
        };
        at += c.len_utf8();
        inside = match inside {
            Inside::Word if is_spaced_letter(c) => Inside::Word,
            Inside::Word if is_apostrophe(c) && begins_spaced(&text[at..]) => Inside::Word,
            Inside::Letter if is_mark(c) => Inside::Letter,
            _ if !c.is_alphanumeric() => Inside::Nothing,
            _ => {
                count += 1;
                if is_spaceless(c) {
                    Inside::Letter
                } else {
                    Inside::Word
                }
            }
        };
    }
    count
}

fn char_at(text: &str, at: usize, byte: u8) -> Option<char> {
    if byte.is_ascii() {
        return Some(char::from(byte));
    }
    text[at..].chars().next()
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
        for (text, count) in [
            ("", 0),
            ("We don't sell your e-mail address.", 7),
            ("Cookies を使用", 4),
            ("गोपनीयता नीति", 2),
            ("தனியுரிமைக் கொள்கை", 2),
            ("حریم می‌شود", 2),
            ("น้ำ", 2),
            ("❤️ 👩‍💻 1️⃣", 1),
        ] {
            assert_eq!(count_words(text), count, "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_are_counted_as_they_are_cut(text in "([a-cA-C0-2'’ .,-]|[個あ้กနေ်गी‌é\u{301}♥]|[a-z ]{20}){0,40}") {
            prop_assert_eq!(count_words(&text), words(&text).count() as u64);
        }

        #[test]
        fn tokens_put_together_are_the_text(text in ".{0,80}") {
            prop_assert_eq!(tokens(&text).collect::<String>(), text);
        }
    }
}
