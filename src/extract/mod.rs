//! The words of a policy out of one archived page: bytes in, [`Document`] or [`Dropped`] out. Pure.
//!
//! ```text
//! payload ▶ page ─▶ view ─▶ boilerplate ─▶ candidates ─▶ build ─▶ lines, headings, slice, trim, title ─▶ markdown, text
//! is it   one     flat     what is        where the      block    what the tree should look like            the two
//! a page  parse   list     never text     text is        tree                                               forms
//! ```
//!
//! The page is parsed once and walked a fixed number of times. What decides is sums over subtrees (sentences, policy words,
//! links), not one site's class names, so that a page that changes its frame keeps its text.

mod article;
mod boilerplate;
mod build;
mod calendar;
mod candidates;
mod dates;
mod embedded;
mod frames;
mod habits;
mod headings;
mod indents;
mod inline;
mod json;
mod kind;
mod language;
mod lines;
mod links;
mod look;
mod markdown;
mod panels;
mod payload;
mod pdf;
mod plain;
mod readable;
mod rich;
mod sections;
mod signs;
mod slice;
mod stems;
mod tables;
mod text;
mod title;
mod tree;
mod trim;
mod view;
mod volatile;
mod words;

pub use dates::{StatedDates, stated_dates};
pub use pdf::is_pdf;
pub use readable::readable;
pub use text::text_hash;

use url::Url;

use crate::model::{Document, DropReason, Dropped};
use crate::page::{Page, decode};
use boilerplate::Strictness;
use tree::Block;
use view::View;

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

/// Takes the document out of a page.
///
/// # Errors
/// The reason why the page has none, and what was seen.
pub fn extract(input: &PageInput<'_>, options: &Options) -> Result<Document, Dropped> {
    explain(input, options).map(|extraction| extraction.document)
}

/// As [`extract`], and says what decided.
///
/// # Errors
/// As [`extract`].
pub fn explain(input: &PageInput<'_>, options: &Options) -> Result<Extraction, Dropped> {
    if input.bytes.trim_ascii().is_empty() {
        return Err(Dropped::new(
            DropReason::EmptyShell,
            "the payload has no characters",
        ));
    }
    match payload::of(input.bytes, input.content_type)? {
        payload::Payload::Pdf => {
            let blocks = headings::settle(lines::separate(pdf::blocks(input.bytes)?));
            let found = Found::plain(blocks, "a PDF");
            finish(found, input, *options)
        }
        payload::Payload::PlainText => {
            let decoded = decode(input.bytes, input.content_type).text;
            let blocks = headings::settle(lines::separate(plain::blocks(&text::cleaned(&decoded))));
            finish(Found::plain(blocks, "a plain text"), input, *options)
        }
        payload::Payload::Html => {
            let page = Page::parse_text(input.bytes, input.content_type, input.url);
            let other = (options.document_type == DocumentType::Any)
                .then(|| article_of(&page))
                .flatten();
            let found = other.unwrap_or_else(|| from_page(&page, *options));
            // The tree of a large page takes more memory than all that is still to come.
            drop(page);
            finish(found, input, *options)
        }
    }
}

/// Language (ISO 639-1, `und` when unsure) and number of words of a document's text, as [`extract`] tells them.
#[must_use]
pub fn language_and_words(text: &str) -> (&'static str, u64) {
    (language::of(text), text::word_count(text))
}

/// What was found on a page before it is judged.
struct Found {
    blocks: Vec<Block>,
    explanation: Vec<String>,
    page_title: Option<String>,
    /// What stood above the text and is no part of it.
    headline: Option<String>,
    shown: String,
    fittings: Fittings,
}

/// What stands on a page beside its text.
#[derive(Debug, Clone, Copy, Default)]
struct Fittings {
    password_field: bool,
    scripts: bool,
    frames: usize,
}

impl Fittings {
    fn of(view: &View<'_>) -> Self {
        let mut fittings = Self::default();
        for element in (0..view.entries.len()).filter_map(|id| view.element(id)) {
            match element.name() {
                "input" => {
                    fittings.password_field |= look::attribute(element, "type")
                        .is_some_and(|t| t.eq_ignore_ascii_case("password"));
                }
                "script" => fittings.scripts = true,
                "frame" | "iframe" if look::attribute(element, "src").is_some() => {
                    fittings.frames += 1;
                }
                _ => {}
            }
        }
        fittings
    }
}

impl Found {
    fn plain(blocks: Vec<Block>, what: &str) -> Self {
        let shown = blocks
            .iter()
            .take(5)
            .map(Block::text)
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            blocks,
            explanation: vec![format!("the payload is {what}")],
            page_title: None,
            headline: None,
            shown,
            fittings: Fittings::default(),
        }
    }
}

/// Fewer policy words than this in the chosen part, and other readings of the page are tried.
const FEW_WORDS: u32 = 8;
/// What decided where the elements of a page hold no text.
const EMBEDDED: &str = "the text is in the page's JSON or a frame's, not in its elements";

