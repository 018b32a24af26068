//! The main content of a page: the subtree with most of the policy's weight, and the siblings that belong to it.

use super::joining::Joining;
use super::sections::{is_section, tag_and_class};
use super::siblings::is_of_cards;
use crate::extract::dom::{ElementKind, NodeId, PageView};
use crate::extract::facts::{detect_language, has_vocabulary};
use crate::extract::vocabulary::title_topic;
use crate::model::printable;

/// The chosen part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct MainContent {
    /// The chosen subtrees, in reading order.
    pub roots: Vec<NodeId>,
    /// The explanation of the choice, for people.
    pub reasons: Vec<String>,
}

/// A child with at least this share of its parent's weight, in percent, may replace the parent if no sibling belongs to
/// the text.
const HALF: u64 = 50;
/// Minimum size of the sentences, in bytes, by which a box belongs to the text.
const LEAST_PROSE: u32 = 140;
/// Minimum size of the sentences in the lines above an article, in bytes.
const LEAST_INTRODUCTION: u32 = 80;
/// A page with fewer policy words than this is in a language that the vocabulary does not cover, or is not a policy.
const FEW_WORDS: u32 = 8;
/// Number of bytes of such a page that are used to detect its language.
const SAMPLE_BYTES: usize = 4096;
/// A child with at least this share of its parent's weight, in percent, replaces its parent in any case. Siblings that
/// belong to the text are joined later.
const NEARLY_ALL: u64 = 85;

/// Descends from the body while one child holds the text, then joins the siblings that belong to it on every level.
///
/// The result depends on sums only, so small changes of a page's frame do not change it.
pub(in crate::extract) fn choose_main_content(view: &PageView<'_>) -> MainContent {
    let body = view.body();
    let knows_language = view
        .nodes
        .get(body)
        .is_some_and(|e| e.stats.policy_words >= FEW_WORDS)
        || has_vocabulary(detect_language(&view.text(body, SAMPLE_BYTES)));
    let rule = if knows_language {
        SiblingRule::Words
    } else {
        SiblingRule::Sentences
    };
    choose_main_content_in(view, body, rule)
}

/// The rule by which a sibling belongs to the main text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum SiblingRule {
    /// It has policy words.
    Words,
    /// It has sentences. For languages that the vocabulary does not cover.
    Sentences,
    /// It has sentences and is not a list of other articles.
    Article,
}

/// Like [`choose_main_content`], inside one part of the page.
pub(in crate::extract) fn choose_main_content_in(
    view: &PageView<'_>,
    start: NodeId,
    rule: SiblingRule,
) -> MainContent {
    let mut path = path_to_text(view, start, rule);
    let innermost = path.pop().unwrap_or(start);
    let weight = view.nodes.get(innermost).map_or(0, |e| e.stats.weight());
    let mut reasons = vec![format!(
        "main text in {} with weight {weight} of {}",
        describe(view, innermost),
        view.nodes.get(start).map_or(0, |e| e.stats.weight()),
    )];
    // From the inside out: on a level where a sibling belongs to the text, takes all children from the first such child
    // to the last, and those next to them that the text continues in.
    let mut joining = (rule != SiblingRule::Article).then(|| Joining::of(view, start, innermost));
    let mut roots = vec![innermost];
    let mut inner = innermost;
    for level in path.into_iter().rev() {
        let children: Vec<NodeId> = view.children(level).collect();
        let Some(own) = children.iter().position(|c| *c == inner) else {
            break;
        };
        let belongs = |at: usize| at == own || belongs_beside(view, children[at], weight, rule);
        let mut first = (0..=own).find(|at| belongs(*at)).unwrap_or(own);
        let labelled =
            (first != own || roots.len() > 1) && joining.as_ref().is_none_or(Joining::lacks_title);
        first = with_heading(view, &children, first, labelled);
        let mut last = (own..children.len())
            .rev()
            .find(|at| belongs(*at))
            .unwrap_or(own);
        last = with_sections(view, &children, last, inner);
        let (before, after) = if let Some(joining) = &mut joining {
            let joined = (0..children.len()).map(|at| (first..=last).contains(&at));
            joining.join(view, level, &children, (joined.collect(), own))
        } else {
            (
                children[first..own].to_vec(),
                children[own + 1..=last].to_vec(),
            )
        };
        let count = before.len() + after.len();
        if count > 0 {
            reasons.push(format!(
                "joined {count} siblings under {}",
                describe(view, level)
            ));
            roots = before.into_iter().chain(roots).chain(after).collect();
        }
        inner = level;
    }
    roots.retain(|id| !view.nodes[*id].excluded);
    MainContent { roots, reasons }
}

/// The nodes from `start` down to the innermost one that holds the text.
fn path_to_text(view: &PageView<'_>, start: NodeId, rule: SiblingRule) -> Vec<NodeId> {
    let mut path = vec![start];
    loop {
        let at = path.last().copied().unwrap_or(start);
        let total = u64::from(view.nodes.get(at).map_or(0, |e| e.stats.weight()));
        let best = view
            .children(at)
            .filter(|c| may_hold_text(view, *c))
            .max_by_key(|c| (view.nodes[*c].stats.weight(), std::cmp::Reverse(*c)));
        let Some(child) = best.filter(|_| total > 0) else {
            return path;
        };
        let weight = view.nodes[child].stats.weight();
        let share = u64::from(weight) * 100 / total;
        let is_alone = || {
            !view
                .children(at)
                .any(|c| c != child && belongs_beside(view, c, weight, rule))
        };
        if is_text_block(view, child)
            || view.nodes[child].kind == ElementKind::Table && share < NEARLY_ALL && !is_alone()
            || holds_lines(view, at)
            || share < HALF
            || share < NEARLY_ALL && !is_alone()
        {
            return path;
        }
        path.push(child);
    }
}

