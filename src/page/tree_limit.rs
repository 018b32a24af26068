//! Limits the depth and the size of the parsed tree, however a page is written.
//!
//! The guard before the parser reads tags, comments and raw texts as the parser does. If a page makes the two disagree
//! (what is raw text depends on the tree), the guard would pass nesting that it mistakes for the text of a script. So
//! the parser receives the page in pieces, and after each piece the open elements are counted. Beyond the limit the
//! parse stops, and the words of the page are parsed without their tags.

use std::cell::Cell;

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::interface::Tracer;
use html5ever::tendril::TendrilSink as _;
use scraper::{Html, HtmlTreeSink};

use super::elements::{SPECIAL, kinds};
use super::limits::MAX_DEPTH;
use super::tags::{comment_end, end_after_bracket, find, raw_text_end, tag};

/// Deepest tree that is returned: [`MAX_DEPTH`] tags, and the elements that the parser adds itself (two for a `<td>` in a
/// `<table>`).
pub(super) const MAX_TREE_DEPTH: usize = 2 * MAX_DEPTH;
/// Maximum number of nodes of a tree. A page of 8 MB has fewer after the guard: 300,000 elements and their texts,
/// 200,000 repeated formatting elements, and a comment for each seven bytes.
const MAX_NODES: usize = 2_000_000;
/// Size of the pieces for the parser. One piece may open seven thousand elements beyond the limit. The worst page of a
/// few megabytes takes a third of a second.
const PIECE_BYTES: usize = 32 * 1024;
/// Maximum number of paragraphs when the words are parsed without their tags.
const MAX_FLAT_PARAGRAPHS: usize = 100_000;

/// The tree of a guarded page.
pub(super) fn tree(html: &str) -> Html {
    within_limits(html).unwrap_or_else(|| Html::parse_document(&without_tags(html)))
}

/// The tree, or `None` when it would exceed a limit.
fn within_limits(html: &str) -> Option<Html> {
    let mut parser = parse_document(
        HtmlTreeSink::new(Html::new_document()),
        ParseOpts::default(),
    );
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
        parser.process(piece.into());
        rest = after;
        let builder = &parser.tokenizer.sink;
        let open = OpenElementCount::default();
        builder.trace_handles(&open);
        if open.0.get() > MAX_TREE_DEPTH || builder.sink.0.borrow().tree.nodes().len() > MAX_NODES {
            return None;
        }
    }
    let html = parser.finish();
    (depth(&html) <= MAX_TREE_DEPTH).then_some(html)
}

/// Counts the open elements of the parser, and the formatting elements that it may have to open again.
#[derive(Default)]
struct OpenElementCount(Cell<usize>);

impl Tracer for OpenElementCount {
    type Handle = <HtmlTreeSink as html5ever::interface::TreeSink>::Handle;

    fn trace_handle(&self, _: &Self::Handle) {
        self.0.set(self.0.get() + 1);
    }
}

/// Nodes on the longest path from the root to a leaf, without the root.
fn depth(html: &Html) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut node = html.tree.root();
    loop {
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            deepest = deepest.max(depth);
            continue;
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => (node, depth) = (parent, depth.saturating_sub(1)),
                None => return deepest,
            }
        }
    }
}

/// The words of a page, with paragraphs in place of its blocks and without other tags, so that nothing can nest. A
/// script or a comment without an end counts as text, because the words after it would be lost.
fn without_tags(html: &str) -> String {
    let bytes = html.as_bytes();
    let mut out = String::with_capacity(html.len());
    let (mut at, mut paragraphs) = (0, 0);
    while let Some(found) = find(bytes, at, b'<') {
        out.push_str(&html[at..found]);
        let closing = bytes.get(found + 1) == Some(&b'/');
        let name = found + 1 + usize::from(closing);
        at = match bytes.get(name) {
            Some(c) if c.is_ascii_alphabetic() => {
                let tag = tag(bytes, name);
                let name = &html[name..tag.name_end];
                let is_block = kinds(name) & SPECIAL != 0 && paragraphs < MAX_FLAT_PARAGRAPHS;
                paragraphs += usize::from(is_block);
                out.push_str(if is_block { "<p>" } else { " " });
                let (content_end, end) = if is_code(name) && !closing {
                    raw_text_end(bytes, tag.end, name)
                } else {
                    (tag.end, tag.end)
                };
                if content_end < bytes.len() {
                    end
                } else {
                    tag.end
                }
            }
            Some(b'!') if bytes[found..].starts_with(b"<!--") => {
                let end = comment_end(bytes, found);
                if end < bytes.len() { end } else { name + 1 }
            }
            Some(b'!' | b'?') => end_after_bracket(bytes, name),
            _ if closing => end_after_bracket(bytes, name),
            _ => {
                out.push_str("&lt;");
                found + 1
            }
        };
    }
    out.push_str(&html[at..]);
    out
}

