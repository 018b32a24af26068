//! From observations to versions: which words were in force when. Pure.

use crate::model::{TextHash, Timestamp};

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

/// A maximal run of observations of one policy with one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version<C> {
    /// 1, 2, … in order of time.
    pub number: u32,
    /// The words.
    pub text_hash: TextHash,
    /// Last observation of the text before; the change happened after it. `None` for the first version.
    pub changed_after: Option<Timestamp>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// The captures that showed it, in order of time.
    pub captures: Vec<C>,
}

/// The versions of one policy. The order of the observations given does not matter.
///
/// A text that comes back after another is a new version (a reversal: three versions of two documents). Captures of one
/// second (http and https, two servers) have no order of their own: those that go on with the text before come first,
/// so that a second with two texts is one change and not two.
#[must_use]
pub fn versions<C: Copy + Ord>(observations: &[Observation<C>]) -> Vec<Version<C>> {
    let mut sorted: Vec<&Observation<C>> = observations.iter().collect();
    sorted.sort_by_key(|o| (o.timestamp, o.text_hash, o.capture));
    let mut versions: Vec<Version<C>> = Vec::new();
    for second in sorted.chunk_by(|a, b| a.timestamp == b.timestamp) {
        let current = versions.last().map(|v| v.text_hash);
        let (going_on, changed): (Vec<&Observation<C>>, Vec<_>) =
            second.iter().partition(|o| Some(o.text_hash) == current);
        for observation in going_on.into_iter().chain(changed) {
            add(&mut versions, observation);
        }
    }
    versions
}

fn add<C: Copy>(versions: &mut Vec<Version<C>>, observation: &Observation<C>) {
    match versions.last_mut() {
        Some(current) if current.text_hash == observation.text_hash => {
            current.last_seen = observation.timestamp;
            current.captures.push(observation.capture);
        }
        before => {
            let changed_after = before.map(|v| v.last_seen);
            versions.push(Version {
                number: u32::try_from(versions.len())
                    .unwrap_or(u32::MAX)
                    .saturating_add(1),
                text_hash: observation.text_hash,
                changed_after,
                first_seen: observation.timestamp,
                last_seen: observation.timestamp,
                captures: vec![observation.capture],
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(day: u32, words: &str) -> Observation<u32> {
        let timestamp = format!("201201{day:02}000000").parse().unwrap();
        Observation {
            capture: day,
            timestamp,
            text_hash: TextHash::of_normalised(words),
        }
    }

    fn shape(observations: &[Observation<u32>]) -> Vec<(u32, Vec<u32>, Option<String>)> {
        let numbered = versions(observations).into_iter();
        numbered
            .map(|v| {
                (
                    v.number,
                    v.captures,
                    v.changed_after.map(|t| t.to_string()[6..8].to_owned()),
                )
            })
            .collect()
    }

    #[test]
    fn a_reversal_is_three_versions_of_two_documents() {
        let history = [seen(1, "a"), seen(2, "a"), seen(5, "b"), seen(9, "a")];
        let expected = vec![
            (1, vec![1, 2], None),
            (2, vec![5], Some("02".to_owned())),
            (3, vec![9], Some("05".to_owned())),
        ];
        assert_eq!(shape(&history), expected);
        let mut shuffled = history;
        shuffled.reverse();
        assert_eq!(shape(&shuffled), expected);
    }

    #[test]
    fn a_second_with_two_texts_is_one_change() {
        for (old, new) in [("a", "b"), ("b", "a")] {
            let mut both = [seen(1, old), seen(2, new), seen(2, old), seen(3, new)];
            both[2].capture = 20;
            assert_eq!(versions(&both).len(), 2);
        }
    }
}
