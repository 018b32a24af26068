//! The judgement of a box beside the main text by what it contains.

use super::sections::{has_controls, has_own_heading};
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};
use crate::extract::vocabulary::policy_words;

/// Minimum number of links in a list of companies.
const LEAST_COMPANIES: usize = 3;
/// Number of links in a table of contents: the least, and the most that are compared.
const LEAST_TARGETS: usize = 3;
const MAX_TARGETS: usize = 200;
/// A copyright notice has less text than this, in bytes.
const COPYRIGHT_BYTES: u32 = 600;
/// The sign of a notice that does not begin with it is within this many bytes.
const SIGN_BYTES: usize = 80;
/// The year of such a notice is within this many characters of the sign.
const YEAR_CHARS: usize = 40;
/// Minimum share of a teaser's text inside its link, in percent.
const CARD_LINKED: u32 = 10;
/// Maximum size of the sentences in a teaser, in bytes.
const CARD_BYTES: usize = 250;

/// What a box beside the main text contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing that is displayed.
    Nothing,
    /// Something that no text has: a menu, a form, teasers, a copyright notice.
    Foreign,
    /// Words that may belong to the text.
    Words,
}

/// Judges a box beside the main text.
pub(super) fn content_of(view: &PageView<'_>, id: NodeId) -> Content {
    let entry = &view.nodes[id];
    if entry.excluded
        || entry.hidden
        || entry.stats.text_bytes == 0
        || matches!(entry.kind, ElementKind::Silent | ElementKind::Break)
    {
        return Content::Nothing;
    }
    let is_foreign = entry.stats.link_share() > 50 && !lists_companies(view, id)
        || has_controls(view, id)
        || is_of_teasers(view, id)
        || is_copyright(view, id);
    if is_foreign && !lists_headings(view, id) {
        Content::Foreign
    } else {
        Content::Words
    }
}

/// True for a heading with policy words above links to other sites, such as a list of processors.
pub(super) fn lists_companies(view: &PageView<'_>, id: NodeId) -> bool {
    let (mut links, mut away, mut is_announced) = (0, 0, false);
    for at in id..view.nodes[id].end {
        if matches!(view.nodes[at].kind, ElementKind::Heading(_)) {
            is_announced |= policy_words(&view.text(at, 200)) > 0;
        } else if view.name(at) == "a" {
            links += 1;
            away += usize::from(leads_away(view, at));
        }
    }
    is_announced && links >= LEAST_COMPANIES && away * 2 > links
}

/// True for a table of contents: links to headings below it on the same page.
pub(super) fn lists_headings(view: &PageView<'_>, id: NodeId) -> bool {
    let mut targets = Vec::new();
    for at in id..view.nodes[id].end {
        if view.name(at) != "a" {
            continue;
        }
        let target = view.element(at).and_then(|link| attribute(link, "href"));
        match target.and_then(|target| target.strip_prefix('#')) {
            Some(fragment) if targets.len() < MAX_TARGETS => targets.push(fragment),
            _ => return false,
        }
    }
    if targets.len() < LEAST_TARGETS {
        return false;
    }
    let below = view.nodes[id].end..view.nodes.len();
    let is_heading = |at: &NodeId| matches!(view.nodes[*at].kind, ElementKind::Heading(_));
    let names = below.filter(is_heading).filter_map(|at| {
        let own = |at: NodeId| attribute(view.element(at)?, "id");
        own(at).or_else(|| view.children(at).find_map(own))
    });
    let found = names.filter(|name| targets.contains(name)).count();
    found * 2 > targets.len()
}

/// True for a link to another site. Without the URL of the page, every link with a host counts.
fn leads_away(view: &PageView<'_>, link: NodeId) -> bool {
    let target = view
        .element(link)
        .and_then(|element| attribute(element, "href"))
        .unwrap_or_default();
    let Some((_, rest)) = target
        .split_once("//")
        .filter(|(scheme, _)| matches!(*scheme, "" | "http:" | "https:"))
    else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let bare = |host: &str| host.trim_start_matches("www.").to_ascii_lowercase();
    view.host.is_none_or(|own| bare(own) != bare(host))
}

/// True for a box of links to other texts with a sentence under each, or with headings that are links.
fn is_of_teasers(view: &PageView<'_>, id: NodeId) -> bool {
    if is_of_cards(view, id) && !lists_companies(view, id) {
        return true;
    }
    let (mut all, mut linked) = (0, 0);
    for at in id..view.nodes[id].end {
        let inner = &view.nodes[at];
        if matches!(inner.kind, ElementKind::Heading(_)) && inner.stats.text_bytes > 0 {
            all += 1;
            linked += usize::from(inner.stats.link_share() >= 50);
        }
    }
    linked > 0 && linked * 2 >= all
}

/// True for a box of links to other texts with a sentence under each.
pub(super) fn is_of_cards(view: &PageView<'_>, id: NodeId) -> bool {
    let entry = &view.nodes[id];
    let links = (id..entry.end).filter(|at| view.name(*at) == "a").count();
    entry.stats.link_share() >= CARD_LINKED
        && links > 1
        && entry.stats.prose_bytes as usize / links < CARD_BYTES
}

/// True for a box that begins with a copyright notice or holds little else.
pub(super) fn is_copyright(view: &PageView<'_>, id: NodeId) -> bool {
    if view.nodes[id].stats.text_bytes >= COPYRIGHT_BYTES {
        return false;
    }
    let text = view.text(id, 2 * COPYRIGHT_BYTES as usize).to_lowercase();
    let signs = ["©", "(c) ", "copyright"];
    let Some(at) = signs.iter().filter_map(|sign| text.find(sign)).min() else {
        return false;
    };
    let mut below = text[at..].chars().take(YEAR_CHARS);
    text.starts_with(['©', '('])
        || text.contains("rights reserved")
        || at < SIGN_BYTES && below.any(|c| c.is_ascii_digit())
}

/// True for a column beside the text: a cell of the same row, or a box whose class names it a column.
pub(super) fn is_column(view: &PageView<'_>, id: NodeId) -> bool {
    view.nodes[id].kind == ElementKind::Cell
        || view.element(id).is_some_and(|element| {
            attribute(element, "class")
                .unwrap_or_default()
                .split_ascii_whitespace()
                .any(|name| {
                    let word = name.split(['-', '_']).next().unwrap_or_default();
                    matches!(word, "col" | "column" | "columns")
                        || word
                            .strip_prefix("span")
                            .is_some_and(|n| n.parse::<u8>().is_ok())
                })
        })
}

/// The level of the heading at the beginning of a box.
pub(super) fn own_heading_level(view: &PageView<'_>, id: NodeId) -> Option<u8> {
    if !has_own_heading(view, id) {
        return None;
    }
    (id..view.nodes[id].end).find_map(|at| match view.nodes[at].kind {
        ElementKind::Heading(level) if view.nodes[at].stats.text_bytes > 0 => Some(level),
        _ => None,
    })
}