fn is_code(name: &str) -> bool {
    ["script", "style"]
        .iter()
        .any(|code| name.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::guard::{guarded, guarded_text};
    use super::*;

    const DIVS: usize = 20_000;
    /// Beginnings after which a scan of the tags and the parser may disagree on what is a tag.
    const DISAGREEMENTS: [&str; 14] = [
        "",
        "<svg><title>",
        "<svg><style>",
        "<svg><textarea>",
        "<math><xmp>",
        "<svg><![CDATA[><!--]]></svg>",
        "<svg><![CDATA[><a b=\"]]></svg>",
        "<script><!--<script></script><!--</script>",
        "<a =\">",
        "<a href=p?x=\">",
        "<a b=c=\">",
        "</ =\">",
        "<frameset></frameset><title>",
        "<select><style>",
    ];

    /// Largest number of attributes of one element.
    fn attributes(html: &Html) -> usize {
        let elements = html.tree.values().filter_map(|node| node.as_element());
        elements
            .map(|element| element.attrs().count())
            .max()
            .unwrap_or_default()
    }

    #[test]
    fn no_beginning_switches_the_depth_guard_off() {
        for beginning in DISAGREEMENTS {
            for tag in ["<div>", "<table><td>", "<b a>", "<table><div>"] {
                let page = format!("{beginning}{}we collect data", tag.repeat(DIVS));
                for guarded in [guarded(&page), guarded_text(&page)] {
                    let tree = tree(&guarded);
                    assert!(depth(&tree) <= MAX_TREE_DEPTH, "{beginning}{tag}");
                }
            }
        }
    }

    #[test]
    fn no_beginning_lets_a_tag_have_thousands_of_attributes() {
        for beginning in DISAGREEMENTS {
            for element in ["<div", "</div", "<br", "<xmp", "<script", "<p"] {
                for quotes in ["=\"\"", "='>'", " ", "/"] {
                    let page = (0..3000).fold(format!("{beginning}{element} "), |page, i| {
                        page + "a" + &i.to_string() + quotes
                    }) + "><p>we collect data";
                    for guarded in [guarded(&page), guarded_text(&page)] {
                        let most = attributes(&tree(&guarded));
                        assert!(most <= 256, "{beginning}{element}{quotes}: {most}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_page_that_passes_the_limits_all_the_same_keeps_its_words() {
        let page = format!(
            "<p>first<svg><title>{}we &amp; you 1 < 2<script>x()</script><!-- y --> collect data",
            "<div>".repeat(DIVS)
        );
        let tree = tree(&page);
        let text: String = tree.root_element().text().collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words.join(" "), "first we & you 1 < 2 collect data");
    }

    #[test]
    fn formatting_that_the_guard_did_not_see_cannot_multiply() {
        let fonts: String = (0..900).fold(String::new(), |all, i| {
            all + "<font size=" + &i.to_string() + ">"
        });
        let page = format!("<p>{fonts}{}", "</p><p>x".repeat(50_000));
        assert!(tree(&page).tree.nodes().len() < 500_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_mixture_of_odd_beginnings_gets_deep(
            pieces in proptest::collection::vec((0..DISAGREEMENTS.len(), "(<div>|<p>|<b>|<td>|<table>|</svg>|</script>|-->|\"|'|>|x){0,3}", 1_usize..2000), 1..6),
        ) {
            let page: String = pieces
                .iter()
                .map(|(beginning, part, times)| DISAGREEMENTS[*beginning].to_owned() + &part.repeat(*times))
                .collect();
            for guarded in [guarded(&page), guarded_text(&page)] {
                prop_assert!(depth(&tree(&guarded)) <= MAX_TREE_DEPTH);
            }
        }

        /// Pages with well-formed tags never lose them.
        #[test]
        fn the_tree_limit_does_not_touch_what_the_guard_made_safe(
            page in "(<div>|</div>|<p>|</p>|<ul>|<li>|</ul>|<table>|<tr>|<td>|</table>|<b>|</b>|<a href=x>|</a>|<span>|</span>|words |<br>|<dl>|<dt>|<dd>|</dl>){0,3000}",
        ) {
            prop_assert!(within_limits(&guarded(&page)).is_some());
        }
    }
}
