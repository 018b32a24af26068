//! Lines, sentences and words of a text, as the search for dates needs them.

use crate::extract::characters::any_byte;
use crate::model::is_mark;

/// Longest line that is only the label of a date in the next line.
pub(in crate::extract) const MAX_LABEL_BYTES: usize = 300;
/// Longest sentence that is reported, in characters. Longer ones are cut around the date.
const MAX_SENTENCE: usize = 300;

/// True for a line that may hold a date (it has a digit) or may be the label of a date in the next line (it is short).
/// Most lines are neither.
pub(in crate::extract) fn may_matter(line: &str) -> bool {
    // First bytes of decimal digits in other scripts. Other letters begin with them too.
    let may_be_digit = |b: u8| b.is_ascii_digit() || matches!(b, 0xD9 | 0xDB | 0xE0 | 0xE1 | 0xEF);
    line.len() <= MAX_LABEL_BYTES || any_byte(line, may_be_digit)
}

/// A line in lower case with all decimal digits as ASCII. It has the same number of characters as the line.
pub(in crate::extract) fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    loop {
        let plain = rest
            .bytes()
            .position(|b| !matches!(b, b' '..=b'~'))
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(plain);
        out.push_str(run);
        let Some(c) = after.chars().next() else {
            break;
        };
        out.push(folded_letter(c));
        rest = &after[c.len_utf8()..];
    }
    out.make_ascii_lowercase();
    out
}

fn folded_letter(c: char) -> char {
    match c {
        '\u{FF10}'..='\u{FF19}' => digit(c, 0xFF10),
        '\u{0660}'..='\u{0669}' => digit(c, 0x0660),
        '\u{06F0}'..='\u{06F9}' => digit(c, 0x06F0),
        '\u{0966}'..='\u{0D6F}' => indic_digit(c),
        '\u{0E50}'..='\u{0E59}' => digit(c, 0x0E50),
        '\u{0ED0}'..='\u{0ED9}' => digit(c, 0x0ED0),
        '\u{1040}'..='\u{1049}' => digit(c, 0x1040),
        '\u{17E0}'..='\u{17E9}' => digit(c, 0x17E0),
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The scripts of India have blocks of 128 characters with their digits in the same places.
fn indic_digit(c: char) -> char {
    match u32::from(c) % 0x80 {
        at @ 0x66..=0x6F => char::from_digit(at - 0x66, 10).unwrap_or(c),
        _ => c,
    }
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c).saturating_sub(zero), 10).unwrap_or(c)
}

/// The sentence of `line` around a part of its folded form.
pub(in crate::extract) fn sentence(
    line: &str,
    folded: &str,
    (start, end): (usize, usize),
) -> String {
    let count = |at: usize| folded.get(..at).map_or(0, |s| s.chars().count());
    let (start, end) = (count(start), count(end));
    // Collects only what can be in the sentence, and one more character on either side.
    let first = start.saturating_sub(MAX_SENTENCE / 2 + 1);
    let chars: Vec<char> = line
        .chars()
        .skip(first)
        .take(end - first + MAX_SENTENCE / 2 + 1)
        .collect();
    let (start, end) = (start - first, end - first);
    let stop = |at: usize| match chars.get(at) {
        Some('。' | '！' | '？') => true,
        Some('.' | '!' | '?') => {
            chars.get(at + 1).is_none_or(|c| c.is_whitespace())
                && at
                    .checked_sub(1)
                    .and_then(|b| chars.get(b))
                    .is_none_or(|c| !c.is_numeric())
        }
        _ => false,
    };
    let least = start.saturating_sub(MAX_SENTENCE / 2);
    let most = end.saturating_add(MAX_SENTENCE / 2).min(chars.len());
    let from = (least..start.min(chars.len()))
        .rev()
        .find(|at| stop(*at))
        .map_or(least, |at| at + 1);
    let to = (end.min(most)..most)
        .find(|at| stop(*at))
        .map_or(most, |at| at + 1);
    let sentence: String = chars.get(from..to).unwrap_or_default().iter().collect();
    sentence.trim().to_owned()
}

/// A text as words with one space between them. A space at either end stays: it is the border of a word.
pub(in crate::extract) fn as_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for c in text.chars() {
        // A book title in Chinese is a law or a document, and a paragraph sign is followed by one of a law.
        if c.is_alphanumeric() || is_mark(c) || matches!(c, '§' | '《') {
            words.push(c);
        } else if !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words
}

/// Like [`as_words`], with a border at either end.
pub(in crate::extract) fn bordered(text: &str) -> String {
    as_words(&format!(" {text} "))
}

/// The end of a text from the beginning of its last sentence on, at most about `bytes` long.
pub(in crate::extract) fn last_sentence(text: &str, bytes: usize) -> &str {
    let near = &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..];
    let ends = |(at, c): &(usize, char)| match c {
        '。' | '！' | '？' | '!' | '?' | ';' | '|' | '•' | '·' | '।' | '։' | '؛' | '؟' => {
            true
        }
        '.' => near[at + 1..].starts_with(' ') && !is_abbreviation(&near[..*at]),
        _ => false,
    };
    let start = near.char_indices().rev().find(ends);
    start.map_or(near, |(at, c)| &near[at + c.len_utf8()..])
}

/// The start of a text up to the end of its first sentence, at most about `bytes` long.
pub(in crate::extract) fn first_sentence(text: &str, bytes: usize) -> &str {
    let near = &text[..text.floor_char_boundary(bytes)];
    let end = near.find(['。', '！', '？', '!', '?', ';', '|', '।', '(', '（']);
    let near = &near[..end.unwrap_or(near.len())];
    let mut stops = near.match_indices(". ");
    let stop = stops.find(|(at, _)| !is_abbreviation(&near[..*at]));
    stop.map_or(near, |(at, _)| &near[..at])
}

/// True if a full stop after this text is no end of a sentence: after one or two letters or digits ("No.", "25. Mai").
fn is_abbreviation(text: &str) -> bool {
    let letters = text.chars().rev().take_while(|c| c.is_alphanumeric());
    (1..=2).contains(&letters.take(3).count())
}
