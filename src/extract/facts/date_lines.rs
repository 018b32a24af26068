//! Prepares the lines of a text for the search for dates, and cuts out the sentences that are reported.

use crate::extract::characters::any_byte;

/// Longest line that is only the label of a date in the next line.
pub(in crate::extract) const MAX_LABEL_BYTES: usize = 300;
/// Longest sentence that is reported, in characters. Longer ones are cut around the date.
const MAX_SENTENCE: usize = 300;

/// True for a line that may hold a date (it has a digit) or may be the label of a date in the next line (it is short).
/// Most lines are neither.
pub(in crate::extract) fn may_matter(line: &str) -> bool {
    // First bytes of decimal digits in other scripts. Other letters begin with them too.
    let may_be_digit = |b: u8| b.is_ascii_digit() || matches!(b, 0xD9 | 0xDB | 0xE0 | 0xEF);
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
        '\u{0966}'..='\u{096F}' => digit(c, 0x0966),
        '\u{0E50}'..='\u{0E59}' => digit(c, 0x0E50),
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
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
