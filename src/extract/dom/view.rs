//! The DOM of a page as a flat list in reading order, with sums of text, links and policy words.

use scraper::Node as DomNode;
use scraper::node::Element;

use super::element::{attribute, is_hidden};
use super::element_kind::{ElementKind, kind_of};
use super::text_stats::{TextStats, text_stats};
use crate::page::Page;

/// Index of a node in a [`PageView`].
pub(in crate::extract) type NodeId = usize;

/// A node of the list.
#[derive(Debug)]
pub(in crate::extract) struct ViewNode<'a> {
    /// The DOM's node.
    pub dom: &'a DomNode,
    /// The parent; the root is its own.
    pub parent: NodeId,
    /// The position after the last node inside it.
    pub end: NodeId,
    /// The kind of the node.
    pub kind: ElementKind,
    /// Sums over the node and everything inside it.
    pub stats: TextStats,
    /// True if its own attributes hide it, or a style sheet of the page.
    pub hidden: bool,
    /// True for boilerplate.
    pub excluded: bool,
}

/// The page as a list.
#[derive(Debug)]
pub(in crate::extract) struct PageView<'a> {
    /// Nodes in reading order; every subtree is one range.
    pub nodes: Vec<ViewNode<'a>>,
    /// The page's `<title>`.
    pub page_title: Option<String>,
    /// The host of the page's URL, if known.
    pub host: Option<&'a str>,
}

/// A field with fewer bytes of text than this is an input, not a text to read.
const FIELD_BYTES: usize = 300;

/// The text of a text node; `None` for any other node.
fn text_of_node(node: Option<&DomNode>) -> Option<&str> {
    let text = node?.as_text()?;
    Some(text)
}

/// True for a field that shows a text to read, such as the licences and policies of old pages. A field with code to
/// copy has tags in it.
fn is_field_to_read(element: &Element, first_child: Option<&DomNode>) -> bool {
    element.name() == "textarea"
        && text_of_node(first_child)
            .is_some_and(|text| text.len() >= FIELD_BYTES && !text.contains("</"))
}

/// True for a target that is an address to write to or a number to call. It leads to no page, so its text is not that of
/// a link. A target without an address sends the page to a friend.
fn is_address(target: &str) -> bool {
    ["mailto:", "tel:"].iter().any(|scheme| {
        target
            .strip_prefix(scheme)
            .is_some_and(|address| !address.is_empty() && !address.starts_with('?'))
    })
}

impl<'a> PageView<'a> {
    /// Builds the view of a page in one pass.
    pub(in crate::extract) fn of(page: &'a Page) -> Self {
        Self::read(page, false)
    }

    /// Like [`PageView::of`], but includes the content of each `<template>`.
    pub(in crate::extract) fn with_templates(page: &'a Page) -> Self {
        Self::read(page, true)
    }

    fn read(page: &'a Page, with_templates: bool) -> Self {
        let mut view = Self {
            // A list that grows by doubling would hold a large page twice.
            nodes: Vec::with_capacity(page.html.tree.values().len()),
            page_title: None,
            host: page.url.as_ref().and_then(url::Url::host_str),
        };
        // Open elements: the position of each in the list, and the number of links around it.
        let mut open: Vec<(NodeId, u32)> = Vec::new();
        let mut node = page.html.tree.root();
        'walk: loop {
            let around = open.last().copied();
            let first = node.first_child().map(|child| child.value());
            let container = view.add(node.value(), first, around, with_templates);
            if let Some(container) = container {
                if let Some(child) = node.first_child() {
                    open.push(container);
                    node = child;
                    continue;
                }
                view.close(container.0, around.unwrap_or_default().0);
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

    /// Adds a node of the DOM, given its first child. If the node can hold others, returns its position and the number
    /// of links around its content.
    fn add(
        &mut self,
        dom: &'a DomNode,
        first_child: Option<&'a DomNode>,
        around: Option<(NodeId, u32)>,
        with_templates: bool,
    ) -> Option<(NodeId, u32)> {
        let (parent, links) = around.unwrap_or_default();
        let is_silent = self
            .nodes
            .get(parent)
            .is_some_and(|parent| parent.kind == ElementKind::Silent);
        match dom {
            DomNode::Text(text) => {
                if !is_silent && around.is_some() {
                    let stats = text_stats(text, links > 0);
                    self.push(dom, parent, ElementKind::Text, stats);
                }
                None
            }
            DomNode::Element(element) => {
                let kind = if is_silent {
                    ElementKind::Silent
                } else if is_field_to_read(element, first_child) {
                    ElementKind::Preformatted
                } else if with_templates && element.name() == "template" {
                    ElementKind::Box
                } else {
                    kind_of(element)
                };
                let id = self.push(dom, parent, kind, TextStats::default());
                if kind != ElementKind::Silent {
                    self.nodes[id].hidden = is_hidden(element);
                } else if element.name() == "title" && self.page_title.is_none() {
                    self.page_title = text_of_node(first_child).map(str::to_owned);
                }
                let is_link = element.name() == "a"
                    && attribute(element, "href").is_some_and(|target| !is_address(target));
                Some((id, links + u32::from(is_link)))
            }
            DomNode::Document | DomNode::Fragment => {
                // The content of a template is a fragment.
                let kind = if is_silent {
                    ElementKind::Silent
                } else {
                    ElementKind::Box
                };
                let id = self.push(dom, parent, kind, TextStats::default());
                Some((id, 0))
            }
            _ => None,
        }
    }

    /// Ends a subtree and adds its sums to its parent's.
    fn close(&mut self, id: NodeId, parent: NodeId) {
        self.nodes[id].end = self.nodes.len();
        if id != parent {
            let stats = self.nodes[id].stats;
            self.nodes[parent].stats.add(stats);
        }
    }

    fn push(
        &mut self,
        node: &'a DomNode,
        parent: NodeId,
        kind: ElementKind,
        stats: TextStats,
    ) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(ViewNode {
            dom: node,
            parent,
            end: id + 1,
            kind,
            stats,
            hidden: false,
            excluded: false,
        });
        if kind == ElementKind::Text {
            self.nodes[parent].stats.add(stats);
        }
        id
    }

    /// Bytes of text in some subtrees.
    pub(in crate::extract) fn text_bytes(&self, roots: &[NodeId]) -> u64 {
        let bytes = |root: &NodeId| u64::from(self.nodes[*root].stats.text_bytes);
        roots.iter().map(bytes).sum()
    }

    /// True for a page with a `<template>`.
    pub(in crate::extract) fn has_templates(&self) -> bool {
        (0..self.nodes.len()).any(|id| self.name(id) == "template")
    }

    /// The element at a node, if it is one.
    pub(in crate::extract) fn element(&self, id: NodeId) -> Option<&'a Element> {
        self.nodes.get(id).and_then(|e| e.dom.as_element())
    }