fn from_page(page: &Page, options: Options) -> Found {
    let links = links::Links::of(page);
    let host = page.url.as_ref().and_then(Url::host_str);
    let mut view = View::of(page);
    let whole = view
        .entries
        .get(view.body())
        .map(|e| e.mass)
        .unwrap_or_default();
    let fittings = Fittings::of(&view);
    boilerplate::exclude(&mut view, Strictness::Names);
    let mut choice = candidates::choose(&view);
    let words_of = |view: &View<'_>, roots: &[view::Id]| -> u32 {
        roots.iter().map(|r| view.entries[*r].mass.words).sum()
    };
    let found = words_of(&view, &choice.roots);
    if found < FEW_WORDS && whole.words > found.saturating_mul(2) {
        // Names that lie: the text is in what looked like a dialog or a banner.
        let mut open = View::of(page);
        boilerplate::exclude(&mut open, Strictness::TagsOnly);
        let other = candidates::choose(&open);
        if words_of(&open, &other.roots) > found.saturating_mul(2) {
            view = open;
            choice = other;
            choice
                .reasons
                .push("class names are not believed: they left no policy words".to_owned());
        }
    }
    let found = words_of(&view, &choice.roots);
    if found < FEW_WORDS && view.has_templates() {
        let mut shown = View::with_templates(page);
        boilerplate::exclude(&mut shown, Strictness::Names);
        let other = candidates::choose(&shown);
        if words_of(&shown, &other.roots) >= FEW_WORDS.max(found * 2) {
            view = shown;
            choice = other;
            choice
                .reasons
                .push("the text is in a <template>".to_owned());
        }
    }
    let repeated = panels::exclude_repeated(&mut view, &mut choice.roots);
    let mut explanation = choice.reasons;
    if repeated > 0 {
        explanation.push(format!(
            "dropped {repeated} bytes that stood on the page before"
        ));
    }
    let named = page
        .url
        .as_ref()
        .and_then(Url::fragment)
        .and_then(|fragment| slice::heading_at(&view, fragment));
    let mut blocks = shaped(
        build::blocks(&view, &choice.roots, &links),
        options,
        named.as_deref(),
        &mut explanation,
    );
    let sliced = explanation.iter().any(|r| r.starts_with("page hosts"));
    trim::trim(&mut blocks, host);
    if words_of(&view, &choice.roots) < FEW_WORDS {
        let embedded = embedded::blocks(page, &links, words::policy_words);
        let words: u32 = embedded
            .iter()
            .map(|b| words::policy_words(&b.text()))
            .sum();
        if words >= FEW_WORDS {
            explanation.push(EMBEDDED.to_owned());
            blocks = shaped(embedded, options, None, &mut explanation);
            trim::trim(&mut blocks, host);
        }
    }
    if !sliced && let Some(title) = title::restore(&view, &choice.roots, &links, &mut blocks) {
        explanation.push(format!("put the page's heading “{title}” back"));
    }
    if title::settle(&mut blocks) {
        explanation.push("one heading stands for several above the text".to_owned());
    }
    Found {
        blocks,
        explanation,
        shown: view.text(view.body(), 3000),
        fittings,
        page_title: view.page_title,
        headline: None,
    }
}

/// The article on a page that is no policy; `None` when what structure alone finds speaks of policy matters.
fn article_of(page: &Page) -> Option<Found> {
    let links = links::Links::of(page);
    let host = page.url.as_ref().and_then(Url::host_str);
    let mut view = View::of(page);
    let fittings = Fittings::of(&view);
    boilerplate::exclude(&mut view, Strictness::Names);
    let mut choice = article::choose(&mut view);
    panels::exclude_repeated(&mut view, &mut choice.roots);
    let blocks = build::blocks(&view, &choice.roots, &links);
    let mut blocks = headings::settle(lines::separate(blocks));
    trim::trim(&mut blocks, host);
    if article::may_go_on(&blocks) {
        let carried = embedded::blocks(page, &links, embedded::sentences);
        if article::goes_on(&blocks, &carried) {
            choice.reasons = vec![EMBEDDED.to_owned()];
            blocks = headings::settle(lines::separate(carried));
        }
    }
    let headline = article::behead(&mut blocks, view.page_title.as_deref());
    article::is_one(&blocks).then(|| Found {
        explanation: choice.reasons,
        shown: view.text(view.body(), 3000),
        fittings,
        headline: headline.or_else(|| match (blocks.first(), &view.page_title) {
            (Some(Block::Heading(..)), _) | (_, None) => None,
            (_, Some(title)) => Some(title::without_site_name(title)),
        }),
        blocks,
        page_title: view.page_title,
    })
}

/// Brings freshly built blocks into shape.
fn shaped(
    blocks: Vec<Block>,
    options: Options,
    named: Option<&str>,
    explanation: &mut Vec<String>,
) -> Vec<Block> {
    let mut blocks = headings::settle(lines::separate(blocks));
    if let Some(reason) = slice::slice(&mut blocks, options.document_type, named) {
        explanation.push(reason);
    }
    blocks
}

fn finish(
    mut found: Found,
    input: &PageInput<'_>,
    options: Options,
) -> Result<Extraction, Dropped> {
    links::limit(&mut found.blocks, input.bytes.len());
    let text = text::plain(&found.blocks);
    let (language, words) = language_and_words(&text);
    let policy_url = input.url.is_some_and(|url| {
        let path = format!("{} {}", url.path(), url.fragment().unwrap_or_default())
            .replace(['-', '_', '/', '.', '+'], " ");
        words::policy_words(&path) > 0
    });
    kind::judge(&kind::Evidence {
        blocks: &found.blocks,
        text: &text,
        words,
        language,
        page_title: found.page_title.as_deref(),
        shown: &found.shown,
        has_password_field: found.fittings.password_field,
        frames: found.fittings.frames,
        has_scripts: found.fittings.scripts,
        policy_url,
        asked: options.document_type,
    })?;
    let dates = stated_dates(&text, language);
    let document = Document {
        effective_date: dates.effective,
        last_updated: dates.last_updated,
        title: found
            .headline
            .filter(|title| !title.is_empty())
            .or_else(|| title::of(&found.blocks, found.page_title.as_deref())),
        language: language.to_owned(),
        text_hash: text_hash(&text),
        markdown: markdown::write(&found.blocks),
        word_count: words,
        extractor_version: EXTRACTOR_VERSION,
        text,
    };
    Ok(Extraction {
        document,
        explanation: found.explanation,
    })
}

#[cfg(test)]
mod tests;
