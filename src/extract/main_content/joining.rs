//! Joins the boxes next to the main text that the text continues in.
//!
//! A policy is often divided over boxes: the date, the opening paragraph, the address of the controller, a table of
//! cookies. Inside the document, every box next to the text belongs to it, unless it is a menu, a form, a list of
//! teasers or a copyright notice. Outside, a box must say something about the matters of a policy.

use std::cell::OnceCell;

use super::sections::tag_and_class;
use super::siblings::{
    Content, content_of, is_column, is_copyright, lists_companies, lists_headings,
    own_heading_level,
};
use super::title::{TitlePlace, title_place};
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};
use crate::extract::facts::{detect_language, stated_dates};

/// Minimum size of the sentences in a box outside the document, in bytes.
const LEAST_SENTENCE: u32 = 30;
/// Maximum share of the text of such a box inside links, in percent.
const MOST_LINKED: u32 = 25;
/// A line that states the date of the policy has less text than this, in bytes.
const DATE_BYTES: u32 = 300;
/// Number of bytes of the text that are used to detect its language.
const SAMPLE_BYTES: usize = 4096;

/// The main text, while the boxes around it are joined level by level from the inside out.
#[derive(Debug)]
pub(super) struct Joining {
    text: NodeId,
    title: TitlePlace,
    /// One bit for each level of heading in the text.
    heading_levels: u8,
    language: OnceCell<&'static str>,
    /// True if the title is on an inner level.
    is_above_title: bool,
}

/// One level of the page around the main text.
struct Level<'v, 'a> {
    view: &'v PageView<'a>,
    children: &'v [NodeId],
    /// True if the level lies inside the document.
    is_inside: bool,
    /// True if the level has nothing but the document.
    is_pure: bool,
}

impl Joining {
    pub(super) fn of(view: &PageView<'_>, start: NodeId, text: NodeId) -> Self {
        let title = title_place(view, start, text);
        let levels = view.nodes[text..view.nodes[text].end]
            .iter()
            .filter(|inner| !inner.excluded && inner.stats.text_bytes > 0)
            .filter_map(|inner| match inner.kind {
                ElementKind::Heading(level) => Some(1 << level),
                _ => None,
            });
        Self {
            text,
            title,
            heading_levels: levels.fold(0, |all, level| all | level),
            language: OnceCell::new(),
            is_above_title: title == TitlePlace::Inside,
        }
    }

    pub(super) fn lacks_title(&self) -> bool {
        self.title == TitlePlace::Missing
    }

    /// Joins children of a level that are next to the joined ones. Returns the parts that belong to the text before the
    /// child at `own` and after it.
    pub(super) fn join(
        &mut self,
        view: &PageView<'_>,
        level: NodeId,
        children: &[NodeId],
        (mut joined, own): (Vec<bool>, usize),
    ) -> (Vec<NodeId>, Vec<NodeId>) {
        let is_pure = is_marked(view, level) || is_pure(view, children, &joined);
        let level = Level {
            view,
            children,
            is_inside: is_pure || !self.is_above_title,
            is_pure,
        };
        let dates = self.join_after(&level, &mut joined);
        let mut before = self.join_before(&level, &mut joined);
        if let TitlePlace::Above(title) = self.title {
            let holds_title = |id: &NodeId| *id <= title && title < view.nodes[*id].end;
            self.is_above_title |= children.iter().any(holds_title);
        }
        keep_blanks(&level, &mut joined);
        let chosen = |from: usize, to: usize| {
            let places = (from..to).filter(|at| joined[*at]);
            places.map(|at| children[at]).collect::<Vec<_>>()
        };
        before.extend(chosen(0, own));
        let mut after = chosen(own + 1, children.len());
        after.extend(dates);
        after.sort_unstable();
        (before, after)
    }

    /// Joins the children below. Returns the lines with the date of the policy in boilerplate.
    fn join_after(&self, level: &Level<'_, '_>, joined: &mut [bool]) -> Vec<NodeId> {
        let own = joined.iter().rposition(|is_joined| *is_joined).unwrap_or(0);
        let mut adjoins = true;
        let mut dates = Vec::new();
        for (at, is_joined) in joined.iter_mut().enumerate().skip(own + 1) {
            let id = level.children[at];
            match content_of(level.view, id) {
                Content::Nothing if level.is_inside && adjoins => {
                    dates.extend(self.date_in_frame(level.view, id));
                }
                Content::Nothing => {}
                Content::Foreign => adjoins = false,
                Content::Words => {
                    adjoins &= !level.heads_foreign(at);
                    *is_joined = if adjoins {
                        level.continues_in(id)
                            || self.speaks_of_policy(level.view, id)
                            || self.has_form_of_text(level.view, id)
                    } else {
                        level.is_inside && self.speaks_of_policy(level.view, id)
                    };
                    adjoins = *is_joined;
                }
            }
        }
        dates
    }

