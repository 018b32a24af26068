//! Finds the links of a page that are not elements of its tree: in `<noscript>` and `<noframes>`, in markup that scripts
//! write, and in the data of scripts.

use scraper::Node;
use scraper::node::Element;

use crate::page::Page;

use super::collect::links_of;
use super::element::is_footer;
use super::raw_link::RawLink;
use super::script_data::links_in_data;
use super::script_markup::markup_in_script;

/// Maximum size of the scripts and texts of one page that are read.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Maximum number of `<noscript>` and `<noframes>` elements, and of scripts, that are parsed as pages.
const MAX_FRAGMENTS: usize = 30;
/// Shorter values of attributes hold no link.
const MIN_DATA_BYTES: usize = 16;

/// The links of a page that are not elements of its tree, in order.
pub(super) fn unshown_links_of(page: &Page) -> Vec<RawLink> {
    let mut collector = UnshownLinks {
        links: Vec::new(),
        bytes_left: MAX_BYTES,
        fragments_left: MAX_FRAGMENTS,
    };
    for node in page.html.tree.root().descendants() {
        let Node::Element(element) = node.value() else {
            continue;
        };
        match element.name() {
            "noscript" | "noframes" | "script" => {
                let in_footer = node
                    .ancestors()
                    .filter_map(|above| above.value().as_element())
                    .any(is_footer);
                let text: String = node
                    .children()
                    .filter_map(|child| child.value().as_text().map(|text| &**text))
                    .collect();
                collector.read(element.name(), &text, in_footer);
            }
            _ => collector.read_attributes(element),
        }
    }
    collector.links
}

struct UnshownLinks {
    links: Vec<RawLink>,
    bytes_left: usize,
    fragments_left: usize,
}

impl UnshownLinks {
    fn read(&mut self, name: &str, text: &str, in_footer: bool) {
        if text.len() > self.bytes_left {
            return;
        }
        self.bytes_left -= text.len();
        if name == "script" {
            // Angular has its own escapes for quotes.
            let text = text
                .replace("&q;", "\"")
                .replace("&l;", "<")
                .replace("&g;", ">");
            self.parse(&markup_in_script(&text), in_footer);
            self.links.append(&mut links_in_data(&text));
        } else {
            self.parse(text, in_footer);
        }
    }

    /// Reads the state of components in attributes (`data-props='{"links": …}'`).
    fn read_attributes(&mut self, element: &Element) {
        for (_, value) in element.attrs() {
            let is_data = value.len() >= MIN_DATA_BYTES && value.starts_with(['{', '[']);
            if is_data && value.len() <= self.bytes_left {
                self.bytes_left -= value.len();
                self.links.append(&mut links_in_data(value));
            }
        }
    }

    /// Adds the links of markup that is a text of the page.
    fn parse(&mut self, html: &str, in_footer: bool) {
        if !html.contains('<') || self.fragments_left == 0 {
            return;
        }
        self.fragments_left -= 1;
        let found = links_of(&Page::from_html(html, None));
        self.links.extend(found.into_iter().map(|link| RawLink {
            in_footer: link.in_footer || in_footer,
            // A fragment ends early, so this says nothing about the page.
            near_end: false,
            ..link
        }));
    }
}
