//! What the makers of a dataset say about it.

use std::str::FromStr;

use super::author::Author;
use super::doi::Doi;
use super::licence::Licence;
use super::line::{InvalidCitation, one_line};

/// Title of a dataset whose makers give none.
const DEFAULT_TITLE: &str = "Histories of privacy policies";

/// The title of a dataset: one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

impl FromStr for Title {
    type Err = InvalidCitation;

    fn from_str(text: &str) -> Result<Self, InvalidCitation> {
        Ok(Self(one_line(text)?.to_owned()))
    }
}

/// What the makers of a dataset say about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Citation {
    /// Its title.
    pub title: Option<Title>,
    /// Authors, in order.
    pub authors: Vec<Author>,
    /// Its DOI.
    pub doi: Option<Doi>,
    /// Licence of what the dataset adds to the texts.
    pub licence: Licence,
}

impl Citation {
    /// The title; a general one if the makers gave none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.own_title().unwrap_or(DEFAULT_TITLE)
    }

    /// The title that the makers gave.
    #[must_use]
    pub fn own_title(&self) -> Option<&str> {
        self.title.as_ref().map(|title| title.0.as_str())
    }
}

/// A dataset with what its citation needs.
#[derive(Debug, Clone, Copy)]
pub(in crate::export) struct CitedDataset<'a> {
    pub(in crate::export) citation: &'a Citation,
    /// Date of the last crawl, `YYYY-MM-DD`; `None` for an empty database.
    pub(in crate::export) date: Option<&'a str>,
    /// Number of versions.
    pub(in crate::export) versions: u64,
    /// What a dataset of this program is, in a sentence or two.
    pub(in crate::export) about: &'a str,
}
