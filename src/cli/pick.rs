//! Which policy and which version a command is about: `SITE`, `SITE@DATE`, `SITE#N`, `--policy`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::failure::Failure;
use super::options::Common;
use super::terminal::harmless_line;
use crate::archive::clock::{Clock as _, SystemClock};
use crate::crawl::derive_outdated;
use crate::model::{Site, Timestamp};
use crate::store::{PolicyEntry, Store, VersionEntry};

/// Sites named in a message at most.
const MOST_NAMED: usize = 8;

/// The database for reading, its histories derived by the present rules.
pub(super) fn open(common: &Common) -> Result<Store, Failure> {
    let settings = common.settings(&[])?;
    let store = Store::open_to_read(&settings.database)?;
    derive_outdated(&store, SystemClock.now())?;
    Ok(store)
}

/// A version, as the user names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// By its number.
    Number(u32),
    /// The one in force at the end of that day (or month, or year).
    At(Timestamp),
    /// The newest.
    Latest,
}

impl Which {
    /// `3` or `#3` is a number, anything else a date; numbers of four digits and more need the `#`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let (digits, marked) = match text.strip_prefix('#') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if marked || is_number && digits.len() < 4 {
            return digits.parse().map(Self::Number).map_err(|_| {
                Failure::usage(anyhow::anyhow!(
                    "`{}` is no version: write #3, 3 or a date",
                    harmless_line(text)
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

/// Takes `SITE`, `SITE@DATE` or `SITE#N` apart.
pub(super) fn site_and_version(text: &str) -> Result<(&str, Which), Failure> {
    match text.find(['@', '#']) {
        Some(at) if text[at..].starts_with('#') => Ok((&text[..at], Which::parse(&text[at..])?)),
        Some(at) => Ok((&text[..at], Which::parse(&text[at + 1..])?)),
        None => Ok((text, Which::Latest)),
    }
}

/// The policies of a site; never none.
pub(super) fn policies(store: &Store, site: &str) -> Result<Vec<PolicyEntry>, Failure> {
    let name = Site::parse(site).map_err(Failure::usage)?;
    let policies = store.policies_with_versions(name.as_str())?;
    if policies.is_empty() {
        return Err(Failure::usage(unknown(store, name.as_str())?));
    }
    Ok(policies)
}

fn unknown(store: &Store, site: &str) -> Result<anyhow::Error, Failure> {
    let mut sites = store.site_names()?;
    let path = store.path().display();
    if sites.iter().any(|s| s == site) {
        return Ok(anyhow::anyhow!(
            "{site} has no version of a policy in `{path}`; `policytrail status` tells why, `policytrail backfill {site}` looks again"
        ));
    }
    if sites.is_empty() {
        return Ok(anyhow::anyhow!(
            "`{path}` holds no site yet; `policytrail backfill {site}` looks for its policies"
        ));
    }
    let (count, alike) = (sites.len(), |name: &str| strsim::jaro_winkler(name, site));
    sites.sort_by(|a, b| alike(b).total_cmp(&alike(a)).then_with(|| a.cmp(b)));
    sites.truncate(MOST_NAMED);
    let names = harmless_line(&sites.join(", "));
    let more = if count > MOST_NAMED { ", …" } else { "" };
    Ok(anyhow::anyhow!(
        "{site} is not in `{path}`, which holds {count} sites ({names}{more}); `policytrail status` lists them, `policytrail backfill {site}` adds it"
    ))
}

/// The policies that the user means, each with its number: all of the site, or the one named with `--policy`.
pub(super) fn chosen(
    store: &Store,
    site: &str,
    policy: Option<&str>,
) -> Result<Vec<(usize, PolicyEntry)>, Failure> {
    let all = policies(store, site)?;
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
            harmless_line(wanted),
            listed(&all)
        ))),
    }
}

/// The one policy that the user means: that named with `--policy`, else the only one, else the only one about privacy.
pub(super) fn one(store: &Store, site: &str, policy: Option<&str>) -> Result<PolicyEntry, Failure> {
    let chosen = chosen(store, site, policy)?;
    let mut policies: Vec<PolicyEntry> = chosen.into_iter().map(|(_, policy)| policy).collect();
    let privacy = policies.iter().filter(|p| p.kind == "privacy").count();
    if policies.len() == 1 || privacy == 1 {
        // Those about privacy come first.
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
            harmless_line(&p.policy_url),
            harmless_line(&p.kind),
            p.versions
        )
    });
    lines.collect()
}

