//! Reads the labels of links that are the text of other elements (`aria-labelledby`).

use std::collections::HashMap;

use scraper::Node;

use crate::page::Page;

use super::raw_link::RawLink;

/// Maximum number of elements whose text is read as a label.
const MAX_LABELS: usize = 200;
/// Maximum number of nodes inside a label.
const MAX_NODES: usize = 100;
/// Longer labels are cut.
const MAX_LABEL_BYTES: usize = 300;

/// Adds the text of the elements that label a link to its label.
pub(super) fn read_labels(page: &Page, links: &mut [RawLink]) {
    let mut labels: HashMap<String, String> = links
        .iter()
        .flat_map(|link| link.labelled_by.split_ascii_whitespace())
        .take(MAX_LABELS)
        .map(|id| (id.to_owned(), String::new()))
        .collect();
    if labels.is_empty() {
        return;
    }
    for node in page.html.tree.root().descendants() {
        let id = node
            .value()
            .as_element()
            .and_then(|element| element.attr("id"));
        let Some(label) = id.and_then(|id| labels.get_mut(id)) else {
            continue;
        };
        for inner in node.descendants().take(MAX_NODES) {
            match inner.value() {
                Node::Text(text) if label.len() < MAX_LABEL_BYTES => {
                    label.push(' ');
                    label.push_str(&text[..text.floor_char_boundary(MAX_LABEL_BYTES)]);
                }
                _ => {}
            }
        }
    }
    for link in links {
        for id in link.labelled_by.split_ascii_whitespace() {
            if let Some(label) = labels.get(id) {
                link.aria_label.push_str(label);
            }
        }
        link.aria_label = link.aria_label.trim().to_owned();
    }
}
