//! Finds the text of a page that is not a policy: an article of a newspaper, a blog, an encyclopedia, a manual.
//!
//! No vocabulary separates such a text from the frame of the page, so only the structure decides: the element that the
//! page marks as its article, the number of sentences, the density of links, the names of boxes. As in public
//! collections of articles, the text is the body, without headline, author and date.

use std::collections::{HashMap, HashSet};

use super::boilerplate::name_words;
use super::candidates::{MainContent, SiblingRule, choose_main_content_in};
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};
use crate::extract::vocabulary::PAGE_PATTERNS;

/// A box of the page's frame has less than this share of the page's sentences, in percent.
const FRAME_SHARE: u64 = 20;
/// The same for comments, which may be longer than the article.
const COMMENTS_SHARE: u64 = 75;
/// The element that the page marks as its article must have at least this share of the page's sentences, in percent.
const MARKED_SHARE: u64 = 50;
/// A box with at least this share of its text inside links leads to other articles. In percent.
const LINKED_SHARE: u32 = 60;
/// Maximum number of class names that are read per element.
const MAX_NAMES: usize = 12;

/// Finds the article of a page whose boilerplate is excluded, and excludes foreign parts inside it.
pub(in crate::extract) fn choose_article(view: &mut PageView<'_>) -> MainContent {
    view.forget_words();
    exclude_furniture(view);
    let start = marked(view).unwrap_or_else(|| view.body());
    let choice = choose_main_content_in(view, start, SiblingRule::Article);
    for root in &choice.roots {
        exclude_links(view, *root);
    }
    choice
}

/// Excludes boxes with few of the page's sentences whose names say that they are not part of an article.
fn exclude_furniture(view: &mut PageView<'_>) {
    let body = view.body();
    let total = u64::from(view.nodes.get(body).map_or(0, |e| e.stats.prose_bytes)).max(1);
    let headlines: Vec<NodeId> = (body..view.nodes.len())
        .filter(|id| view.nodes[*id].kind == ElementKind::Heading(1))
        .collect();
    let holds_headline = |view: &PageView<'_>, id: NodeId| {
        let next = headlines.get(headlines.partition_point(|at| *at < id));
        next.is_some_and(|at| *at < view.nodes[id].end)
    };
    let mut called: Vec<(NodeId, &str)> = Vec::new();
    for id in body + 1..view.nodes.len() {
        let share = u64::from(view.nodes[id].stats.prose_bytes) * 100 / total;
        if let Some((word, most)) = furniture_word(view, id)
            && share < most
            && !holds_headline(view, id)
        {
            called.push((id, word));
        }
    }
    // Some page builders use the name widget for every part of the text.
    let mut sums: HashMap<&str, (NodeId, u64)> = HashMap::new();
    for (id, word) in &called {
        let (end, sum) = sums.entry(*word).or_default();
        if *end <= *id {
            *end = view.nodes[*id].end;
            *sum += u64::from(view.nodes[*id].stats.prose_bytes);
        }
    }
    for (id, word) in called {
        let sum = sums.get(word).map_or(0, |(_, sum)| *sum);
        let most = if PAGE_PATTERNS.replies.contains(word) {
            COMMENTS_SHARE
        } else {
            FRAME_SHARE * 2
        };
        if sum * 100 < total * most && !view.ancestors(id).any(|at| view.nodes[at].excluded) {
            view.exclude(id);
        }
    }
}

/// The word in an element's names that marks it as not part of the text, and the share of the page's sentences that
/// such an element must stay below.
fn furniture_word<'v>(view: &PageView<'_>, id: NodeId) -> Option<(&'v str, u64)> {
    let element = view.element(id)?;
    let entry = &view.nodes[id];
    if entry.excluded || matches!(entry.kind, ElementKind::Silent | ElementKind::Break) {
        return None;
    }
    if element.name() == "form" {
        return Some(("form", FRAME_SHARE));
    }
    // Within a line, the name of an inline element describes its style.
    if entry.kind == ElementKind::Inline && view.nodes[entry.parent].stats.prose_bytes > 0 {
        return None;
    }
    let classes = attribute(element, "class").unwrap_or_default();
    let names = attribute(element, "id")
        .into_iter()
        .chain(classes.split_ascii_whitespace().take(MAX_NAMES));
    let mut found = None;
    for name in names {
        let words = name_words(name);
        let of = |list: &'v HashSet<String>| words.split(' ').find_map(|word| list.get(word));
        if let Some(word) = of(&PAGE_PATTERNS.replies) {
            return Some((word, COMMENTS_SHARE));
        }
        if !words
            .split(' ')
            .any(|word| PAGE_PATTERNS.about.contains(word))
        {
            found = found.or(of(&PAGE_PATTERNS.furniture).map(|word| (word.as_str(), FRAME_SHARE)));
        }
    }
    found
}

/// The element that the page marks as its article or main part, if it has most of the sentences.
fn marked(view: &PageView<'_>) -> Option<NodeId> {
    let total = u64::from(view.nodes.get(view.body())?.stats.prose_bytes);
    let mut best: Option<(u8, u32, std::cmp::Reverse<NodeId>)> = None;
    for id in view.body()..view.nodes.len() {
        let Some(element) = view.element(id) else {
            continue;
        };
        let has = |name, value: &str| {
            attribute(element, name).is_some_and(|v| v.split_ascii_whitespace().any(|v| v == value))
        };
        let rank = if has("itemprop", "articleBody") {
            3
        } else if element.name() == "article" {
            2
        } else if element.name() == "main" || has("role", "main") {
            1
        } else {
            continue;
        };
        let prose = view.nodes[id].stats.prose_bytes;
        if u64::from(prose) * 100 >= total * MARKED_SHARE
            && !view.ancestors(id).any(|a| view.nodes[a].excluded)
        {
            best = best.max(Some((rank, prose, std::cmp::Reverse(id))));
        }
    }
    best.map(|(.., id)| id.0)
}

/// Excludes lists, boxes and lines inside the article that are links to other articles.
fn exclude_links(view: &mut PageView<'_>, root: NodeId) {
    let mut id = root + 1;
    while id < view.nodes[root].end {
        let entry = &view.nodes[id];
        let end = entry.end;
        let leads_away = match entry.kind {
            ElementKind::Box | ElementKind::List => entry.stats.link_share() >= LINKED_SHARE,
            ElementKind::Paragraph => {
                entry.stats.link_share() >= LINKED_SHARE && entry.stats.prose_bytes == 0
            }
            _ => false,
        };
        if entry.excluded || entry.kind == ElementKind::Silent {
            id = end;
        } else if leads_away && entry.stats.text_bytes > 0 {
            view.exclude(id);
            id = end;
        } else {
            id += 1;
        }
    }
}
