//! The text of a page that may be a policy.

use url::Url;

use super::block_builder::{LinkResolver, build_blocks};
use super::blocks::Block;
use super::dom::{NodeId, PageView, hide_by_style_sheets};
use super::embedded::embedded_blocks;
use super::extracted_content::{ExtractedContent, PageFeatures};
use super::facts::SiteName;
use super::input::{DocumentType, Options};
use super::main_content::{
    MainContent, Strictness, choose_main_content, exclude_boilerplate, exclude_repeated_boxes,
    left_out, put_pages_in_order,
};
use super::structure::{
    drop_teasers, dropped_lines, heading_at, keep_wanted_document, merge_title_headings,
    number_heading_levels, promote_headings, restore_page_heading, separate_lines, short_lines,
    trim_template,
};
use super::vocabulary::policy_words;
use crate::page::Page;

/// If the chosen part has fewer policy words than this, other readings of the page are tried.
const FEW_WORDS: u32 = 8;
/// The explanation for a page whose elements hold no text.
pub(in crate::extract) const EMBEDDED: &str =
    "the text is in JSON data or a frame, not in the elements of the page";

/// Finds the text of a page.
pub(in crate::extract) fn policy_content(page: &Page, options: Options) -> ExtractedContent {
    let links = LinkResolver::of(page);
    let host = page.url.as_ref().and_then(Url::host_str);
    let view = PageView::of(page);
    let features = PageFeatures::of(&view);
    let (mut view, mut content) = best_reading(page, view);
    let mut explanation = content.reasons;
    explanation.extend(left_out(&view, &content.roots));
    let repeated = exclude_repeated_boxes(&mut view, &mut content.roots);
    put_pages_in_order(&view, &mut content.roots);
    let roots = content.roots;
    if repeated > 0 {
        explanation.push(format!(
            "removed {repeated} bytes that repeat earlier text of the page"
        ));
    }
    let named = page
        .url
        .as_ref()
        .and_then(Url::fragment)
        .and_then(|fragment| heading_at(&view, fragment));
    let mut blocks = structured(
        build_blocks(&view, &roots, &links),
        options,
        named.as_deref(),
        &mut explanation,
    );
    let is_cut = explanation.iter().any(|r| r.starts_with("page hosts"));
    let untrimmed = short_lines(&blocks);
    trim_template(&mut blocks, host);
    explanation.extend(dropped_lines(&untrimmed, &blocks));
    if policy_words_in(&view, &roots) < FEW_WORDS {
        let embedded = embedded_blocks(page, &links, policy_words);
        let words: u32 = embedded.iter().map(|b| policy_words(&b.text())).sum();
        if words >= FEW_WORDS {
            explanation.push(EMBEDDED.to_owned());
            blocks = structured(embedded, options, None, &mut explanation);
            trim_template(&mut blocks, host);
        }
    }
    if options.document_type == DocumentType::Privacy {
        explanation.extend(without_teasers(&mut blocks, host));
    }
    let site = SiteName::of(host, view.page_title.as_deref());
    if !is_cut && let Some(title) = restore_page_heading(&view, &roots, &links, &site, &mut blocks)
    {
        explanation.push(format!("added the heading “{title}” of the page"));
    }
    if merge_title_headings(&mut blocks, &site) {
        explanation.push("merged several headings above the text".to_owned());
    }
    number_heading_levels(&mut blocks);
    ExtractedContent {
        blocks,
        explanation,
        shown: view.text(view.body(), 3000),
        features,
        page_title: view.page_title,
        headline: None,
    }
}

/// Drops the teasers below a text; returns the explanation.
fn without_teasers(blocks: &mut Vec<Block>, host: Option<&str>) -> Option<String> {
    let bytes = drop_teasers(blocks, host);
    (bytes > 0).then(|| format!("removed {bytes} bytes of teasers below the text"))
}

/// The reading of a page that finds the most policy words: with class names taken into account, else without, else with
/// templates.
fn best_reading<'a>(page: &'a Page, mut view: PageView<'a>) -> (PageView<'a>, MainContent) {
    let whole = view
        .nodes
        .get(view.body())
        .map(|e| e.stats)
        .unwrap_or_default();
    hide_by_style_sheets(&mut view, page);
    exclude_boilerplate(&mut view, Strictness::Names);
    let mut content = choose_main_content(&view);
    let found = policy_words_in(&view, &content.roots);
    if found < FEW_WORDS && whole.policy_words > found.saturating_mul(2) {
        // The names are misleading: the text is in an element that is called a dialog or a banner.
        let mut open = PageView::of(page);
        exclude_boilerplate(&mut open, Strictness::TagsOnly);
        let other = choose_main_content(&open);
        if policy_words_in(&open, &other.roots) > found.saturating_mul(2) {
            view = open;
            content = other;
            content
                .reasons
                .push("ignored class names, because they left no policy words".to_owned());
        }
    }
    let found = policy_words_in(&view, &content.roots);
    if found < FEW_WORDS && view.has_templates() {
        let mut shown = PageView::with_templates(page);
        exclude_boilerplate(&mut shown, Strictness::Names);
        let other = choose_main_content(&shown);
        if policy_words_in(&shown, &other.roots) >= FEW_WORDS.max(found * 2) {
            view = shown;
            content = other;
            content
                .reasons
                .push("the text is in a <template>".to_owned());
        }
    }
    (view, content)
}

/// The number of policy words in some subtrees.
fn policy_words_in(view: &PageView<'_>, roots: &[NodeId]) -> u32 {
    roots
        .iter()
        .map(|root| view.nodes[*root].stats.policy_words)
        .sum()
}

/// Separates lines, promotes headings and keeps the wanted document.
fn structured(
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
