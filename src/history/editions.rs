//! Versions, and the parallel editions of a page that shows several texts in turns.
//!
//! An archive sees one address through many eyes: crawlers from several countries, logged-in and not, in the test group
//! and not. A server that picks the text by the visitor then seems to change its policy with every capture. The page of
//! finya.de at Open Terms Archive shows its members' policy in 39 captures of two years, each time for a few hours between
//! two sights of its visitors' policy: 81 "changes", where there were two. What tells such a page from one whose owner
//! goes back to an older text is repetition: of 20 pages with 12 to 5,164 captures each, no other shows a text in more
//! than three runs (hily.com, three runs within 42 days), and most show a restored text in two.

use std::collections::{BTreeMap, HashMap};

use super::simhash::distance;
use crate::model::{TextHash, Timestamp};

/// A text that is back within half a year of its last sight may alternate; one restored after longer has been rewritten
/// twice. (The sampler's notion of a return, too.)
const RETURN_SECONDS: u64 = 183 * 86_400;
/// Runs of one text, each within [`RETURN_SECONDS`] of the one before, from which on it is an edition: see above.
const RUNS_OF_AN_EDITION: usize = 4;
/// The language of texts whose language nobody knows.
const UNKNOWN_LANGUAGE: &str = "und";

/// A capture showed a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation<C> {
    /// Which capture.
    pub capture: C,
    /// When it was made.
    pub timestamp: Timestamp,
    /// Which words it showed.
    pub text_hash: TextHash,
}

/// What is known of a text, to tell to which edition it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTraits {
    /// ISO 639-1, `und` when unsure.
    pub language: String,
    /// Its simhash.
    pub simhash: u64,
}

/// A maximal run of observations of one edition of a policy with one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version<C> {
    /// 1, 2, … in order of first observation.
    pub number: u32,
    /// 1 for a page that shows one text at a time; texts seen in turns are lines of their own: 1, 2, …
    pub edition: u32,
    /// The words.
    pub text_hash: TextHash,
    /// Number of the version before it in its edition; `None` for an edition's first.
    pub previous: Option<u32>,
    /// Number of the first version with the same words, when they came back.
    pub same_as: Option<u32>,
    /// Last observation of what was there before: of the edition's text before, or of the policy where the edition
    /// begins. The change happened after it. `None` for the first version of a policy.
    pub changed_after: Option<Timestamp>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// The captures that showed it, in order of time.
    pub captures: Vec<C>,
}

/// The versions of one policy, by first observation. The order of the observations given does not matter.
///
/// A text that comes back after another is a new version (a reversal: three versions of two documents), unless it comes
/// and goes: a text that returns three times, each time within half a year, or that was hidden for less than that by
/// texts in another language only, is one version of an edition that is captured in turns with others. Texts that are
/// seen at overlapping times are in different editions; a new text goes on with the edition whose last text is most
/// like it.
///
/// Captures of one second (http and https, two servers) have no order of their own: those that go on with the text
/// before come first, so that a second with two texts is one change and not two.
#[must_use]
#[expect(clippy::implicit_hasher, reason = "the house's maps have one hasher")]
pub fn versions<C: Copy + Ord>(
    observations: &[Observation<C>],
    traits: &HashMap<TextHash, TextTraits>,
) -> Vec<Version<C>> {
    let ordered = ordered(observations);
    let runs = runs(&ordered);
    let spans = spans(&runs, traits);
    assigned(&ordered, spans, traits)
}

/// Neighbouring observations of one text: first and last place among the ordered.
struct Run {
    text: TextHash,
    first: usize,
    last: usize,
    begins: Timestamp,
    ends: Timestamp,
}

/// Runs of one text that are one sight of it: whatever else was seen between belongs to other editions.
struct Span {
    text: TextHash,
    begins: Timestamp,
    ends: Timestamp,
    /// Places among the ordered observations, rising.
    places: Vec<usize>,
}

/// In order of time; within a second, the text that was there before goes on first.
fn ordered<C: Copy + Ord>(observations: &[Observation<C>]) -> Vec<Observation<C>> {
    let mut sorted: Vec<Observation<C>> = observations.to_vec();
    sorted.sort_by_key(|o| (o.timestamp, o.text_hash, o.capture));
    let mut current = None;
    for second in sorted.chunk_by_mut(|a, b| a.timestamp == b.timestamp) {
        second.sort_by_key(|o| Some(o.text_hash) != current);
        current = second.last().map(|o| o.text_hash);
    }
    sorted
}

fn runs<C>(ordered: &[Observation<C>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (place, o) in ordered.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.text == o.text_hash => {
                run.last = place;
                run.ends = o.timestamp;
            }
            _ => runs.push(Run {
                text: o.text_hash,
                first: place,
                last: place,
                begins: o.timestamp,
                ends: o.timestamp,
            }),
        }
    }
    runs
}

/// Joins the runs that are one sight of a text.
fn spans(runs: &[Run], traits: &HashMap<TextHash, TextTraits>) -> Vec<Span> {
    let joined_to = returns(runs, traits);
    let alternates: Vec<bool> = {
        let mut marks = vec![false; runs.len()];
        for (run, before) in joined_to.iter().enumerate() {
            if let Some(before) = before {
                marks[run] = true;
                marks[*before] = true;
            }
        }
        marks
    };
    let mut span_of_run: Vec<usize> = Vec::with_capacity(runs.len());
    let mut spans: Vec<Span> = Vec::new();
    // The last run that does not alternate: between it and the next there is nothing but other editions.
    let mut calm: Option<usize> = None;
    for (i, run) in runs.iter().enumerate() {
        let goes_on = match joined_to[i] {
            Some(before) => Some(span_of_run[before]),
            None if alternates[i] => None,
            None => calm
                .filter(|c| runs[*c].text == run.text)
                .map(|c| span_of_run[c]),
        };
        if !alternates[i] {
            calm = Some(i);
        }
        let span = goes_on.unwrap_or_else(|| {
            spans.push(Span {
                text: run.text,
                begins: run.begins,
                ends: run.ends,
                places: Vec::new(),
            });
            spans.len() - 1
        });
        span_of_run.push(span);
        spans[span].ends = run.ends;
        spans[span].places.extend(run.first..=run.last);
    }
    spans
}