fn may_hold_text(view: &PageView<'_>, id: NodeId) -> bool {
    let entry = &view.nodes[id];
    !entry.excluded
        && !matches!(
            entry.kind,
            ElementKind::Silent | ElementKind::Text | ElementKind::Break
        )
}

/// True for a block that holds lines, not other blocks.
fn is_text_block(view: &PageView<'_>, id: NodeId) -> bool {
    matches!(
        view.nodes[id].kind,
        ElementKind::Paragraph
            | ElementKind::Heading(_)
            | ElementKind::Definitions
            | ElementKind::Preformatted
            | ElementKind::Inline
            | ElementKind::List
    ) && !(view.nodes[id].kind == ElementKind::Inline && has_boxes(view, id))
}

/// True for a `<font>` or `<span>` around the whole page.
fn has_boxes(view: &PageView<'_>, id: NodeId) -> bool {
    (id + 1..view.nodes[id].end).any(|at| {
        matches!(
            view.nodes[at].kind,
            ElementKind::Box | ElementKind::Paragraph | ElementKind::Table
        )
    })
}

/// True for a node with sentences directly inside it, next to its boxes.
fn holds_lines(view: &PageView<'_>, id: NodeId) -> bool {
    view.children(id)
        .filter(|c| {
            let entry = &view.nodes[*c];
            !entry.excluded
                && (entry.kind == ElementKind::Text || is_text_block(view, *c))
                && entry.stats.prose_bytes > 0
                && !entry.hidden
        })
        .take(3)
        .count()
        >= 3
}

/// True for a sibling that belongs to the main text; `main` is the weight of the main text.
///
/// In a language that the vocabulary does not cover, only sentences count.
fn belongs_beside(view: &PageView<'_>, id: NodeId, main: u32, rule: SiblingRule) -> bool {
    let entry = &view.nodes[id];
    if entry.excluded || entry.kind == ElementKind::Silent || entry.stats.link_share() > 50 {
        return false;
    }
    // A hidden box next to visible text is a dialog or a menu, unless it holds a part like the others.
    if entry.hidden && entry.stats.weight() < main / 4 {
        return false;
    }
    let (prose, words) = (entry.stats.prose_bytes, entry.stats.policy_words);
    match rule {
        SiblingRule::Words => {}
        SiblingRule::Sentences => return prose >= LEAST_PROSE && entry.stats.link_share() <= 25,
        SiblingRule::Article => {
            return prose >= LEAST_INTRODUCTION
                && entry.stats.link_share() <= 25
                && (is_text_block(view, id) || !is_of_cards(view, id));
        }
    }
    if is_text_block(view, id) || matches!(entry.kind, ElementKind::Text | ElementKind::Table) {
        return prose >= 30 && words > 0 || words >= 3 && prose >= 100;
    }
    prose >= LEAST_PROSE && words >= 4 && words.saturating_mul(100) >= prose.min(3000)
}

/// Extends a part by the sections that follow it directly and returns its new end. Sections are boxes with their own
/// heading that have policy words or the same class as the part ("Contact us" has few policy words).
fn with_sections(
    view: &PageView<'_>,
    children: &[NodeId],
    mut last: usize,
    inner: NodeId,
) -> usize {
    let begins = |id: NodeId| view.nodes[id].stats.text_bytes > 0;
    while let Some(next) = (last + 1..children.len()).find(|at| begins(children[*at])) {
        let id = children[next];
        let entry = &view.nodes[id];
        if entry.excluded
            || entry.stats.link_share() >= 20
            || !is_section(view, id)
            || entry.stats.policy_words < 2 && tag_and_class(view, id) != tag_and_class(view, inner)
        {
            break;
        }
        last = next;
    }
    last
}

/// Extends a part by the title above it and the date below the title, and returns its new beginning.
fn with_heading(view: &PageView<'_>, children: &[NodeId], first: usize, labelled: bool) -> usize {
    let mut title = None;
    let mut at = first;
    while at > 0 && labels(view, children[at - 1]) {
        at -= 1;
        let child = children[at];
        let headed = (child..view.nodes[child].end)
            .any(|id| matches!(view.nodes[id].kind, ElementKind::Heading(1..=3)));
        if headed && title_topic(&view.text(child, 200)).is_some() {
            title = Some(at);
        }
    }
    match title {
        Some(at) => at,
        // A label above the first of several parts is the heading of that part.
        None if labelled
            && first > 0
            && labels(view, children[first - 1])
            && view.nodes[children[first - 1]].stats.text_bytes > 2 =>
        {
            first - 1
        }
        None => first,
    }
}

/// True for a few words without links, as they appear above a text.
fn labels(view: &PageView<'_>, id: NodeId) -> bool {
    let entry = &view.nodes[id];
    !entry.excluded
        && !entry.hidden
        && !matches!(entry.kind, ElementKind::Silent | ElementKind::Break)
        && (0..100).contains(&entry.stats.text_bytes)
        && entry.stats.linked_bytes == 0
}

/// The tag, the id and the first classes of an element, as in a style sheet.
pub(super) fn describe(view: &PageView<'_>, id: NodeId) -> String {
    if view.nodes[id].kind == ElementKind::Text {
        return "a line".to_owned();
    }
    let mut out = format!("<{}", view.name(id));
    if let Some(element) = view.element(id) {
        for (sign, name) in element
            .id()
            .map(|i| ('#', i))
            .into_iter()
            .chain(element.classes().take(2).map(|c| ('.', c)))
        {
            out.push(sign);
            out.push_str(&printable(name, 40));
        }
    }
    out.push('>');
    out
}
