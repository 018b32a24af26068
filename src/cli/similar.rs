//! `policytrail similar`: the policies of other sites with a similar text.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use super::answer::limit;
use super::csv_rows::{CsvRows, time_cell};
use super::failure::{Exit, Failure};
use super::options::{AnswerFormat, CommonOptions, FormatOption, at_least_one, heading};
use super::selection;
use super::table::{Align, table};
use super::terminal::note;
use super::version_choice::select_version;
use super::version_names::{OneVersionArguments, VersionName};
use super::wording::date;
use crate::report::{SimilarPolicy, safe_json, similar_policies};

/// List the policies of other sites that are similar to a site's policy
///
/// The score is the share of words that both texts have in the same order: 100 % for the same words. Each policy is listed
/// once, with its most similar version; all versions are searched, old ones too. If you name no version, the newest is
/// compared; a date names the version that was in force.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail similar example.com\n  policytrail similar example.com 2018-05-25 --min-score 90 --format csv\n\n\
        Columns:\n  \
        score       share of words that both texts have in the same order\n  \
        version     number of the most similar version of that policy\n  \
        language    its language (ISO 639-1), und if unknown\n  \
        first seen  date of the first capture that shows it\n  \
        last seen   date of the last one"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    version: OneVersionArguments,

    /// List policies with at least this score, in percent
    #[arg(long, value_name = "PERCENT", default_value = "50", value_parser = clap::value_parser!(u8).range(0..=100), help_heading = heading::SELECTION)]
    min_score: u8,

    /// Print at most this many policies [default: 50; all in CSV and JSON]
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
    /// CSV with a row per policy
    Csv,
    /// JSON, one object per policy
    Json,
}

impl AnswerFormat for Format {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

const HEADER: [(&str, Align); 7] = [
    ("score", Align::Right),
    ("site", Align::Left),
    ("version", Align::Right),
    ("language", Align::Left),
    ("first seen", Align::Left),
    ("last seen", Align::Left),
    ("policy URL", Align::Whole),
];

const CSV_HEADER: [&str; 8] = [
    "score",
    "site",
    "policy_url",
    "version",
    "language",
    "first_seen",
    "last_seen",
    "proof",
];

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, name) = arguments.version.parsed()?;
    let name = name.unwrap_or(VersionName::Latest);
    let store = selection::open_database(&arguments.common)?;
    let policy = selection::one_policy(&store, site, arguments.version.policy())?;
    let history = store.history(policy.policy_id)?;
    let (version, uncertainty) = select_version(&policy, &history, name)?;
    if let Some(uncertainty) = uncertainty {
        note(uncertainty);
    }
    let least = f64::from(arguments.min_score) / 100.0;
    let mut similar = similar_policies(&store, &policy.site, version, least)?;
    let format = arguments.output.chosen();
    let limit = limit(arguments.limit, format != Format::Text).unwrap_or(usize::MAX);
    let has_more = similar.len() > limit;
    similar.truncate(limit);
    match format {
        Format::Text if similar.is_empty() => note(format_args!(
            "no policy of another site has {} % of its words in common with version {}",
            arguments.min_score, version.version
        )),
        Format::Text => {
            let rows: Vec<Vec<String>> = similar.iter().map(row).collect();
            io::stdout()
                .lock()
                .write_all(table(&HEADER, &rows).as_bytes())?;
        }
        Format::Csv => {
            let mut csv = CsvRows::start(io::stdout(), &CSV_HEADER)?;
            similar.iter().try_for_each(|s| csv.row(&csv_row(s)))?;
            csv.finish()?;
        }
        Format::Json => {
            for similar in &similar {
                let answer = similar.answer(&policy.site, version);
                writeln!(io::stdout(), "{}", safe_json(&answer)?)?;
            }
        }
    }
    if has_more {
        note("more policies are similar; use a higher --limit or --min-score");
    }
    Ok(Exit::Done)
}

fn percent(similar: &SimilarPolicy) -> String {
    format!("{:.1} %", similar.score * 100.0)
}

fn row(similar: &SimilarPolicy) -> Vec<String> {
    let near = &similar.near;
    vec![
        percent(similar),
        near.policy.site.clone(),
        near.version.version.to_string(),
        near.version.language.clone(),
        date(near.version.first_seen),
        date(near.version.last_seen),
        near.policy.policy_url.clone(),
    ]
}

fn csv_row(similar: &SimilarPolicy) -> Vec<String> {
    let near = &similar.near;
    vec![
        format!("{:.3}", similar.score),
        near.policy.site.clone(),
        near.policy.policy_url.clone(),
        near.version.version.to_string(),
        near.version.language.clone(),
        time_cell(Some(near.version.first_seen)),
        time_cell(Some(near.version.last_seen)),
        near.version.proof.text(),
    ]
}
