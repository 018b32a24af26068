//! What the makers of a dataset say about it: options of `export`.

use super::options::heading;
use crate::export::{Author, Citation, Doi, Licence, Title};

/// Options for the citation of a dataset.
#[derive(Debug, clap::Args)]
pub(super) struct CitationOptions {
    /// Title of the dataset [default: Histories of privacy policies]
    #[arg(long, value_name = "TEXT", help_heading = heading::CITATION)]
    title: Option<Title>,

    /// An author: `Family, Given` for a person, otherwise the name of an organisation; may be repeated
    #[arg(long = "author", value_name = "NAME", help_heading = heading::CITATION)]
    authors: Vec<Author>,

    /// DOI of the dataset
    #[arg(long, value_name = "DOI", help_heading = heading::CITATION)]
    doi: Option<Doi>,

    /// Licence of what the dataset adds to the texts: an SPDX identifier such as CC-BY-4.0, or an address [default: CC0-1.0]
    #[arg(long, visible_alias = "license", value_name = "LICENCE", help_heading = heading::CITATION)]
    licence: Option<Licence>,
}

impl CitationOptions {
    /// The citation.
    pub(super) fn citation(&self) -> Citation {
        Citation {
            title: self.title.clone(),
            authors: self.authors.clone(),
            doi: self.doi.clone(),
            licence: self.licence.clone().unwrap_or_default(),
        }
    }
}
