//! `policytrail export`: the dataset.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::citation_options::CitationOptions;
use super::failure::{Exit, Failure};
use super::options::{CommonOptions, earliest_timestamp, heading, language, latest_timestamp};
use super::selection;
use super::terminal;
use super::wording::counted;
use crate::export::{
    self, ExportOptions, Exported, LinkTarget, PageFormat, PageLayout, Period, TableFormat,
    TimestampForm, export,
};
use crate::model::{Site, Timestamp};
use crate::report::safe_line;
use crate::store::Store;
use crate::store::tables::{Condition, Filter};

/// Write the dataset: every version with its dates, text and evidence
///
/// The same database always gives the same bytes. If an export is interrupted, the files of the previous export remain
/// unchanged.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail export --out dataset\n  policytrail export --out dataset --format csv,parquet --site example.com --from 2018\n  policytrail export --out dataset --title \"Privacy policies of banks\" --author \"Doe, Jane\" --licence CC-BY-4.0"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: CommonOptions,

    /// Output format; several may be given, separated by commas
    #[arg(
        long = "format",
        value_enum,
        value_name = "FORMAT",
        value_delimiter = ',',
        default_value = "jsonl",
        help_heading = heading::OUTPUT
    )]
    formats: Vec<Format>,

    /// Output directory; created if it does not exist
    #[arg(long, value_name = "DIR", help_heading = heading::OUTPUT)]
    out: PathBuf,

    /// Only this site; may be repeated
    #[arg(long = "site", value_name = "SITE", value_parser = site, help_heading = heading::SELECTION)]
    sites: Vec<Site>,

    /// Only captures, and versions in force, at or after this date
    #[arg(long, value_name = "DATE", value_parser = earliest_timestamp, help_heading = heading::SELECTION)]
    from: Option<Timestamp>,

    /// Only captures, and versions first seen, up to this date
    #[arg(long, value_name = "DATE", value_parser = latest_timestamp, help_heading = heading::SELECTION)]
    to: Option<Timestamp>,

    /// Only versions in this language: a code of ISO 639-1 such as en, or und for unknown
    #[arg(long, value_name = "CODE", value_parser = language, help_heading = heading::SELECTION)]
    language: Option<String>,

    /// Only versions that satisfy a condition on a field of the table `versions`, such as `word_count>1000`. The
    /// operators are = != < <= > >= and ~ (contains). If repeated, all conditions must hold
    #[arg(long = "where", value_name = "CONDITION", help_heading = heading::SELECTION)]
    conditions: Vec<Condition>,

    /// Leave out the text of the policies, to share a manifest of URLs, digests, hashes and dates
    #[arg(long, help_heading = heading::OUTPUT)]
    no_text: bool,

    /// Compress the JSON Lines and CSV files
    #[arg(long, value_enum, value_name = "METHOD", help_heading = heading::OUTPUT)]
    compress: Option<Compress>,

    /// How JSON Lines, CSV and the messages of git commits write times [default: iso]
    #[arg(long, value_enum, value_name = "FORM", help_heading = heading::OUTPUT)]
    timestamps: Option<TimestampsArgument>,

    /// Add the table `panel`: for each policy and each period of this length, the version in force at its middle
    #[arg(long, value_enum, value_name = "PERIOD", help_heading = heading::OUTPUT)]
    panel: Option<PeriodArgument>,

    /// Which versions are written as pages, and the names of their files [default: latest]
    #[arg(long, value_enum, value_name = "LAYOUT", help_heading = heading::OUTPUT)]
    layout: Option<LayoutArgument>,

    /// Target of the links in Markdown pages [default: original]
    #[arg(long, value_enum, value_name = "TARGET", help_heading = heading::OUTPUT)]
    links: Option<LinksArgument>,

    /// Wrap the lines of plain text pages at this many characters
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..), help_heading = heading::OUTPUT)]
    wrap: Option<u16>,

    #[command(flatten)]
    citation: CitationOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables as JSON Lines
    Jsonl,
    /// Tables as CSV (RFC 4180)
    Csv,
    /// Tables as Parquet
    Parquet,
    /// A directory of Markdown pages, laid out as in the Princeton-Leuven corpus
    Markdown,
    /// A directory of plain text pages
    Text,
    /// A git history of the pages: policies.fast-import, and policies.git if git is installed
    Git,
    /// The stored archived pages: policies.warc.gz (WARC 1.1) and its index policies.cdxj
    Warc,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PeriodArgument {
    /// Half-years (`2012_A` is January to June)
    #[value(name = "6mo", aliases = ["half-year", "half-years", "halfyear", "half-yearly", "6m"])]
    HalfYear,
    /// Years
    #[value(name = "1y", aliases = ["year", "years", "yearly", "annual", "12mo"])]
    Year,
    /// Months
    #[value(name = "1mo", aliases = ["month", "months", "monthly", "1m"])]
    Month,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LayoutArgument {
    /// The newest version of each policy: e/ex/exa/example.com.md
    Latest,
    /// Every version: example.com/2012-06-11.md
    Versions,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LinksArgument {
    /// The original URLs
    Original,
    /// The archive that has the capture, at the time of the version; for captures from files the original URLs
    Archive,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TimestampsArgument {
    /// ISO 8601: 2012-06-11T04:04:11Z
    Iso,
    /// The 14 digits of web archives: 20120611040411
    Wayback,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Compress {
    /// Zstandard
    Zst,
    /// gzip
    Gz,
}

fn site(text: &str) -> Result<Site, String> {
    Site::parse(text).map_err(|e| e.to_string())
}

impl Arguments {
    fn options(&self) -> ExportOptions {
        let mut options = ExportOptions {
            filter: Filter {
                sites: self.sites.clone(),
                from: self.from,
                to: self.to,
                language: self.language.clone(),
                conditions: self.conditions.clone(),
            },
            no_text: self.no_text,
            compression: match self.compress {
                None => export::Compression::None,
                Some(Compress::Zst) => export::Compression::Zstd,
                Some(Compress::Gz) => export::Compression::Gzip,
            },
            timestamps: match self.timestamps {
                None | Some(TimestampsArgument::Iso) => TimestampForm::Iso,
                Some(TimestampsArgument::Wayback) => TimestampForm::Wayback,
            },
            panel: self.panel.map(|length| match length {
                PeriodArgument::Month => Period::Month,
                PeriodArgument::HalfYear => Period::HalfYear,
                PeriodArgument::Year => Period::Year,
            }),
            layout: match self.layout {
                None | Some(LayoutArgument::Latest) => PageLayout::Latest,
                Some(LayoutArgument::Versions) => PageLayout::Versions,
            },
            links: match self.links {
                None | Some(LinksArgument::Original) => LinkTarget::Original,
                Some(LinksArgument::Archive) => LinkTarget::Archive,
            },
            wrap: self.wrap.map(usize::from),
            citation: self.citation.citation(),
            ..ExportOptions::default()
        };
        self.add_formats(&mut options);
        options
    }

    fn add_formats(&self, options: &mut ExportOptions) {
        for format in &self.formats {
            match format {
                Format::Jsonl => add(&mut options.tables, TableFormat::Jsonl),
                Format::Csv => add(&mut options.tables, TableFormat::Csv),
                Format::Parquet => add(&mut options.tables, TableFormat::Parquet),
                Format::Markdown => add(&mut options.pages, PageFormat::Markdown),
                Format::Text => add(&mut options.pages, PageFormat::Text),
                Format::Git => options.git = true,
                Format::Warc => options.warc = true,
            }
        }
    }
}

fn add<T: PartialEq>(formats: &mut Vec<T>, format: T) {
    if !formats.contains(&format) {
        formats.push(format);
    }
}

/// Refuses options that contradict each other.
fn check(options: &ExportOptions) -> Result<(), &'static str> {
    if options.no_text && (!options.pages.is_empty() || options.git || options.warc) {
        return Err(
            "--no-text cannot be used with the formats markdown, text, git and warc, which consist of the text; remove \
                    --no-text or these formats",
        );
    }
    if options.panel.is_some() && options.tables.is_empty() {
        return Err("--panel adds a table; add the format jsonl, csv or parquet");
    }
    let is_packed = |format: &TableFormat| *format != TableFormat::Parquet;
    if options.compression != export::Compression::None && !options.tables.iter().any(is_packed) {
        return Err(
            "--compress applies only to the formats jsonl and csv; add one of them, or remove --compress",
        );
    }
    if options.wrap.is_some() && !options.pages.contains(&PageFormat::Text) {
        return Err("--wrap applies only to plain text; add the format text");
    }
    let filter = &options.filter;
    if filter
        .from
        .zip(filter.to)
        .is_some_and(|(from, to)| from > to)
    {
        return Err("--from is later than --to; exchange the dates");
    }
    Ok(())
}

impl Arguments {
    /// Refuses options of formats that are not written.
    fn check_formats(&self, options: &ExportOptions) -> Result<(), &'static str> {
        if self.layout.is_some() && options.pages.is_empty() {
            return Err("--layout applies only to pages; add the format markdown or text");
        }
        let has_text_times = options.tables.iter().any(|f| *f != TableFormat::Parquet);
        if self.timestamps.is_some() && !has_text_times && !options.git {
            return Err(
                "--timestamps applies only to the formats jsonl, csv and git; add one of them, or remove --timestamps",
            );
        }
        let has_markdown = options.git || options.pages.contains(&PageFormat::Markdown);
        if self.links.is_some() && !has_markdown {
            return Err("--links applies only to Markdown pages; add the format markdown or git");
        }
        Ok(())
    }
}

/// Refuses unknown sites: the dataset of a misspelt site would replace a good one.
fn check_sites(store: &Store, sites: &[Site]) -> Result<(), Failure> {
    let known = store.site_names()?;
    match sites.iter().find(|site| {
        known
            .binary_search_by(|k| k.as_str().cmp(site.as_str()))
            .is_err()
    }) {
        None => Ok(()),
        Some(site) => Err(Failure::usage(anyhow::anyhow!(
            "--site: {site} is not in the database; `policytrail status` lists the sites"
        ))),
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let options = arguments.options();
    check(&options)
        .and_then(|()| arguments.check_formats(&options))
        .map_err(|fault| Failure::usage(anyhow::anyhow!(fault)))?;
    let store = selection::open_database(&arguments.common)?;
    if !arguments.sites.is_empty() {
        check_sites(&store, &arguments.sites)?;
    }
    let exported = export(&store, &options, &arguments.out)?;
    print(&exported, &arguments.out)
        .map_err(|error| Failure::from(error).after_writing(&arguments.out))?;
    Ok(if exported.notes.is_empty() {
        Exit::Done
    } else {
        Exit::DoneWithFailures
    })
}

/// Prints what was written, and the notes on stderr.
fn print(exported: &Exported, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for table in &exported.tables {
        for (_, file) in &table.files {
            let path = folder.join(&file.name);
            writeln!(out, "{}: {}", path.display(), counted(table.rows, "row"))?;
        }
    }
    for (name, count) in &exported.others {
        let what = export::counted(name);
        writeln!(out, "{}: {count} {what}", folder.join(name).display())?;
    }
    for failure in &exported.notes {
        terminal::error_line(&safe_line(failure));
    }
    for remark in &exported.remarks {
        terminal::note(format_args!("policytrail: {}", safe_line(remark)));
    }
    Ok(())
}
