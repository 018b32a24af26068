//! `policytrail exclude` and `policytrail include`: decisions about the texts of a site.

use super::failure::{Exit, Failure};
use super::options::CommonOptions;
use super::selection;
use super::terminal::note;
use super::version_choice::select_version;
use super::version_names::{OneVersionArguments, VersionName};
use super::wording::{counted, date};
use crate::archive::clock::{Clock as _, SystemClock};
use crate::crawl::{decide, derive_outdated, excluded_captures};
use crate::model::{Site, TextHash, Timestamp};
use crate::report::safe_line;
use crate::store::{CrawlLock, Decision, PolicyEntry, Review, Store, VersionEntry};

/// Exclude the text of one version: it is an error page or something else that is not the policy
///
/// All captures of the site that show this text no longer count as a version, also those that later crawls find. They stay
/// in the database, with `excluded_by_review` and your reason as the reason why they are left out. `include` takes the
/// decision back. A date names the version that a capture of that date shows.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail exclude example.com@2023-10-25 --why \"error page\"\n  policytrail exclude 'example.com#12' --why \"German text of another country\""
)]
pub(super) struct ExcludeArguments {
    #[command(flatten)]
    version: OneVersionArguments,

    /// Reason, which is stored and exported
    #[arg(long, value_name = "TEXT", required = true)]
    why: String,

    #[command(flatten)]
    common: CommonOptions,
}

/// Include a text that `exclude` took out, or keep a suspect version and remove its mark
///
/// A date names the excluded text that a capture of that date shows if there is one, otherwise the version that it shows.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail include example.com@2023-10-25\n  policytrail include 'example.com#12' --why \"the policy was that short\""
)]
pub(super) struct IncludeArguments {
    #[command(flatten)]
    version: OneVersionArguments,

    /// Reason, which is stored and exported
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,

    #[command(flatten)]
    common: CommonOptions,
}

pub(super) fn exclude(arguments: &ExcludeArguments) -> Result<Exit, Failure> {
    let why = arguments.why.trim();
    if why.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "--why is empty; say why the text is not the policy, because readers of the data see the reason"
        )));
    }
    let (site, name) = named_version(&arguments.version)?;
    let site = Site::parse(site).map_err(Failure::usage)?;
    let (store, _lock) = open(&arguments.common)?;
    let policy = selection::one_policy(&store, site.as_str(), arguments.version.policy())?;
    let history = store.history(policy.policy_id)?;
    let version = captured_version(&store, &policy, &history, name)?;
    let text = ChosenText::of_version(&store, version)?;
    text.record(&store, &site, (Decision::Exclude, why))?;
    let excluded = excluded_captures(&store, site.as_str())?;
    let captures = excluded.iter().filter(|c| c.body_hash == text.body_hash);
    note(format_args!(
        "excluded version {} of {}, seen {} to {}: {} of {site} show this text and no longer count",
        version.version,
        safe_line(&policy.policy_url),
        date(version.first_seen),
        date(version.last_seen),
        counted(captures.count() as u64, "capture"),
    ));
    Ok(Exit::Done)
}

pub(super) fn include(arguments: &IncludeArguments) -> Result<Exit, Failure> {
    let (site, name) = named_version(&arguments.version)?;
    let site = Site::parse(site).map_err(Failure::usage)?;
    let (store, _lock) = open(&arguments.common)?;
    let decision = (
        Decision::Include,
        arguments.why.as_deref().unwrap_or_default().trim(),
    );
    if let Some(text) = excluded_text(&store, site.as_str(), name)? {
        text.record(&store, &site, decision)?;
        note(format_args!(
            "included the text of {} again; `policytrail log {site}` lists its version",
            date(text.timestamp)
        ));
        return Ok(Exit::Done);
    }
    let policy = selection::one_policy(&store, site.as_str(), arguments.version.policy())?;
    let history = store.history(policy.policy_id)?;
    let version = captured_version(&store, &policy, &history, name)?;
    if version.suspect.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "version {} of {} is neither excluded nor suspect; `policytrail review {site} --decisions` lists what was excluded",
            version.version,
            safe_line(&policy.policy_url)
        )));
    }
    ChosenText::of_version(&store, version)?.record(&store, &site, decision)?;
    note(format_args!(
        "version {} is not suspect any more",
        version.version
    ));
    Ok(Exit::Done)
}

