//! Where the main text is: the subtree that holds most of the policy's weight, with the siblings that belong to it.

use super::language;
use super::look::attribute;
use super::sections::is_section;
use super::view::{Id, Kind, View};
use super::words::title_topic;

/// The chosen part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// The chosen subtrees, in reading order.
    pub roots: Vec<Id>,
    /// How it was found, for people.
    pub reasons: Vec<String>,
}

/// A child with this share of the weight stands for its parent, in percent, when no sibling belongs to the text.
const HALF: u64 = 50;
/// A box with fewer bytes of sentences is none of the text by them alone.
const LEAST_PROSE: u32 = 140;
/// The few lines above an article have so many.
const LEAST_INTRODUCTION: u32 = 80;
/// Share of a teaser's text inside its link, at least, in percent.
const CARD_LINKED: u32 = 10;
/// Sentences of a teaser, in bytes.
const CARD_BYTES: usize = 250;
/// A page with fewer policy words is in a language that the vocabulary does not know, or no policy.
const FEW_WORDS: u32 = 8;
/// So much of such a page tells its language.
const SAMPLE_BYTES: usize = 4096;
/// With this share it does so in any case; siblings that belong are joined afterwards.
const NEARLY_ALL: u64 = 85;

/// Goes down from the body as long as one child holds the text, then joins what belongs to it on every level.
///
/// The outcome depends on sums only, so small changes of a page's frame move nothing.
pub(super) fn choose(view: &View<'_>) -> Choice {
    let body = view.body();
    let knows_language = view
        .entries
        .get(body)
        .is_some_and(|e| e.mass.words >= FEW_WORDS)
        || language::is_known(language::of(&view.text(body, SAMPLE_BYTES)));
    let trust = if knows_language {
        Trust::Words
    } else {
        Trust::Sentences
    };
    choose_in(view, body, trust)
}

/// What tells a sibling of the main text that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Words of policy matters.
    Words,
    /// Sentences, as the vocabulary does not know the language.
    Sentences,
    /// Sentences that are not those of a list of other articles.
    Article,
}

/// As [`choose`], inside of one part of the page.
pub(super) fn choose_in(view: &View<'_>, start: Id, trust: Trust) -> Choice {
    let mut path = vec![start];
    let mut reasons = Vec::new();
    loop {
        let at = path.last().copied().unwrap_or(start);
        let total = u64::from(view.entries.get(at).map_or(0, |e| e.mass.weight()));
        let best = view
            .children(at)
            .filter(|c| may_hold_text(view, *c))
            .max_by_key(|c| (view.entries[*c].mass.weight(), std::cmp::Reverse(*c)));
        let Some(child) = best.filter(|_| total > 0) else {
            break;
        };
        let weight = view.entries[child].mass.weight();
        let share = u64::from(weight) * 100 / total;
        let alone = || {
            !view
                .children(at)
                .any(|c| c != child && belongs_beside(view, c, weight, trust))
        };
        if is_text_block(view, child)
            || view.entries[child].kind == Kind::Table && share < NEARLY_ALL && !alone()
            || holds_lines(view, at)
            || share < HALF
            || share < NEARLY_ALL && !alone()
        {
            break;
        }
        path.push(child);
    }
    let innermost = path.pop().unwrap_or(start);
    let weight = view.entries.get(innermost).map_or(0, |e| e.mass.weight());
    reasons.push(format!(
        "main text in {} with weight {weight} of {}",
        describe(view, innermost),
        view.entries.get(start).map_or(0, |e| e.mass.weight()),
    ));
    // From the inside out: a level where a sibling belongs to the text is taken from its first such child to its last.
    let mut roots = vec![innermost];
    let mut inner = innermost;
    for level in path.into_iter().rev() {
        let children: Vec<Id> = view.children(level).collect();
        let Some(own) = children.iter().position(|c| *c == inner) else {
            break;
        };
        let belongs = |at: usize| at == own || belongs_beside(view, children[at], weight, trust);
        let mut first = (0..=own).find(|at| belongs(*at)).unwrap_or(own);
        let labelled = first != own || roots.len() > 1;
        first = with_heading(view, &children, first, labelled);
        let mut last = (own..children.len())
            .rev()
            .find(|at| belongs(*at))
            .unwrap_or(own);
        last = with_sections(view, &children, last, inner);
        if first != own || last != own {
            reasons.push(format!(
                "joined {} siblings under {}",
                last - first,
                describe(view, level)
            ));
            let (before, after) = (&children[first..own], &children[own + 1..=last]);
            roots = before
                .iter()
                .copied()
                .chain(roots)
                .chain(after.iter().copied())
                .collect();
        }
        inner = level;
    }
    roots.retain(|id| !view.entries[*id].excluded);
    Choice { roots, reasons }
}

fn may_hold_text(view: &View<'_>, id: Id) -> bool {
    let entry = &view.entries[id];
    !entry.excluded && !matches!(entry.kind, Kind::Silent | Kind::Text | Kind::Break)
}

