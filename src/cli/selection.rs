//! Selects the policy and the version that a command is about: `SITE`, `SITE@DATE`, `SITE#N`, `--policy`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::failure::Failure;
use super::options::CommonOptions;
use super::wording::date;
use crate::archive::clock::{Clock as _, SystemClock};
use crate::crawl::derive_outdated;
use crate::model::{PolicyKind, Site, Timestamp};
use crate::report::safe_line;
use crate::store::{PolicyEntry, Store, VersionEntry};

/// Most sites named in a message.
const MAX_NAMED_SITES: usize = 8;

/// Opens the database for reading, and derives outdated histories by the present rules.
pub(super) fn open_database(common: &CommonOptions) -> Result<Store, Failure> {
    let settings = common.settings(&[])?;
    let store = Store::open_to_read(&settings.database)?;
    derive_outdated(&store, SystemClock.now())?;
    Ok(store)
}

/// A version as a user names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VersionSelector {
    /// The one with this number.
    Number(u32),
    /// The one in force at the end of this day, month or year.
    At(Timestamp),
    /// The newest.
    Latest,
}

impl VersionSelector {
    /// Parses a number (`3`, `#3`) or a date. Numbers of four digits and more need the `#`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let (digits, marked) = match text.strip_prefix('#') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if marked || is_number && digits.len() < 4 {
            return digits.parse().map(Self::Number).map_err(|_| {
                Failure::usage(anyhow::anyhow!(
                    "`{}` is not a version; give a number such as 3 or #3, or a date",
                    safe_line(text)
                ))
            });
        }
        if text == "latest" {
            return Ok(Self::Latest);
        }
        Timestamp::latest(text)
            .map(Self::At)
            .map_err(Failure::usage)
    }
}

/// Splits `SITE`, `SITE@DATE` or `SITE#N`.
pub(super) fn site_and_version(text: &str) -> Result<(&str, VersionSelector), Failure> {
    match text.find(['@', '#']) {
        Some(at) if text[at..].starts_with('#') => {
            Ok((&text[..at], VersionSelector::parse(&text[at..])?))
        }
        Some(at) => Ok((&text[..at], VersionSelector::parse(&text[at + 1..])?)),
        None => Ok((text, VersionSelector::Latest)),
    }
}

/// All policies of a site. A site without one is an error.
fn policies_of_site(store: &Store, site: &str) -> Result<Vec<PolicyEntry>, Failure> {
    let name = Site::parse(site).map_err(Failure::usage)?;
    let policies = store.policies_with_versions(name.as_str())?;
    if policies.is_empty() {
        return Err(Failure::usage(unknown_site(store, name.as_str())?));
    }
    Ok(policies)
}

/// The error for a site without policies, with similar sites of the database.
fn unknown_site(store: &Store, site: &str) -> Result<anyhow::Error, Failure> {
    let mut sites = store.site_names()?;
    let path = store.path().display();
    if sites.iter().any(|s| s == site) {
        return Ok(anyhow::anyhow!(
            "{site} has no version of a policy in `{path}`; `policytrail status` shows why, and `policytrail backfill {site}` tries again"
        ));
    }
    if sites.is_empty() {
        return Ok(anyhow::anyhow!(
            "`{path}` holds no site yet; `policytrail backfill {site}` adds {site}"
        ));
    }
    let (count, alike) = (sites.len(), |name: &str| strsim::jaro_winkler(name, site));
    sites.sort_by(|a, b| alike(b).total_cmp(&alike(a)).then_with(|| a.cmp(b)));
    sites.truncate(MAX_NAMED_SITES);
    let names = safe_line(&sites.join(", "));
    let more = if count > MAX_NAMED_SITES { ", …" } else { "" };
    Ok(anyhow::anyhow!(
        "{site} is not in `{path}`, which holds {count} sites ({names}{more}); `policytrail status` lists them, and `policytrail backfill {site}` adds {site}"
    ))
}

/// The selected policies, each with its number: all of the site, or the one named with `--policy`.
pub(super) fn selected_policies(
    store: &Store,
    site: &str,
    policy: Option<&str>,
) -> Result<Vec<(usize, PolicyEntry)>, Failure> {
    let all = policies_of_site(store, site)?;
    let numbered = || (1..).zip(all.iter().cloned());
    let Some(wanted) = policy else {
        return Ok(numbered().collect());
    };
    let wanted_number = wanted.parse::<usize>().ok();
    let by_number = numbered().find(|(n, _)| Some(*n) == wanted_number);
    let by_url = || numbered().find(|(_, p)| p.policy_url == wanted);
    match by_number.or_else(by_url) {
        Some(policy) => Ok(vec![policy]),
        None => Err(Failure::usage(anyhow::anyhow!(
            "{site} has no policy `{}`; choose one with --policy N or --policy URL:{}",
            safe_line(wanted),
            listed(&all)
        ))),
    }
}

/// The selected policy: the one named with `--policy`, else the only one, else the only privacy policy.
pub(super) fn one_policy(
    store: &Store,
    site: &str,
    policy: Option<&str>,
) -> Result<PolicyEntry, Failure> {
    let selected = selected_policies(store, site, policy)?;
    let mut policies: Vec<PolicyEntry> = selected.into_iter().map(|(_, policy)| policy).collect();
    let privacy = policies
        .iter()
        .filter(|p| p.kind == PolicyKind::Privacy)
        .count();
    if policies.len() == 1 || privacy == 1 {
        // Privacy policies come first.
        return Ok(policies.swap_remove(0));
    }
    Err(Failure::usage(anyhow::anyhow!(
        "{site} has {} policies; choose one with --policy N or --policy URL:{}",
        policies.len(),
        listed(&policies)
    )))
}

fn listed(policies: &[PolicyEntry]) -> String {
    let lines = policies.iter().enumerate().map(|(i, p)| {
        format!(
            "\n  {}  {} ({}, {} versions)",
            i + 1,
            safe_line(&p.policy_url),
            p.kind,
            p.versions
        )
    });
    lines.collect()
}

/// The selected version of a policy, with a note if the selection is not certain.
pub(super) fn select_version<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    selector: VersionSelector,
) -> Result<(&'a VersionEntry, Option<String>), Failure> {
    let none = || anyhow::anyhow!("{} has no version", safe_line(&policy.policy_url));
    let (Some(first), Some(last)) = (history.first(), history.last()) else {
        return Err(Failure::usage(none()));
    };
    match selector {
        VersionSelector::Latest => Ok((
            history.iter().max_by_key(|v| v.last_seen).unwrap_or(last),
            None,
        )),
        VersionSelector::Number(n) => history
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
        VersionSelector::At(moment) => {
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
