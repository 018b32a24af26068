//! The text of a page that is an article rather than a policy.

use url::Url;

use super::block_builder::{LinkResolver, build_blocks};
use super::blocks::Block;
use super::dom::{PageView, hide_by_style_sheets};
use super::embedded::{embedded_blocks, sentence_bytes};
use super::extracted_content::{ExtractedContent, PageFeatures};
use super::facts::without_site_name;
use super::main_content::{
    Strictness, choose_article, exclude_boilerplate, exclude_repeated_boxes,
};
use super::policy_page::EMBEDDED;
use super::structure::{
    is_article, is_teaser_of, may_be_teaser, promote_headings, remove_headline, separate_lines,
    trim_template,
};
use crate::page::Page;

/// Finds the article on a page that is not a policy. Returns `None` if the text found by structure has many policy
/// words.
pub(in crate::extract) fn article_content(page: &Page) -> Option<ExtractedContent> {
    let links = LinkResolver::of(page);
    let host = page.url.as_ref().and_then(Url::host_str);
    let mut view = PageView::of(page);
    let features = PageFeatures::of(&view);
    hide_by_style_sheets(&mut view, page);
    exclude_boilerplate(&mut view, Strictness::Names);
    let mut choice = choose_article(&mut view);
    exclude_repeated_boxes(&mut view, &mut choice.roots);
    let blocks = build_blocks(&view, &choice.roots, &links);
    let mut blocks = promote_headings(separate_lines(blocks));
    trim_template(&mut blocks, host);
    if may_be_teaser(&blocks) {
        let carried = embedded_blocks(page, &links, sentence_bytes);
        if is_teaser_of(&blocks, &carried) {
            choice.reasons = vec![EMBEDDED.to_owned()];
            blocks = promote_headings(separate_lines(carried));
        }
    }
    let headline = remove_headline(&mut blocks, view.page_title.as_deref());
    is_article(&blocks).then(|| ExtractedContent {
        explanation: choice.reasons,
        shown: view.text(view.body(), 3000),
        features,
        headline: headline.or_else(|| match (blocks.first(), &view.page_title) {
            (Some(Block::Heading(..)), _) | (_, None) => None,
            (_, Some(title)) => Some(without_site_name(title)),
        }),
        blocks,
        page_title: view.page_title,
    })
}
