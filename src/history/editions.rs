//! Versions, and the parallel editions of a page that shows several texts in turns.
//!
//! The captures of one URL are made by many crawlers: from several countries, logged in or not, in a test group or not.
//! If a server chooses the text by the visitor, its policy seems to change with every capture. The page of finya.de at
//! Open Terms Archive shows its members' policy in 39 captures of two years, each time for a few hours between two
//! captures of its visitors' policy: 81 apparent changes, although there were only two. Repetition distinguishes such a
//! page from one whose owner restores an older text: of 20 pages with 12 to 5,164 captures each, no other page shows a
//! text in more than three runs (hily.com, three runs within 42 days), and most show a restored text in two.

use std::collections::{BTreeMap, HashMap};

use super::simhash::distance;
use crate::model::{RETURN_SECONDS, TextHash, Timestamp};

/// Number of the rules by which histories are derived. Every change of the rules raises it, so that stored histories
/// are derived again.
pub const HISTORY_RULES: u32 = 4;

/// From this number of runs on, each within [`RETURN_SECONDS`] of the one before, a text is an edition. The module
/// documentation gives the reason.
const RUNS_OF_AN_EDITION: usize = 4;
/// The code of an unknown language.
const UNKNOWN_LANGUAGE: &str = "und";

/// A document that a capture showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation<C> {
    /// The capture.
    pub capture: C,
    /// The time of the capture.
    pub timestamp: Timestamp,
    /// The text that it showed.
    pub text_hash: TextHash,
}

/// The properties of a text by which its version and its edition are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTraits {
    /// Hash of the text's [`body`](super::body). Texts with one body are one version.
    pub body_hash: TextHash,
    /// ISO 639-1, `und` when unsure.
    pub language: String,
    /// The simhash of the text.
    pub simhash: u64,
}

/// A maximal run of observations of one edition of a policy with one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version<C> {
    /// 1, 2, … in order of first observation.
    pub number: u32,
    /// 1 for a page that shows one text at a time. Texts shown in turns have editions of their own: 1, 2, …
    pub edition: u32,
    /// The text that the first observation showed. Other observations may show a text with the same body.
    pub text_hash: TextHash,
    /// Hash of the body that all its texts have.
    pub body_hash: TextHash,
    /// Number of the version before it in its edition; `None` for the first of an edition.
    pub previous: Option<u32>,
    /// Number of the first version with the same body, for a text that returned.
    pub same_as: Option<u32>,
    /// Last observation before this version: of the previous text of its edition, or of the policy if the edition
    /// begins here. The change happened after it. `None` for the first version of a policy.
    pub changed_after: Option<Timestamp>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// The captures that showed the version, in order of time.
    pub captures: Vec<C>,
}

/// Derives the versions of one policy, in order of first observation. The order of the given observations makes no
/// difference.
///
/// Texts with the same body count as one text here: they differ in page furniture only.
///
/// A text that returns after another one is a new version (a reversal: three versions of two documents). There are two
/// exceptions: a text that returns three times, each time within half a year, and a text that was hidden for less than
/// half a year by texts in another language only. Such a text is one version of an edition that is captured in turns
/// with others. Texts observed at overlapping times are in different editions. A new text continues the edition whose
/// last text is most similar.
///
/// Captures of one second (http and https, two servers) have no order. Those that continue the previous text come
/// first, so that a second with two texts is one change and not two.
#[must_use]
#[expect(clippy::implicit_hasher, reason = "the house's maps have one hasher")]
pub fn versions<C: Copy + Ord>(
    observations: &[Observation<C>],
    traits: &HashMap<TextHash, TextTraits>,
) -> Vec<Version<C>> {
    let body_of = |text: TextHash| traits.get(&text).map_or(text, |t| t.body_hash);
    let ordered = ordered(observations, body_of);
    let traits = traits_of_bodies(traits);
    let runs = runs(&ordered);
    let periods = periods(&runs, &traits);
    assign_editions(&ordered, periods, &traits)
}

