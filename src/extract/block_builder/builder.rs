//! Builds the block tree of the chosen part of the DOM in one walk without recursion. Styles are carried across broken
//! nesting.

use std::rc::Rc;

use scraper::Node as DomNode;
use scraper::node::Element;

use super::containers::{Container, OpenContainers};
use super::indents::{holds_items, is_quotation};
use super::inline_layout::{InlineLayout, inline_layout, is_beside_a_link};
use super::links::{LinkResolver, hidden_address};
use super::notes::raised_text;
use super::numbering::Numbering;
use super::page_conventions::{PageConventions, ends_line, is_in_unclosed_heading, is_read};
use super::preformatted::preformatted_text;
use super::style::StyleCounts;
use super::tables::{cell_spans, is_data_table, is_short_alt};
use super::text_run::{Gap, TextRun};
use super::time_element::date_of_time;
use crate::extract::blocks::{Block, Span, settle_struck, tidy};
use crate::extract::characters::cleaned;
use crate::extract::decode::plain_text_blocks;
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};
use crate::extract::vocabulary::title_topic;

/// Level of the headings that are buttons.
const PANEL_LEVEL: u8 = 2;
/// Lists and quotes nested deeper than this are written flat.
const MAX_NESTING: usize = 24;
/// Builds the blocks of some subtrees.
pub(in crate::extract) fn build_blocks(
    view: &PageView<'_>,
    roots: &[NodeId],
    links: &LinkResolver<'_>,
) -> Vec<Block> {
    let mut builder = BlockBuilder {
        view,
        links,
        total_bytes: view.text_bytes(roots),
        containers: OpenContainers::new(),
        run: TextRun::default(),
        conventions: PageConventions::of(view, roots),
    };
    let mut next = 0;
    for root in roots {
        // Only neighbours can be parts of one line.
        if *root != next {
            builder.flush();
        }
        builder.walk(*root);
        next = view.nodes[*root].end;
    }
    builder.flush();
    let mut blocks = builder.containers.finish();
    settle_struck(&mut blocks);
    blocks
}

/// What to do when an element ends.
#[derive(Debug, Clone, Copy)]
enum CloseAction {
    Nothing,
    Style {
        before: StyleCounts,
        link: bool,
        apart: bool,
    },
    Line {
        before: StyleCounts,
    },
    Heading,
    LayoutCell,
    Container,
    Item {
        before: StyleCounts,
        is_orphan: bool,
    },
}

