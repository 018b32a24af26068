//! Finds in a history the versions that a command names, and says where the answer is not certain.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::failure::Failure;
use super::terminal::note;
use super::version_names::{VersionName, VersionRange};
use super::wording::date;
use crate::model::Timestamp;
use crate::report::safe_line;
use crate::store::{PolicyEntry, VersionEntry};

/// The two versions of a comparison: the named ones; or the named one and the one before it; or the newest change.
pub(super) fn compared_versions<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    range: VersionRange,
) -> Result<(&'a VersionEntry, &'a VersionEntry), Failure> {
    match range {
        VersionRange::Between(from, to) => Ok((
            noted_version(policy, history, from)?,
            noted_version(policy, history, to)?,
        )),
        VersionRange::One(only) => {
            let new = noted_version(policy, history, only)?;
            Ok((version_before(policy, history, new)?, new))
        }
        VersionRange::Unnamed => {
            let changed = history.iter().filter(|v| v.previous_version.is_some());
            let new = changed.max_by_key(|v| v.version).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "{} has only one version, so there is no change to show",
                    safe_line(&policy.policy_url)
                ))
            })?;
            Ok((version_before(policy, history, new)?, new))
        }
    }
}

/// As [`compared_versions`], but a named version without one before it stands alone.
pub(super) fn compared_or_single<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    range: VersionRange,
) -> Result<(Option<&'a VersionEntry>, &'a VersionEntry), Failure> {
    let only = match range {
        VersionRange::One(name) => select_version(policy, history, name)?.0,
        VersionRange::Unnamed if history.len() == 1 => &history[0],
        _ => {
            let (old, new) = compared_versions(policy, history, range)?;
            return Ok((Some(old), new));
        }
    };
    if only.previous_version.is_none() {
        return Ok((None, only));
    }
    let (old, new) = compared_versions(policy, history, range)?;
    Ok((Some(old), new))
}

/// The versions to list: all; or the named one; or those between two. A date stands for all versions that were in force in
/// its time, so that `2018` lists the versions of that year.
pub(super) fn listed_versions<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    range: VersionRange,
) -> Result<Vec<&'a VersionEntry>, Failure> {
    let (from, to) = match range {
        VersionRange::Unnamed => return Ok(history.iter().collect()),
        VersionRange::One(name) => (name, name),
        VersionRange::Between(from, to) => (from, to),
    };
    // The start of the range is the first second of its first date.
    let first = match from {
        VersionName::Date { start, .. }
            if history.first().is_some_and(|v| start < v.first_seen) =>
        {
            VersionName::First
        }
        VersionName::Date { start, .. } => VersionName::Date { start, end: start },
        other => other,
    };
    let (first, _) = select_version(policy, history, first)?;
    let (last, _) = select_version(policy, history, to)?;
    if first.version > last.version {
        return Err(Failure::usage(anyhow::anyhow!(
            "the range ends with version {}, before version {} where it starts",
            last.version,
            first.version
        )));
    }
    let is_listed = |v: &VersionEntry| match (from, to) {
        (VersionName::Date { start, .. }, VersionName::Date { end, .. }) => {
            v.version == first.version || v.first_seen <= end && v.last_seen >= start
        }
        _ => (first.version..=last.version).contains(&v.version),
    };
    Ok(history.iter().filter(|v| is_listed(v)).collect())
}

/// The named version. A note says on stderr if the choice is not certain.
fn noted_version<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    name: VersionName,
) -> Result<&'a VersionEntry, Failure> {
    let (version, uncertainty) = select_version(policy, history, name)?;
    if let Some(uncertainty) = uncertainty {
        note(uncertainty);
    }
    Ok(version)
}

/// The version before this one in its edition.
fn version_before<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    version: &VersionEntry,
) -> Result<&'a VersionEntry, Failure> {
    let before = version
        .previous_version
        .and_then(|p| history.iter().find(|v| v.version == p));
    before.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!(
            "there is no version before version {}; give two versions (`policytrail log {}` lists them)",
            version.version,
            policy.site
        ))
    })
}

