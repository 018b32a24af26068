//! `policytrail changes`: the changes of all sites, newest first.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::json;

use super::answer::{Answer, limit};
use super::csv_rows::time_cell;
use super::failure::{Exit, Failure};
use super::options::{
    AnswerFormat, ColorOption, CommonOptions, FormatOption, at_least_one, earliest_timestamp,
    heading, latest_timestamp,
};
use super::search_scope::{ScopeOptions, check_order};
use super::selection;
use super::terminal::{TextStyle, note, shortened, styled};
use super::wording::date;
use crate::archive::clock::{Clock as _, SystemClock};
use crate::export::{FeedEntry, FeedVersion, atom_feed};
use crate::model::{ChangeKind, Site, Timestamp, UnknownCode};
use crate::report::{change_answer, safe_json, safe_line, what_changed};
use crate::store::{ChangeSearch, FoundChange, QueryMode, SearchQuery, SearchScope, Store};

/// List the changes of all sites, newest first
///
/// A change lies in a window: after the last capture of the old text and up to the first capture of the new text. --since and
/// --until select the changes whose window touches the time between them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail changes --since 2024 --min substantive\n  policytrail changes --group news --added sell --format csv > changes.csv\n\n\
        Columns, and in brackets those of CSV:\n  \
        window         last capture of the old text and first one of the new text (changed_after, first_seen)\n  \
        site           domain of the site\n  \
        version        number of the new version (version)\n  \
        size           minor, substantive or rewrite; see --min (change)\n  \
        words          number of words added and removed (words_added, words_removed)\n  \
        what changed   the longest changed passages, or those with the words of --added and --removed (what_changed)\n  \
        link           the first capture of the new text, or the record that it was read from (proof)\n\nFurther columns of CSV:\n  \
        policy_url        URL of the policy\n  \
        kind              privacy, cookies or children\n  \
        previous_version  number of the old version\n  \
        edition           number of the edition, if a policy has several texts at a time\n  \
        word_count        number of words of the new text\n  \
        language          language of the new text (ISO 639-1), und if unknown\n  \
        title             title of the new text\n  \
        previous_proof    the first capture of the old text"
)]
pub(super) struct Arguments {
    /// List changes that may have happened on this date or later
    #[arg(long, value_name = "DATE", value_parser = earliest_timestamp, help_heading = heading::SELECTION)]
    since: Option<Timestamp>,

    /// List changes that may have happened on this date or earlier
    #[arg(long, value_name = "DATE", value_parser = latest_timestamp, help_heading = heading::SELECTION)]
    until: Option<Timestamp>,

    /// List changes of this size or larger
    #[arg(long, value_parser = size_parser(), value_name = "SIZE", help_heading = heading::SELECTION)]
    min: Option<ChangeKind>,

    /// List changes that added this phrase (the words of `policytrail search`); may be given several times for any of them
    #[arg(long, value_name = "WORDS", help_heading = heading::SELECTION)]
    added: Vec<String>,

    /// List changes that removed this phrase
    #[arg(long, value_name = "WORDS", help_heading = heading::SELECTION)]
    removed: Vec<String>,

    #[command(flatten)]
    scope: ScopeOptions,

    /// Print at most this many changes [default: 50; all in CSV and JSON]
    #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = heading::OUTPUT)]
    limit: Option<NonZeroUsize>,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption<Format>,

    #[command(flatten)]
    terminal: ColorOption,
}

/// Parses the size of a change. The help explains each.
fn size_parser() -> impl TypedValueParser<Value = ChangeKind> {
    let sizes = ChangeKind::BETWEEN_VERSIONS.map(|kind| {
        PossibleValue::new(kind.code()).help(match kind {
            ChangeKind::Rewrite => "Less than half of the words are kept",
            ChangeKind::Substantive => "More than 20 words, added and removed together",
            ChangeKind::Minor | ChangeKind::Formatting | ChangeKind::Identical => {
                "Up to 20 words, added and removed together"
            }
        })
    });
    PossibleValuesParser::from(sizes)
        .try_map(|code| ChangeKind::from_code(&code).ok_or(UnknownCode))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line per change, for people
    #[value(alias = "table")]
    Text,
    /// CSV with a row per change
    Csv,
    /// JSON, one object per change
    Json,
    /// An Atom feed
    Atom,
}

impl AnswerFormat for Format {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

/// Most characters of a line that say what changed.
const MAX_WHAT_CHARS: usize = 100;
/// Width of the column of sites.
const SITE_CHARS: usize = 30;

const CSV_HEADER: [&str; 17] = [
    "site",
    "policy_url",
    "kind",
    "version",
    "previous_version",
    "edition",
    "changed_after",
    "first_seen",
    "change",
    "words_added",
    "words_removed",
    "word_count",
    "language",
    "title",
    "what_changed",
    "proof",
    "previous_proof",
];

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    check_order(("--since", arguments.since), ("--until", arguments.until))?;
    let (added, removed) = (query(&arguments.added)?, query(&arguments.removed)?);
    let store = selection::open_database(&arguments.common)?;
    let mut search = ChangeSearch {
        scope: arguments.scope.scope(&store)?,
        min: arguments.min,
        added,
        removed,
    };
    search.scope.from = arguments.since;
    search.scope.to = arguments.until;
    let format = arguments.output.chosen();
    let limit = limit(
        arguments.limit,
        matches!(format, Format::Csv | Format::Json),
    );
    let color = arguments.terminal.color.is_wanted();
    let mut answer = match format {
        Format::Text => Answer::Lines,
        Format::Csv => Answer::csv(&CSV_HEADER)?,
        Format::Json => Answer::Json,
        Format::Atom => Answer::Entries(Vec::new()),
    };
    let mut is_found = false;
    let has_more = store.each_change(&search, limit, |change| {
        is_found = true;
        let what = what_changed(&change, search.added.as_ref(), search.removed.as_ref());
        print(&mut answer, &change, &what, color)
    })?;
    if let Some(entries) = answer.finish()? {
        let title = "Changes of privacy policies";
        let name = feed_name(&store, &search.scope, arguments);
        let feed = atom_feed(title, &entries, &name, SystemClock.now())?;
        writeln!(io::stdout(), "{feed}")?;
    }
    if has_more {
        note(
            "there are more changes; use a higher --limit, or narrow them with --since, --until, --min or --site",
        );
    }
    if !is_found {
        note("no such change");
    }
    Ok(Exit::Done)
}

