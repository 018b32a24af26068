//! Collects all links of a page, with the words around them: one walk over the tree, linear in its size.

use scraper::Node;
use scraper::node::Element;

use crate::page::Page;

use super::address::{address_of, is_privacy_relation, local};
use super::element::{is_block, is_footer, is_hidden, is_name};
use super::labels::read_labels;
use super::raw_link::RawLink;

/// Maximum number of links that are read. A page with more is a directory of links.
const MAX_LINKS: usize = 5_000;
/// Longer link texts are cut.
const MAX_TEXT_BYTES: usize = 300;
/// Number of characters of the text before a link that are kept.
const MAX_BEFORE_CHARACTERS: usize = 80;

/// All links of a page, in order.
pub(in super::super) fn links_of(page: &Page) -> Vec<RawLink> {
    let mut collector = LinkCollector::default();
    let mut node = page.html.tree.root();
    // `traverse()` cannot be used: the types of its edges need ego-tree as a dependency.
    'walk: loop {
        collector.open(node.value());
        if let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            collector.close(node.value());
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => break 'walk,
            }
        }
    }
    let mut links = collector.finish();
    read_labels(page, &mut links);
    links
}

/// Collects links during the walk over the tree.
#[derive(Default)]
struct LinkCollector {
    links: Vec<RawLink>,
    /// The link that is open now.
    open_link: Option<usize>,
    /// True when the open link is an element for links, not a container with a script.
    open_by_element: bool,
    /// Number of open elements that are footers.
    footers: usize,
    /// Number of open elements whose text is not shown.
    hidden: usize,
    /// Number of open elements whose text names a page or a drawing.
    names: usize,
    /// Letters outside links, for every line of text.
    letters_of_lines: Vec<usize>,
    /// The end of the current line.
    line: String,
    /// The end of the previous line.
    line_before: String,
    /// Letters on the page so far.
    letters: usize,
}

