//! Builds the block tree of the chosen part of the DOM in one walk without recursion. Styles are carried across broken
//! nesting.

use std::rc::Rc;

use scraper::Node as DomNode;
use scraper::node::Element;

use super::containers::{Container, OpenContainers};
use super::indents::{holds_items, is_quotation};
use super::links::{LinkResolver, hidden_address};
use super::page_conventions::{PageConventions, ends_line};
use super::preformatted::preformatted_text;
use super::style::StyleCounts;
use super::tables::{cell_spans, is_data_table, is_short_alt};
use super::text_run::TextRun;
use crate::extract::blocks::{Block, Span, tidy};
use crate::extract::characters::cleaned;
use crate::extract::decode::plain_text_blocks;
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute, is_set_as_block};
use crate::extract::vocabulary::title_topic;

/// A heading with more bytes of text than this is taken as never closed.
const MAX_HEADING_BYTES: u32 = 200;
/// Level of the headings that are buttons.
const PANEL_LEVEL: u8 = 2;
/// Lists and quotes nested deeper than this are written flat.
const MAX_NESTING: usize = 24;
/// Attributes of a button that opens a panel.
const PANEL_ATTRIBUTES: [&str; 4] = [
    "aria-expanded",
    "aria-controls",
    "data-toggle",
    "data-bs-toggle",
];

/// Builds the blocks of some subtrees.
pub(in crate::extract) fn build_blocks(
    view: &PageView<'_>,
    roots: &[NodeId],
    links: &LinkResolver<'_>,
) -> Vec<Block> {
    let total_bytes = roots
        .iter()
        .filter_map(|r| view.nodes.get(*r))
        .map(|e| u64::from(e.stats.text_bytes))
        .sum();
    let mut builder = BlockBuilder {
        view,
        links,
        total_bytes,
        containers: OpenContainers::new(),
        run: TextRun::default(),
        conventions: PageConventions::of(view, roots),
    };
    for root in roots {
        builder.walk(*root);
    }
    builder.flush();
    builder.containers.finish()
}

/// What to do when an element ends.
#[derive(Debug, Clone, Copy)]
enum CloseAction {
    Nothing,
    Style { before: StyleCounts, link: bool },
    Line { before: StyleCounts },
    Heading,
    LayoutCell,
    Container,
    OrphanItem,
}

struct BlockBuilder<'b, 'a> {
    view: &'b PageView<'a>,
    links: &'b LinkResolver<'b>,
    /// Bytes of text in all chosen subtrees.
    total_bytes: u64,
    containers: OpenContainers,
    run: TextRun,
    conventions: PageConventions,
}

impl BlockBuilder<'_, '_> {
    fn walk(&mut self, root: NodeId) {
        let Some(end) = self.view.nodes.get(root).map(|e| e.end) else {
            return;
        };
        let mut open: Vec<(NodeId, CloseAction)> = Vec::new();
        let mut at = root;
        while at < end {
            while open.last().is_some_and(|(end, _)| *end <= at) {
                if let Some((_, action)) = open.pop() {
                    self.close(action);
                }
            }
            match self.open(at, at == root) {
                Some(action) => {
                    open.push((self.view.nodes[at].end, action));
                    at += 1;
                }
                None => at = self.view.nodes[at].end,
            }
        }
        while let Some((_, action)) = open.pop() {
            self.close(action);
        }
    }

    /// Enters a node. Returns `None` if the builder needs nothing more from inside it.
    fn open(&mut self, id: NodeId, is_root: bool) -> Option<CloseAction> {
        let node = &self.view.nodes[id];
        if node.excluded && !is_root || node.kind == ElementKind::Silent {
            return None;
        }
        if node.hidden && !is_root && node.stats.prose_bytes == 0 && node.stats.policy_words == 0 {
            return None;
        }
        let element = match node.dom {
            DomNode::Text(text) => {
                self.run.push_source_text(text);
                return None;
            }
            DomNode::Element(element) => element,
            _ => return Some(CloseAction::Nothing),
        };
        if self.run.heading.is_some()
            && !matches!(node.kind, ElementKind::Inline | ElementKind::Break)
        {
            // Blocks inside a heading are part of its line, unless the heading was never closed.
            if !self.is_in_unclosed_heading(id) {
                self.run.push(" ");
                return Some(CloseAction::Nothing);
            }
            self.flush();
            self.run.heading = None;
        }
        self.open_element(id, element)
    }