/// For each run, the run of the same text before it when what lies between is another edition's.
fn returns(runs: &[Run], traits: &HashMap<TextHash, TextTraits>) -> Vec<Option<usize>> {
    let mut joined: Vec<Option<usize>> = vec![None; runs.len()];
    // For each text the runs of its present episode: each within half a year of the one before.
    let mut episodes: HashMap<TextHash, Vec<usize>> = HashMap::new();
    // The last run by language; one of unknown language may have been in any.
    let mut last_in: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, run) in runs.iter().enumerate() {
        let language = traits
            .get(&run.text)
            .map_or(UNKNOWN_LANGUAGE, |t| t.language.as_str());
        let episode = episodes.entry(run.text).or_default();
        if let Some(&before) = episode.last() {
            if runs[before].ends.distance_seconds(run.begins) > RETURN_SECONDS {
                episode.clear();
            } else {
                let hidden_by_others = language != UNKNOWN_LANGUAGE
                    && last_in.get(language) == Some(&before)
                    && last_in
                        .get(UNKNOWN_LANGUAGE)
                        .is_none_or(|unknown| *unknown < before);
                if hidden_by_others {
                    joined[i] = Some(before);
                }
            }
        }
        episode.push(i);
        if episode.len() == RUNS_OF_AN_EDITION {
            for pair in episode.windows(2) {
                joined[pair[1]] = Some(pair[0]);
            }
        } else if let [.., before, _] = episode[..]
            && episode.len() > RUNS_OF_AN_EDITION
        {
            joined[i] = Some(before);
        }
        last_in.insert(language, i);
    }
    joined
}

/// An edition on its way: its last version so far.
struct Line {
    last_version: usize,
    ends: Timestamp,
}

/// Gives every span its edition and makes versions of them.
fn assigned<C: Copy + Ord>(
    ordered: &[Observation<C>],
    mut spans: Vec<Span>,
    traits: &HashMap<TextHash, TextTraits>,
) -> Vec<Version<C>> {
    spans.sort_by_key(|s| s.places.first().copied());
    let mut lines: Vec<Line> = Vec::new();
    let mut versions: Vec<Version<C>> = Vec::new();
    let mut first_with: HashMap<TextHash, u32> = HashMap::new();
    for span in spans {
        let free = (0..lines.len()).filter(|&l| lines[l].ends <= span.begins);
        let chosen = free.min_by_key(|&l| kinship(&lines[l], &versions, &span, traits, l));
        let captures = span.places.iter().map(|&p| ordered[p].capture);
        let line = match chosen {
            Some(line) if versions[lines[line].last_version].text_hash == span.text => {
                // The same words again and nothing else between in this edition: they never went away.
                let version = &mut versions[lines[line].last_version];
                version.last_seen = span.ends;
                version.captures.extend(captures);
                lines[line].ends = span.ends;
                continue;
            }
            Some(line) => line,
            None => {
                lines.push(Line {
                    last_version: 0,
                    ends: span.ends,
                });
                lines.len() - 1
            }
        };
        let number = counted(versions.len() + 1);
        let before = chosen.map(|l| &versions[lines[l].last_version]);
        let changed_after = before.map(|v| v.last_seen).or_else(|| {
            let first = span.places.first().copied().unwrap_or_default();
            ordered[..first].last().map(|o| o.timestamp)
        });
        versions.push(Version {
            number,
            edition: counted(line + 1),
            text_hash: span.text,
            previous: before.map(|v| v.number),
            same_as: first_with.get(&span.text).copied(),
            changed_after,
            first_seen: span.begins,
            last_seen: span.ends,
            captures: captures.collect(),
        });
        first_with.entry(span.text).or_insert(number);
        lines[line] = Line {
            last_version: versions.len() - 1,
            ends: span.ends,
        };
    }
    versions
}

/// Which of the free editions a new text goes on with; the smallest is chosen. One that was seen within half a year
/// before one that was not; among these by likeness: the same text, the same language, the nearest simhash; then the one
/// seen last, then the oldest.
fn kinship<C>(
    line: &Line,
    versions: &[Version<C>],
    span: &Span,
    traits: &HashMap<TextHash, TextTraits>,
    place: usize,
) -> (bool, bool, bool, u32, u64, usize) {
    let last = versions[line.last_version].text_hash;
    let away = line.ends.distance_seconds(span.begins);
    let (of_last, of_span) = (traits.get(&last), traits.get(&span.text));
    let (foreign, bits) = match (of_last, of_span) {
        (Some(a), Some(b)) => {
            let known = a.language != UNKNOWN_LANGUAGE && b.language != UNKNOWN_LANGUAGE;
            (
                known && a.language != b.language,
                distance(a.simhash, b.simhash),
            )
        }
        _ => (false, 0),
    };
    if away > RETURN_SECONDS {
        return (true, false, false, 0, away, place);
    }
    (false, last != span.text, foreign, bits, away, place)
}

fn counted(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
