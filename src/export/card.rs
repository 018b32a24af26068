//! What stands beside the data: the README (data card) and `dataset.json` (Croissant, JSON-LD), both made of the same
//! description of the tables as the files themselves.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::folder::MARK;
use super::reasons::meaning;
use super::{ExportError, ExportOptions, Exported, TableFormat, TableRows};
use crate::model::Timestamp;
use crate::store::tables::{ColumnType, DROPS, Snapshot, VERSIONS};

/// Licence of what the program adds: dates, hashes, evidence, structure.
const LICENCE: &str = "https://creativecommons.org/publicdomain/zero/1.0/";
const ABOUT: &str = "Histories of the privacy policies of web sites, taken from web archives: every version that was seen, with \
                     its dates, its words and the evidence for both.";
const RIGHTS: &str = "The texts of the policies belong to their authors; they are quoted from public web archives for research. \
                      What this dataset adds (structure, dates, hashes, evidence) is dedicated to the public domain (CC0 1.0).";

/// What is told of a dataset, gathered from the database.
pub(super) struct Card {
    dated: Option<Timestamp>,
    extent: Option<(Timestamp, Timestamp)>,
    versions: u64,
    sightings: u64,
    languages: Vec<(String, u64)>,
    kinds: Vec<(String, u64)>,
    drops: Vec<(String, u64)>,
}

impl Card {
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

    /// True when no version is told of.
    pub(super) fn is_empty(&self) -> bool {
        self.versions == 0
    }

    fn date(&self) -> String {
        self.dated
            .map_or_else(|| "1970-01-01".to_owned(), Timestamp::date_text)
    }

    fn year(&self) -> String {
        self.date().chars().take(4).collect()
    }

    /// `README.md`.
    pub(super) fn readme(&self, options: &ExportOptions, exported: &Exported) -> String {
        let mut page = format!(
            "{MARK}\n# Histories of privacy policies\n\n{ABOUT}\n\nMade by policytrail {} from a database as of {}.\n\n",
            env!("CARGO_PKG_VERSION"),
            self.date()
        );
        let mut line = |text: &str| {
            page.push_str(text);
            page.push('\n');
        };
        line("## What is in it\n");
        line("| | |\n|---|---|");
        line(&format!("| versions | {} |", self.versions));
        if self.sightings > self.versions {
            line(&format!("| sightings of them | {} |", self.sightings));
        }
        if let Some((first, last)) = self.extent {
            line(&format!("| first seen | {} |", first.date_text()));
            line(&format!("| last seen | {} |", last.date_text()));
        }
        for (name, counts) in [("languages", &self.languages), ("kinds", &self.kinds)] {
            let counts: Vec<String> = counts
                .iter()
                .map(|(value, n)| format!("{} {n}", plain(value)))
                .collect();
            line(&format!("| {name} | {} |", counts.join(", ")));
        }
        line(&format!("| narrowed | {} |", narrowed(options)));
        if options.no_text {
            line(
                "| words | left out: this is a manifest of addresses, digests, hashes and dates |",
            );
        }
        line(
            "\n## Files\n\n`SHA256SUMS` has the checksum of each (`sha256sum --check SHA256SUMS`); `dataset.json` describes them for machines (Croissant).\n",
        );
        line("| file | holds |\n|---|---|");
        for table in &exported.tables {
            for (_, file) in &table.files {
                line(&format!(
                    "| `{}` | {} rows of `{}` |",
                    file.name, table.rows, table.table.name
                ));
            }
        }
        for (name, count) in &exported.others {
            line(&format!("| `{name}` | {count} {} |", super::counted(name)));
        }
        for table in &exported.tables {
            line(&format!(
                "\n## Table `{}`\n\n{}\n",
                table.table.name, table.table.about
            ));
            line(&dictionary(table).join("\n"));
        }
        if !exported.tables.is_empty() {
            line(
                "\nIn JSON Lines and CSV a time is 14 digits (`YYYYMMDDhhmmss`, UTC); in Parquet it is a UTC timestamp. In CSV a list is a JSON array and an empty field stands for nothing. Text in CSV is as the pages have it: a spreadsheet may take a cell that begins with `=`, `+`, `-` or `@` for a formula, so import it as text.",
            );
        }
        line(
            "\n## What was dropped\n\nCaptures that show no version, by reason; nothing was dropped without one.\n",
        );
        line("| reason | captures | meaning |\n|---|---|---|");
        for (reason, n) in &self.drops {
            line(&format!(
                "| `{reason}` | {n} | {} |",
                meaning(reason),
                reason = code(reason)
            ));
        }
        line(&format!(
            "\n## Licence\n\n{RIGHTS}\n\n## How to cite\n\n```bibtex\n{}\n```",
            self.citation()
        ));
        page
    }

    fn citation(&self) -> String {
        let mut citation = format!(
            "@misc{{policytrail{year},\n  title = {{Histories of privacy policies ({n} versions)}},\n  year = {{{year}}},\n  note = {{Made by policytrail {version} on {date}",
            year = self.year(),
            n = self.versions,
            version = env!("CARGO_PKG_VERSION"),
            date = self.date()
        );
        citation.push_str("; SHA256SUMS names the bytes}\n}");
        citation
    }