    /// Enters an element by its kind.
    fn open_element(&mut self, id: NodeId, element: &Element) -> Option<CloseAction> {
        let is_shallow = self.containers.depth() < MAX_NESTING;
        match self.view.nodes[id].kind {
            ElementKind::Break => {
                self.run.push("\n");
                None
            }
            ElementKind::Inline => self.open_inline(id, element),
            ElementKind::Heading(level) => Some(self.open_heading(level)),
            ElementKind::List if holds_items(self.view, id) && is_shallow => {
                Some(self.open_list(element))
            }
            ElementKind::Item if is_shallow => Some(self.open_item()),
            ElementKind::Quote if is_quotation(self.view, id, self.total_bytes) && is_shallow => {
                self.flush();
                self.containers.push(Container::Quote(Vec::new()));
                Some(CloseAction::Container)
            }
            ElementKind::Preformatted => {
                self.flush();
                for block in plain_text_blocks(&preformatted_text(self.view, id)) {
                    self.containers.push_block(block);
                }
                None
            }
            ElementKind::Button => self.open_button(id, element),
            ElementKind::Table => Some(self.open_table(id)),
            ElementKind::Row => Some(self.open_row()),
            ElementKind::Cell => Some(self.open_cell(element)),
            _ => Some(self.open_line(element)),
        }
    }

    fn open_heading(&mut self, level: u8) -> CloseAction {
        self.flush();
        self.run.heading = Some(level);
        CloseAction::Heading
    }

    fn open_list(&mut self, element: &Element) -> CloseAction {
        self.flush();
        let ordered = element.name() == "ol";
        let start = attribute(element, "start").and_then(|s| s.trim().parse::<u32>().ok());
        self.containers.push(Container::List {
            start: ordered.then(|| start.filter(|s| *s < 1_000_000_000).unwrap_or(1)),
            items: Vec::new(),
        });
        CloseAction::Container
    }

    fn open_item(&mut self) -> CloseAction {
        self.flush();
        let is_orphan = !matches!(self.containers.last(), Some(Container::List { .. }));
        if is_orphan {
            self.containers.push(Container::List {
                start: None,
                items: Vec::new(),
            });
        }
        self.containers.push(Container::Item(Vec::new()));
        if is_orphan {
            CloseAction::OrphanItem
        } else {
            CloseAction::Container
        }
    }

    /// Enters a button. It becomes the heading of the panel that it opens, a line, or nothing.
    fn open_button(&mut self, id: NodeId, element: &Element) -> Option<CloseAction> {
        if self.conventions.opens_panels(self.view, id) {
            return Some(self.open_heading(PANEL_LEVEL));
        }
        let is_line = PANEL_ATTRIBUTES
            .iter()
            .any(|a| attribute(element, a).is_some())
            || self.view.nodes[id].stats.prose_bytes > 0;
        is_line.then(|| self.open_line(element))
    }

    fn open_table(&mut self, id: NodeId) -> CloseAction {
        self.flush();
        if !self.containers.in_table() && is_data_table(self.view, id) {
            self.containers.push(Container::Table {
                rows: Vec::new(),
                covered: Vec::new(),
            });
            return CloseAction::Container;
        }
        CloseAction::Line {
            before: self.run.styles,
        }
    }

    fn open_row(&mut self) -> CloseAction {
        self.flush();
        if self.containers.start_row() {
            return CloseAction::Nothing;
        }
        CloseAction::Line {
            before: self.run.styles,
        }
    }

