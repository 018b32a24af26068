//! From the chosen part of the DOM to the block tree: one walk without recursion, styles carried across broken nesting.

use std::rc::Rc;

use scraper::Node as DomNode;
use scraper::node::Element;

use super::frames::{Frame, Frames};
use super::habits::{self, Habits};
use super::headings;
use super::indents;
use super::lines::split_at_blank_lines;
use super::links::{Links, hidden_address};
use super::look::{Counts, attribute, is_set_as_block};
use super::plain;
use super::tables;
use super::text::cleaned;
use super::tree::{Block, Span, plain_text, tidy};
use super::view::{Id, Kind, View};
use super::words::title_topic;

/// A heading with more bytes of text than this was never closed.
const MAX_HEADING_BYTES: u32 = 200;
/// Level of the headings that are buttons.
const PANEL_LEVEL: u8 = 2;
/// Lists and quotes nested deeper than this are written flat.
const MAX_NESTING: usize = 24;

/// Builds the blocks of some subtrees.
pub(super) fn blocks(view: &View<'_>, roots: &[Id], links: &Links<'_>) -> Vec<Block> {
    let total = roots
        .iter()
        .filter_map(|r| view.entries.get(*r))
        .map(|e| u64::from(e.mass.text))
        .sum();
    let mut builder = Builder {
        view,
        links,
        total,
        frames: Frames::new(),
        run: Vec::new(),
        styles: Counts::default(),
        targets: Vec::new(),
        heading: None,
        habits: Habits::of(view, roots),
    };
    for root in roots {
        builder.walk(*root);
    }
    builder.flush();
    builder.frames.finish()
}

/// What to do when an element ends.
#[derive(Debug, Clone, Copy)]
enum After {
    Nothing,
    Style { before: Counts, link: bool },
    Line { before: Counts },
    Heading,
    LayoutCell,
    Frame,
    OrphanItem,
}

struct Builder<'b, 'a> {
    view: &'b View<'a>,
    links: &'b Links<'b>,
    /// Bytes of text in all.
    total: u64,
    frames: Frames,
    run: Vec<Span>,
    styles: Counts,
    targets: Vec<Option<Rc<str>>>,
    heading: Option<u8>,
    habits: Habits,
}

impl Builder<'_, '_> {
    fn walk(&mut self, root: Id) {
        let Some(end) = self.view.entries.get(root).map(|e| e.end) else {
            return;
        };
        let mut open: Vec<(Id, After)> = Vec::new();
        let mut at = root;
        while at < end {
            while open.last().is_some_and(|(end, _)| *end <= at) {
                if let Some((_, after)) = open.pop() {
                    self.close(after);
                }
            }
            match self.open(at, at == root) {
                Some(after) => {
                    open.push((self.view.entries[at].end, after));
                    at += 1;
                }
                None => at = self.view.entries[at].end,
            }
        }
        while let Some((_, after)) = open.pop() {
            self.close(after);
        }
    }

