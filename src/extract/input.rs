//! What an extraction takes and gives: a page with options in, a document with its explanation out.

use url::Url;

use crate::model::Document;

/// Version of the extractor. Every change of its output makes a new one, because it changes text hashes.
pub const EXTRACTOR_VERSION: &str = "4";

/// One archived page as it was fetched.
#[derive(Debug, Clone, Copy)]
pub struct PageInput<'a> {
    /// The payload, content coding undone.
    pub bytes: &'a [u8],
    /// The `Content-Type` header, if known.
    pub content_type: Option<&'a str>,
    /// The page's address on the original web, if known; links are relative to it and its fragment names a part.
    pub url: Option<&'a Url>,
}

/// The document that is wanted of a page that hosts several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentType {
    /// The privacy policy, where the page has one beside others; else the whole text.
    #[default]
    Privacy,
    /// The main text of the page, whatever it is: several documents, or one that is no policy. Of a text that hardly
    /// speaks of policy matters (an article, a manual) it is the body; its headline is the document's title.
    Any,
}

/// How to extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The document that is wanted.
    pub document_type: DocumentType,
}

/// A document and why it is that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extraction {
    /// The document.
    pub document: Document,
    /// What decided, in the order of deciding; one short line each, for people.
    pub explanation: Vec<String>,
}