    /// Name of the element at a node; empty for text.
    pub(in crate::extract) fn name(&self, id: NodeId) -> &'a str {
        self.element(id).map_or("", Element::name)
    }

    /// The children of a node, in order.
    pub(in crate::extract) fn children(&self, id: NodeId) -> ChildNodes<'_, 'a> {
        let end = self.nodes.get(id).map_or(0, |e| e.end);
        ChildNodes {
            view: self,
            next: id + 1,
            end,
        }
    }

    /// The node and its ancestors, innermost first.
    pub(in crate::extract) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let id = next?;
            let parent = self.nodes.get(id)?.parent;
            next = (parent != id).then_some(parent);
            Some(id)
        })
    }

    /// The first `<body>`; the root when there is none.
    pub(in crate::extract) fn body(&self) -> NodeId {
        (0..self.nodes.len())
            .find(|id| self.name(*id) == "body")
            .unwrap_or(0)
    }

    /// The text inside a node without excluded parts, with white space collapsed, cut at about `limit` bytes.
    pub(in crate::extract) fn text(&self, id: NodeId, limit: usize) -> String {
        let mut out = String::new();
        let mut at = id;
        let end = self.nodes.get(id).map_or(0, |e| e.end);
        while at < end && out.len() < limit {
            let entry = &self.nodes[at];
            if entry.excluded && at != id || entry.kind == ElementKind::Silent {
                at = entry.end;
                continue;
            }
            if let DomNode::Text(text) = entry.dom {
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

    /// Sets all sums of policy words to zero, so that only sentences count.
    pub(in crate::extract) fn forget_words(&mut self) {
        for entry in &mut self.nodes {
            entry.stats.policy_words = 0;
        }
    }

    /// Excludes a subtree as boilerplate and subtracts its sums from its ancestors'.
    pub(in crate::extract) fn exclude(&mut self, id: NodeId) {
        if self.nodes[id].excluded {
            return;
        }
        let stats = self.nodes[id].stats;
        self.nodes[id].excluded = true;
        let mut at = id;
        while self.nodes[at].parent != at {
            at = self.nodes[at].parent;
            let sum = &mut self.nodes[at].stats;
            sum.text_bytes = sum.text_bytes.saturating_sub(stats.text_bytes);
            sum.linked_bytes = sum.linked_bytes.saturating_sub(stats.linked_bytes);
            sum.policy_words = sum.policy_words.saturating_sub(stats.policy_words);
            sum.prose_bytes = sum.prose_bytes.saturating_sub(stats.prose_bytes);
        }
    }
}

/// The child nodes of a node of a [`PageView`].
pub(in crate::extract) struct ChildNodes<'v, 'a> {
    view: &'v PageView<'a>,
    next: NodeId,
    end: NodeId,
}

impl Iterator for ChildNodes<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let id = self.next;
        self.next = self.view.nodes.get(id)?.end.max(id + 1);
        Some(id)
    }
}
