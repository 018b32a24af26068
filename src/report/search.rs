//! The policies in which a phrase occurs, as data.

use serde_json::{Value, json};

use super::excerpt::Excerpt;
use crate::history::PhraseInterval;
use crate::model::Proof;
use crate::store::{FoundPhrase, VersionEntry};

/// A policy in which a phrase occurs, with the intervals.
#[must_use]
pub fn phrase_answer(found: &FoundPhrase, excerpt: Option<&Excerpt>) -> Value {
    let numbers = version_numbers(&found.all_intervals);
    let first = found.all_intervals.first();
    let last_seen = found.all_intervals.iter().map(|i| i.last_seen).max();
    let intervals: Vec<Value> = found
        .intervals
        .iter()
        .map(|interval| interval_answer(found, interval))
        .collect();
    json!({
        "site": found.policy.site,
        "policy_url": found.policy.policy_url,
        "kind": found.policy.kind,
        "of_versions": found.policy.versions,
        "versions": numbers.len(),
        "version_numbers": numbers,
        "first_version": numbers.first(),
        "last_version": numbers.last(),
        "changed_after": first.and_then(|i| i.changed_after),
        "first_seen": first.map(|i| i.first_seen),
        "last_seen": last_seen,
        "in_oldest_capture": first.is_some_and(|i| i.changed_after.is_none()),
        "still_there": is_still_there(found),
        "intervals": intervals,
        "summary": phrase_summary(found),
        "excerpt": excerpt.map(|e| e.line(str::to_owned)),
    })
}

fn interval_answer(found: &FoundPhrase, interval: &PhraseInterval) -> Value {
    let link = |proof: Option<&Proof>| proof.and_then(|p| p.memento_url.clone());
    let proofs = interval_proofs(found, interval);
    json!({
        "edition": interval.edition,
        "versions": interval.versions,
        "changed_after": interval.changed_after,
        "first_seen": interval.first_seen,
        "last_seen": interval.last_seen,
        "gone_by": interval.gone_by,
        "is_added": interval.is_added,
        "is_removed": interval.is_removed,
        "memento_url": link(proofs.first),
        "gone_memento_url": link(proofs.gone),
        "proof": proofs.first.map(Proof::text),
        "gone_proof": proofs.gone.map(Proof::text),
    })
}

/// The captures that prove an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalProofs<'a> {
    /// The first capture with the phrase.
    pub first: Option<&'a Proof>,
    /// The first capture without it.
    pub gone: Option<&'a Proof>,
}

/// The captures that prove an interval of a phrase.
#[must_use]
pub fn interval_proofs<'a>(
    found: &'a FoundPhrase,
    interval: &PhraseInterval,
) -> IntervalProofs<'a> {
    let proof = |number: Option<u32>| {
        let version = found.history.iter().find(|v| Some(v.version) == number);
        version.map(|v| &v.proof)
    };
    IntervalProofs {
        first: proof(interval.versions.first().copied()),
        gone: proof(interval.gone_in),
    }
}

/// The numbers of all versions in intervals, in order.
fn version_numbers(intervals: &[PhraseInterval]) -> Vec<u32> {
    let mut numbers: Vec<u32> = intervals.iter().flat_map(|i| i.versions.clone()).collect();
    numbers.sort_unstable();
    numbers
}

fn is_still_there(found: &FoundPhrase) -> bool {
    found.all_intervals.iter().any(|i| i.gone_by.is_none())
}

/// The versions with the phrase, and the selected intervals in words: `in versions 1 and 6–13 of 15: in the oldest capture already; gone between 2022-06-09 and
/// 2022-07-07; back between 2024-08-29 and 2024-09-14; still in the newest capture`.
#[must_use]
pub fn phrase_summary(found: &FoundPhrase) -> String {
    let numbers = version_numbers(&found.all_intervals);
    let noun = if numbers.len() == 1 {
        "version"
    } else {
        "versions"
    };
    let of = found.policy.versions;
    let mut summary = format!("in {noun} {} of {of}: ", ranges(&numbers));
    let mut editions: Vec<u32> = found.intervals.iter().map(|i| i.edition).collect();
    editions.sort_unstable();
    editions.dedup();
    let has_editions = found.history.iter().any(|v| v.edition > 1);
    let parts: Vec<String> = editions
        .iter()
        .map(|&edition| {
            let events = edition_events(found, edition).join("; ");
            if has_editions {
                format!("edition {edition}: {events}")
            } else {
                events
            }
        })
        .collect();
    summary.push_str(&parts.join(". "));
    summary
}