/// An observation with the body of its text.
struct BodyObservation<C> {
    seen: Observation<C>,
    body: TextHash,
}

/// The traits of each body: those of its text with the smallest hash, so that the order of the texts makes no difference.
fn traits_of_bodies(traits: &HashMap<TextHash, TextTraits>) -> HashMap<TextHash, &TextTraits> {
    let mut smallest: HashMap<TextHash, (TextHash, &TextTraits)> = HashMap::new();
    for (text, of_text) in traits {
        let entry = smallest
            .entry(of_text.body_hash)
            .or_insert((*text, of_text));
        if *text < entry.0 {
            *entry = (*text, of_text);
        }
    }
    smallest
        .into_iter()
        .map(|(body, (_, of_text))| (body, of_text))
        .collect()
}

/// Neighbouring observations of one body, by their first and last position in the ordered list.
struct ObservationRun {
    body: TextHash,
    first: usize,
    last: usize,
    begins: Timestamp,
    ends: Timestamp,
}

/// A period in which a body was in force: one or more runs of it, with runs of other editions between them.
struct BodyPeriod {
    body: TextHash,
    begins: Timestamp,
    ends: Timestamp,
    /// Positions in the ordered list, ascending.
    positions: Vec<usize>,
}

/// Sorts observations by time. Within a second, the previous body comes first.
fn ordered<C: Copy + Ord>(
    observations: &[Observation<C>],
    body_of: impl Fn(TextHash) -> TextHash,
) -> Vec<BodyObservation<C>> {
    let with_body = |o: &Observation<C>| BodyObservation {
        seen: *o,
        body: body_of(o.text_hash),
    };
    let mut sorted: Vec<BodyObservation<C>> = observations.iter().map(with_body).collect();
    sorted.sort_by_key(|o| (o.seen.timestamp, o.body, o.seen.text_hash, o.seen.capture));
    let mut current = None;
    for second in sorted.chunk_by_mut(|a, b| a.seen.timestamp == b.seen.timestamp) {
        second.sort_by_key(|o| Some(o.body) != current);
        current = second.last().map(|o| o.body);
    }
    sorted
}

fn runs<C>(ordered: &[BodyObservation<C>]) -> Vec<ObservationRun> {
    let mut runs: Vec<ObservationRun> = Vec::new();
    for (position, o) in ordered.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.body == o.body => {
                run.last = position;
                run.ends = o.seen.timestamp;
            }
            _ => runs.push(ObservationRun {
                body: o.body,
                first: position,
                last: position,
                begins: o.seen.timestamp,
                ends: o.seen.timestamp,
            }),
        }
    }
    runs
}

/// Joins the runs of a body that belong to one period.
fn periods(runs: &[ObservationRun], traits: &HashMap<TextHash, &TextTraits>) -> Vec<BodyPeriod> {
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
    let mut period_of_run: Vec<usize> = Vec::with_capacity(runs.len());
    let mut periods: Vec<BodyPeriod> = Vec::new();
    // The last run that does not alternate. Between it and the next such run there are only other editions.
    let mut calm: Option<usize> = None;
    for (i, run) in runs.iter().enumerate() {
        let goes_on = match joined_to[i] {
            Some(before) => Some(period_of_run[before]),
            None if alternates[i] => None,
            None => calm
                .filter(|c| runs[*c].body == run.body)
                .map(|c| period_of_run[c]),
        };
        if !alternates[i] {
            calm = Some(i);
        }
        let period = goes_on.unwrap_or_else(|| {
            periods.push(BodyPeriod {
                body: run.body,
                begins: run.begins,
                ends: run.ends,
                positions: Vec::new(),
            });
            periods.len() - 1
        });
        period_of_run.push(period);
        periods[period].ends = run.ends;
        periods[period].positions.extend(run.first..=run.last);
    }
    periods
}