/// The site and the version that the arguments name.
fn named_version(arguments: &OneVersionArguments) -> Result<(&str, VersionName), Failure> {
    let (site, name) = arguments.parsed()?;
    let name = name.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!(
            "name a version: {0}@TIME or '{0}#NUMBER'; `policytrail review {0}` lists the suspect ones",
            safe_line(site)
        ))
    })?;
    Ok((site, name))
}

/// Opens the database for writing, alone.
fn open(common: &CommonOptions) -> Result<(Store, CrawlLock), Failure> {
    let settings = common.settings(&[])?;
    let store = Store::open(&settings.database)?;
    let lock = CrawlLock::take(store.path())?;
    if store.is_imported()? {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` was imported, so its histories cannot be derived again; decide in the database that the dataset was exported from",
            settings.database.display()
        )));
    }
    derive_outdated(&store, SystemClock.now())?;
    Ok((store, lock))
}

/// The text that a decision is about.
struct ChosenText {
    body_hash: TextHash,
    /// Time of a capture that shows it.
    timestamp: Timestamp,
}

impl ChosenText {
    fn of_version(store: &Store, version: &VersionEntry) -> Result<Self, Failure> {
        let traits = match version.text_sha256.parse() {
            Ok(text_hash) => store.text_traits(text_hash)?,
            Err(_) => None,
        };
        let traits = traits.ok_or_else(|| {
            anyhow::anyhow!(
                "the text of version {} is not stored; `policytrail verify` checks the database",
                version.version
            )
        })?;
        Ok(Self {
            body_hash: traits.body_hash,
            timestamp: version.first_seen,
        })
    }

    fn record(
        &self,
        store: &Store,
        site: &Site,
        (decision, why): (Decision, &str),
    ) -> Result<(), Failure> {
        let review = Review {
            site: site.as_str(),
            body_hash: self.body_hash,
            timestamp: self.timestamp,
            decision,
            why,
            decided_at: SystemClock.now(),
        };
        Ok(decide(store, &review)?)
    }
}

/// The named version. A time has to be that of a capture: a decision is about a text that somebody saw.
fn captured_version<'a>(
    store: &Store,
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    name: VersionName,
) -> Result<&'a VersionEntry, Failure> {
    let VersionName::Date { start, end } = name else {
        return Ok(select_version(policy, history, name)?.0);
    };
    let captured = store.versions_captured_in(policy.policy_id, (start, end))?;
    let of_number = |number: &u32| history.iter().find(|v| v.version == *number);
    match captured.as_slice() {
        [] => Err(Failure::usage(anyhow::anyhow!(
            "{} has no version with a capture at that time; name a version by its number, or another policy with --policy",
            safe_line(&policy.policy_url)
        ))),
        [only] => of_number(only).ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "version {only} is not in the history; run the command again"
            ))
        }),
        several => {
            let numbers: Vec<String> = several.iter().map(|n| format!("#{n}")).collect();
            Err(Failure::usage(anyhow::anyhow!(
                "captures of that time show several versions: {}; name one by its number",
                numbers.join(", ")
            )))
        }
    }
}

/// The excluded text that captures of a time show; `None` if there is none.
fn excluded_text(
    store: &Store,
    site: &str,
    name: VersionName,
) -> Result<Option<ChosenText>, Failure> {
    let VersionName::Date { start, end } = name else {
        return Ok(None);
    };
    let excluded = excluded_captures(store, site)?;
    let within: Vec<_> = excluded
        .iter()
        .filter(|c| (start..=end).contains(&c.timestamp))
        .collect();
    let Some(first) = within.first() else {
        return Ok(None);
    };
    if within.iter().any(|c| c.body_hash != first.body_hash) {
        let times: Vec<String> = within.iter().map(|c| c.timestamp.to_string()).collect();
        return Err(Failure::usage(anyhow::anyhow!(
            "several texts of that time are excluded; name the time of one capture: {}",
            times.join(", ")
        )));
    }
    Ok(Some(ChosenText {
        body_hash: first.body_hash,
        timestamp: first.timestamp,
    }))
}
