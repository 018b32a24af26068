//! `policytrail search`: finds phrases in all policies, and tells when they were there.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use super::answer::{Answer, limit};
use super::csv_rows::time_cell;
use super::failure::{Exit, Failure};
use super::options::{
    AnswerFormat, ColorOption, CommonOptions, FormatOption, at_least_one, earliest_timestamp,
    heading, latest_timestamp,
};
use super::search_scope::{ScopeOptions, check_order};
use super::selection;
use super::table::{Align, table};
use super::terminal::{TextStyle, note, styled};
use super::wording::date;
use crate::model::{Proof, Timestamp};
use crate::report::{
    excerpt, first_version, interval_proofs, phrase_answer, phrase_summary, ranges, safe_json,
    safe_line,
};
use crate::store::{FoundPhrase, PhraseEvent, PhraseSearch, QueryMode, SearchQuery};

/// Search all versions for phrases, and show when they were there
///
/// The words are one phrase. `OR` and `AND` (in capitals) combine phrases, `*` at the end of a word stands for any ending,
/// and in quotation marks only words count. Case, accents and punctuation are ignored. Only whole words match, except in
/// Chinese, Japanese, Thai, Lao, Khmer and Burmese, where any sequence of characters matches.
///
/// A policy is shown with the versions that have the phrase and with the windows in which it came and went: between the last
/// capture without it and the first capture with it. Exit code 1 means that nothing was found.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail search legitimate interest\n  policytrail search --any 'sell*' 'rent*' --removed --from 2018 --format csv > removed.csv\n\n\
        Columns of the table, and in brackets those of CSV:\n  \
        site         domain of the site\n  \
        versions     numbers of the versions that have the phrase\n  \
        came after   last capture without the phrase; empty if the oldest capture has it (changed_after)\n  \
        first seen   first capture with it (first_seen)\n  \
        last seen    last capture with it (last_seen)\n  \
        gone by      first capture without it again; empty if the newest capture has it (gone_by)\n  \
        first capture with the phrase\n               its link, or the record that it was read from (proof)\n\nFurther columns of CSV:\n  \
        policy_url   URL of the policy\n  \
        kind         privacy, cookies or children\n  \
        edition      number of the edition, if a policy has several texts at a time\n  \
        language     language of the first version with the phrase\n  \
        is_added     true if the phrase came: neither the text before nor another edition had it\n  \
        is_removed   true if it went, in the same sense\n  \
        gone_proof   the first capture without the phrase again, as proof"
)]
pub(super) struct Arguments {
    /// Words of the phrase
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,

    #[command(flatten)]
    mode: ModeOptions,

    #[command(flatten)]
    event: EventOptions,

    #[command(flatten)]
    scope: ScopeOptions,

    /// Show only what was there (with --added and --removed: what may have happened) at this time or later
    #[arg(long, value_name = "DATE", value_parser = earliest_timestamp, help_heading = heading::SELECTION)]
    from: Option<Timestamp>,

    /// Show only what was there (with --added and --removed: what may have happened) at this time or earlier
    #[arg(long, value_name = "DATE", value_parser = latest_timestamp, help_heading = heading::SELECTION)]
    to: Option<Timestamp>,

    /// Print at most this many policies [default: 50; all in CSV and JSON]
    #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = heading::OUTPUT)]
    limit: Option<NonZeroUsize>,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption<Format>,

    #[command(flatten)]
    terminal: ColorOption,
}

/// How the words are combined.
#[derive(Debug, Clone, Copy, clap::Args)]
struct ModeOptions {
    /// Match versions that contain any of the arguments, each of them a phrase
    #[arg(long, conflicts_with = "anywhere", help_heading = heading::SELECTION)]
    any: bool,

    /// Match versions that contain all the words, in any place and order
    #[arg(long, help_heading = heading::SELECTION)]
    anywhere: bool,
}

/// What has to have happened to the phrase.
#[derive(Debug, Clone, Copy, clap::Args)]
struct EventOptions {
    /// Show only where the phrase came: a version has it, and the version before does not
    #[arg(long, conflicts_with = "removed", help_heading = heading::SELECTION)]
    added: bool,

    /// Show only where the phrase went: a version has it, and the version after does not
    #[arg(long, help_heading = heading::SELECTION)]
    removed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A paragraph per policy, with an excerpt
    Text,
    /// A table with a line per interval
    Table,
    /// CSV with a row per interval
    Csv,
    /// JSON, one object per policy
    Json,
}

