//! The command: its arguments, and the evidence that it gathers.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::super::atomic_file::{check_writable, replace_file};
use super::super::diff::{self, html, unified, wording};
use super::super::failure::{Exit, Failure};
use super::super::options::{CommonOptions, heading};
use super::super::output_files::{UsedFile, check_outputs};
use super::super::selection;
use super::super::terminal::error_line;
use super::super::version_choice::compared_or_single;
use super::super::version_names::VersionArguments;
use super::bundle::Bundle;
use super::capture_files::{Side, add_capture};
use super::contents::{ChangeWindow, Evidence};
use super::custody::{CUSTODY, custody_log};
use super::page::readme;
use crate::history::redline;
use crate::model::Timestamp;
use crate::report::{
    ComparedVersion, Comparison, ReportError, compare, comparison_warnings, safe_json, safe_line,
};
use crate::store::{CaptureEvidence, Rendition, RunEntry, Store, StoreError, VersionEntry};

/// Write the evidence for a change into one ZIP file, which anybody can check without this program
///
/// The file holds both captures as kept (original WARC records if they were read from WARC files), the change word by
/// word, hashes, the time in which the change happened, how the pages were found and fetched, and a page that says how to
/// check all of it. If you give one version, it is compared with the version before it; if you give none, the newest
/// change is taken. The same database, contact and program version always give the same bytes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail evidence example.com --out change.zip\n  policytrail evidence example.com 2018-05-01 2018-06-01 --out gdpr.zip"
)]
pub(in super::super) struct Arguments {
    #[command(flatten)]
    versions: VersionArguments,

    /// ZIP file to write; an existing file is replaced
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    out: PathBuf,

    #[command(flatten)]
    common: CommonOptions,
}

pub(in super::super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, range) = arguments.versions.parsed()?;
    let settings = arguments.common.settings(&[])?;
    let output = [UsedFile::new("--out", &arguments.out)];
    check_outputs(&output, &UsedFile::database(&settings.database))?;
    check_writable(&arguments.out)?;
    let store = selection::open_database_of(&settings)?;
    let policy = selection::one_policy(&store, site, arguments.versions.policy())?;
    let history = store.history(policy.policy_id)?;
    let (old, new) = compared_or_single(&policy, &history, range)?;
    let mut bundle = Bundle::default();
    let mut evidence = Evidence {
        policy: &policy,
        window: None,
        sides: Vec::new(),
        gaps: Vec::new(),
        discoveries: store.discoveries_of(policy.policy_id)?,
        dated: dated(&store)?,
        contact: settings.archive.contact,
    };
    match old {
        Some(old) => {
            let comparison = compare(&store, &policy, old, new)?;
            add_change(&mut bundle, &store, &mut evidence, comparison)?;
        }
        None => add_single(&mut bundle, &store, &mut evidence, new)?,
    }
    let zip = finished_zip(bundle, &evidence)?;
    replace_file(&arguments.out, &zip)?;
    print(&arguments.out, &zip, &evidence)
        .map_err(|error| Failure::from(error).after_writing(&arguments.out))
}

/// The date of what the database holds.
fn dated(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.snapshot(|snapshot| {
        let dated = snapshot.dated()?;
        Ok::<_, StoreError>(dated)
    })
}

/// Adds the redline and both captures.
fn add_change(
    bundle: &mut Bundle,
    store: &Store,
    evidence: &mut Evidence<'_>,
    comparison: Comparison<'_>,
) -> Result<(), Failure> {
    let redline = redline(
        &comparison.old.rendition.text,
        &comparison.new.rendition.text,
    );
    bundle.add(
        "changes.html",
        html::page(&comparison, &redline, html::Extent::Whole),
    );
    bundle.add("changes.diff", unified::page(&comparison));
    bundle.add("changes.json", diff::json(&comparison, &redline)?);
    let description = format!(
        "{}; {}: {} words added, {} removed",
        wording::change_date(&comparison),
        comparison.change.kind.code(),
        comparison.change.words_added,
        comparison.change.words_removed
    );
    let warnings = comparison_warnings(comparison.old.version, comparison.new.version);
    let ComparedVersion {
        version: old,
        rendition: old_text,
        capture: old_capture,
    } = comparison.old;
    let ComparedVersion {
        version: new,
        rendition: new_text,
        capture: new_capture,
    } = comparison.new;
    let old_side = side(bundle, store, "old", (old, &old_text), old_capture)?;
    let new_side = side(bundle, store, "new", (new, &new_text), new_capture)?;
    let (after, before) = (old_side.0.capture.timestamp, new_side.0.capture.timestamp);
    evidence.gaps = store.gaps_between(evidence.policy.policy_id, (after, before))?;
    evidence.window = Some(ChangeWindow {
        after,
        before,
        description,
        warnings,
    });
    evidence.sides = vec![old_side, new_side];
    Ok(())
}

