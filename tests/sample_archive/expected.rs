//! The expected results for the sample archive, derived from how it was composed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::policy_text::Block;
use super::record::{Policy, Recorded, Shows};

/// The content of `expected.json`.
#[derive(Debug, Serialize)]
pub struct Expected {
    about: &'static str,
    policies: Vec<ExpectedPolicy>,
    drops: Vec<ExpectedDrop>,
    redirects: Vec<ExpectedRedirect>,
    decoys: Vec<ExpectedDecoy>,
}

#[derive(Debug, Serialize)]
struct ExpectedPolicy {
    site: String,
    kind: String,
    language: String,
    policy_url: String,
    policy_urls: Vec<String>,
    cross_domain: bool,
    versions: Vec<ExpectedVersion>,
}

#[derive(Debug, Serialize)]
struct ExpectedVersion {
    first_seen: String,
    last_seen: String,
    changed_after: Option<String>,
    captures: usize,
    title: String,
    must_contain: Vec<String>,
    must_not_contain: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ExpectedDrop {
    site: String,
    original: String,
    timestamp: String,
    statuscode: u16,
    reason: String,
}

#[derive(Debug, Serialize)]
struct ExpectedRedirect {
    from: String,
    timestamp: String,
    status: u16,
    to: String,
}

#[derive(Debug, Serialize)]
struct ExpectedDecoy {
    original: String,
    timestamp: String,
    reason: String,
}

const ABOUT: &str = "What a careful reader finds when every capture is looked at. A version is a maximal run, in order of time over all addresses \
    of the policy, of captures that show the same words; captures that show no policy and archived redirects do not interrupt a run and are not counted. \
    Phrases are to be looked for in the plain text with all white space as single spaces.";

/// Derives the expected results from captures in order of (timestamp, URL).
pub fn expected(captures: &[Recorded]) -> Expected {
    let mut policies: Vec<Policy> = Vec::new();
    for capture in captures {
        if let Shows::Policy(policy, ..) = &capture.shows
            && !policies.iter().any(|known| known.urls == policy.urls)
        {
            policies.push(*policy);
        }
    }
    policies.sort_by_key(|policy| (policy.site, std::cmp::Reverse(policy.kind)));
    let mut truth = Expected {
        about: ABOUT,
        policies: Vec::new(),
        drops: Vec::new(),
        redirects: Vec::new(),
        decoys: Vec::new(),
    };
    truth.policies = policies
        .iter()
        .map(|policy| expected_policy(*policy, captures))
        .collect();
    for capture in captures {
        let (original, timestamp) = (capture.url.clone(), capture.timestamp.to_string());
        match &capture.shows {
            Shows::Dropped(policy, reason) => truth.drops.push(ExpectedDrop {
                site: policy.site.to_owned(),
                original,
                timestamp,
                statuscode: capture.status,
                reason: reason.code().to_owned(),
            }),
            Shows::Redirect(to) => {
                truth.redirects.push(ExpectedRedirect {
                    from: original,
                    timestamp,
                    status: capture.status,
                    to: to.clone(),
                });
            }
            Shows::Decoy(reason) => truth.decoys.push(ExpectedDecoy {
                original,
                timestamp,
                reason: reason.code().to_owned(),
            }),
            Shows::Policy(..) | Shows::Other => {}
        }
    }
    truth
}

fn expected_policy(policy: Policy, captures: &[Recorded]) -> ExpectedPolicy {
    let mut runs: Vec<(u8, Vec<&Recorded>)> = Vec::new();
    for capture in captures {
        if let Shows::Policy(shown, revision, _) = &capture.shows
            && shown.urls == policy.urls
        {
            match runs.last_mut() {
                Some((last, run)) if last == revision => run.push(capture),
                _ => runs.push((*revision, vec![capture])),
            }
        }
    }
    let versions = runs.iter().enumerate().map(|(n, (revision, run))| {
        let before = n.checked_sub(1).map(|n| &runs[n]);
        let after = runs.get(n + 1);
        let neighbours: Vec<u8> = before
            .into_iter()
            .chain(after)
            .map(|(revision, _)| *revision)
            .collect();
        let chrome: BTreeSet<&String> = run
            .iter()
            .flat_map(|c| {
                if let Shows::Policy(_, _, phrases) = &c.shows {
                    phrases.as_slice()
                } else {
                    &[]
                }
            })
            .collect();
        ExpectedVersion {
            first_seen: run[0].timestamp.to_string(),
            last_seen: run[run.len() - 1].timestamp.to_string(),
            changed_after: before.map(|(_, run)| run[run.len() - 1].timestamp.to_string()),
            captures: run.len(),
            title: policy.text.title(*revision),
            must_contain: must_contain(policy, *revision, &neighbours),
            must_not_contain: must_not_contain(policy, *revision, &neighbours, &chrome),
        }
    });
    ExpectedPolicy {
        site: policy.site.to_owned(),
        kind: policy.kind.to_owned(),
        language: policy.language.to_owned(),
        policy_url: (*policy.urls.last().expect("a policy has an address")).to_owned(),
        policy_urls: policy.urls.iter().map(|&url| url.to_owned()).collect(),
        cross_domain: policy.cross_domain,
        versions: versions.collect(),
    }
}

/// First words of the first, middle and last paragraph, and of the text that neighbouring revisions do not have.
fn must_contain(policy: Policy, revision: u8, neighbours: &[u8]) -> Vec<String> {
    let blocks = policy.text.revision(revision);
    let paragraphs: Vec<&String> = blocks
        .iter()
        .filter_map(|b| {
            if let Block::Paragraph(text) = b {
                Some(text)
            } else {
                None
            }
        })
        .collect();
    let mut phrases: Vec<String> = [0, paragraphs.len() / 2, paragraphs.len() - 1]
        .iter()
        .map(|&n| window(paragraphs[n], 0))
        .collect();
    for &neighbour in neighbours {
        phrases.extend(only_in(policy, revision, neighbour));
    }
    let words = policy.text.words(revision);
    assert!(
        phrases.iter().all(|phrase| words.contains(phrase.as_str())),
        "a phrase is not in its own text"
    );
    let mut seen = BTreeSet::new();
    phrases.retain(|phrase| seen.insert(phrase.clone()));
    phrases
}

/// Words of the site around the policy, and words that only a neighbouring version has.
fn must_not_contain(
    policy: Policy,
    revision: u8,
    neighbours: &[u8],
    chrome: &BTreeSet<&String>,
) -> Vec<String> {
    let words = policy.text.words(revision);
    for phrase in chrome {
        assert!(
            !words.contains(phrase.as_str()),
            "`{phrase}` stands in the policy of {} itself",
            policy.site
        );
    }
    let mut phrases: Vec<String> = chrome.iter().map(|&phrase| phrase.clone()).collect();
    for &neighbour in neighbours {
        phrases.extend(
            only_in(policy, neighbour, revision)
                .into_iter()
                .filter(|phrase| !words.contains(phrase.as_str())),
        );
    }
    let mut seen = BTreeSet::new();
    phrases.retain(|phrase| seen.insert(phrase.clone()));
    phrases
}

/// Returns a few words from each text of `revision` that `other` does not have, from the point where the two differ.
fn only_in(policy: Policy, revision: u8, other: u8) -> Vec<String> {
    let (here, there) = (policy.text.revision(revision), policy.text.revision(other));
    let known: Vec<&str> = there.iter().flat_map(Block::texts).collect();
    let all_there = policy.text.words(other);
    here.iter()
        .flat_map(Block::texts)
        .filter(|text| !known.contains(text))
        .map(|text| {
            let common = known
                .iter()
                .map(|k| common_words(text, k))
                .max()
                .unwrap_or(0);
            window(text, common.saturating_sub(2))
        })
        .filter(|phrase| !all_there.contains(phrase.as_str()))
        .collect()
}

fn common_words(a: &str, b: &str) -> usize {
    units(a)
        .iter()
        .zip(units(b))
        .take_while(|(a, b)| *a == b)
        .count()
}

/// Returns six words from `start`; in scripts without spaces, fourteen letters.
fn window(text: &str, start: usize) -> String {
    let units = units(text);
    let spaced = text.is_ascii() || text.contains(' ');
    let length = if spaced { 6 } else { 14 };
    let start = start.min(units.len().saturating_sub(length));
    units[start..units.len().min(start + length)].join(if spaced { " " } else { "" })
}

fn units(text: &str) -> Vec<&str> {
    if text.is_ascii() || text.contains(' ') {
        text.split(' ').collect()
    } else {
        text.split_inclusive(|_: char| true).collect()
    }
}
