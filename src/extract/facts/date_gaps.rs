//! What stands between a cue and its date.

/// Maximum number of characters between a cue and its date ("Effective Date: The earlier of 2024-12-23").
pub(super) const MAX_GAP: usize = 40;

/// True if a new part of a line begins after a text: at the start of the line, after punctuation other than a comma, or
/// after the comma of a date.
pub(super) fn begins_part(head: &str) -> bool {
    let head = head.trim_end();
    let is_dated = |c: char| c.is_ascii_digit() || matches!(c, '日' | '일');
    if let Some(before) = head.strip_suffix([',', '、']) {
        return before.ends_with(is_dated);
    }
    let last = head.chars().next_back();
    last.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
}

/// Length of the number of a version at the start of a text: " 3.2 –", " no. 4", " v1". What follows a label may be such
/// a number and nothing else; elsewhere a word or a sign must say that it is one.
pub(super) fn version_number(text: &str, is_label: bool) -> usize {
    let Some(start) = text.find(|c: char| c.is_ascii_digit()) else {
        return 0;
    };
    let (before, number) = text.split_at(start);
    let words: String = before
        .chars()
        .filter(|c| c.is_alphabetic() || matches!(c, '№' | '#'))
        .collect();
    let is_said = matches!(
        words.as_str(),
        "v" | "no" | "nr" | "n" | "ver" | "rev" | "version" | "№" | "#"
    );
    if before.len() > 12
        || !(is_said || words.is_empty() && is_label)
        || before.contains([':', '：'])
    {
        return 0;
    }
    let length = number
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(number.len());
    let number = number[..length].trim_end_matches('.');
    let rest = &text[start + number.len()..];
    let mut parts = number.split('.');
    let is_version = parts.all(|part| part.len() <= 2) && number.split('.').count() <= 4;
    // "3 January", "3rd" and "3/2018" are dates.
    let goes_on = rest.trim_start_matches(['.', ' ']).chars().next();
    let is_apart = goes_on.is_some_and(|c| matches!(c, '–' | '—' | ',' | '(' | ':' | '|'))
        || rest.starts_with(" - ")
        || number.contains('.') && rest.starts_with([' ', ')']);
    if is_version && (is_said || is_apart) {
        start + number.len()
    } else {
        0
    }
}

/// True if nothing but punctuation, one short word ("of", "vom") and a day of the week is between a label and its date.
pub(super) fn is_label_gap(gap: &str) -> bool {
    let without_day = gap.rfind(", ").map_or(gap, |at| {
        let start = gap[..at].rfind(|c: char| !c.is_alphabetic()).unwrap_or(0);
        &gap[..start]
    });
    let mut words = without_day
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let short = words.next().is_none_or(|word| {
        word.chars().count() <= 4 && !word.contains(|c: char| c.is_ascii_digit())
    });
    short && words.next().is_none() && gap.chars().count() <= MAX_GAP && !ends_sentence(gap)
}

/// A text without times of day ("10:30"), and without dates of numbers that have two meanings.
pub(super) fn without_numbers(gap: &str) -> String {
    let is_number = |part: &str, separator: char| {
        part.contains(separator)
            && part
                .split(separator)
                .all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let parts = gap.split([' ', '(', ')', ',']);
    parts
        .filter(|part| {
            ![':', '/', '-', '.']
                .iter()
                .any(|separator| is_number(part, *separator))
        })
        .collect()
}

/// True for at most [`MAX_GAP`] characters. A character has at most four bytes.
pub(super) fn is_short(text: &str) -> bool {
    text.len() <= MAX_GAP * 4 && text.chars().count() <= MAX_GAP
}

pub(super) fn ends_sentence(gap: &str) -> bool {
    let gap = gap.trim_start_matches(['.', ' ']);
    gap.contains(['。', '!', '?', ';']) || gap.contains(". ") && !gap.ends_with(". ")
}
