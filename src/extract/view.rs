//! The page's DOM as a flat list in reading order, with what every judgement needs: sums of text, links and policy words.

use scraper::Node as DomNode;
use scraper::node::Element;

use super::look::{attribute, is_hidden};
use super::words::policy_words;
use crate::page::Page;

/// Index of a node in a [`View`].
pub(super) type Id = usize;

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text between tags.
    Text,
    /// Never text of the page: scripts, styles, drawings, fields.
    Silent,
    /// Part of a line: `<b>`, `<a>`, `<span>`.
    Inline,
    /// `<br>`.
    Break,
    /// `<p>`.
    Paragraph,
    /// `<h1>` to `<h6>`.
    Heading(u8),
    /// `<ul>`, `<ol>`, `<menu>`, `<dir>`.
    List,
    /// `<li>`.
    Item,
    /// `<dl>`, `<dt>`, `<dd>`.
    Definitions,
    /// `<table>`.
    Table,
    /// `<tr>`.
    Row,
    /// `<td>`, `<th>`.
    Cell,
    /// `<blockquote>`.
    Quote,
    /// `<pre>` and its forebears.
    Preformatted,
    /// `<button>`.
    Button,
    /// `<div>` and everything else that starts a new line.
    Box,
}

/// Sums over a subtree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Mass {
    /// Bytes of text that are not white space.
    pub text: u32,
    /// Of these, inside links.
    pub linked: u32,
    /// Policy words outside links.
    pub words: u32,
    /// Bytes in pieces of running text long enough to be part of a sentence, outside links.
    pub prose: u32,
}

impl Mass {
    fn add(&mut self, other: Self) {
        self.text = self.text.saturating_add(other.text);
        self.linked = self.linked.saturating_add(other.linked);
        self.words = self.words.saturating_add(other.words);
        self.prose = self.prose.saturating_add(other.prose);
    }

    /// One number for "how much of a policy is this": prose, and more where it speaks of policy matters.
    pub(super) fn weight(self) -> u32 {
        self.prose / 2
            + self
                .words
                .saturating_mul(20)
                .min(self.prose.saturating_mul(2))
    }

    /// Share of the text that is inside links, in percent.
    pub(super) fn link_share(self) -> u32 {
        self.linked.saturating_mul(100) / self.text.max(1)
    }
}

/// One node.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// The DOM's node.
    pub node: &'a DomNode,
    /// The parent; the root is its own.
    pub parent: Id,
    /// One past the last node inside.
    pub end: Id,
    /// What it is.
    pub kind: Kind,
    /// Sums over it and everything inside.
    pub mass: Mass,
    /// Not shown by its own attributes.
    pub hidden: bool,
    /// Taken out of the page: boilerplate.
    pub excluded: bool,
}

/// The page as a list.
#[derive(Debug)]
pub(super) struct View<'a> {
    /// Nodes in reading order; every subtree is one range.
    pub entries: Vec<Entry<'a>>,
    /// The page's `<title>`.
    pub page_title: Option<String>,
}

/// A field with more bytes than this shows a text to read, not one to change.
const FIELD_BYTES: usize = 300;

/// True for the content of a field that shows a text (licences and policies of old pages); code to copy has tags in it.
fn is_read(content: &str) -> bool {
    content.len() >= FIELD_BYTES && !content.contains("</")
}

/// A piece of text shorter than this is a label, not part of a sentence.
const SENTENCE_BYTES: usize = 40;

impl<'a> View<'a> {
    /// Reads a page once.
    pub(super) fn of(page: &'a Page) -> Self {
        Self::read(page, false)
    }

    /// As [`View::of`], with what a `<template>` holds for scripts to show.
    pub(super) fn with_templates(page: &'a Page) -> Self {
        Self::read(page, true)
    }