    /// Enters a node; `None` when nothing inside it is wanted any more.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of element")]
    fn open(&mut self, id: Id, is_root: bool) -> Option<After> {
        let entry = &self.view.entries[id];
        if entry.excluded && !is_root || entry.kind == Kind::Silent {
            return None;
        }
        if entry.hidden && !is_root && entry.mass.prose == 0 && entry.mass.words == 0 {
            return None;
        }
        let element = match entry.node {
            DomNode::Text(text) => {
                self.text(text);
                return None;
            }
            DomNode::Element(element) => element,
            _ => return Some(After::Nothing),
        };
        if self.heading.is_some() && !matches!(entry.kind, Kind::Inline | Kind::Break) {
            // Blocks inside a heading are part of its line, unless nobody closed it above the text.
            if !self.is_in_unclosed_heading(id) {
                self.push_text(" ");
                return Some(After::Nothing);
            }
            self.flush();
            self.heading = None;
        }
        match entry.kind {
            Kind::Break => {
                self.push_text("\n");
                None
            }
            Kind::Inline => self.open_inline(id, element),
            Kind::Heading(level) => {
                self.flush();
                self.heading = Some(level);
                Some(After::Heading)
            }
            Kind::List
                if indents::holds_items(self.view, id) && self.frames.depth() < MAX_NESTING =>
            {
                self.flush();
                let ordered = element.name() == "ol";
                let start = attribute(element, "start").and_then(|s| s.trim().parse::<u32>().ok());
                self.frames.push(Frame::List {
                    start: ordered.then(|| start.filter(|s| *s < 1_000_000_000).unwrap_or(1)),
                    items: Vec::new(),
                });
                Some(After::Frame)
            }
            Kind::Item if self.frames.depth() < MAX_NESTING => {
                self.flush();
                let orphan = !matches!(self.frames.last(), Some(Frame::List { .. }));
                if orphan {
                    self.frames.push(Frame::List {
                        start: None,
                        items: Vec::new(),
                    });
                }
                self.frames.push(Frame::Item(Vec::new()));
                Some(if orphan {
                    After::OrphanItem
                } else {
                    After::Frame
                })
            }
            Kind::Quote
                if indents::is_quotation(self.view, id, self.total)
                    && self.frames.depth() < MAX_NESTING =>
            {
                self.flush();
                self.frames.push(Frame::Quote(Vec::new()));
                Some(After::Frame)
            }
            Kind::Preformatted => {
                self.flush();
                let text = plain::preformatted(self.view, id);
                for block in plain::blocks(&text) {
                    self.frames.push_block(block);
                }
                None
            }
            // What opens a panel is the heading of the panel.
            Kind::Button if self.habits.opens_panels(self.view, id) => {
                self.flush();
                self.heading = Some(PANEL_LEVEL);
                Some(After::Heading)
            }
            Kind::Button => {
                let opens_a_panel = [
                    "aria-expanded",
                    "aria-controls",
                    "data-toggle",
                    "data-bs-toggle",
                ]
                .iter()
                .any(|a| attribute(element, a).is_some())
                    || entry.mass.prose > 0;
                if !opens_a_panel {
                    return None;
                }
                self.line(element)
            }
            Kind::Table => {
                self.flush();
                if !self.frames.in_table() && tables::is_data(self.view, id) {
                    self.frames.push(Frame::Table {
                        rows: Vec::new(),
                        covered: Vec::new(),
                    });
                    Some(After::Frame)
                } else {
                    Some(After::Line {
                        before: self.styles,
                    })
                }
            }
            Kind::Row => {
                self.flush();
                if self.frames.start_row() {
                    return Some(After::Nothing);
                }
                Some(After::Line {
                    before: self.styles,
                })
            }
            Kind::Cell => {
                if let Some(Frame::Table { .. }) = self.frames.last() {
                    self.flush();
                    let (columns, rows) = tables::spans(element);
                    self.frames.push(Frame::Cell {
                        blocks: Vec::new(),
                        columns,
                        rows,
                    });
                    return Some(After::Frame);
                }
                Some(After::LayoutCell)
            }
            _ => self.line(element),
        }
    }

    /// True inside a heading that holds more than a heading can.
    fn is_in_unclosed_heading(&self, id: Id) -> bool {
        let mut around = self.view.ancestors(id);
        around
            .find(|at| matches!(self.view.entries[*at].kind, Kind::Heading(_)))
            .is_some_and(|heading| self.view.entries[heading].mass.text > MAX_HEADING_BYTES)
    }

    /// True when nothing else stands on the line of an element without text.
    fn is_line_of_its_own(&self, id: Id) -> bool {
        let before = self
            .run
            .iter()
            .rev()
            .flat_map(|span| span.text.chars().rev())
            .find(|c| *c == '\n' || !c.is_whitespace());
        before.is_none_or(|c| c == '\n') && habits::ends_line(self.view, id)
    }

