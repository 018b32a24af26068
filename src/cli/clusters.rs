//! `policytrail clusters`: the texts that are nearly the same on several sites.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use super::answer::limit;
use super::csv_rows::{CsvRows, time_cell};
use super::failure::{Exit, Failure};
use super::logging::LogFormat;
use super::options::{AnswerFormat, CommonOptions, FormatOption, at_least_one, heading};
use super::progress_display::ProgressDisplay;
use super::selection;
use super::table::{Align, table};
use super::terminal::note;
use super::wording::date;
use crate::report::{ClusterReport, cluster_reports, safe_json};
use crate::store::Store;

/// List the texts that are nearly the same on several sites
///
/// Policy generators, hosting companies and registrars write one text for many sites. A cluster has a leader, which was seen
/// first, and the documents whose simhash differs from that of the leader in three bits at most and that have at least 80 % of
/// their runs of three words in common with it. All versions are read, old ones too. Exit code 1 means that nothing was found.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail clusters\n  policytrail clusters --min-sites 10 --format csv > clusters.csv\n\n\
        Columns:\n  \
        sites       number of sites with a document of the cluster\n  \
        documents   number of different texts\n  \
        parked      yes if the texts are those of parked domains\n  \
        leader      site and version that showed the text first\n  \
        language    language of the leader (ISO 639-1), und if unknown\n  \
        first seen  date of the first capture that shows one of the documents\n  \
        last seen   date of the last one\n  \
        first words the first words of the leader"
)]
pub(super) struct Arguments {
    /// List clusters with at least this many sites, 2 or more
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u32).range(2..), help_heading = heading::SELECTION)]
    min_sites: u32,

    /// Print at most this many clusters [default: 50; all in CSV and JSON]
    #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = heading::OUTPUT)]
    limit: Option<NonZeroUsize>,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table, for people
    #[value(alias = "table")]
    Text,
    /// CSV with a row per cluster
    Csv,
    /// JSON, one object per cluster
    Json,
}

impl AnswerFormat for Format {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

/// Documents between two drawings of the progress.
const DOCUMENTS_PER_DRAWING: usize = 1_000;

const HEADER: [(&str, Align); 8] = [
    ("sites", Align::Right),
    ("documents", Align::Right),
    ("parked", Align::Left),
    ("leader", Align::Left),
    ("language", Align::Left),
    ("first seen", Align::Left),
    ("last seen", Align::Left),
    ("first words", Align::Left),
];

const CSV_HEADER: [&str; 14] = [
    "cluster",
    "sites",
    "documents",
    "parked",
    "leader_sha256",
    "leader_site",
    "leader_policy_url",
    "leader_version",
    "language",
    "word_count",
    "first_seen",
    "last_seen",
    "first_words",
    "site_list",
];

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = selection::open_database(&arguments.common)?;
    let clusters = found(&store, arguments.min_sites)?;
    let format = arguments.output.chosen();
    let limit = limit(arguments.limit, format != Format::Text);
    let shown = &clusters[..limit.unwrap_or(usize::MAX).min(clusters.len())];
    print(format, shown)?;
    if clusters.is_empty() {
        note(format_args!(
            "no text is nearly the same on {} sites",
            arguments.min_sites
        ));
        return Ok(Exit::NothingFound);
    }
    if shown.len() < clusters.len() {
        note(format_args!(
            "there are {} more clusters; use a higher --limit or a higher --min-sites",
            clusters.len() - shown.len()
        ));
    }
    Ok(Exit::Done)
}

/// Finds the clusters and draws the progress.
fn found(store: &Store, min_sites: u32) -> Result<Vec<ClusterReport>, Failure> {
    let display = ProgressDisplay::start(false, LogFormat::Text);
    let min_sites = usize::try_from(min_sites).unwrap_or(usize::MAX);
    let clusters = cluster_reports(store, min_sites, |done, total| {
        if done.is_multiple_of(DOCUMENTS_PER_DRAWING) {
            display.show_count(done as u64, total as u64, "documents");
        }
    });
    display.finish();
    Ok(clusters?)
}

fn print(format: Format, clusters: &[ClusterReport]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match format {
        Format::Text if clusters.is_empty() => (),
        Format::Text => {
            let rows: Vec<Vec<String>> = clusters.iter().map(row).collect();
            out.write_all(table(&HEADER, &rows).as_bytes())?;
        }
        Format::Csv => {
            let mut csv = CsvRows::start(out, &CSV_HEADER)?;
            clusters.iter().try_for_each(|c| csv.row(&csv_row(c)))?;
            csv.finish()?;
        }
        Format::Json => {
            for cluster in clusters {
                writeln!(out, "{}", safe_json(&cluster.answer())?)?;
            }
        }
    }
    Ok(())
}

fn row(report: &ClusterReport) -> Vec<String> {
    let cluster = &report.cluster;
    vec![
        cluster.sites.to_string(),
        cluster.documents.len().to_string(),
        if cluster.is_parked { "yes" } else { "" }.to_owned(),
        format!(
            "{}#{}",
            report.first_version.site, report.first_version.version
        ),
        report.leader.language.clone(),
        cluster.first_seen().map(date).unwrap_or_default(),
        cluster.last_seen().map(date).unwrap_or_default(),
        report.leader.first_words.clone(),
    ]
}

fn csv_row(report: &ClusterReport) -> Vec<String> {
    let (cluster, first) = (&report.cluster, &report.first_version);
    let leader = cluster.documents.first();
    vec![
        cluster.number.to_string(),
        cluster.sites.to_string(),
        cluster.documents.len().to_string(),
        cluster.is_parked.to_string(),
        leader.map_or_else(String::new, |d| d.text_hash.to_string()),
        first.site.clone(),
        first.policy_url.clone(),
        first.version.to_string(),
        report.leader.language.clone(),
        report.leader.word_count.to_string(),
        time_cell(cluster.first_seen()),
        time_cell(cluster.last_seen()),
        report.leader.first_words.clone(),
        report.sites.join(" "),
    ]
}
