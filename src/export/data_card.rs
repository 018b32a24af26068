//! The data card, `README.md`: what a dataset contains, its fields, drops, licence and citation.

use std::fmt::Write as _;

use super::drop_meanings::drop_meaning;
use super::error::ExportError;
use super::file_names::{MARK, counted};
use super::options::ExportOptions;
use super::table_files::WrittenTable;
use crate::model::{Timestamp, printable};
use crate::store::tables::{Column, DROPS, Snapshot, VERSIONS};

pub(super) const ABOUT: &str = "Histories of the privacy policies of web sites, taken from web archives: every version that was seen, with \
                     its dates, its words and the evidence for both.";
pub(super) const RIGHTS: &str = "The texts of the policies belong to their authors; they are quoted from public web archives for research. \
                      What this dataset adds (structure, dates, hashes, evidence) is dedicated to the public domain (CC0 1.0).";

/// The facts about a dataset, gathered from the database.
pub(super) struct DataCard {
    dated: Option<Timestamp>,
    extent: Option<(Timestamp, Timestamp)>,
    versions: u64,
    sightings: u64,
    languages: Vec<(String, u64)>,
    kinds: Vec<(String, u64)>,
    drops: Vec<(String, u64)>,
}

impl DataCard {
    /// Gathers the facts.
    pub(super) fn gather(
        snapshot: &Snapshot<'_>,
        options: &ExportOptions,
    ) -> Result<Self, ExportError> {
        let filter = &options.filter;
        let languages = snapshot.counts(&VERSIONS, "language", filter)?;
        Ok(Self {
            dated: snapshot.dated()?,
            extent: snapshot.extent(filter)?,
            versions: languages.iter().map(|(_, n)| n).sum(),
            sightings: snapshot.row_count(&VERSIONS, filter)?,
            languages,
            kinds: snapshot.counts(&VERSIONS, "kind", filter)?,
            drops: snapshot.counts(&DROPS, "reason", filter)?,
        })
    }

    /// True if the dataset has no version.
    pub(super) fn is_empty(&self) -> bool {
        self.versions == 0
    }

    /// The date of the dataset, `YYYY-MM-DD`.
    pub(super) fn date(&self) -> String {
        self.dated
            .map_or_else(|| "1970-01-01".to_owned(), Timestamp::date_text)
    }

    /// First and last observation.
    pub(super) fn extent(&self) -> Option<(Timestamp, Timestamp)> {
        self.extent
    }

    /// The languages of the versions.
    pub(super) fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(|(language, _)| language.as_str())
    }

    /// The `BibTeX` entry.
    pub(super) fn citation(&self) -> String {
        let date = self.date();
        let year: String = date.chars().take(4).collect();
        format!(
            "@misc{{policytrail{year},\n  title = {{Histories of privacy policies ({n} versions)}},\n  year = {{{year}}},\n  \
             note = {{Made by policytrail {version} on {date}; SHA256SUMS names the bytes}}\n}}",
            n = self.versions,
            version = env!("CARGO_PKG_VERSION"),
        )
    }

    /// The whole card.
    pub(super) fn readme(
        &self,
        options: &ExportOptions,
        tables: &[WrittenTable],
        others: &[(String, u64)],
    ) -> String {
        let mut page = format!(
            "{MARK}\n# Histories of privacy policies\n\n{ABOUT}\n\nMade by policytrail {} from a database as of {}.\n\n",
            env!("CARGO_PKG_VERSION"),
            self.date()
        );
        // Writing to a string cannot fail.
        let _ = self.write_contents(&mut page, options);
        let _ = write_files(&mut page, tables, others);
        let _ = write_dictionaries(&mut page, tables);
        let _ = self.write_drops(&mut page);
        let _ = writeln!(
            page,
            "\n## Licence\n\n{RIGHTS}\n\n## How to cite\n\n```bibtex\n{}\n```",
            self.citation()
        );
        page
    }

    /// The section with numbers and dates.
    fn write_contents(&self, page: &mut String, options: &ExportOptions) -> std::fmt::Result {
        writeln!(page, "## What is in it\n\n| | |\n|---|---|")?;
        writeln!(page, "| versions | {} |", self.versions)?;
        if self.sightings > self.versions {
            writeln!(page, "| sightings of them | {} |", self.sightings)?;
        }
        if let Some((first, last)) = self.extent {
            writeln!(page, "| first seen | {} |", first.date_text())?;
            writeln!(page, "| last seen | {} |", last.date_text())?;
        }
        for (name, counts) in [("languages", &self.languages), ("kinds", &self.kinds)] {
            let counts: Vec<String> = counts
                .iter()
                .map(|(value, n)| format!("{} {n}", plain(value)))
                .collect();
            writeln!(page, "| {name} | {} |", counts.join(", "))?;
        }
        writeln!(page, "| narrowed | {} |", filter_text(options))?;
        if options.no_text {
            writeln!(
                page,
                "| words | left out: this is a manifest of addresses, digests, hashes and dates |"
            )?;
        }
        Ok(())
    }

    /// The section about captures without a version.
    fn write_drops(&self, page: &mut String) -> std::fmt::Result {
        writeln!(
            page,
            "\n## What was dropped\n\nCaptures that show no version, by reason; nothing was dropped without one.\n\n\
             | reason | captures | meaning |\n|---|---|---|"
        )?;
        for (reason, n) in &self.drops {
            writeln!(
                page,
                "| `{}` | {n} | {} |",
                code(reason),
                drop_meaning(reason)
            )?;
        }
        Ok(())
    }
}

