//! Intervals in which a policy contained a phrase.

use crate::model::Timestamp;

/// A version of a policy, and whether it contains the phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchedVersion {
    /// Its number.
    pub version: u32,
    /// Its edition.
    pub edition: u32,
    /// The version before it in its edition.
    pub previous: Option<u32>,
    /// Last observation before it.
    pub changed_after: Option<Timestamp>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// True if it contains the phrase.
    pub has_phrase: bool,
}

/// Versions in a row, of one edition, that contain the phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseInterval {
    /// Their edition.
    pub edition: u32,
    /// Their numbers.
    pub versions: Vec<u32>,
    /// Last observation before the phrase came. `None` if the oldest capture of the policy has it already.
    pub changed_after: Option<Timestamp>,
    /// First observation of the phrase.
    pub first_seen: Timestamp,
    /// Last observation of the phrase.
    pub last_seen: Timestamp,
    /// First observation without the phrase. `None` if the newest capture of the policy has it.
    pub gone_by: Option<Timestamp>,
    /// First version without the phrase; `None` if the edition ends with the phrase.
    pub gone_in: Option<u32>,
    /// True if the phrase came: the text before, and every other edition at that time, did not have it.
    pub is_added: bool,
    /// True if the phrase went, in the same sense.
    pub is_removed: bool,
}

/// The intervals of a phrase, by first observation. `history` has the versions of one policy in order. `sightings` are the
/// first observations of all sightings of the policy in order; they are needed only if the policy has several editions.
#[must_use]
pub fn phrase_intervals(
    history: &[SearchedVersion],
    sightings: &[Timestamp],
) -> Vec<PhraseInterval> {
    let find = |number: u32| history.iter().find(|v| v.version == number);
    let has_phrase = |number: Option<u32>| number.and_then(find).is_some_and(|v| v.has_phrase);
    let mut intervals: Vec<PhraseInterval> = history
        .iter()
        .filter(|v| v.has_phrase && !has_phrase(v.previous))
        .map(|first| interval(history, first, sightings))
        .collect();
    // At the start or the end of an edition, another edition may have the phrase.
    let spans: Vec<(u32, Timestamp, Timestamp)> = intervals
        .iter()
        .map(|i| (i.edition, i.first_seen, i.last_seen))
        .collect();
    let has_elsewhere = |edition: u32, time: Timestamp| {
        spans
            .iter()
            .any(|(other, first, last)| *other != edition && *first <= time && time <= *last)
    };
    for interval in &mut intervals {
        let edition = interval.edition;
        interval.is_added = interval
            .changed_after
            .is_some_and(|after| !has_elsewhere(edition, after));
        interval.is_removed = interval
            .gone_by
            .is_some_and(|by| !has_elsewhere(edition, by));
    }
    intervals
}

/// The interval that begins with a version.
fn interval(
    history: &[SearchedVersion],
    first: &SearchedVersion,
    sightings: &[Timestamp],
) -> PhraseInterval {
    let next = |number: u32| history.iter().find(|v| v.previous == Some(number));
    let mut versions = vec![first.version];
    let mut last = first;
    let mut after = next(last.version);
    while let Some(following) = after.filter(|v| v.has_phrase) {
        versions.push(following.version);
        last = following;
        after = next(following.version);
    }
    let gone_by = match after {
        Some(following) => Some(following.first_seen),
        None => sightings
            .iter()
            .copied()
            .find(|time| *time > last.last_seen),
    };
    PhraseInterval {
        edition: first.edition,
        versions,
        changed_after: first.changed_after,
        first_seen: first.first_seen,
        last_seen: last.last_seen,
        gone_by,
        gone_in: after.map(|v| v.version),
        is_added: false,
        is_removed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(year: u32) -> Timestamp {
        format!("{year}0101000000").parse().unwrap()
    }

    /// Versions given as edition, previous version, first year, last year, and whether the phrase is there.
    fn history(versions: &[(u32, u32, u32, u32, bool)]) -> Vec<SearchedVersion> {
        (1..)
            .zip(versions)
            .map(
                |(version, &(edition, previous, first, last, has_phrase))| SearchedVersion {
                    version,
                    edition,
                    previous: (previous > 0).then_some(previous),
                    changed_after: (version > 1).then(|| time(first - 1)),
                    first_seen: time(first),
                    last_seen: time(last),
                    has_phrase,
                },
            )
            .collect()
    }

    #[test]
    fn a_phrase_that_goes_and_returns_has_two_intervals() {
        let history = history(&[
            (1, 0, 2000, 2001, true),
            (1, 1, 2002, 2003, false),
            (1, 2, 2004, 2005, true),
            (1, 3, 2006, 2007, true),
        ]);
        let found = phrase_intervals(&history, &[]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].versions, [1]);
        assert_eq!(
            (found[0].changed_after, found[0].gone_by),
            (None, Some(time(2002)))
        );
        assert_eq!((found[0].is_added, found[0].is_removed), (false, true));
        assert_eq!(found[1].versions, [3, 4]);
        assert_eq!(found[1].changed_after, Some(time(2003)));
        assert_eq!((found[1].gone_by, found[1].gone_in), (None, None));
        assert_eq!((found[1].is_added, found[1].is_removed), (true, false));
        assert_eq!(found[1].last_seen, time(2007));
    }

    #[test]
    fn a_phrase_of_another_edition_is_neither_added_nor_removed_with_an_edition() {
        let with =
            |has_phrase| history(&[(1, 0, 2000, 2010, has_phrase), (2, 0, 2002, 2005, true)]);
        let sightings = [time(2000), time(2002), time(2003), time(2005), time(2006)];
        let both = phrase_intervals(&with(true), &sightings);
        let (one, two) = (&both[0], &both[1]);
        assert_eq!((one.gone_by, two.gone_by), (None, Some(time(2006))));
        assert_eq!((two.is_added, two.is_removed), (false, false));
        let alone = &phrase_intervals(&with(false), &sightings)[0];
        assert_eq!((alone.edition, alone.gone_in), (2, None));
        assert_eq!((alone.is_added, alone.is_removed), (true, true));
    }
}
