//! Input and result of an extraction.

use url::Url;

use crate::model::Document;

/// Version of the extractor. Every change of its output raises it, because the output decides the text hashes.
pub const EXTRACTOR_VERSION: &str = "5";

/// One archived page as it was fetched.
#[derive(Debug, Clone, Copy)]
pub struct PageInput<'a> {
    /// The payload, without content encodings.
    pub bytes: &'a [u8],
    /// The `Content-Type` header, if known.
    pub content_type: Option<&'a str>,
    /// The URL of the page on the original web, if known. Links are relative to it, and its fragment may name a part of
    /// the page.
    pub url: Option<&'a Url>,
}

/// The document to extract from a page that hosts several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentType {
    /// The privacy policy, if the page has one among other documents; otherwise the whole text.
    #[default]
    Privacy,
    /// The main text of the page, whatever it is: several documents, or one that is not a policy. If the text has few
    /// policy words (an article, a manual), the document is its body, and its headline is the title of the document.
    Any,
}

/// The options of an extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The document to extract.
    pub document_type: DocumentType,
}

/// A document and the explanation of how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedDocument {
    /// The document.
    pub document: Document,
    /// The decisions in their order, one short line each, for people.
    pub explanation: Vec<String>,
}
