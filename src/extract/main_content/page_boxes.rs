//! The order of boxes that are the pages of a document, as viewers of PDFs make them.
//!
//! A viewer that draws pages when they are scrolled into view appends them in that order. Their numbers or their
//! positions say where they belong.

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};

/// Attributes with the number of a page.
const NUMBERS: [&str; 4] = [
    "data-page-number",
    "data-page-no",
    "data-page-index",
    "data-page",
];

/// Puts the pages of a document into their order.
pub(in crate::extract) fn put_pages_in_order(view: &PageView<'_>, roots: &mut Vec<NodeId>) {
    let mut pages = roots.clone();
    while let [only] = pages[..] {
        pages = view
            .children(only)
            .filter(|id| {
                let inner = &view.nodes[*id];
                !inner.excluded && inner.kind != ElementKind::Silent && inner.stats.text_bytes > 0
            })
            .collect();
    }
    let by = |place: &dyn Fn(&PageView<'_>, NodeId) -> Option<i64>| {
        let placed: Vec<(usize, i64)> = (0..pages.len())
            .filter_map(|at| Some((at, place(view, pages[at])?)))
            .collect();
        (placed.len() * 2 > pages.len()).then_some(placed)
    };
    let Some(placed) = by(&number).or_else(|| by(&top)) else {
        return;
    };
    if placed.is_sorted_by_key(|(_, place)| *place) {
        return;
    }
    let mut sorted = placed.clone();
    sorted.sort_by_key(|(_, place)| *place);
    let before = pages.clone();
    for ((to, _), (from, _)) in placed.iter().zip(&sorted) {
        pages[*to] = before[*from];
    }
    *roots = pages;
}

/// The number of a page.
fn number(view: &PageView<'_>, id: NodeId) -> Option<i64> {
    let element = view.element(id)?;
    NUMBERS
        .iter()
        .find_map(|name| attribute(element, name)?.trim().parse().ok())
}

/// The distance of a page from the top of its document, in whole units of its style. Other boxes may be columns, so a
/// page has the attributes of a page: it is placed, begins at the left edge and holds blocks.
fn top(view: &PageView<'_>, id: NodeId) -> Option<i64> {
    let style = attribute(view.element(id)?, "style")?.to_ascii_lowercase();
    let value = |name: &str| {
        style.split(';').find_map(|part| {
            let (own, value) = part.split_once(':')?;
            (own.trim() == name).then(|| value.trim().to_owned())
        })
    };
    let is_at_edge = value("left").is_none_or(|left| left.starts_with('0'));
    if value("position")? != "absolute" || !is_at_edge || view.nodes[id].kind != ElementKind::Box {
        return None;
    }
    let top = value("top")?;
    let digits = top.find(|c: char| !c.is_ascii_digit() && c != '-');
    top[..digits.unwrap_or(top.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    fn order(html: &str) -> String {
        let page = Page::from_html(html, None);
        let view = PageView::of(&page);
        let mut roots = vec![view.body()];
        put_pages_in_order(&view, &mut roots);
        let texts: Vec<String> = roots.iter().map(|id| view.text(*id, 1000)).collect();
        texts.join(" ")
    }

    #[test]
    fn pages_follow_their_numbers_or_their_positions() {
        for (html, expected) in [
            (
                "<div><div data-page-number=10>ten</div><div data-page-number=2>two</div><div data-page-number=1>one</div></div>",
                "one two ten",
            ),
            (
                "<div style='position:absolute; top:900px'>two</div><div style='position:absolute;top:0'>one</div>",
                "one two",
            ),
            (
                "<div style='position:absolute;left:400px;top:0'>b</div><div style='position:absolute;left:0;top:50px'>a</div><p>c</p>",
                "b a c",
            ),
            ("<p>b<p>a", "b a"),
        ] {
            assert_eq!(order(html), expected, "{html}");
        }
    }
}