/// A version among those of a policy, with what is to be said about the choice.
pub(super) fn version<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    which: Which,
) -> Result<(&'a VersionEntry, Option<String>), Failure> {
    let none = || anyhow::anyhow!("{} has no version", harmless_line(&policy.policy_url));
    let (Some(first), Some(last)) = (history.first(), history.last()) else {
        return Err(Failure::usage(none()));
    };
    match which {
        Which::Latest => Ok((
            history.iter().max_by_key(|v| &v.last_seen).unwrap_or(last),
            None,
        )),
        Which::Number(n) => history
            .iter()
            .find(|v| v.version == n)
            .map(|v| (v, None))
            .ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "{} has versions 1 to {}, no version {n}; `policytrail log {}` lists them",
                    harmless_line(&policy.policy_url),
                    last.version,
                    policy.site
                ))
            }),
        Which::At(moment) => {
            let moment = moment.to_string();
            if moment < first.first_seen {
                return Err(Failure::usage(anyhow::anyhow!(
                    "no capture of {} is as old as that: the first is of {}",
                    harmless_line(&policy.policy_url),
                    date(&first.first_seen)
                )));
            }
            Ok(in_force(history, &moment, last))
        }
    }
}

/// The version in force at a moment. Where editions are parallel, that of the edition with the most captures among those
/// that were seen then and later.
fn in_force<'a>(
    history: &'a [VersionEntry],
    moment: &str,
    last: &'a VersionEntry,
) -> (&'a VersionEntry, Option<String>) {
    let of_edition = |edition: u32| history.iter().filter(move |v| v.edition == edition);
    let begun = |edition: u32| of_edition(edition).rfind(|v| v.first_seen.as_str() <= moment);
    let is_alive = |edition: u32| of_edition(edition).any(|v| v.last_seen.as_str() >= moment);
    let captures = |edition: u32| of_edition(edition).map(|v| v.captures).sum::<u64>();
    let seen_by_then = |edition: u32| begun(edition).map(|v| v.last_seen.as_str().min(moment));
    let editions: BTreeSet<u32> = history.iter().map(|v| v.edition).collect();
    let begun_editions: Vec<u32> = editions
        .into_iter()
        .filter(|e| begun(*e).is_some())
        .collect();
    let chosen = begun_editions.iter().copied().max_by_key(|&e| {
        let alive = is_alive(e);
        (
            alive,
            if alive { captures(e) } else { 0 },
            seen_by_then(e),
            Reverse(e),
        )
    });
    let version = chosen.and_then(begun).unwrap_or(last);
    let others = begun_editions
        .into_iter()
        .filter(|e| *e != version.edition && is_alive(*e));
    let parallel: Vec<String> = others
        .filter_map(begun)
        .map(|v| format!("#{}", v.version))
        .collect();
    let mut notes = Vec::new();
    if version.last_seen.as_str() < moment {
        let next = history
            .iter()
            .find(|v| v.previous_version == Some(version.version));
        notes.push(match next {
            Some(next) => format!(
                "not certain: version {} was last seen on {}, version {} first on {}; the change came at some time between",
                version.version,
                date(&version.last_seen),
                next.version,
                date(&next.first_seen)
            ),
            None => format!("not certain: the last capture of it is of {}", date(&version.last_seen)),
        });
    }
    if !parallel.is_empty() {
        notes.push(format!(
            "the page showed another edition in turns with this one: {}",
            parallel.join(", ")
        ));
    }
    (version, (!notes.is_empty()).then(|| notes.join("\n")))
}

/// The date of 14 digits.
pub(super) fn date(stamp: &str) -> String {
    stamp
        .parse::<Timestamp>()
        .map_or_else(|_| harmless_line(stamp), Timestamp::date_text)
}