/// The section with the list of files.
fn write_files(
    page: &mut String,
    tables: &[WrittenTable],
    others: &[(String, u64)],
) -> std::fmt::Result {
    writeln!(
        page,
        "\n## Files\n\n`SHA256SUMS` has the checksum of each (`sha256sum --check SHA256SUMS`); `dataset.json` describes them for machines (Croissant).\n\n\
         | file | holds |\n|---|---|"
    )?;
    for table in tables {
        for (_, file) in &table.files {
            writeln!(
                page,
                "| `{}` | {} rows of `{}` |",
                file.name, table.rows, table.table.name
            )?;
        }
    }
    for (name, count) in others {
        writeln!(page, "| `{name}` | {count} {} |", counted(name))?;
    }
    Ok(())
}

/// A section with the data dictionary of each table.
fn write_dictionaries(page: &mut String, tables: &[WrittenTable]) -> std::fmt::Result {
    for table in tables {
        writeln!(
            page,
            "\n## Table `{}`\n\n{}\n\n| field | type | meaning |\n|---|---|---|",
            table.table.name, table.table.about
        )?;
        for column in &table.columns {
            writeln!(page, "{}", dictionary_line(column))?;
        }
    }
    if tables.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "\nIn JSON Lines and CSV a time is 14 digits (`YYYYMMDDhhmmss`, UTC); in Parquet it is a UTC timestamp. In CSV a list is a JSON array and an empty field stands for nothing. Text in CSV is as the pages have it: a spreadsheet may take a cell that begins with `=`, `+`, `-` or `@` for a formula, so import it as text."
    )
}

/// A line of the data dictionary: name, type, meaning.
#[must_use]
pub fn dictionary_line(column: &Column) -> String {
    let empty = if column.nullable { ", or empty" } else { "" };
    format!(
        "| `{}` | {}{empty} | {} |",
        column.name,
        column.kind.name(),
        column.meaning
    )
}

/// The filter of the export, in words.
fn filter_text(options: &ExportOptions) -> String {
    let filter = &options.filter;
    let mut parts = Vec::new();
    if !filter.sites.is_empty() {
        let sites: Vec<String> = filter.sites.iter().map(ToString::to_string).collect();
        parts.push(format!("sites {}", sites.join(", ")));
    }
    parts.extend(filter.from.map(|t| format!("from {t}")));
    parts.extend(filter.to.map(|t| format!("to {t}")));
    parts.extend(
        filter
            .language
            .as_deref()
            .map(|l| format!("language {}", plain(l))),
    );
    parts.extend(
        filter
            .conditions
            .iter()
            .map(|c| format!("where {}", plain(&c.to_string()))),
    );
    if parts.is_empty() {
        "not: everything in the database".to_owned()
    } else {
        parts.join("; ")
    }
}

/// A code that is safe between backticks.
fn code(text: &str) -> String {
    let is_letter = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().filter(is_letter).take(80).collect()
}

/// Text from a database or a user that is safe in a Markdown table.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text, 200).chars() {
        if matches!(c, '|' | '\\' | '`' | '<' | '[' | ']' | '*' | '_') {
            let _ = write!(out, "\\");
        }
        out.push(c);
    }
    out
}