    /// Joins the children above. Returns the parts of the child that holds the title, unless it is joined as a whole.
    fn join_before(&self, level: &Level<'_, '_>, joined: &mut [bool]) -> Vec<NodeId> {
        let view = level.view;
        let own = joined.iter().position(|is_joined| *is_joined).unwrap_or(0);
        let mut adjoins = true;
        let mut parts = Vec::new();
        for at in (0..own).rev() {
            let id = level.children[at];
            let content = content_of(view, id);
            let is_words = content == Content::Words;
            match self.title {
                TitlePlace::Above(title) if id > title => {
                    joined[at] = is_words;
                    parts.splice(0..0, self.date_in_frame(view, id));
                }
                TitlePlace::Above(title) if title < view.nodes[id].end => {
                    parts = self.parts_with_title(view, id, title);
                }
                TitlePlace::Above(_) | TitlePlace::Inside => {
                    if is_words && adjoins {
                        parts.splice(0..0, self.date_line(view, id));
                    }
                    adjoins &= content == Content::Nothing;
                }
                TitlePlace::Missing => {
                    let is_sentence = view.nodes[id].stats.prose_bytes > 0;
                    joined[at] = is_words
                        && adjoins
                        && (level.is_pure && is_sentence && !is_column(view, id)
                            || self.speaks_of_policy(view, id)
                            || self.has_form_of_text(view, id));
                    adjoins &= joined[at] || content == Content::Nothing;
                }
            }
        }
        parts
    }

    /// The title in a box, and what is below it there. A line with the date of the policy may be above it.
    fn parts_with_title(&self, view: &PageView<'_>, id: NodeId, title: NodeId) -> Vec<NodeId> {
        let is_frame = content_of(view, id) == Content::Foreign
            || view.ancestors(title).any(|at| view.nodes[at].excluded);
        let mut parts = vec![title];
        let around: Vec<NodeId> = view.ancestors(title).take_while(|at| *at != id).collect();
        for inner in around {
            for at in view.children(view.nodes[inner].parent) {
                let is_words = content_of(view, at) == Content::Words;
                if is_words && view.nodes[at].end <= inner {
                    parts.splice(0..0, self.date_line(view, at));
                } else if is_words
                    && at > inner
                    && (!is_frame || view.nodes[at].stats.prose_bytes > 0)
                {
                    parts.push(at);
                } else if is_words && at > inner {
                    parts.extend(self.date_line(view, at));
                }
            }
        }
        parts
    }

    /// The line with the date of the policy in boilerplate, such as the footer of an article.
    fn date_in_frame(&self, view: &PageView<'_>, id: NodeId) -> Option<NodeId> {
        let entry = &view.nodes[id];
        if !entry.excluded || entry.hidden || entry.stats.linked_bytes > 0 || is_copyright(view, id)
        {
            return None;
        }
        self.date_line(view, id).filter(|line| *line != id)
    }

    /// The line in a box that states the date of the policy.
    fn date_line(&self, view: &PageView<'_>, id: NodeId) -> Option<NodeId> {
        let mut line = Some(id).filter(|id| self.states_date(view, *id))?;
        while let Some(inner) = view
            .children(line)
            .find(|at| view.nodes[*at].kind != ElementKind::Silent && self.states_date(view, *at))
        {
            line = inner;
        }
        Some(line)
    }

    /// True for a box that says something about the matters of a policy, or its date.
    fn speaks_of_policy(&self, view: &PageView<'_>, id: NodeId) -> bool {
        let stats = view.nodes[id].stats;
        let says_something = stats.prose_bytes >= LEAST_SENTENCE || has_table(view, id);
        let leads_away = stats.link_share() > MOST_LINKED
            && !lists_companies(view, id)
            && !lists_headings(view, id);
        stats.policy_words > 0 && says_something && !leads_away || self.states_date(view, id)
    }

    /// True for a box next to the text that has the form of a part of it: a section, sentences without links.
    fn has_form_of_text(&self, view: &PageView<'_>, id: NodeId) -> bool {
        !is_column(view, id) && (self.is_section_of_text(view, id) || is_paragraph(view, id))
    }