impl AnswerFormat for Format {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

const CSV_HEADER: [&str; 14] = [
    "site",
    "policy_url",
    "kind",
    "edition",
    "versions",
    "language",
    "changed_after",
    "first_seen",
    "last_seen",
    "gone_by",
    "is_added",
    "is_removed",
    "proof",
    "gone_proof",
];

const TABLE_HEADER: [(&str, Align); 7] = [
    ("site", Align::Left),
    ("versions", Align::Left),
    ("came after", Align::Left),
    ("first seen", Align::Left),
    ("last seen", Align::Left),
    ("gone by", Align::Left),
    ("first capture with the phrase", Align::Whole),
];

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let query =
        SearchQuery::parse(&arguments.words, arguments.mode.mode()).map_err(Failure::usage)?;
    check_order(("--from", arguments.from), ("--to", arguments.to))?;
    let store = selection::open_database(&arguments.common)?;
    let mut search = PhraseSearch {
        query,
        scope: arguments.scope.scope(&store)?,
        event: arguments.event.event(),
    };
    search.scope.from = arguments.from;
    search.scope.to = arguments.to;
    let format = arguments.output.chosen();
    let limit = limit(
        arguments.limit,
        matches!(format, Format::Csv | Format::Json),
    );
    let color = arguments.terminal.color.is_wanted();
    let mut answer = match format {
        Format::Text => Answer::Lines,
        Format::Table => Answer::Entries(Vec::new()),
        Format::Csv => Answer::csv(&CSV_HEADER)?,
        Format::Json => Answer::Json,
    };
    let mut is_found = false;
    let has_more = store.search(&search, limit, |found| {
        is_found = true;
        print(&mut answer, &found, &search.query, color)
    })?;
    if let Some(rows) = answer.finish()?.filter(|rows| !rows.is_empty()) {
        let table = table(&TABLE_HEADER, &rows);
        io::stdout().lock().write_all(table.as_bytes())?;
    }
    if has_more {
        note(
            "more policies have the phrase; use a higher --limit, or search fewer sites (--site, --group, --language)",
        );
    }
    if !is_found {
        note(match search.event {
            PhraseEvent::Present => "not found in any version",
            PhraseEvent::Added => "no version added it",
            PhraseEvent::Removed => "no version removed it",
        });
        return Ok(Exit::NothingFound);
    }
    Ok(Exit::Done)
}

impl ModeOptions {
    fn mode(self) -> QueryMode {
        match (self.any, self.anywhere) {
            (true, _) => QueryMode::AnyOf,
            (false, true) => QueryMode::AllWords,
            (false, false) => QueryMode::Phrase,
        }
    }
}

impl EventOptions {
    fn event(self) -> PhraseEvent {
        match (self.added, self.removed) {
            (true, _) => PhraseEvent::Added,
            (false, true) => PhraseEvent::Removed,
            (false, false) => PhraseEvent::Present,
        }
    }
}

fn print(
    answer: &mut Answer<Vec<String>>,
    found: &FoundPhrase,
    query: &SearchQuery,
    color: bool,
) -> Result<(), Failure> {
    match answer {
        Answer::Lines => writeln!(io::stdout(), "{}", paragraph(found, query, color))?,
        Answer::Entries(rows) => rows.extend(table_rows(found)),
        Answer::Csv(csv) => csv_rows(found).iter().try_for_each(|row| csv.row(row))?,
        Answer::Json => {
            let excerpt = excerpt(&found.text, query);
            let json = safe_json(&phrase_answer(found, excerpt.as_ref()))?;
            writeln!(io::stdout(), "{json}")?;
        }
    }
    Ok(())
}

/// A policy for people: its address, the intervals in words, an excerpt, and the first capture with the phrase.
fn paragraph(found: &FoundPhrase, query: &SearchQuery, color: bool) -> String {
    let mut text = format!(
        "{}\n  {}",
        styled(&safe_line(&found.policy.policy_url), TextStyle::Bold, color),
        phrase_summary(found)
    );
    if let Some(excerpt) = excerpt(&found.text, query) {
        text.push_str("\n  ");
        text.push_str(&excerpt.line(|phrase| styled(phrase, TextStyle::Bold, color)));
    }
    let first = found.intervals.first();
    if let Some(proof) = first.and_then(|interval| interval_proofs(found, interval).first) {
        text.push_str("\n  ");
        text.push_str(&styled(&safe_line(&proof.text()), TextStyle::Dim, color));
    }
    text
}

fn table_rows(found: &FoundPhrase) -> Vec<Vec<String>> {
    let rows = found.intervals.iter().map(|interval| {
        let day = |time: Option<Timestamp>| time.map(date).unwrap_or_default();
        vec![
            found.policy.site.clone(),
            ranges(&interval.versions),
            day(interval.changed_after),
            date(interval.first_seen),
            date(interval.last_seen),
            day(interval.gone_by),
            place(interval_proofs(found, interval).first),
        ]
    });
    rows.collect()
}

fn csv_rows(found: &FoundPhrase) -> Vec<Vec<String>> {
    let rows = found.intervals.iter().map(|interval| {
        let proofs = interval_proofs(found, interval);
        vec![
            found.policy.site.clone(),
            found.policy.policy_url.clone(),
            found.policy.kind.to_string(),
            interval.edition.to_string(),
            ranges(&interval.versions),
            first_version(found, interval).map_or_else(String::new, |v| v.language.clone()),
            time_cell(interval.changed_after),
            time_cell(Some(interval.first_seen)),
            time_cell(Some(interval.last_seen)),
            time_cell(interval.gone_by),
            interval.is_added.to_string(),
            interval.is_removed.to_string(),
            place(proofs.first),
            place(proofs.gone),
        ]
    });
    rows.collect()
}

/// The address of a capture, or the record that it was read from.
fn place(proof: Option<&Proof>) -> String {
    proof.map(Proof::text).unwrap_or_default()
}
