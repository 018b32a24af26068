//! Collects all links of a page, with the words around them: one walk over the tree, linear in its size.

use scraper::Node;
use scraper::node::Element;

use crate::page::Page;

use super::address::address_of;
use super::element::{is_block, is_footer, is_hidden};

/// Maximum number of links that are read. A page with more is a directory of links.
const MAX_LINKS: usize = 5_000;
/// Longer link texts are cut.
const MAX_TEXT_BYTES: usize = 300;
/// Number of characters of the text before a link that are kept.
const MAX_BEFORE_CHARACTERS: usize = 80;

/// A link as it is on the page.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct RawLink {
    /// The address as written.
    pub(in super::super) href: String,
    pub(in super::super) text: String,
    /// `alt` of an area or of the images inside.
    pub(in super::super) alt: String,
    pub(in super::super) title: String,
    pub(in super::super) aria_label: String,
    /// File names of images inside, without ending.
    pub(in super::super) image: String,
    /// The words before it in its line, or in the previous line if it begins a line.
    pub(in super::super) before: String,
    /// True for a link inside a footer.
    pub(in super::super) in_footer: bool,
    /// True for a link among the last words of the page.
    pub(in super::super) near_end: bool,
    /// Letters in its line that belong to no link.
    pub(in super::super) letters_around: usize,
    /// Index of its line.
    line: usize,
    /// Letters on the page before it.
    letters_before: usize,
}

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
    collector.finish()
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
            Node::Text(text) if self.hidden == 0 => self.text(text),
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
        self.footers += usize::from(is_footer(element));
        if is_block(name) {
            self.new_line();
        }
        let attribute = |name: &str| element.attr(name).unwrap_or_default();
        if matches!(name, "img" | "input")
            && let Some(link) = self.open_link.and_then(|index| self.links.get_mut(index))
        {
            append(&mut link.alt, attribute("alt"));
            append(&mut link.title, attribute("title"));
            append(&mut link.image, file_stem(attribute("src")));
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
        append(&mut link.alt, attribute("alt"));
        append(&mut link.title, attribute("title"));
        append(&mut link.aria_label, attribute("aria-label"));
        if name == "input" {
            append(&mut link.text, attribute("value"));
        }
        self.links.push(link);
        if name != "area" && name != "input" {
            self.open_link = Some(self.links.len() - 1);
            self.open_by_element = matches!(name, "a" | "option");
        }
    }

    fn close(&mut self, node: &Node) {
        let Node::Element(element) = node else { return };
        let name = element.name();
        self.hidden -= usize::from(is_hidden(name)).min(self.hidden);
        self.footers -= usize::from(is_footer(element)).min(self.footers);
        if !matches!(name, "area" | "input") && address_of(element).is_some() {
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
