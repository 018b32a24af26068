//! Opens the database and selects the policy that a command is about: `SITE`, `--policy`.

use super::failure::Failure;
use super::options::CommonOptions;
use super::wording::{counted, counts_text};
use crate::archive::clock::{Clock as _, SystemClock};
use crate::config::Settings;
use crate::crawl::derive_outdated;
use crate::model::{PolicyKind, Site};
use crate::report::safe_line;
use crate::store::{PolicyEntry, PolicySummary, Store};

/// Most sites named in a message.
const MAX_NAMED_SITES: usize = 8;

/// Opens the database for reading, and derives outdated histories by the present rules.
pub(super) fn open_database(common: &CommonOptions) -> Result<Store, Failure> {
    open_database_of(&common.settings(&[])?)
}

/// As [`open_database`], with the settings that a command has already.
pub(super) fn open_database_of(settings: &Settings) -> Result<Store, Failure> {
    let store = Store::open_to_read(&settings.database)?;
    derive_outdated(&store, SystemClock.now())?;
    Ok(store)
}

/// Checks that the database has a site.
pub(super) fn known_site(store: &Store, site: &str) -> Result<(), Failure> {
    if store.site_names()?.iter().any(|s| s == site) {
        return Ok(());
    }
    Err(Failure::usage(unknown_site(store, site)?))
}

/// All policies of a site. A site without one is an error.
pub(super) fn policies_of_site(store: &Store, site: &str) -> Result<Vec<PolicyEntry>, Failure> {
    let name = Site::parse(site).map_err(Failure::usage)?;
    let policies = store.policies_with_versions(name.as_str())?;
    if policies.is_empty() {
        return Err(Failure::usage(unknown_site(store, name.as_str())?));
    }
    Ok(policies)
}

/// The error for a site without policies: why the database has none, or similar sites of the database.
fn unknown_site(store: &Store, site: &str) -> Result<anyhow::Error, Failure> {
    let mut sites = store.site_names()?;
    let path = store.path().display();
    if sites.iter().any(|s| s == site) {
        let summaries = store.summaries(&[site.to_owned()])?;
        let reasons: Vec<String> = summaries.iter().map(why_no_version).collect();
        return Ok(anyhow::anyhow!(
            "{site} has no version of a policy in `{path}`: {}",
            reasons.join("\n")
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
        "{site} is not in `{path}`, which holds {} ({names}{more}); `policytrail status` lists them, and `policytrail backfill {site}` adds {site}",
        counted(count as u64, "site")
    ))
}

/// Why a policy, or a site without any, has no version, and what to do about it.
fn why_no_version(summary: &PolicySummary) -> String {
    let site = safe_line(&summary.site);
    match (&summary.policy_url, &summary.site_dropped) {
        _ if summary.unfinished => format!(
            "the crawl of the site is not finished; run `policytrail backfill {site}` again"
        ),
        (None, Some(reason)) => {
            format!(
                "the archive provides nothing for this site ({})",
                safe_line(reason)
            )
        }
        (None, None) => format!(
            "no policy was found in the archive; if you know its URL, give it with `policytrail backfill {site} --url URL`"
        ),
        (Some(url), _) if summary.dropped == 0 => {
            format!(
                "no capture of {} was read; `policytrail backfill {site}` tries again",
                safe_line(url)
            )
        }
        (Some(url), _) => format!(
            "{} of {} dropped ({}); `policytrail export` writes a row for each into the table `drops`",
            counted(summary.dropped, "capture"),
            safe_line(url),
            safe_line(&counts_text(&summary.drops_without_version))
        ),
    }
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
        "{site} has {}; choose one with --policy N or --policy URL:{}",
        counted(policies.len() as u64, "policy"),
        listed(&policies)
    )))
}

fn listed(policies: &[PolicyEntry]) -> String {
    let lines = policies.iter().enumerate().map(|(i, p)| {
        format!(
            "\n  {}  {} ({}, {})",
            i + 1,
            safe_line(&p.policy_url),
            p.kind,
            counted(p.versions, "version")
        )
    });
    lines.collect()
}
