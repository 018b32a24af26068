//! Boilerplate of a page: navigation, consent banners, dialogs, share bars, footers, the archive's own banner.
//!
//! Class names count by whole words (`col-lg-sidebarred` has no `sidebar`). Text counts more than names: a box that
//! holds much of the page's policy text stays, whatever its name.

use std::collections::HashSet;

use scraper::node::Element;

use super::consent_notices::exclude_consent_notices;
use super::screen_readers::is_for_screen_readers;
use super::sections::{has_controls, is_in_the_midst, is_one_of_several, is_section};
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute, names_of};
use crate::extract::vocabulary::PAGE_PATTERNS;

/// Maximum number of boxes between a heading and its words.
const HEADING_DEPTH: usize = 4;

/// The features by which boilerplate is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Strictness {
    /// Tags, roles and class names.
    Names,
    /// Tags, roles and names of widgets only, for pages with misleading names.
    TagsOnly,
}

/// Excludes the boilerplate of a page.
pub(in crate::extract) fn exclude_boilerplate(view: &mut PageView<'_>, strictness: Strictness) {
    let body = view.body();
    let total = view.nodes.get(body).map_or(0, |e| e.stats.weight()).max(1);
    let mut anchors = None;
    let mut id = body + 1;
    while let Some(entry) = view.nodes.get(id) {
        if matches!(entry.kind, ElementKind::Silent) {
            id = entry.end;
            continue;
        }
        let (end, share) = (
            entry.end,
            u64::from(entry.stats.weight()) * 100 / u64::from(total),
        );
        if !matches!(entry.kind, ElementKind::Text | ElementKind::Break)
            && is_boilerplate(view, id, share, strictness, &mut anchors)
        {
            view.exclude(id);
            id = end;
        } else {
            id += 1;
        }
    }
    exclude_consent_notices(view);
}

/// True if an element is boilerplate. `share` is its share of the page's weight, in percent.
fn is_boilerplate<'a>(
    view: &PageView<'a>,
    id: NodeId,
    share: u64,
    strictness: Strictness,
    anchors: &mut Option<HashSet<&'a str>>,
) -> bool {
    let Some(element) = view.element(id) else {
        return false;
    };
    if let Some(verdict) =
        verdict_of_tag(view, id, share).or_else(|| verdict_of_role(element, share))
    {
        return verdict;
    }
    let node = &view.nodes[id];
    if names_of(element).any(|name| PAGE_PATTERNS.is_foreign(name)) {
        return share < 95;
    }
    if is_for_screen_readers(view, id, element) {
        return true;
    }
    if strictness == Strictness::TagsOnly || share >= 90 {
        return false;
    }
    // Names of running text describe its style.
    if matches!(
        node.kind,
        ElementKind::Inline
            | ElementKind::Cell
            | ElementKind::Row
            | ElementKind::Paragraph
            | ElementKind::Heading(_)
            | ElementKind::Item
    ) && (node.stats.policy_words > 1
        || matches!(node.kind, ElementKind::Inline | ElementKind::Heading(_)))
    {
        return false;
    }
    share < limit_of_names(view, id, anchors)
}

/// Decides by the tag of an element; `None` if the tag does not decide.
fn verdict_of_tag(view: &PageView<'_>, id: NodeId, share: u64) -> Option<bool> {
    let stats = view.nodes[id].stats;
    match view.name(id) {
        "nav" => Some(share < 50),
        "dialog" => Some(share < 90),
        // A collapsed list of links is a menu or a table of contents, which depends on the layout (docs.npmjs.com
        // 2023–2026 had it closed, open, empty and in a `<nav>` above the same text).
        "details" if stats.link_share() >= 70 => Some(true),
        "footer" => Some(share < 40),
        "aside" => Some(share < 30),
        // A header inside the text holds its title; the header of the site has links and little else.
        "header" => Some(
            share < 30
                && stats.linked_bytes > 0
                && (stats.link_share() > 50 || stats.policy_words == 0)
                && count_links(view, id) > 2,
        ),
        _ => None,
    }
}

/// Decides by the ARIA role of an element; `None` if the role does not decide.
fn verdict_of_role(element: &Element, share: u64) -> Option<bool> {
    match attribute(element, "role").unwrap_or_default() {
        "navigation" | "menu" | "menubar" | "search" | "toolbar" => return Some(share < 50),
        "banner" | "contentinfo" | "complementary" => return Some(share < 40),
        "dialog" | "alertdialog" => return Some(share < 90),
        _ => {}
    }
    (attribute(element, "aria-modal") == Some("true")).then_some(share < 90)
}

/// The share of the page's weight, in percent, below which the names of an element make it boilerplate; 0 if the names
/// say nothing about it.
fn limit_of_names<'a>(
    view: &PageView<'a>,
    id: NodeId,
    anchors: &mut Option<HashSet<&'a str>>,
) -> u64 {
    let Some(element) = view.element(id) else {
        return 0;
    };
    let node = &view.nodes[id];
    let stats = node.stats;
    // A section about comments may have the name "comments".
    let mut of_the_text: Option<bool> = None;
    let mut is_of_the_text = || {
        *of_the_text.get_or_insert_with(|| {
            is_section(view, id)
                && (is_one_of_several(view, id)
                    || attribute(element, "id").is_some_and(|own| {
                        is_in_the_midst(view, id)
                            || anchors
                                .get_or_insert_with(|| anchors_of(view))
                                .contains(own)
                    }))
        })
    };
    let mut limit = 0;
    for name in names_of(element) {
        let words = name_words(name);
        if let Some((word, sure)) = boilerplate_word(&words)
            && !(PAGE_PATTERNS.matters.contains(word) && is_of_the_text())
            && !is_spoken(view, id, PAGE_PATTERNS.dialogs.contains(word))
        {
            let believed = sure || stats.policy_words < 4 || stats.link_share() >= 40;
            limit = limit.max(match (PAGE_PATTERNS.dialogs.contains(word), believed) {
                (true, true) => 80,
                (false, true) => 30,
                (_, false) => 0,
            });
        }
        if is_consent_name(&words) && !is_of_the_text() {
            limit = limit.max(if stats.link_share() < 50 && node.hidden {
                60
            } else {
                30
            });
        }
    }
    limit
}