/// What happened to the phrase in one edition, in the selected intervals.
fn edition_events(found: &FoundPhrase, edition: u32) -> Vec<String> {
    let of_edition = |interval: &&PhraseInterval| interval.edition == edition;
    let first = found.all_intervals.iter().find(of_edition);
    let mut events = Vec::new();
    for interval in found.intervals.iter().filter(of_edition) {
        let is_first = first.is_some_and(|first| first.versions == interval.versions);
        let verb = if is_first { "new" } else { "back" };
        events.push(match interval.changed_after {
            None => "in the oldest capture already".to_owned(),
            Some(after) => format!("{verb} {}", after.window_text(interval.first_seen)),
        });
        events.push(match interval.gone_by {
            None => "still in the newest capture".to_owned(),
            Some(by) => format!("gone {}", interval.last_seen.window_text(by)),
        });
    }
    events
}

/// Numbers in order as ranges: `1, 3 and 6–13`.
#[must_use]
pub fn ranges(numbers: &[u32]) -> String {
    let runs: Vec<String> = numbers
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| match (run.first(), run.last()) {
            (Some(first), Some(last)) if run.len() > 1 => format!("{first}–{last}"),
            (Some(only), _) => only.to_string(),
            _ => String::new(),
        })
        .collect();
    match runs.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => runs.concat(),
    }
}

/// The first version of an interval.
#[must_use]
pub fn first_version<'a>(
    found: &'a FoundPhrase,
    interval: &PhraseInterval,
) -> Option<&'a VersionEntry> {
    let number = interval.versions.first()?;
    found.history.iter().find(|v| v.version == *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::model::{PolicyId, PolicyKind};
    use crate::store::PolicyEntry;

    fn interval(versions: &[u32], times: [Option<&str>; 4]) -> PhraseInterval {
        let time = |text: Option<&str>| text.map(|t| Timestamp::earliest(t).unwrap());
        PhraseInterval {
            edition: 1,
            versions: versions.to_vec(),
            changed_after: time(times[0]),
            first_seen: time(times[1]).unwrap(),
            last_seen: time(times[2]).unwrap(),
            gone_by: time(times[3]),
            gone_in: None,
            is_added: false,
            is_removed: false,
        }
    }

    #[test]
    fn intervals_are_told_in_words() {
        let intervals = vec![
            interval(
                &[1],
                [None, Some("2020"), Some("2022-06-09"), Some("2022-07-07")],
            ),
            interval(
                &[6, 7, 8],
                [Some("2024-08-29"), Some("2024-09-14"), Some("2025"), None],
            ),
        ];
        let mut found = FoundPhrase {
            policy: PolicyEntry {
                policy_id: PolicyId::new(1),
                site: "example.com".to_owned(),
                policy_url: "http://example.com/privacy".to_owned(),
                kind: PolicyKind::Privacy,
                versions: 15,
                captures: 20,
                drops: 0,
            },
            history: Vec::new(),
            all_intervals: intervals.clone(),
            intervals,
            text: String::new(),
        };
        assert_eq!(
            phrase_summary(&found),
            "in versions 1 and 6–8 of 15: in the oldest capture already; gone between 2022-06-09 and 2022-07-07; \
             back between 2024-08-29 and 2024-09-14; still in the newest capture"
        );
        found.intervals.remove(0);
        assert_eq!(
            phrase_summary(&found),
            "in versions 1 and 6–8 of 15: back between 2024-08-29 and 2024-09-14; still in the newest capture"
        );
        let answer = phrase_answer(&found, None);
        assert_eq!(answer["in_oldest_capture"], true);
        assert_eq!(answer["version_numbers"], json!([1, 6, 7, 8]));
        found.intervals = found.all_intervals[..1].to_vec();
        assert_eq!(phrase_answer(&found, None)["still_there"], true);
        assert_eq!(ranges(&[1, 3, 4, 9]), "1, 3–4 and 9");
        assert_eq!(ranges(&[2]), "2");
    }
}