/// For each run, the earlier run of the same body if only other editions lie between the two.
fn returns(runs: &[ObservationRun], traits: &HashMap<TextHash, &TextTraits>) -> Vec<Option<usize>> {
    let mut joined: Vec<Option<usize>> = vec![None; runs.len()];
    // For each body, the runs of its current episode: each within half a year of the one before.
    let mut episodes: HashMap<TextHash, Vec<usize>> = HashMap::new();
    // The last run in each language. A run of unknown language may be in any.
    let mut last_in: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, run) in runs.iter().enumerate() {
        let language = traits
            .get(&run.body)
            .map_or(UNKNOWN_LANGUAGE, |t| t.language.as_str());
        let episode = episodes.entry(run.body).or_default();
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

/// An edition while versions are added to it.
struct OpenEdition {
    last_version: usize,
    ends: Timestamp,
}

/// Assigns every period to an edition and makes versions of them.
fn assign_editions<C: Copy + Ord>(
    ordered: &[BodyObservation<C>],
    mut periods: Vec<BodyPeriod>,
    traits: &HashMap<TextHash, &TextTraits>,
) -> Vec<Version<C>> {
    periods.sort_by_key(|s| s.positions.first().copied());
    let mut editions: Vec<OpenEdition> = Vec::new();
    let mut versions: Vec<Version<C>> = Vec::new();
    let mut first_with: HashMap<TextHash, u32> = HashMap::new();
    for period in periods {
        let free = (0..editions.len()).filter(|&l| editions[l].ends <= period.begins);
        let chosen = free.min_by_key(|&l| {
            (
                edition_distance(&editions[l], &versions, &period, traits),
                l,
            )
        });
        let captures = period.positions.iter().map(|&p| ordered[p].seen.capture);
        let edition = match chosen {
            Some(edition) if versions[editions[edition].last_version].body_hash == period.body => {
                // No other body of this edition lies between the two: the body never changed.
                let version = &mut versions[editions[edition].last_version];
                version.last_seen = period.ends;
                version.captures.extend(captures);
                editions[edition].ends = period.ends;
                continue;
            }
            Some(edition) => edition,
            None => {
                editions.push(OpenEdition {
                    last_version: 0,
                    ends: period.ends,
                });
                editions.len() - 1
            }
        };
        let number = counted(versions.len() + 1);
        let first = period.positions.first().map(|&p| &ordered[p]);
        let before = chosen.map(|l| &versions[editions[l].last_version]);
        let changed_after = before.map(|v| v.last_seen).or_else(|| {
            let start = period.positions.first().copied().unwrap_or_default();
            ordered[..start].last().map(|o| o.seen.timestamp)
        });
        versions.push(Version {
            number,
            edition: counted(edition + 1),
            text_hash: first.map_or(period.body, |o| o.seen.text_hash),
            body_hash: period.body,
            previous: before.map(|v| v.number),
            same_as: first_with.get(&period.body).copied(),
            changed_after,
            first_seen: period.begins,
            last_seen: period.ends,
            captures: captures.collect(),
        });
        first_with.entry(period.body).or_insert(number);
        editions[edition] = OpenEdition {
            last_version: versions.len() - 1,
            ends: period.ends,
        };
    }
    versions
}

/// The distance of a text from an edition that it may continue; the edition with the smallest is chosen. Editions
/// observed within half a year come first. Among these the order is by similarity (same text, same language, nearest
/// simhash), then by last observation, then by age.
fn edition_distance<C>(
    edition: &OpenEdition,
    versions: &[Version<C>],
    period: &BodyPeriod,
    traits: &HashMap<TextHash, &TextTraits>,
) -> (bool, bool, bool, u32, u64) {
    let last = versions[edition.last_version].body_hash;
    let away = edition.ends.distance_seconds(period.begins);
    let (of_last, of_period) = (traits.get(&last), traits.get(&period.body));
    let (foreign, bits) = match (of_last, of_period) {
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
        return (true, false, false, 0, away);
    }
    (false, last != period.body, foreign, bits, away)
}

fn counted(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
