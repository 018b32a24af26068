//! What to export, and in which form.

use super::citation::Citation;
use super::compression::Compression;
use super::panel::Period;
use super::timestamp_form::TimestampForm;
use crate::store::tables::Filter;

/// A format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// JSON Lines.
    Jsonl,
    /// CSV by RFC 4180.
    Csv,
    /// Apache Parquet. Needs the feature `parquet`.
    Parquet,
}

/// A format of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFormat {
    /// Markdown, in the directory `markdown`.
    Markdown,
    /// Plain text, in the directory `text`.
    Text,
}

impl PageFormat {
    /// The directory of its pages.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Text => "text",
        }
    }
}

/// Which versions become pages, and under which names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageLayout {
    /// The newest of each policy: `e/ex/exa/example.com.md`.
    #[default]
    Latest,
    /// Each: `example.com/2012-06-11.md`.
    Versions,
}

/// Where the links of a Markdown page lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkTarget {
    /// To the URLs of the original web.
    #[default]
    Original,
    /// To the archive of the capture, at the time of the version. To the original web if the capture is from files.
    Archive,
}

/// What to export, and in which form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportOptions {
    /// Formats of the tables.
    pub tables: Vec<TableFormat>,
    /// Adds the table `panel` with periods of this length.
    pub panel: Option<Period>,
    /// Formats of the pages.
    pub pages: Vec<PageFormat>,
    /// Adds a git history of the pages.
    pub git: bool,
    /// Adds the stored payloads as WARC.
    pub warc: bool,
    /// Which versions become pages.
    pub layout: PageLayout,
    /// Where the links of Markdown pages lead.
    pub links: LinkTarget,
    /// Maximum number of characters per line of plain text.
    pub wrap: Option<usize>,
    /// Which rows are exported.
    pub filter: Filter,
    /// Leaves out the texts of the policies.
    pub no_text: bool,
    /// Compression of JSON Lines and CSV.
    pub compression: Compression,
    /// How JSON Lines and CSV write times, and the messages of git commits.
    pub timestamps: TimestampForm,
    /// What its makers say about the dataset.
    pub citation: Citation,
}
