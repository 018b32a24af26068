//! `policytrail reextract`: the present extractor over all stored pages.

use std::io::{self, Write as _};

use tokio_util::sync::CancellationToken;

use super::failure::{Exit, Failure};
use super::interrupt::interruptible;
use super::logging::LogFormat;
use super::options::{CommonOptions, FormatOption, OutputFormat, heading};
use super::progress_display::ProgressDisplay;
use super::table::{Align, table};
use super::wording::counted;
use crate::archive::ArchiveError;
use crate::archive::clock::{Clock as _, SystemClock};
use crate::config::CrawlSettings;
use crate::crawl::{PdfReader, ReextractedPolicy, Reextraction, drop_old_extractions};
use crate::extract::EXTRACTOR_VERSION;
use crate::model::Site;
use crate::report::{DroppedAnswer, PolicyReextractionAnswer, ReextractionAnswer, safe_json};
use crate::store::{CrawlLock, DroppedOld, PolicyAddress, Store};

/// Extract the text of the stored pages again after an update of policytrail
///
/// Nothing is fetched. You can interrupt this command and run it again: it continues where it stopped. The results of
/// older extractors are kept until you give --drop-old.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail reextract\n  policytrail reextract example.com --format json\n\n\
        Columns:\n  \
        extracted        number of stored pages that were extracted now\n  \
        versions before  number of versions by the older extractor\n  \
        after            number of versions by this one\n  \
        pages compared   number of pages that both extractors have read\n  \
        other words      pages of these whose words differ\n  \
        other form       pages of these with the same words and another title or layout\n  \
        other verdict    pages of these that one takes for the policy and the other does not"
)]
pub(super) struct Arguments {
    /// Domains of the sites, such as example.com [default: all sites of the database]
    #[arg(value_name = "SITE")]
    sites: Vec<String>,

    /// At the end, delete the results of older extractors
    #[arg(long, help_heading = heading::DATABASE)]
    drop_old: bool,

    #[command(flatten)]
    output: FormatOption,

    #[command(flatten)]
    common: CommonOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[])?;
    let mut names = Vec::new();
    for text in &arguments.sites {
        names.push(Site::parse(text).map_err(Failure::usage)?.to_string());
    }
    let store = Store::open(&settings.database)?;
    let lock = CrawlLock::take(store.path())?;
    if store.is_imported()? {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` was imported from JSON Lines, so it may lack pages of its versions, which would be lost; import the WARC export \
             alone (`policytrail import FILE.warc.gz`), which extracts all pages again",
            settings.database.display()
        )));
    }
    let policies = store.policies_of(&names)?;
    let is_unknown = |name: &&String| !policies.iter().any(|p| p.site == **name);
    if let Some(name) = names.iter().find(is_unknown) {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{name}` has no policy in `{}`; `policytrail status` lists the sites with policies",
            settings.database.display()
        )));
    }
    let command = Command {
        store,
        crawl: settings.crawl,
        drop_old: arguments.drop_old,
        format: arguments.output.chosen(),
    };
    interruptible(move |stop| {
        let _lock = lock;
        command.run(policies, &stop)
    })
}

/// The command with its arguments checked.
struct Command {
    store: Store,
    crawl: CrawlSettings,
    drop_old: bool,
    format: OutputFormat,
}

impl Command {
    /// Extracts every stored page of the policies, and deletes old results if that is wanted and nothing failed.
    fn run(&self, policies: Vec<PolicyAddress>, stop: &CancellationToken) -> Result<Exit, Failure> {
        let reports = self.extract(policies, stop)?;
        let failures: Vec<&String> = reports.iter().flat_map(|r| &r.failures).collect();
        for failure in &failures {
            tracing::error!("cannot extract a page, so its old result is kept: {failure}");
        }
        if self.drop_old && stop.is_cancelled() {
            return Err(ArchiveError::Interrupted.into());
        }
        let dropped = if self.drop_old && failures.is_empty() {
            let now = SystemClock.now();
            Some(drop_old_extractions(&self.store, &self.crawl, now)?)
        } else {
            None
        };
        print(self.format, &reports, dropped)?;
        Ok(if failures.is_empty() {
            Exit::Done
        } else {
            Exit::DoneWithFailures
        })
    }

    fn extract(
        &self,
        policies: Vec<PolicyAddress>,
        stop: &CancellationToken,
    ) -> Result<Vec<ReextractedPolicy>, Failure> {
        let display = ProgressDisplay::start(false, LogFormat::Text);
        let pdf = PdfReader::of_this_program()
            .map_err(Failure::of_system("cannot find the PDF reader"))?;
        let (mut done, total) = (0, policies.len() as u64);
        let reextraction = Reextraction {
            store: &self.store,
            pdf: Some(&pdf),
            crawl: &self.crawl,
            now: SystemClock.now(),
            stop,
        };
        let reports = reextraction.run(policies, |report| {
            done += 1;
            display.show_count(done, total, "policies");
            tracing::info!(policy = %report.policy.policy_url, pages = report.pages, "policy extracted");
        });
        display.finish();
        Ok(reports?)
    }
}

fn print(
    format: OutputFormat,
    reports: &[ReextractedPolicy],
    dropped: Option<DroppedOld>,
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Text => {
            out.write_all(report_table(reports).as_bytes())?;
            if let Some(dropped) = dropped {
                writeln!(
                    out,
                    "deleted {} of older extractors and {} that occurred only in them",
                    counted(dropped.extractions, "result"),
                    counted(dropped.documents, "text")
                )?;
            }
        }
        OutputFormat::Json => {
            let answer = ReextractionAnswer {
                extractor_version: EXTRACTOR_VERSION,
                policies: reports.iter().map(policy_answer).collect(),
                dropped: dropped.map(|d| DroppedAnswer {
                    extractions: d.extractions,
                    documents: d.documents,
                }),
            };
            writeln!(out, "{}", safe_json(&answer)?)?;
        }
    }
    Ok(())
}

fn policy_answer(report: &ReextractedPolicy) -> PolicyReextractionAnswer<'_> {
    PolicyReextractionAnswer {
        site: &report.policy.site,
        policy_url: &report.policy.policy_url,
        pages_extracted: report.pages,
        versions_before: report.versions_before,
        versions_after: report.versions_after,
        pages_compared: report.difference.pages,
        changed_words: report.difference.changed_words,
        changed_form: report.difference.changed_form,
        changed_verdict: report.difference.changed_verdict,
    }
}

fn report_table(reports: &[ReextractedPolicy]) -> String {
    let header = [
        ("site", Align::Left),
        ("policy URL", Align::Left),
        ("extracted", Align::Right),
        ("versions before", Align::Right),
        ("after", Align::Right),
        ("pages compared", Align::Right),
        ("other words", Align::Right),
        ("other form", Align::Right),
        ("other verdict", Align::Right),
    ];
    let rows: Vec<Vec<String>> = reports
        .iter()
        .map(|r| {
            let numbers = [
                r.pages,
                r.versions_before,
                r.versions_after,
                r.difference.pages,
                r.difference.changed_words,
                r.difference.changed_form,
                r.difference.changed_verdict,
            ];
            [r.policy.site.clone(), r.policy.policy_url.clone()]
                .into_iter()
                .chain(numbers.map(|n| n.to_string()))
                .collect()
        })
        .collect();
    table(&header, &rows)
}