    /// Enters an element that starts a new line.
    #[expect(clippy::unnecessary_wraps, reason = "the answer of `open`")]
    fn line(&mut self, element: &Element) -> Option<After> {
        self.flush();
        let before = self.styles;
        self.styles.apply(element);
        Some(After::Line { before })
    }

    fn open_inline(&mut self, id: Id, element: &Element) -> Option<After> {
        let before = self.styles;
        if let Some(address) = attribute(element, "data-cfemail").and_then(hidden_address) {
            self.push_text(&address);
            return None;
        }
        match element.name() {
            "img" => {
                let alt = attribute(element, "alt").unwrap_or_default();
                // Headings of old pages are pictures of words.
                if self.heading.is_some() || tables::is_sign(alt) && self.frames.in_table() {
                    self.push_text(&alt.replace('\n', " "));
                } else if self.targets.is_empty()
                    && (title_topic(alt).is_some()
                        || self.habits.draws_heading(alt) && self.is_line_of_its_own(id))
                {
                    self.flush();
                    self.frames
                        .push_block(Block::Heading(2, tidy(vec![Span::plain(cleaned(alt))])));
                }
                return None;
            }
            "a" => {
                if let Some(href) = attribute(element, "href") {
                    let address = href
                        .split_once("/email-protection#")
                        .and_then(|(_, hidden)| hidden_address(hidden));
                    self.targets.push(match address {
                        Some(address) => Some(Rc::from(format!("mailto:{address}"))),
                        None => self.links.target(href),
                    });
                    return Some(After::Style { before, link: true });
                }
            }
            _ => {}
        }
        if self.heading.is_none() && is_set_as_block(element) {
            return self.line(element);
        }
        self.styles.apply(element);
        Some(After::Style {
            before,
            link: false,
        })
    }

    fn close(&mut self, after: After) {
        match after {
            After::Nothing => {}
            After::Style { before, link } => {
                self.styles = before;
                if link {
                    self.targets.pop();
                }
            }
            After::Line { before } => {
                self.flush();
                self.styles = before;
            }
            After::Heading => {
                self.flush();
                self.heading = None;
            }
            After::LayoutCell => {
                // "a)" in a narrow cell belongs to the paragraph in the next one.
                let text = plain_text(&self.run);
                let text = text.trim();
                if text.is_empty() || text.chars().count() > 4 {
                    self.flush();
                } else {
                    self.push_text(" ");
                }
            }
            After::Frame => {
                self.flush();
                self.frames.pop();
            }
            After::OrphanItem => {
                self.flush();
                self.frames.pop();
                self.frames.pop();
            }
        }
    }

    /// Line ends of the source are blanks; `\n` in a run is a hard line break.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
            if end > 0 {
                self.push_text(&rest[..end]);
            }
            self.push_text(" ");
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            self.push_text(rest);
        }
    }

    fn push_text(&mut self, text: &str) {
        let mut style = self.styles.style();
        style.strong &= self.heading.is_none();
        let text = cleaned(text);
        let link = self.targets.last().and_then(Option::as_ref);
        match self.run.last_mut() {
            Some(last) if last.style == style && last.link.as_ref() == link => {
                last.text.push_str(&text);
            }
            _ => self.run.push(Span {
                text: text.into_owned(),
                style,
                link: link.cloned(),
            }),
        }
    }

    /// Ends the line: what was gathered becomes a heading or paragraphs.
    fn flush(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        if let Some(level) = self.heading {
            if let Some(heading) = headings::marked(level, run) {
                self.frames.push_block(heading);
            }
            return;
        }
        for part in split_at_blank_lines(run) {
            let spans = tidy(part);
            // Rows of stars and lone signs are drawing, not words.
            if super::tree::has_words(&spans) {
                self.frames.push_block(Block::Paragraph(spans));
            }
        }
    }
}
