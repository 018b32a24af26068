//! Numbers, sizes and times as people read them.

use std::collections::BTreeMap;

use crate::model::Timestamp;
use crate::store::VersionEntry;

/// The date of a time of 14 digits.
pub(super) fn date(time: Timestamp) -> String {
    time.date_text()
}

/// `2026-11-22 17:30` of 14 digits.
pub(super) fn minute(time: Timestamp) -> String {
    let digits = time.to_string();
    format!(
        "{} {}:{}",
        time.date_text(),
        &digits[8..10],
        &digits[10..12]
    )
}

/// `4 kB`, `37.2 MB`: thousands and millions.
pub(super) fn size(bytes: u64) -> String {
    let kilobytes = bytes.div_ceil(1000);
    if kilobytes < 1000 {
        format!("{kilobytes} kB")
    } else {
        format!("{}.{} MB", kilobytes / 1000, kilobytes % 1000 / 100)
    }
}

/// `1 version`, `2 versions`, `2 policies`. All nouns that are counted here with a `y` at their end have a consonant before it.
pub(super) fn counted(n: u64, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if n == 1 => format!("{n} {noun}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {noun}s"),
    }
}

/// `http_error 2, soft_404 7`: how often each reason occurs.
pub(super) fn counts_text(counts: &BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = counts
        .iter()
        .map(|(what, n)| format!("{what} {n}"))
        .collect();
    counts.join(", ")
}

/// A text as one word of a POSIX shell.
pub(super) fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Why the text of a version may not be the policy.
pub(super) fn suspicion_text(version: &VersionEntry) -> String {
    let reasons: Vec<&str> = version.suspect.iter().map(|s| s.meaning()).collect();
    reasons.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_have_the_number_of_what_is_counted() {
        for (n, noun, text) in [
            (0, "version", "0 versions"),
            (1, "version", "1 version"),
            (1, "policy", "1 policy"),
            (2, "policy", "2 policies"),
        ] {
            assert_eq!(counted(n, noun), text);
        }
    }

    #[test]
    fn a_quoted_text_cannot_leave_its_quotation_marks() {
        assert_eq!(shell_quoted("http://a.org/?b&c"), "'http://a.org/?b&c'");
        assert_eq!(shell_quoted("a'; rm b"), r"'a'\''; rm b'");
    }

    #[test]
    fn sizes_and_times_are_written_as_people_read_them() {
        for (bytes, text) in [
            (0, "0 kB"),
            (1, "1 kB"),
            (221_184, "222 kB"),
            (37_216_256, "37.2 MB"),
            (152_600_000, "152.6 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        let time = "20261122173047".parse().unwrap();
        assert_eq!(minute(time), "2026-11-22 17:30");
    }
}