/// The selected version of a policy, with a note if the selection is not certain.
pub(super) fn select_version<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    name: VersionName,
) -> Result<(&'a VersionEntry, Option<String>), Failure> {
    let none = || anyhow::anyhow!("{} has no version", safe_line(&policy.policy_url));
    let (Some(first), Some(last)) = (history.first(), history.last()) else {
        return Err(Failure::usage(none()));
    };
    match name {
        VersionName::First => Ok((first, None)),
        VersionName::Latest => Ok((
            history.iter().max_by_key(|v| v.last_seen).unwrap_or(last),
            None,
        )),
        VersionName::Number(n) => history
            .iter()
            .find(|v| v.version == n)
            .map(|v| (v, None))
            .ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "{} has versions 1 to {}, but no version {n}; `policytrail log {}` lists them",
                    safe_line(&policy.policy_url),
                    last.version,
                    policy.site
                ))
            }),
        VersionName::Date { end: moment, .. } => {
            if moment < first.first_seen {
                return Err(Failure::usage(anyhow::anyhow!(
                    "{} has no capture on or before that date; the first capture is from {}",
                    safe_line(&policy.policy_url),
                    date(first.first_seen)
                )));
            }
            Ok(in_force(history, moment, last))
        }
    }
}

/// The version in force at a time, with a note if that is not certain. Of parallel editions that were observed at that time
/// and later, it is the one with the most captures.
fn in_force<'a>(
    history: &'a [VersionEntry],
    time: Timestamp,
    last: &'a VersionEntry,
) -> (&'a VersionEntry, Option<String>) {
    let editions = Editions { history, time };
    let begun: Vec<u32> = editions.begun();
    let chosen = begun.iter().copied().max_by_key(|&e| editions.rank(e));
    let version = chosen.and_then(|e| editions.version(e)).unwrap_or(last);
    let parallel: Vec<String> = begun
        .into_iter()
        .filter(|e| *e != version.edition && editions.is_alive(*e))
        .filter_map(|e| editions.version(e))
        .map(|v| format!("#{}", v.version))
        .collect();
    let mut notes = Vec::new();
    if version.last_seen < time {
        notes.push(uncertain(history, version));
    }
    if !parallel.is_empty() {
        notes.push(format!(
            "the page alternated between this version and other editions: {}",
            parallel.join(", ")
        ));
    }
    (version, (!notes.is_empty()).then(|| notes.join("\n")))
}

/// The editions of a history at a time.
struct Editions<'a> {
    history: &'a [VersionEntry],
    time: Timestamp,
}

impl<'a> Editions<'a> {
    fn versions(&self, edition: u32) -> impl DoubleEndedIterator<Item = &'a VersionEntry> {
        self.history.iter().filter(move |v| v.edition == edition)
    }

    /// The newest version of an edition that was observed by then.
    fn version(&self, edition: u32) -> Option<&'a VersionEntry> {
        self.versions(edition).rfind(|v| v.first_seen <= self.time)
    }

    /// True if the edition was observed then or later.
    fn is_alive(&self, edition: u32) -> bool {
        self.versions(edition).any(|v| v.last_seen >= self.time)
    }

    /// The editions that were observed by then.
    fn begun(&self) -> Vec<u32> {
        let editions: BTreeSet<u32> = self.history.iter().map(|v| v.edition).collect();
        editions
            .into_iter()
            .filter(|e| self.version(*e).is_some())
            .collect()
    }

    /// Higher for an edition that is a better answer: alive, with more captures, observed later, with a lower number.
    fn rank(&self, edition: u32) -> (bool, u64, Option<Timestamp>, Reverse<u32>) {
        let is_alive = self.is_alive(edition);
        let captures = if is_alive {
            self.versions(edition).map(|v| v.captures).sum()
        } else {
            0
        };
        let last_seen = self.version(edition).map(|v| v.last_seen.min(self.time));
        (is_alive, captures, last_seen, Reverse(edition))
    }
}

/// Why it is not certain that a version was in force after its last capture.
fn uncertain(history: &[VersionEntry], version: &VersionEntry) -> String {
    let next = history
        .iter()
        .find(|v| v.previous_version == Some(version.version));
    match next {
        Some(next) => format!(
            "not certain: version {} was last seen on {}, and version {} was first seen on {}; the change happened between these dates",
            version.version,
            date(version.last_seen),
            next.version,
            date(next.first_seen)
        ),
        None => format!(
            "not certain: the last capture of this version is from {}",
            date(version.last_seen)
        ),
    }
}
