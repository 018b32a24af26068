//! Excludes boxes that a page has twice: copies of a text for phones, for print, for every tab.
//!
//! Only whole boxes count as copies. Policies repeat sentences: the same legal basis under every tool, the same address
//! under every office.

use std::collections::HashMap;

use crate::extract::dom::{ElementKind, NodeId, PageView, TextStats};

/// A box with fewer bytes of text, not counting blanks, is not a copy: policies repeat themselves.
const LEAST_BYTES: u32 = 240;
/// A box with at least this number of bytes is a copy in any case (bumble.com 2026 shows all of its tabs under every
/// tab, 3,500 bytes each time).
const SURE_BYTES: u32 = 2000;
/// If both copies are visible, each smaller one must have at least this share of the text, in percent.
const LEAST_SHARE: u64 = 20;
/// Maximum number of boxes with the same sums that are compared with one box.
const MAX_COMPARED: usize = 8;
/// Maximum size of the text that all comparisons together read, as a multiple of the page's text.
const MAX_READ: u64 = 8;

/// Excludes boxes that repeat the text of an earlier one, and removes excluded roots from the list.
///
/// Returns the number of excluded bytes.
pub(in crate::extract) fn exclude_repeated_boxes(
    view: &mut PageView<'_>,
    roots: &mut Vec<NodeId>,
) -> u64 {
    let mut left: u64 = roots
        .iter()
        .map(|root| u64::from(view.nodes[*root].stats.text_bytes))
        .sum();
    let mut to_read = left * MAX_READ;
    let mut gone = 0;
    let mut seen: HashMap<TextStats, Vec<NodeId>> = HashMap::new();
    for root in roots.iter().copied() {
        let end = view.nodes[root].end;
        let mut at = root;
        while at < end {
            let entry = &view.nodes[at];
            let (stats, next) = (entry.stats, entry.end);
            if entry.excluded || entry.kind == ElementKind::Silent || stats.text_bytes < LEAST_BYTES
            {
                at = next;
                continue;
            }
            if !matches!(entry.kind, ElementKind::Box | ElementKind::Table) {
                at += 1;
                continue;
            }
            let same = seen.get(&stats).and_then(|others| {
                let mut others = others.iter().rev().copied().take(MAX_COMPARED);
                others.find(|other| {
                    let cost = 2 * u64::from(stats.text_bytes);
                    let may_read = view.nodes[*other].end <= at && cost <= to_read;
                    to_read -= if may_read { cost } else { 0 };
                    may_read && view.text(*other, usize::MAX) == view.text(at, usize::MAX)
                })
            });
            let bytes = u64::from(stats.text_bytes);
            let is_copy = same.is_some_and(|other| {
                stats.text_bytes >= SURE_BYTES
                    || is_hidden(view, other) != is_hidden(view, at)
                    || bytes * 100 >= (left - bytes) * LEAST_SHARE
            });
            if is_copy {
                view.exclude(at);
                left -= bytes;
                gone += bytes;
                at = next;
            } else {
                seen.entry(stats).or_default().push(at);
                at += 1;
            }
        }
    }
    roots.retain(|root| !view.nodes[*root].excluded);
    gone
}

fn is_hidden(view: &PageView<'_>, id: NodeId) -> bool {
    view.ancestors(id).any(|at| view.nodes[at].hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    /// Returns the text that remains of a page.
    fn left(html: &str) -> String {
        let page = Page::from_html(html, None);
        let mut view = PageView::of(&page);
        let mut roots = vec![view.body()];
        exclude_repeated_boxes(&mut view, &mut roots);
        view.text(roots[0], usize::MAX)
    }

    const PANEL: &str = "<h2>For you</h2><p>We collect personal information such as your name when you register.</p>\
        <p>We do not sell, trade or rent your personal information to third parties without your consent.</p>\
        <p>Our site uses cookies to keep track of your session; you may refuse cookies in your browser.</p>\
        <p>We protect your information with reasonable measures.</p>";

    #[test]
    fn a_panel_that_is_there_twice_is_kept_once() {
        for copies in [
            format!("<div>{PANEL}</div><div class=mobile>{PANEL}</div>"),
            format!(
                "<div class=a><div>{PANEL}</div></div><div class=b><i></i><div>{PANEL}</div></div>"
            ),
            format!(
                "<div>{PANEL}</div><p>{}</p><div hidden>{PANEL}</div>",
                "Other words. ".repeat(400)
            ),
        ] {
            assert_eq!(left(&copies).matches("For you").count(), 1, "{copies}");
        }
    }

    #[test]
    fn words_that_a_policy_says_twice_are_said_twice() {
        // German generators repeat the same legal basis under every tool (and Buffer its addresses under every region).
        let flat = format!("<h3>Maps</h3>{PANEL}<h3>Films</h3>{PANEL}");
        let boxed = format!(
            "<div>{PANEL}</div><p>{}</p><div>{PANEL}</div>",
            "Other words. ".repeat(400)
        );
        let wrapped = format!("<div><div><div>{PANEL}</div></div></div>");
        for (page, times) in [(flat, 2), (boxed, 2), (wrapped, 1)] {
            assert_eq!(left(&page).matches("For you").count(), times, "{page}");
        }
    }
}