    fn read(page: &'a Page, templates: bool) -> Self {
        let mut view = Self {
            // Growing by doubling would hold the list of a large page twice.
            entries: Vec::with_capacity(page.html.tree.values().len()),
            page_title: None,
        };
        // Open elements: where each stands in the list, and how many links it is inside of.
        let mut open: Vec<(Id, u32)> = Vec::new();
        let mut node = page.html.tree.root();
        'walk: loop {
            let (parent, links) = open.last().copied().unwrap_or_default();
            let silent = view
                .entries
                .get(parent)
                .is_some_and(|entry| entry.kind == Kind::Silent);
            let container = match node.value() {
                DomNode::Text(text) => {
                    if !silent && !open.is_empty() {
                        view.push(node.value(), parent, Kind::Text, text_mass(text, links > 0));
                    }
                    None
                }
                DomNode::Element(element) => {
                    let kind = if silent {
                        Kind::Silent
                    } else if element.name() == "textarea"
                        && node
                            .first_child()
                            .and_then(|c| c.value().as_text())
                            .is_some_and(|text| is_read(text))
                    {
                        Kind::Preformatted
                    } else if templates && element.name() == "template" {
                        Kind::Box
                    } else {
                        kind_of(element)
                    };
                    let id = view.push(node.value(), parent, kind, Mass::default());
                    if kind != Kind::Silent {
                        view.entries[id].hidden = is_hidden(element);
                    } else if element.name() == "title" && view.page_title.is_none() {
                        view.page_title = node
                            .first_child()
                            .and_then(|c| c.value().as_text())
                            .map(|text| text.to_string());
                    }
                    let is_link = element.name() == "a" && attribute(element, "href").is_some();
                    Some((id, links + u32::from(is_link)))
                }
                DomNode::Document | DomNode::Fragment => {
                    // The content of a template is one.
                    let kind = if silent { Kind::Silent } else { Kind::Box };
                    let id = view.push(node.value(), parent, kind, Mass::default());
                    Some((id, 0))
                }
                _ => None,
            };
            if let Some(container) = container {
                if let Some(child) = node.first_child() {
                    open.push(container);
                    node = child;
                    continue;
                }
                view.close(container.0, parent);
            }
            loop {
                if let Some(sibling) = node.next_sibling() {
                    node = sibling;
                    continue 'walk;
                }
                let Some(up) = node.parent() else {
                    break 'walk;
                };
                node = up;
                if let Some((id, _)) = open.pop() {
                    view.close(id, open.last().map_or(0, |(id, _)| *id));
                }
            }
        }
        view
    }

    /// A subtree is complete: its sums go to its parent.
    fn close(&mut self, id: Id, parent: Id) {
        self.entries[id].end = self.entries.len();
        if id != parent {
            let mass = self.entries[id].mass;
            self.entries[parent].mass.add(mass);
        }
    }

    fn push(&mut self, node: &'a DomNode, parent: Id, kind: Kind, mass: Mass) -> Id {
        let id = self.entries.len();
        self.entries.push(Entry {
            node,
            parent,
            end: id + 1,
            kind,
            mass,
            hidden: false,
            excluded: false,
        });
        if kind == Kind::Text {
            self.entries[parent].mass.add(mass);
        }
        id
    }

    /// True for a page that has something for scripts to show.
    pub(super) fn has_templates(&self) -> bool {
        (0..self.entries.len()).any(|id| self.name(id) == "template")
    }

    /// The element at a node, if it is one.
    pub(super) fn element(&self, id: Id) -> Option<&'a Element> {
        self.entries.get(id).and_then(|e| e.node.as_element())
    }

    /// Name of the element at a node; empty for text.
    pub(super) fn name(&self, id: Id) -> &'a str {
        self.element(id).map_or("", Element::name)
    }

    /// The children of a node, in order.
    pub(super) fn children(&self, id: Id) -> Children<'_, 'a> {
        let end = self.entries.get(id).map_or(0, |e| e.end);
        Children {
            view: self,
            next: id + 1,
            end,
        }
    }

    /// The node and its ancestors, innermost first.
    pub(super) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let id = next?;
            let parent = self.entries.get(id)?.parent;
            next = (parent != id).then_some(parent);
            Some(id)
        })
    }

    /// The first `<body>` or `<frameset>`; the root when there is none.
    pub(super) fn body(&self) -> Id {
        (0..self.entries.len())
            .find(|id| self.name(*id) == "body")
            .unwrap_or(0)
    }

    /// The text inside a node that is not excluded, white space folded, at most `limit` bytes (more or less).
    pub(super) fn text(&self, id: Id, limit: usize) -> String {
        let mut out = String::new();
        let mut at = id;
        let end = self.entries.get(id).map_or(0, |e| e.end);
        while at < end && out.len() < limit {
            let entry = &self.entries[at];
            if entry.excluded && at != id || entry.kind == Kind::Silent {
                at = entry.end;
                continue;
            }
            if let DomNode::Text(text) = entry.node {
                for word in text.split_whitespace() {
                    if !out.is_empty() {
                        out.push(' ');
                    }
                    out.push_str(word);
                }
            }
            at += 1;
        }
        out
    }

    /// From now on sentences count alone, whatever they speak of.
    pub(super) fn forget_words(&mut self) {
        for entry in &mut self.entries {
            entry.mass.words = 0;
        }
    }

    /// Marks a subtree as boilerplate and takes its sums out of its ancestors'.
    pub(super) fn exclude(&mut self, id: Id) {
        if self.entries[id].excluded {
            return;
        }
        let mass = self.entries[id].mass;
        self.entries[id].excluded = true;
        let mut at = id;
        while self.entries[at].parent != at {
            at = self.entries[at].parent;
            let sum = &mut self.entries[at].mass;
            sum.text = sum.text.saturating_sub(mass.text);
            sum.linked = sum.linked.saturating_sub(mass.linked);
            sum.words = sum.words.saturating_sub(mass.words);
            sum.prose = sum.prose.saturating_sub(mass.prose);
        }
    }
}