/// Blocks that hold lines, not other blocks.
fn is_text_block(view: &View<'_>, id: Id) -> bool {
    matches!(
        view.entries[id].kind,
        Kind::Paragraph
            | Kind::Heading(_)
            | Kind::Definitions
            | Kind::Preformatted
            | Kind::Inline
            | Kind::List
    ) && !(view.entries[id].kind == Kind::Inline && has_boxes(view, id))
}

/// A `<font>` or `<span>` around the whole page.
fn has_boxes(view: &View<'_>, id: Id) -> bool {
    (id + 1..view.entries[id].end).any(|at| {
        matches!(
            view.entries[at].kind,
            Kind::Box | Kind::Paragraph | Kind::Table
        )
    })
}

/// True when sentences stand directly in it, beside its boxes.
fn holds_lines(view: &View<'_>, id: Id) -> bool {
    view.children(id)
        .filter(|c| {
            let entry = &view.entries[*c];
            !entry.excluded
                && (entry.kind == Kind::Text || is_text_block(view, *c))
                && entry.mass.prose > 0
                && !entry.hidden
        })
        .take(3)
        .count()
        >= 3
}

/// A sibling of the main text that is part of it; `main` is the weight of the main text.
///
/// In a language that the vocabulary does not know, sentences count alone.
fn belongs_beside(view: &View<'_>, id: Id, main: u32, trust: Trust) -> bool {
    let entry = &view.entries[id];
    if entry.excluded || entry.kind == Kind::Silent || entry.mass.link_share() > 50 {
        return false;
    }
    // What is hidden beside a text that is shown is a dialog or a menu, unless it holds a part like the others.
    if entry.hidden && entry.mass.weight() < main / 4 {
        return false;
    }
    let (prose, words) = (entry.mass.prose, entry.mass.words);
    match trust {
        Trust::Words => {}
        Trust::Sentences => return prose >= LEAST_PROSE && entry.mass.link_share() <= 25,
        Trust::Article => {
            return prose >= LEAST_INTRODUCTION
                && entry.mass.link_share() <= 25
                && (is_text_block(view, id) || !is_of_cards(view, id));
        }
    }
    if is_text_block(view, id) || matches!(entry.kind, Kind::Text | Kind::Table) {
        return prose >= 30 && words > 0 || words >= 3 && prose >= 100;
    }
    prose >= LEAST_PROSE && words >= 4 && words.saturating_mul(100) >= prose.min(3000)
}

/// True for a box of links to other texts with a sentence under each.
fn is_of_cards(view: &View<'_>, id: Id) -> bool {
    let entry = &view.entries[id];
    let links = (id..entry.end).filter(|at| view.name(*at) == "a").count();
    entry.mass.link_share() >= CARD_LINKED
        && links > 1
        && entry.mass.prose as usize / links < CARD_BYTES
}

/// Where a part ends when the sections that follow it directly are taken along: boxes made like the last one, or that speak
/// of policy matters, each with a heading of its own ("Contact us" has few words of a policy).
fn with_sections(view: &View<'_>, children: &[Id], mut last: usize, inner: Id) -> usize {
    let look = |id: Id| {
        let element = view.element(id)?;
        Some((element.name(), attribute(element, "class")))
    };
    let begins = |id: Id| view.entries[id].mass.text > 0;
    while let Some(next) = (last + 1..children.len()).find(|at| begins(children[*at])) {
        let id = children[next];
        let entry = &view.entries[id];
        if entry.excluded
            || entry.mass.link_share() >= 20
            || !is_section(view, id)
            || entry.mass.words < 2 && look(id) != look(inner)
        {
            break;
        }
        last = next;
    }
    last
}

/// Where a part begins when the title above it, with the date under that, is taken along.
fn with_heading(view: &View<'_>, children: &[Id], first: usize, labelled: bool) -> usize {
    let mut title = None;
    let mut at = first;
    while at > 0 && labels(view, children[at - 1]) {
        at -= 1;
        let child = children[at];
        let headed = (child..view.entries[child].end)
            .any(|id| matches!(view.entries[id].kind, Kind::Heading(1..=3)));
        if headed && title_topic(&view.text(child, 200)).is_some() {
            title = Some(at);
        }
    }
    match title {
        Some(at) => at,
        // A label above the first of several parts is its heading.
        None if labelled
            && first > 0
            && labels(view, children[first - 1])
            && view.entries[children[first - 1]].mass.text > 2 =>
        {
            first - 1
        }
        None => first,
    }
}

/// A few words without links, which stand above something.
fn labels(view: &View<'_>, id: Id) -> bool {
    let entry = &view.entries[id];
    !entry.excluded
        && !entry.hidden
        && !matches!(entry.kind, Kind::Silent | Kind::Break)
        && (0..100).contains(&entry.mass.text)
        && entry.mass.linked == 0
}

fn describe(view: &View<'_>, id: Id) -> String {
    let mut out = format!("<{}", view.name(id));
    if let Some(element) = view.element(id) {
        for (sign, name) in element
            .id()
            .map(|i| ('#', i))
            .into_iter()
            .chain(element.classes().take(2).map(|c| ('.', c)))
        {
            out.push(sign);
            out.extend(name.chars().filter(|c| !c.is_control()).take(40));
        }
    }
    out.push('>');
    out
}