    /// `dataset.json`: Croissant 1.0.
    pub(super) fn croissant(&self, exported: &Exported) -> Value {
        let mut distribution = Vec::new();
        let mut record_sets = Vec::new();
        for table in &exported.tables {
            for (format, file) in &table.files {
                distribution.push(json!({
                    "@type": "cr:FileObject", "@id": file.name, "name": file.name,
                    "contentUrl": file.name, "contentSize": format!("{} B", file.bytes),
                    "encodingFormat": encoding(*format), "sha256": file.sha256,
                }));
            }
            // The records are the same in every format: one that all readers know describes them.
            let best = [TableFormat::Parquet, TableFormat::Csv, TableFormat::Jsonl];
            let file = best
                .iter()
                .find_map(|wanted| table.files.iter().find(|(format, _)| format == wanted));
            if let Some((format, file)) = file {
                record_sets.push(record_set(table, *format, &file.name));
            }
        }
        let mut dataset = json!({
            "@context": context(),
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": "privacy-policy-histories",
            "description": format!("{ABOUT} {RIGHTS}"),
            "license": LICENCE,
            "version": self.date().replace('-', "."),
            "datePublished": self.date(),
            "citeAs": self.citation(),
            "creator": {"@type": "sc:Organization", "name": "policytrail"},
            "keywords": ["privacy policy", "web archive", "history"],
            "inLanguage": self.languages.iter().map(|(l, _)| l).filter(|l| *l != "und").collect::<Vec<_>>(),
            "distribution": distribution,
            "recordSet": record_sets,
        });
        if let (Some((first, last)), Some(fields)) = (self.extent, dataset.as_object_mut()) {
            let span = format!("{}/{}", first.date_text(), last.date_text());
            fields.insert("temporalCoverage".to_owned(), span.into());
        }
        dataset
    }
}

/// The data dictionary of a table, a line a column.
fn dictionary(table: &TableRows) -> Vec<String> {
    let mut lines = vec![
        "| field | type | meaning |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    lines.extend(table.columns.iter().map(super::dictionary_line));
    lines
}

fn record_set(table: &TableRows, format: TableFormat, file: &str) -> Value {
    let name = table.table.name;
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let (data_type, is_list) = match (column.kind, format) {
                (ColumnType::Integer, _) => ("sc:Integer", false),
                (ColumnType::Boolean, _) => ("sc:Boolean", false),
                (ColumnType::Time, TableFormat::Parquet) => ("sc:DateTime", false),
                (ColumnType::List, TableFormat::Parquet | TableFormat::Jsonl) => ("sc:Text", true),
                _ => ("sc:Text", false),
            };
            let mut field = json!({
                "@type": "cr:Field", "@id": format!("{name}/{}", column.name), "name": column.name,
                "description": column.meaning, "dataType": data_type,
                "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
            });
            if let (true, Some(field)) = (is_list, field.as_object_mut()) {
                field.insert("repeated".to_owned(), true.into());
            }
            field
        })
        .collect();
    json!({"@type": "cr:RecordSet", "@id": name, "name": name, "description": table.table.about, "field": fields})
}

fn encoding(format: TableFormat) -> &'static str {
    match format {
        TableFormat::Jsonl => "application/jsonlines",
        TableFormat::Csv => "text/csv",
        TableFormat::Parquet => "application/x-parquet",
    }
}

/// The context that the specification of Croissant 1.0 prescribes.
fn context() -> Value {
    let mut context = Map::new();
    for (name, meaning) in [
        ("@language", "en"),
        ("@vocab", "https://schema.org/"),
        ("citeAs", "cr:citeAs"),
        ("column", "cr:column"),
        ("conformsTo", "dct:conformsTo"),
        ("cr", "http://mlcommons.org/croissant/"),
        ("rai", "http://mlcommons.org/croissant/RAI/"),
        ("dct", "http://purl.org/dc/terms/"),
        ("equivalentProperty", "cr:equivalentProperty"),
        ("extract", "cr:extract"),
        ("field", "cr:field"),
        ("fileProperty", "cr:fileProperty"),
        ("fileObject", "cr:fileObject"),
        ("fileSet", "cr:fileSet"),
        ("format", "cr:format"),
        ("includes", "cr:includes"),
        ("isLiveDataset", "cr:isLiveDataset"),
        ("jsonPath", "cr:jsonPath"),
        ("key", "cr:key"),
        ("md5", "cr:md5"),
        ("parentField", "cr:parentField"),
        ("path", "cr:path"),
        ("recordSet", "cr:recordSet"),
        ("references", "cr:references"),
        ("regex", "cr:regex"),
        ("repeated", "cr:repeated"),
        ("replace", "cr:replace"),
        ("samplingRate", "cr:samplingRate"),
        ("sc", "https://schema.org/"),
        ("separator", "cr:separator"),
        ("source", "cr:source"),
        ("subField", "cr:subField"),
        ("transform", "cr:transform"),
    ] {
        context.insert(name.to_owned(), meaning.into());
    }
    context.insert(
        "data".to_owned(),
        json!({"@id": "cr:data", "@type": "@json"}),
    );
    context.insert(
        "dataType".to_owned(),
        json!({"@id": "cr:dataType", "@type": "@vocab"}),
    );
    context.insert(
        "examples".to_owned(),
        json!({"@id": "cr:examples", "@type": "@json"}),
    );
    Value::Object(context)
}

/// What was asked for, in words.
fn narrowed(options: &ExportOptions) -> String {
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

/// A code as it may stand between backticks.
fn code(text: &str) -> String {
    let is_letter = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    text.chars().filter(is_letter).take(80).collect()
}

/// Text from a database or a user, made harmless in a table.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control()).take(200) {
        if matches!(c, '|' | '\\' | '`' | '<' | '[' | ']' | '*' | '_') {
            let _ = write!(out, "\\");
        }
        out.push(c);
    }
    out
}