/// Children of a node of a [`View`].
pub(super) struct Children<'v, 'a> {
    view: &'v View<'a>,
    next: Id,
    end: Id,
}

impl Iterator for Children<'_, '_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        if self.next >= self.end {
            return None;
        }
        let id = self.next;
        self.next = self.view.entries.get(id)?.end.max(id + 1);
        Some(id)
    }
}

fn text_mass(text: &str, linked: bool) -> Mass {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Mass::default();
    }
    // Counted by chunks, as the compiler makes that many bytes a step.
    let bytes: usize = trimmed
        .as_bytes()
        .chunks(128)
        .map(|chunk| usize::from(chunk.iter().map(|b| u8::from(*b > b' ')).sum::<u8>()))
        .sum();
    let count = u32::try_from(bytes).unwrap_or(u32::MAX);
    if linked {
        return Mass {
            text: count,
            linked: count,
            ..Mass::default()
        };
    }
    Mass {
        text: count,
        linked: 0,
        words: policy_words(trimmed),
        prose: if trimmed.len() >= SENTENCE_BYTES {
            count
        } else {
            0
        },
    }
}

fn kind_of(element: &Element) -> Kind {
    match element.name() {
        "script" | "style" | "noscript" | "template" | "svg" | "math" | "object" | "embed"
        | "applet" | "iframe" | "frame" | "frameset" | "noframes" | "head" | "select"
        | "textarea" | "input" | "datalist" | "audio" | "video" | "canvas" | "option"
        | "optgroup" | "progress" | "meter" | "link" | "meta" | "title" | "base" | "param"
        | "source" | "track" | "area" => Kind::Silent,
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data"
        | "del" | "dfn" | "em" | "font" | "i" | "ins" | "kbd" | "label" | "mark" | "nobr" | "q"
        | "rp" | "rt" | "ruby" | "s" | "samp" | "small" | "span" | "strike" | "strong" | "sub"
        | "sup" | "time" | "tt" | "u" | "var" | "wbr" | "img" | "blink" | "basefont" | "o:p"
        | "st1:place" | "picture" | "output" | "map" => Kind::Inline,
        "br" => Kind::Break,
        "p" => Kind::Paragraph,
        "h1" => Kind::Heading(1),
        "h2" => Kind::Heading(2),
        "h3" => Kind::Heading(3),
        "h4" => Kind::Heading(4),
        "h5" => Kind::Heading(5),
        "h6" => Kind::Heading(6),
        "ul" | "ol" | "menu" | "dir" => Kind::List,
        "li" => Kind::Item,
        "dl" | "dt" | "dd" => Kind::Definitions,
        "table" => Kind::Table,
        "tr" => Kind::Row,
        "td" | "th" => Kind::Cell,
        "blockquote" => Kind::Quote,
        "pre" | "listing" | "plaintext" | "xmp" => Kind::Preformatted,
        "button" => Kind::Button,
        // Office and custom elements with a colon stand in running text (`st1:City`, `fb:like`).
        name if name.contains(':') => Kind::Inline,
        _ => Kind::Box,
    }
}