/// Adds one version that has none before it.
fn add_single(
    bundle: &mut Bundle,
    store: &Store,
    evidence: &mut Evidence<'_>,
    version: &VersionEntry,
) -> Result<(), Failure> {
    let rendition = store.rendition(version.rendition_id)?;
    let rendition = rendition.ok_or(ReportError::TextMissing {
        version: version.version,
    })?;
    let capture = store.first_evidence(evidence.policy.policy_id, version.version)?;
    evidence.sides = vec![side(
        bundle,
        store,
        "capture",
        (version, &rendition),
        capture,
    )?];
    Ok(())
}

/// One side, and the run that fetched it.
fn side(
    bundle: &mut Bundle,
    store: &Store,
    folder: &'static str,
    version: (&VersionEntry, &Rendition),
    capture: Option<CaptureEvidence>,
) -> Result<(Side, Option<RunEntry>), Failure> {
    let capture = capture.ok_or_else(|| {
        anyhow::anyhow!(
            "version {} has no capture in the database; `policytrail verify` checks the database",
            version.0.version
        )
    })?;
    let run = store.run_at(capture.fetched_at)?;
    let side = add_capture(bundle, store, folder, version, capture)?;
    Ok((side, run))
}

/// The bundle with the files that are about all others.
fn finished_zip(mut bundle: Bundle, evidence: &Evidence<'_>) -> Result<Vec<u8>, Failure> {
    bundle.add(CUSTODY, custody_log(&evidence.sides, evidence.dated)?);
    bundle.add("evidence.json", evidence_json(evidence)?);
    bundle.add("README.html", readme(evidence));
    let zip = bundle.zipped();
    zip.map_err(|e| anyhow::anyhow!("cannot make the ZIP file: {e}").into())
}

/// Says what the file holds and what is missing.
fn print(file: &Path, zip: &[u8], evidence: &Evidence<'_>) -> io::Result<Exit> {
    let name = safe_line(&file.to_string_lossy());
    let mut out = io::stdout().lock();
    writeln!(out, "{name}: SHA-256 {}", super::bundle::sha256(zip))?;
    let mut exit = Exit::Done;
    for (side, _) in &evidence.sides {
        let warc = match &side.warc {
            Some(warc) if warc.is_original => "original WARC records",
            Some(_) => "rebuilt WARC record",
            None => "no WARC record",
        };
        writeln!(
            out,
            "{}: version {}, captured {}, {warc}, archive's digest {}",
            side.folder,
            side.version,
            side.capture.timestamp.date_text(),
            if side.archive_digest.is_reproduced {
                "reproduced"
            } else {
                "not reproduced"
            },
        )?;
        for missing in &side.missing {
            error_line(&format!("missing of {}: {missing}", side.folder));
            exit = Exit::DoneWithFailures;
        }
    }
    Ok(exit)
}

/// The evidence for machines.
fn evidence_json(evidence: &Evidence<'_>) -> Result<String, Failure> {
    let mut answer = serde_json::to_value(evidence)?;
    let sides = evidence.sides.iter().map(|(side, run)| {
        let mut value = serde_json::to_value(side)?;
        value["run"] = serde_json::to_value(run)?;
        Ok(value)
    });
    answer["sides"] = sides.collect::<serde_json::Result<Vec<_>>>()?.into();
    answer["site"] = evidence.policy.site.as_str().into();
    answer["policy_url"] = evidence.policy.policy_url.as_str().into();
    answer["kind"] = evidence.policy.kind.code().into();
    answer["made_by"] = concat!("policytrail ", env!("CARGO_PKG_VERSION")).into();
    Ok(safe_json(&answer)? + "\n")
}