    fn open_cell(&mut self, element: &Element) -> CloseAction {
        let Some(Container::Table { .. }) = self.containers.last() else {
            return CloseAction::LayoutCell;
        };
        self.flush();
        let (columns, rows) = cell_spans(element);
        self.containers.push(Container::Cell {
            blocks: Vec::new(),
            columns,
            rows,
        });
        CloseAction::Container
    }

    /// Enters an element that starts a new line.
    fn open_line(&mut self, element: &Element) -> CloseAction {
        self.flush();
        let before = self.run.styles;
        self.run.styles.apply(element);
        CloseAction::Line { before }
    }

    fn open_inline(&mut self, id: NodeId, element: &Element) -> Option<CloseAction> {
        let before = self.run.styles;
        if let Some(address) = attribute(element, "data-cfemail").and_then(hidden_address) {
            self.run.push(&address);
            return None;
        }
        if element.name() == "img" {
            self.add_picture(id, element);
            return None;
        }
        if element.name() == "a"
            && let Some(href) = attribute(element, "href")
        {
            self.run.targets.push(self.target(href));
            return Some(CloseAction::Style { before, link: true });
        }
        if self.run.heading.is_none() && is_set_as_block(element) {
            return Some(self.open_line(element));
        }
        self.run.styles.apply(element);
        Some(CloseAction::Style {
            before,
            link: false,
        })
    }

    /// Returns the target of a link. Decodes email addresses that Cloudflare hides.
    fn target(&self, href: &str) -> Option<Rc<str>> {
        let address = href
            .split_once("/email-protection#")
            .and_then(|(_, hidden)| hidden_address(hidden));
        match address {
            Some(address) => Some(Rc::from(format!("mailto:{address}"))),
            None => self.links.target(href),
        }
    }

    /// Adds the alternative text of a picture if it is part of the text. In old pages, headings are pictures of words.
    fn add_picture(&mut self, id: NodeId, element: &Element) {
        let alt = attribute(element, "alt").unwrap_or_default();
        if self.run.heading.is_some() || is_short_alt(alt) && self.containers.in_table() {
            self.run.push(&alt.replace('\n', " "));
        } else if self.run.targets.is_empty()
            && (title_topic(alt).is_some()
                || self.conventions.draws_heading(alt) && self.is_line_of_its_own(id))
        {
            self.flush();
            self.containers
                .push_block(Block::Heading(2, tidy(vec![Span::plain(cleaned(alt))])));
        }
    }

    /// True inside a heading that has too much text for a heading.
    fn is_in_unclosed_heading(&self, id: NodeId) -> bool {
        let mut around = self.view.ancestors(id);
        around
            .find(|at| matches!(self.view.nodes[*at].kind, ElementKind::Heading(_)))
            .is_some_and(|heading| self.view.nodes[heading].stats.text_bytes > MAX_HEADING_BYTES)
    }

    /// True if an element without text is alone on its line.
    fn is_line_of_its_own(&self, id: NodeId) -> bool {
        self.run.is_at_line_start() && ends_line(self.view, id)
    }

    fn close(&mut self, action: CloseAction) {
        match action {
            CloseAction::Nothing => {}
            CloseAction::Style { before, link } => {
                self.run.styles = before;
                if link {
                    self.run.targets.pop();
                }
            }
            CloseAction::Line { before } => {
                self.flush();
                self.run.styles = before;
            }
            CloseAction::Heading => {
                self.flush();
                self.run.heading = None;
            }
            CloseAction::LayoutCell => {
                // "a)" in a narrow cell belongs to the paragraph in the next cell.
                if self.run.is_list_label() {
                    self.run.push(" ");
                } else {
                    self.flush();
                }
            }
            CloseAction::Container => {
                self.flush();
                self.containers.pop();
            }
            CloseAction::OrphanItem => {
                self.flush();
                self.containers.pop();
                self.containers.pop();
            }
        }
    }

    /// Ends the line: the gathered text becomes a heading or paragraphs.
    fn flush(&mut self) {
        self.run.flush_into(&mut self.containers);
    }
}