/// True for visible words without a link in a heading, or between the sentences of the text. Their names describe their
/// place or their style (`navigation-block` is the target of a table of contents). Between sentences, a dialog is none of
/// them.
fn is_spoken(view: &PageView<'_>, id: NodeId, is_dialog: bool) -> bool {
    let entry = &view.nodes[id];
    let is_heading = |at: NodeId| matches!(view.nodes[at].kind, ElementKind::Heading(_));
    let speaks = || {
        !is_dialog
            && entry.stats.policy_words > 0
            && !has_controls(view, id)
            && is_in_the_midst(view, id)
    };
    entry.stats.text_bytes > 0
        && entry.stats.linked_bytes == 0
        && !entry.hidden
        && (view.ancestors(id).take(HEADING_DEPTH).any(is_heading) || speaks())
}

/// The fragments in the page's links to itself.
fn anchors_of<'a>(view: &PageView<'a>) -> HashSet<&'a str> {
    (0..view.nodes.len())
        .filter_map(|id| view.element(id))
        .filter(|element| element.name() == "a")
        .filter_map(|element| attribute(element, "href")?.strip_prefix('#'))
        .collect()
}

fn count_links(view: &PageView<'_>, id: NodeId) -> usize {
    let end = view.nodes[id].end;
    (id..end).filter(|at| view.name(*at) == "a").count()
}

/// The boilerplate word in a class name or id, and whether it counts for elements with policy words too. The word is
/// the whole name or its last word, which counts there if it is in the list `sure_names`. Otherwise it is a word of
/// `sure_names` at the beginning, which does not count there (`navigation-block`).
fn boilerplate_word(words: &str) -> Option<(&str, bool)> {
    let (before, last) = words.rsplit_once(' ').unwrap_or(("", words));
    let first = before.split(' ').next().filter(|first| !first.is_empty());
    let is_share_bar = || {
        let shares = |w: &str| matches!(w, "share" | "sharing" | "social");
        let is_bar = ["bar", "buttons", "links", "icons", "tools"].contains(&last);
        first.filter(|first| is_bar && shares(first))
    };
    let found = if let Some(first) = is_share_bar() {
        (first, false)
    } else if PAGE_PATTERNS.names.contains(last) {
        (last, PAGE_PATTERNS.sure_names.contains(last))
    } else {
        (
            first.filter(|first| PAGE_PATTERNS.sure_names.contains(*first))?,
            false,
        )
    };
    let is_about = !before.is_empty() && words.split(' ').any(|w| PAGE_PATTERNS.about.contains(w));
    (!is_about).then_some(found)
}

/// True for names that combine a word about consent with a kind of box: `cookie-bar`, `gdprConsent`.
fn is_consent_name(words: &str) -> bool {
    let matter = |w: &str| {
        matches!(
            w,
            "cookie" | "cookies" | "gdpr" | "consent" | "ccpa" | "cmp"
        )
    };
    let kind = |w: &str| {
        matches!(
            w,
            "banner"
                | "bar"
                | "notice"
                | "popup"
                | "modal"
                | "consent"
                | "overlay"
                | "message"
                | "alert"
                | "warning"
                | "dialog"
                | "tip"
                | "info"
                | "layer"
                | "wrapper"
                | "wrap"
                | "container"
                | "preferences"
                | "settings"
                | "manager"
                | "box"
                | "prompt"
                | "toast"
                | "window"
        )
    };
    let mut all = words.split(' ');
    all.any(matter) && words.split(' ').any(kind) && !words.split(' ').any(|w| w == "policy")
}

/// The words of a name in lower case, separated by single blanks: `siteFooter`, `site-footer` and `site_footer` are the
/// same. Digits stay with their word.
pub(in crate::extract) fn name_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 8);
    let mut last_lower = false;
    for c in name.chars().take(80) {
        let ends_word = !c.is_ascii_alphanumeric() || c.is_ascii_uppercase() && last_lower;
        if ends_word && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        }
        last_lower = c.is_ascii_lowercase();
    }
    words.truncate(words.trim_end_matches(' ').len());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_judged_by_whole_words() {
        for (name, word) in [
            ("sidebar", Some("sidebar")),
            ("siteFooter", Some("footer")),
            ("main_nav", None),
            ("navigation-block", Some("navigation")),
            ("footer-links", Some("footer")),
            ("share-bar", Some("share")),
            ("social-security", None),
            ("col-lg-sidebarred", None),
            ("has-sidebar", None),
            ("navigational", None),
            ("", None),
        ] {
            assert_eq!(
                boilerplate_word(&name_words(name)).map(|(word, _)| word),
                word,
                "{name}"
            );
        }
        let is_consent = |name| is_consent_name(&name_words(name));
        assert!(is_consent("cookie-banner") && is_consent("gdprConsentModal"));
        assert!(!is_consent("cookie-policy") && !is_consent("privacy-notice"));
    }
}
