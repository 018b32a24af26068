//! The extraction of one page, from its bytes to its document.

use super::article_page::article_content;
use super::block_builder::limit_link_targets;
use super::blocks::{Block, struck_text};
use super::characters::cleaned;
use super::decode::{PayloadFormat, detect_format, pdf_blocks, plain_text_blocks};
use super::extracted_content::ExtractedContent;
use super::facts::{
    PageFacts, SiteName, declared_language, detect_language, document_title, iso_language,
    language_of, reject_non_policy, stated_dates, text_hash,
};
use super::input::{DocumentType, EXTRACTOR_VERSION, ExplainedDocument, Options, PageInput};
use super::policy_page::policy_content;
use super::render::{document_text, write_markdown};
use super::structure::{keep_wanted_document, promote_headings, separate_lines};
use super::vocabulary::policy_words;
use crate::model::{Document, DropReason, Dropped, count_words};
use crate::page::{Page, decode};

/// Extracts the document of a page: HTML, plain text or PDF.
///
/// A PDF of unknown origin may take minutes and gigabytes: `crawl::PdfReader` reads it in a process with limits. A
/// build without the feature `pdf` ([`super::CAN_READ_PDFS`]) drops every PDF; do not store that result.
///
/// # Errors
/// The reason why the page has no document, and what was found.
pub fn extract(input: &PageInput<'_>, options: &Options) -> Result<Document, Dropped> {
    explain(input, options).map(|extraction| extraction.document)
}

/// Like [`extract`], with an explanation of each decision.
///
/// # Errors
/// Same as [`extract`].
pub fn explain(input: &PageInput<'_>, options: &Options) -> Result<ExplainedDocument, Dropped> {
    if input.bytes.trim_ascii().is_empty() {
        return Err(Dropped::new(
            DropReason::EmptyShell,
            "the payload has no characters",
        ));
    }
    match detect_format(input.bytes, input.content_type)? {
        PayloadFormat::Pdf => {
            let found = unmarked_content(pdf_blocks(input.bytes)?, "a PDF", *options);
            finish(found, input, *options, None)
        }
        PayloadFormat::PlainText => {
            let decoded = decode(input.bytes, input.content_type).text;
            let blocks = plain_text_blocks(&cleaned(&decoded));
            finish(
                unmarked_content(blocks, "a plain text", *options),
                input,
                *options,
                None,
            )
        }
        PayloadFormat::Html => {
            let page = Page::parse_text(input.bytes, input.content_type, input.url);
            let other = (options.document_type == DocumentType::Any)
                .then(|| article_content(&page))
                .flatten();
            let found = other.unwrap_or_else(|| policy_content(&page, *options));
            let declared = declared_language(&page);
            // The tree of a large page takes more memory than all later steps.
            drop(page);
            finish(found, input, *options, declared)
        }
    }
}

/// True if a document with this text may have this language: it is that of the text, or the text leaves its language open
/// and its page may have named this one.
pub(super) fn fits_language(text: &str, language: &str) -> bool {
    language_of(text, iso_language(language)) == language
}

/// The language (ISO 639-1, `und` when unsure) and the number of words of a document's text, as [`extract`] gives them for a
/// page that names no language.
pub(super) fn language_and_words(text: &str) -> (&'static str, u64) {
    (detect_language(text), count_words(text))
}

/// The content of a file without markup: its headings are recognised, and the wanted document of several is kept.
fn unmarked_content(blocks: Vec<Block>, format: &str, options: Options) -> ExtractedContent {
    let mut blocks = promote_headings(separate_lines(blocks));
    let reason = keep_wanted_document(&mut blocks, options.document_type, None);
    let mut found = ExtractedContent::without_markup(blocks, format);
    found.explanation.extend(reason);
    found
}

fn finish(
    mut found: ExtractedContent,
    input: &PageInput<'_>,
    options: Options,
    declared: Option<&'static str>,
) -> Result<ExplainedDocument, Dropped> {
    limit_link_targets(&mut found.blocks, input.bytes.len());
    let struck_words = count_words(&struck_text(&found.blocks));
    if struck_words > 0 {
        found.explanation.push(format!(
            "left {struck_words} struck-out words out of the text; the Markdown has them between ~~"
        ));
    }
    let text = document_text(&found.blocks);
    let (language, words) = (language_of(&text, declared), count_words(&text));
    let policy_url = input.url.is_some_and(|url| {
        let path = format!("{} {}", url.path(), url.fragment().unwrap_or_default())
            .replace(['-', '_', '/', '.', '+'], " ");
        policy_words(&path) > 0
    });
    reject_non_policy(&PageFacts {
        blocks: &found.blocks,
        text: &text,
        words,
        language,
        page_title: found.page_title.as_deref(),
        shown: &found.shown,
        has_password_field: found.features.password_field,
        frames: found.features.frames,
        has_scripts: found.features.scripts,
        policy_url,
        wanted: options.document_type,
    })?;
    let dates = stated_dates(&text, language);
    let host = input.url.and_then(url::Url::host_str);
    let site = SiteName::of(host, found.page_title.as_deref());
    let document = Document {
        effective_date: dates.effective,
        last_updated: dates.last_updated,
        title: found
            .headline
            .filter(|title| !title.is_empty())
            .or_else(|| document_title(&found.blocks, found.page_title.as_deref(), &site)),
        language: language.to_owned(),
        text_hash: text_hash(&text),
        markdown: write_markdown(&found.blocks),
        word_count: words,
        extractor_version: EXTRACTOR_VERSION,
        text,
    };
    Ok(ExplainedDocument {
        document,
        explanation: found.explanation,
    })
}
