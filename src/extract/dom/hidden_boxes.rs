//! The boxes that a page's style sheets hide.
//!
//! Scripts display much of what a style sheet hides: tabs, panels, the rest of a text. Therefore only a little text with
//! hardly a policy word is dropped.

use std::collections::HashMap;

use super::element::attribute;
use super::style_sheets::StyleSheets;
use super::view::{NodeId, PageView};
use crate::page::Page;

/// Maximum share of the page's text in the boxes that one rule hides, in percent. A script displays more later.
const HIDDEN_SHARE: u64 = 10;
/// Maximum number of policy words in them.
const HIDDEN_WORDS: u32 = 3;
/// Maximum number of boxes with sentences that one rule hides. Panels that open on a click are more.
const HIDDEN_BOXES: usize = 2;

/// Marks as hidden what the style sheets of a page hide, unless it seems that a script displays it later.
pub(in crate::extract) fn hide_by_style_sheets(view: &mut PageView<'_>, page: &Page) {
    let mut sheets = StyleSheets::default();
    for node in page.html.tree.nodes() {
        let is_sheet = |element: &scraper::node::Element| element.name() == "style";
        if !node.value().as_element().is_some_and(is_sheet) {
            continue;
        }
        let in_noscript = node
            .parent()
            .and_then(|parent| Some(parent.value().as_element()?.name() == "noscript"));
        let text = node.first_child().and_then(|child| child.value().as_text());
        if let Some(text) = text.filter(|_| in_noscript != Some(true)) {
            sheets.read(text);
        }
    }
    let names = sheets.hidden_names();
    if names.is_empty() {
        return;
    }
    let mut boxes: HashMap<&str, Vec<NodeId>> = HashMap::new();
    for id in 0..view.nodes.len() {
        let Some(element) = view.element(id).filter(|_| has_text(view, id)) else {
            continue;
        };
        let classes = attribute(element, "class").unwrap_or_default();
        let classes = classes.split_ascii_whitespace().map(|name| ('.', name));
        let own = attribute(element, "id").map(|name| ('#', name));
        for (sign, name) in classes.chain(own) {
            if let Some(rule) = names.get(format!("{sign}{name}").as_str()) {
                boxes.entry(rule).or_default().push(id);
            }
        }
    }
    let all = view.nodes.first().map_or(0, |root| root.stats.text_bytes);
    for hidden in boxes.into_values() {
        let words: u32 = hidden
            .iter()
            .map(|id| view.nodes[*id].stats.policy_words)
            .sum();
        let with_sentences = |id: &&NodeId| view.nodes[**id].stats.prose_bytes > 0;
        if view.text_bytes(&hidden) * 100 <= u64::from(all) * HIDDEN_SHARE
            && words <= HIDDEN_WORDS
            && hidden.iter().filter(with_sentences).count() <= HIDDEN_BOXES
        {
            for id in hidden {
                view.nodes[id].hidden = true;
                view.exclude(id);
            }
        }
    }
}

fn has_text(view: &PageView<'_>, id: NodeId) -> bool {
    view.nodes[id].stats.text_bytes > 0
}
