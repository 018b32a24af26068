//! The text of a page that may be a policy.

use url::Url;

use super::blocks::Block;
use super::build::{LinkResolver, build_blocks};
use super::dom::{NodeId, PageView};
use super::embedded::embedded_blocks;
use super::input::Options;
use super::main_content::{
    Strictness, choose_main_content, exclude_boilerplate, exclude_repeated_boxes,
};
use super::page_content::{PageContent, PageFeatures};
use super::structure::{
    heading_at, keep_wanted_document, merge_title_headings, promote_headings, restore_page_heading,
    separate_lines, trim_template,
};
use super::vocabulary::policy_words;
use crate::page::Page;

/// Fewer policy words than this in the chosen part, and other readings of the page are tried.
const FEW_WORDS: u32 = 8;
/// What decided where the elements of a page hold no text.
pub(in crate::extract) const EMBEDDED: &str =
    "the text is in the page's JSON or a frame's, not in its elements";

pub(in crate::extract) fn policy_content(page: &Page, options: Options) -> PageContent {
    let links = LinkResolver::of(page);
    let host = page.url.as_ref().and_then(Url::host_str);
    let mut view = PageView::of(page);
    let whole = view
        .nodes
        .get(view.body())
        .map(|e| e.stats)
        .unwrap_or_default();
    let features = PageFeatures::of(&view);
    exclude_boilerplate(&mut view, Strictness::Names);
    let mut choice = choose_main_content(&view);
    let words_of = |view: &PageView<'_>, roots: &[NodeId]| -> u32 {
        roots
            .iter()
            .map(|r| view.nodes[*r].stats.policy_words)
            .sum()
    };
    let found = words_of(&view, &choice.roots);
    if found < FEW_WORDS && whole.policy_words > found.saturating_mul(2) {
        // Names that lie: the text is in what looked like a dialog or a banner.
        let mut open = PageView::of(page);
        exclude_boilerplate(&mut open, Strictness::TagsOnly);
        let other = choose_main_content(&open);
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
        let mut shown = PageView::with_templates(page);
        exclude_boilerplate(&mut shown, Strictness::Names);
        let other = choose_main_content(&shown);
        if words_of(&shown, &other.roots) >= FEW_WORDS.max(found * 2) {
            view = shown;
            choice = other;
            choice
                .reasons
                .push("the text is in a <template>".to_owned());
        }
    }
    let repeated = exclude_repeated_boxes(&mut view, &mut choice.roots);
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
        .and_then(|fragment| heading_at(&view, fragment));
    let mut blocks = shaped(
        build_blocks(&view, &choice.roots, &links),
        options,
        named.as_deref(),
        &mut explanation,
    );
    let sliced = explanation.iter().any(|r| r.starts_with("page hosts"));
    trim_template(&mut blocks, host);
    if words_of(&view, &choice.roots) < FEW_WORDS {
        let embedded = embedded_blocks(page, &links, policy_words);
        let words: u32 = embedded.iter().map(|b| policy_words(&b.text())).sum();
        if words >= FEW_WORDS {
            explanation.push(EMBEDDED.to_owned());
            blocks = shaped(embedded, options, None, &mut explanation);
            trim_template(&mut blocks, host);
        }
    }
    if !sliced && let Some(title) = restore_page_heading(&view, &choice.roots, &links, &mut blocks)
    {
        explanation.push(format!("put the page's heading “{title}” back"));
    }
    if merge_title_headings(&mut blocks) {
        explanation.push("one heading stands for several above the text".to_owned());
    }
    PageContent {
        blocks,
        explanation,
        shown: view.text(view.body(), 3000),
        features,
        page_title: view.page_title,
        headline: None,
    }
}

/// Brings freshly built blocks into shape.
fn shaped(
    blocks: Vec<Block>,
    options: Options,
    named: Option<&str>,
    explanation: &mut Vec<String>,
) -> Vec<Block> {
    let mut blocks = promote_headings(separate_lines(blocks));
    if let Some(reason) = keep_wanted_document(&mut blocks, options.document_type, named) {
        explanation.push(reason);
    }
    blocks
}