    /// True for a box whose form is that of the text's parts: it has a heading of a level that the text has, or one
    /// below such a level, or the same tag and class as the text.
    fn is_section_of_text(&self, view: &PageView<'_>, id: NodeId) -> bool {
        let is_alike = || {
            let own = tag_and_class(view, id);
            own == tag_and_class(view, self.text) && own.is_some_and(|(_, class)| class.is_some())
        };
        match own_heading_level(view, id) {
            Some(level) => self.heading_levels & 3 << (level - 1) != 0 || is_alike(),
            None => is_alike() && view.nodes[id].stats.linked_bytes == 0,
        }
    }

    fn states_date(&self, view: &PageView<'_>, id: NodeId) -> bool {
        if view.nodes[id].stats.text_bytes >= DATE_BYTES {
            return false;
        }
        let line = view.text(id, 2 * DATE_BYTES as usize);
        if !line.contains(char::is_numeric) {
            return false;
        }
        let sample = || detect_language(&view.text(self.text, SAMPLE_BYTES));
        let dates = stated_dates(&line, self.language.get_or_init(sample));
        dates.effective.is_some() || dates.last_updated.is_some()
    }
}

impl Level<'_, '_> {
    /// True for a box next to the text that the text continues in, because both are inside the document.
    fn continues_in(&self, id: NodeId) -> bool {
        self.is_inside && !is_column(self.view, id) && (self.is_pure || !is_label(self.view, id))
    }

    /// True for a heading above something foreign.
    fn heads_foreign(&self, at: usize) -> bool {
        let is_heading = |id: &NodeId| matches!(self.view.nodes[*id].kind, ElementKind::Heading(_));
        is_heading(&self.children[at])
            && self.children[at + 1..]
                .iter()
                .take_while(|id| !is_heading(id))
                .any(|id| content_of(self.view, *id) == Content::Foreign)
    }
}

/// True for a few words that are no sentence, heading, table or list, such as "Menu".
fn is_label(view: &PageView<'_>, id: NodeId) -> bool {
    let stats = view.nodes[id].stats;
    if stats.prose_bytes > 0 || stats.policy_words > 0 || has_table(view, id) {
        return false;
    }
    let text = view.text(id, SAMPLE_BYTES);
    own_heading_level(view, id).is_none()
        && !text.ends_with(['.', '!', '?', ':', ';', '。', '।', '؟'])
        && !text.contains(|c: char| c.is_numeric() || c == '@')
}

/// True for sentences without a link, or an address to write to.
fn is_paragraph(view: &PageView<'_>, id: NodeId) -> bool {
    let stats = view.nodes[id].stats;
    if stats.linked_bytes > 0 {
        return false;
    }
    let text = view.text(id, SAMPLE_BYTES);
    stats.prose_bytes > 0 && text.ends_with(['.', '!', '。', '।']) || text.contains('@')
}

/// Joins the blanks and line breaks between joined parts of a line.
fn keep_blanks(level: &Level<'_, '_>, joined: &mut [bool]) {
    let mut last: Option<usize> = None;
    for at in 0..joined.len() {
        let entry = &level.view.nodes[level.children[at]];
        if joined[at] {
            if let Some(last) = last {
                joined[last + 1..at].fill(true);
            }
            last = Some(at);
        } else if entry.stats.text_bytes > 0
            || !matches!(entry.kind, ElementKind::Text | ElementKind::Break)
        {
            last = None;
        }
    }
}

/// True for a box with a table or a list.
fn has_table(view: &PageView<'_>, id: NodeId) -> bool {
    view.nodes[id..view.nodes[id].end].iter().any(|inner| {
        matches!(
            inner.kind,
            ElementKind::Table | ElementKind::List | ElementKind::Definitions
        )
    })
}

/// True if the page marks an element, or one around it, as its main part or its article.
fn is_marked(view: &PageView<'_>, id: NodeId) -> bool {
    view.ancestors(id)
        .filter_map(|at| view.element(at))
        .any(|element| {
            matches!(element.name(), "main" | "article")
                || attribute(element, "role") == Some("main")
                || attribute(element, "itemprop") == Some("articleBody")
        })
}

/// True for a level that has nothing beside the text but what may belong to it.
fn is_pure(view: &PageView<'_>, children: &[NodeId], joined: &[bool]) -> bool {
    children.iter().zip(joined).all(|(id, is_joined)| {
        let entry = &view.nodes[*id];
        let is_frame = entry.excluded && !entry.hidden && entry.stats.text_bytes > 0;
        *is_joined || !is_frame && content_of(view, *id) != Content::Foreign
    })
}
