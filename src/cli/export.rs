//! `policytrail export`: the dataset.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, earliest_timestamp, latest_timestamp};
use super::selection;
use crate::export::{
    self, ExportOptions, Exported, LinkTarget, PageFormat, PageLayout, Period, TableFormat, export,
};
use crate::model::{Site, Timestamp};
use crate::report::safe_line;
use crate::store::Store;
use crate::store::tables::{Condition, Filter};

/// Write the dataset: every version with its dates, text and evidence, and the tables around them
///
/// The same database gives the same bytes. An interrupted export leaves the old files whole.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: CommonOptions,

    /// Form of the dataset; several with commas, or given again
    #[arg(
        long = "format",
        value_enum,
        value_name = "FORMAT",
        value_delimiter = ',',
        default_value = "jsonl"
    )]
    formats: Vec<Format>,

    /// Folder to write into; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Only this site; may be given again
    #[arg(long = "site", value_name = "SITE", value_parser = site)]
    sites: Vec<Site>,

    /// Only versions in force, and captures made, at or after this date
    #[arg(long, value_name = "DATE", value_parser = earliest_timestamp)]
    from: Option<Timestamp>,

    /// Only versions first seen, and captures made, up to this date
    #[arg(long, value_name = "DATE", value_parser = latest_timestamp)]
    to: Option<Timestamp>,

    /// Only versions in this language (ISO 639-1)
    #[arg(long, value_name = "CODE", value_parser = language)]
    language: Option<String>,

    /// Only versions that meet a condition on a field of `versions`, such as `word_count>1000`: = != < <= > >= and ~
    /// (contains); may be given again, all must hold
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<Condition>,

    /// Leave out the words of the policies: a manifest of addresses, digests, hashes and dates to share
    #[arg(long)]
    no_text: bool,

    /// Compress JSON Lines and CSV
    #[arg(long, value_enum, value_name = "HOW")]
    compress: Option<Compress>,

    /// Beside the tables one of periods of such length: for each policy and period the version in force at its middle
    #[arg(long, value_enum, value_name = "LENGTH")]
    panel: Option<PeriodArgument>,

    /// Which versions become pages, and where [default: latest]
    #[arg(long, value_enum, value_name = "LAYOUT")]
    layout: Option<LayoutArgument>,

    /// Where the links of Markdown pages lead [default: original]
    #[arg(long, value_enum, value_name = "WHERE")]
    links: Option<LinksArgument>,

    /// Break lines of plain text at so many characters
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    wrap: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables as JSON Lines
    Jsonl,
    /// Tables as CSV (RFC 4180)
    Csv,
    /// Tables as Parquet
    Parquet,
    /// A folder of pages in the form of the Princeton-Leuven corpus
    Markdown,
    /// A folder of pages as plain words
    Text,
    /// A git history of the pages: policies.fast-import, and policies.git where git is there
    Git,
    /// The archived pages held: policies.warc.gz (WARC 1.1) with its index policies.cdxj
    Warc,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PeriodArgument {
    /// Half-years (`2012_A` is January to June)
    #[value(name = "6mo")]
    HalfYear,
    /// Years
    #[value(name = "1y")]
    Year,
    /// Months
    #[value(name = "1mo")]
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
    /// To the addresses of the original web
    Original,
    /// To the Wayback Machine at the time of the version
    Archive,
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

/// Parses a language: two letters, or `und` for documents of unknown language.
fn language(text: &str) -> Result<String, String> {
    let code = text.to_ascii_lowercase();
    let is_code =
        code == "und" || (code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()));
    if is_code {
        Ok(code)
    } else {
        Err("a language has two letters (ISO 639-1), such as en; und: unsure".to_owned())
    }
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
            "--no-text leaves out the words of the policies, and the formats markdown, text, git and warc are made of them: \
                    leave one of the two",
        );
    }
    if options.panel.is_some() && options.tables.is_empty() {
        return Err("--panel makes a table: add the format jsonl, csv or parquet");
    }
    let is_packed = |format: &TableFormat| *format != TableFormat::Parquet;
    if options.compression != export::Compression::None && !options.tables.iter().any(is_packed) {
        return Err(
            "--compress is for the formats jsonl and csv: the others are packed, or are read as they are",
        );
    }
    if options.wrap.is_some() && !options.pages.contains(&PageFormat::Text) {
        return Err("--wrap breaks the lines of plain text: add the format text");
    }
    let filter = &options.filter;
    if filter
        .from
        .zip(filter.to)
        .is_some_and(|(from, to)| from > to)
    {
        return Err("--from is later than --to");
    }
    Ok(())
}

impl Arguments {
    /// Refuses page options without pages.
    fn check_pages(&self, options: &ExportOptions) -> Result<(), &'static str> {
        if self.layout.is_some() && options.pages.is_empty() {
            return Err("--layout is for pages: add the format markdown or text");
        }
        let has_markdown = options.git || options.pages.contains(&PageFormat::Markdown);
        if self.links.is_some() && !has_markdown {
            return Err("--links is for Markdown pages: add the format markdown or git");
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
            "--site {site} is not in the database; `policytrail status` lists its sites"
        ))),
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let options = arguments.options();
    check(&options)
        .and_then(|()| arguments.check_pages(&options))
        .map_err(|fault| Failure::usage(anyhow::anyhow!(fault)))?;
    let store = selection::open_database(&arguments.common)?;
    if !arguments.sites.is_empty() {
        check_sites(&store, &arguments.sites)?;
    }
    let exported = export(&store, &options, &arguments.out)?;
    print(&exported, &arguments.out)?;
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
            writeln!(out, "{}: {} rows", path.display(), table.rows)?;
        }
    }
    for (name, count) in &exported.others {
        let what = export::counted(name);
        writeln!(out, "{}: {count} {what}", folder.join(name).display())?;
    }
    for note in exported.notes.iter().chain(&exported.remarks) {
        writeln!(io::stderr(), "policytrail: {}", safe_line(note))?;
    }
    Ok(())
}