impl LinkCollector {
    fn open(&mut self, node: &Node) {
        match node {
            Node::Text(_) if self.hidden > 0 => {}
            Node::Text(text) if self.names > 0 => {
                if let Some(link) = self.open_link.and_then(|index| self.links.get_mut(index)) {
                    append(&mut link.alt, text);
                }
            }
            Node::Text(text) => self.text(text),
            Node::Element(element) => self.open_element(element),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        self.letters += letters;
        match self.open_link.and_then(|index| self.links.get_mut(index)) {
            Some(link) => append(&mut link.text, text),
            None => {
                if let Some(of_line) = self.letters_of_lines.last_mut() {
                    *of_line += letters;
                } else {
                    self.letters_of_lines.push(letters);
                }
            }
        }
        let kept: Vec<char> = text.chars().rev().take(MAX_BEFORE_CHARACTERS).collect();
        self.line.extend(kept.into_iter().rev());
        let length = self.line.chars().count();
        if length > 2 * MAX_BEFORE_CHARACTERS {
            self.line = self
                .line
                .chars()
                .skip(length - MAX_BEFORE_CHARACTERS)
                .collect();
        }
    }

    fn open_element(&mut self, element: &Element) {
        let name = element.name();
        self.hidden += usize::from(is_hidden(name));
        self.names += usize::from(is_name(name));
        self.footers += usize::from(is_footer(element));
        if is_block(name) {
            self.new_line();
        }
        if let Some(link) = self.open_link.and_then(|index| self.links.get_mut(index)) {
            name_by_inner(link, element);
        }
        let Some(href) = address_of(element) else {
            return;
        };
        // A link inside a container that opens a page by script is a link of its own.
        let is_enclosed = self.open_link.is_some() && (self.open_by_element || name != "a");
        if self.links.len() >= MAX_LINKS || (is_enclosed && name != "area") {
            return;
        }
        let before = if self.line.trim().is_empty() {
            &self.line_before
        } else {
            &self.line
        };
        let skip = before.chars().count().saturating_sub(MAX_BEFORE_CHARACTERS);
        let mut link = RawLink {
            href,
            before: before.chars().skip(skip).collect(),
            in_footer: self.footers > 0,
            line: self.letters_of_lines.len().saturating_sub(1),
            letters_before: self.letters,
            ..RawLink::default()
        };
        name_by_own(&mut link, element);
        self.links.push(link);
        if !is_void(name) {
            self.open_link = Some(self.links.len() - 1);
            self.open_by_element = matches!(name, "a" | "option");
        }
    }

    fn close(&mut self, node: &Node) {
        let Node::Element(element) = node else { return };
        let name = element.name();
        self.hidden -= usize::from(is_hidden(name)).min(self.hidden);
        self.names -= usize::from(is_name(name)).min(self.names);
        self.footers -= usize::from(is_footer(element)).min(self.footers);
        if !is_void(name) && address_of(element).is_some() {
            // A link inside a link does not begin a second one. The outer link ends at its own end.
            let same = self
                .open_link
                .and_then(|index| self.links.get(index))
                .is_some_and(|link| Some(&link.href) == address_of(element).as_ref());
            if same {
                self.open_link = None;
            }
        }
        if is_block(name) {
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        self.letters_of_lines.push(0);
        if !self.line.trim().is_empty() {
            self.line_before = std::mem::take(&mut self.line);
        }
        self.line.clear();
    }

    fn finish(mut self) -> Vec<RawLink> {
        let total = self.letters;
        for link in &mut self.links {
            link.letters_around = self.letters_of_lines.get(link.line).copied().unwrap_or(0);
            let after = total.saturating_sub(link.letters_before);
            // A footer that is only a table has few words after it and most words before it.
            link.near_end = after < 400 && link.letters_before > 3 * after || after < 120;
            for text in [
                &mut link.text,
                &mut link.alt,
                &mut link.title,
                &mut link.aria_label,
            ] {
                *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
        }
        self.links
    }
}

/// True for elements of links that have no content.
fn is_void(name: &str) -> bool {
    matches!(name, "area" | "input" | "link")
}

/// Adds the names that a link's own attributes give it.
fn name_by_own(link: &mut RawLink, element: &Element) {
    let attribute = |name: &str| element.attr(name).unwrap_or_default();
    append(&mut link.alt, attribute("alt"));
    append(&mut link.title, attribute("title"));
    append(&mut link.aria_label, attribute("aria-label"));
    append(&mut link.labelled_by, attribute("aria-labelledby"));
    if is_privacy_relation(attribute("rel")) {
        append_name(&mut link.title, "privacy policy");
    }
    if element.name() == "input" {
        append(&mut link.text, attribute("value"));
    }
}

/// Adds the names that the attributes of an element inside a link give to the link.
fn name_by_inner(link: &mut RawLink, element: &Element) {
    let attribute = |name: &str| element.attr(name).unwrap_or_default();
    append_name(&mut link.title, attribute("title"));
    append_name(&mut link.aria_label, attribute("aria-label"));
    append_name(&mut link.labelled_by, attribute("aria-labelledby"));
    match element.name() {
        "img" | "input" => {
            append_name(&mut link.alt, attribute("alt"));
            append_name(&mut link.image, file_stem(attribute("src")));
        }
        // `<svg><use xlink:href="icons.svg#privacy">`
        "use" => {
            let symbol = local(element, "href").and_then(|href| href.rsplit_once('#'));
            append_name(&mut link.image, symbol.map_or("", |(_, symbol)| symbol));
        }
        _ => {}
    }
}

/// Adds a name as words of its own.
fn append_name(to: &mut String, name: &str) {
    if !to.is_empty() && !name.trim().is_empty() {
        to.push(' ');
    }
    append(to, name);
}

fn append(to: &mut String, text: &str) {
    if text.trim().is_empty() || to.len() >= MAX_TEXT_BYTES {
        if !to.is_empty() && !to.ends_with(' ') && !text.is_empty() {
            to.push(' ');
        }
        return;
    }
    to.push_str(&text[..text.floor_char_boundary(MAX_TEXT_BYTES)]);
}

fn file_stem(src: &str) -> &str {
    if src.starts_with("data:") {
        return "";
    }
    let path = src.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests;