/// A phrase, or any of several.
fn query(words: &[String]) -> Result<Option<SearchQuery>, Failure> {
    let mode = match words {
        [] => return Ok(None),
        [_] => QueryMode::Phrase,
        _ => QueryMode::AnyOf,
    };
    SearchQuery::parse(words, mode)
        .map(Some)
        .map_err(Failure::usage)
}

fn print(
    answer: &mut Answer<FeedEntry>,
    change: &FoundChange,
    what: &str,
    color: bool,
) -> Result<(), Failure> {
    match answer {
        Answer::Lines => writeln!(io::stdout(), "{}", line(change, what, color))?,
        Answer::Csv(csv) => csv.row(&csv_row(change, what))?,
        Answer::Json => {
            let json = safe_json(&change_answer(change, what))?;
            writeln!(io::stdout(), "{json}")?;
        }
        Answer::Entries(entries) => entries.push(feed_entry(change, what)),
    }
    Ok(())
}

/// The name of a feed: the database and what is selected, but not the span of time, which moves on.
fn feed_name(store: &Store, scope: &SearchScope, arguments: &Arguments) -> String {
    let path = store.path();
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let sites: BTreeSet<&str> = scope.sites.iter().map(Site::as_str).collect();
    let selection = json!({
        "sites": sites,
        "group": scope.group,
        "language": scope.language,
        "min": arguments.min.map(ChangeKind::code),
        "added": arguments.added,
        "removed": arguments.removed,
    });
    format!("changes of {} {selection}", real.display())
}

/// A change on one line: window, site, version, size, words, what changed, link.
fn line(change: &FoundChange, what: &str, color: bool) -> String {
    let new = &change.new;
    let after = new.changed_after.map(date).unwrap_or_default();
    let (kind, added, removed) = new.change.map_or_else(
        || ("unknown", String::new(), String::new()),
        |c| {
            let words = |sign: char, n: u64| format!("{sign}{n}");
            (
                c.kind.code(),
                words('+', c.words_added),
                words('−', c.words_removed),
            )
        },
    );
    format!(
        "{after}…{}  {:<SITE_CHARS$}  {:>4}  {kind:<11} {:>6} {:>6}  {}  {}",
        date(new.first_seen),
        safe_line(&change.policy.site),
        format!("#{}", new.version),
        styled_right(&added, TextStyle::Added, color),
        styled_right(&removed, TextStyle::Removed, color),
        shortened(&safe_line(what), MAX_WHAT_CHARS),
        styled(&safe_line(&new.proof.text()), TextStyle::Dim, color),
    )
}

/// A number in a column of six characters, styled without the spaces before it.
fn styled_right(number: &str, style: TextStyle, color: bool) -> String {
    let spaces = " ".repeat(6_usize.saturating_sub(number.chars().count()));
    spaces + &styled(number, style, color && !number.is_empty())
}

fn csv_row(change: &FoundChange, what: &str) -> Vec<String> {
    let (policy, old, new) = (&change.policy, &change.old, &change.new);
    let words = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    vec![
        policy.site.clone(),
        policy.policy_url.clone(),
        policy.kind.to_string(),
        new.version.to_string(),
        old.version.to_string(),
        new.edition.to_string(),
        time_cell(new.changed_after),
        time_cell(Some(new.first_seen)),
        new.change.map_or("", |c| c.kind.code()).to_owned(),
        words(new.change.map(|c| c.words_added)),
        words(new.change.map(|c| c.words_removed)),
        new.word_count.to_string(),
        new.language.clone(),
        new.title.clone().unwrap_or_default(),
        what.to_owned(),
        new.proof.text(),
        old.proof.text(),
    ]
}

/// A change as an entry of a feed. The identity of the entry holds as long as the text and the time of its first capture.
fn feed_entry(change: &FoundChange, what: &str) -> FeedEntry {
    let (policy, new) = (&change.policy, &change.new);
    let identity = format!(
        "change {} {} {}",
        policy.policy_url, new.first_seen, new.text_sha256
    );
    let size = new.change.map_or_else(String::new, |c| {
        format!(
            "{}, {} words added, {} removed: ",
            c.kind.code(),
            c.words_added,
            c.words_removed
        )
    });
    let version = FeedVersion::from(change);
    FeedEntry::of_version(&version, identity, new.first_seen, &format!("{size}{what}"))
}