impl CloseAction {
    fn line(before: StyleCounts) -> Self {
        Self::Line { before }
    }
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
        if node.kind == ElementKind::Silent {
            // Two words with a field between them are two.
            if matches!(self.view.name(id), "input" | "select" | "textarea") {
                self.run.separate(Gap::Word);
            }
            return None;
        }
        if node.excluded && !is_root {
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
            if !is_in_unclosed_heading(self.view, id) {
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
                Some(self.open_list(id, element))
            }
            ElementKind::Item if is_shallow => Some(self.open_item(element)),
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

    fn open_list(&mut self, id: NodeId, element: &Element) -> CloseAction {
        self.flush();
        let items = || {
            let is_item = |child: &NodeId| self.view.nodes[*child].kind == ElementKind::Item;
            self.view.children(id).filter(is_item).count()
        };
        let numbering = Numbering::of(element, items);
        self.containers.push(Container::List {
            numbering,
            items: Vec::new(),
        });
        CloseAction::Container
    }

    fn open_item(&mut self, element: &Element) -> CloseAction {
        self.flush();
        let is_orphan = self.containers.numbering().is_none();
        if is_orphan {
            self.containers.push(Container::List {
                numbering: Numbering::bullets(),
                items: Vec::new(),
            });
        }
        let mark = self.containers.numbering().map(|n| n.mark(element));
        self.containers.push(Container::Item {
            mark: mark.unwrap_or_default(),
            blocks: Vec::new(),
        });
        let before = self.run.styles;
        self.run.styles.apply_strike(element);
        CloseAction::Item { before, is_orphan }
    }

    /// Enters a button. It becomes the heading of the panel that it opens, a line, or nothing.
    fn open_button(&mut self, id: NodeId, element: &Element) -> Option<CloseAction> {
        if self.conventions.opens_panels(self.view, id) {
            return Some(self.open_heading(PANEL_LEVEL));
        }
        is_read(self.view, id, element).then(|| self.open_line(element))
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
        CloseAction::line(self.run.styles)
    }

    fn open_row(&mut self) -> CloseAction {
        self.flush();
        if self.containers.start_row() {
            return CloseAction::Nothing;
        }
        CloseAction::line(self.run.styles)
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
        let action = CloseAction::line(self.run.styles);
        self.run.styles.apply(element);
        action
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
        if let Some(text) = raised_text(self.view, id, element, &self.run) {
            self.run.push(&text);
            self.run.separate(Gap::Word);
            return None;
        }
        if element.name() == "time"
            && let Some(date) = date_of_time(element, &self.view.text(id, 80))
        {
            self.run.push(date);
            return None;
        }
        let layout = inline_layout(self.view, id, element);
        let href = attribute(element, "href").filter(|_| element.name() == "a");
        if layout == InlineLayout::Line && self.run.heading.is_none() && href.is_none() {
            return Some(self.open_line(element));
        }
        let apart = layout != InlineLayout::Joined;
        if apart {
            self.run.separate(Gap::Word);
        } else if href.is_some() && is_beside_a_link(self.view, id) {
            self.run.separate(Gap::Capital);
        }
        if let Some(href) = href {
            self.run.targets.push(self.target(href));
        }
        self.run.styles.apply(element);
        Some(CloseAction::Style {
            before,
            link: href.is_some(),
            apart,
        })
    }

    /// Returns the target of a link. Decodes email addresses that Cloudflare hides.
    fn target(&self, href: &str) -> Option<Rc<str>> {
        let address = href
            .split_once("/email-protection#")
            .and_then(|(_, hidden)| hidden_address(hidden));
        match address {
            Some(address) => Some(Rc::from(format!("mailto:{address}"))),
            // The heading takes this as a link to itself.
            None if self.run.heading.is_some() && href.starts_with('#') => Some(Rc::from(href)),
            None => self.links.target(href),
        }
    }

    /// Adds the alternative text of a picture if it is part of the text. In old pages, headings are pictures of words.
    fn add_picture(&mut self, id: NodeId, element: &Element) {
        let alt = attribute(element, "alt").unwrap_or_default();
        self.run.separate(Gap::Word);
        if self.run.heading.is_some() || is_short_alt(alt) && self.containers.in_table() {
            self.run.push(&alt.replace('\n', " "));
        } else if self.run.targets.is_empty()
            && (title_topic(alt).is_some()
                || self.conventions.draws_heading(alt)
                    && self.run.is_at_line_start()
                    && ends_line(self.view, id))
        {
            self.flush();
            self.containers
                .push_block(Block::Heading(2, tidy(vec![Span::plain(cleaned(alt))])));
        }
    }

    fn close(&mut self, action: CloseAction) {
        match action {
            CloseAction::Nothing => {}
            CloseAction::Style {
                before,
                link,
                apart,
            } => {
                self.run.styles = before;
                if link {
                    self.run.targets.pop();
                }
                if apart {
                    self.run.separate(Gap::Word);
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
            CloseAction::Item { before, is_orphan } => {
                self.flush();
                self.run.styles = before;
                self.containers.pop();
                if is_orphan {
                    self.containers.pop();
                }
            }
        }
    }

    /// Ends the line: the gathered text becomes a heading or paragraphs.
    fn flush(&mut self) {
        self.run.flush_into(&mut self.containers);
    }
}
