//! Finds the attributes that extraction never reads, so that the parser does not have to read and keep them.

use std::ops::Range;

/// True when extraction or the parser itself reads an attribute of an element. Case does not matter in names.
///
/// New code in `extract/` that reads an attribute must add it to this list. Otherwise the attribute is always missing.
fn is_read(element: &str, attribute: &[u8]) -> bool {
    let is = |names: &[&str]| names.iter().any(|n| element.eq_ignore_ascii_case(n));
    let mut lower = [0; 16];
    let Some(lower) = lower.get_mut(..attribute.len()) else {
        return false;
    };
    lower.copy_from_slice(attribute);
    lower.make_ascii_lowercase();
    match &*lower {
        b"class" | b"id" | b"style" | b"role" | b"hidden" | b"aria-hidden" | b"aria-modal"
        | b"itemprop" | b"data-cfemail" => true,
        b"aria-expanded" | b"aria-controls" | b"data-toggle" | b"data-bs-toggle" => is(&["button"]),
        b"data-page-number" | b"data-page-no" | b"data-page-index" | b"data-page" => is(&["div"]),
        b"href" => is(&["a", "base", "link"]),
        b"lang" => is(&["html", "body"]),
        b"xml:lang" => is(&["html"]),
        b"name" => is(&["a"]),
        b"alt" => is(&["img", "image"]),
        b"src" => is(&["frame", "iframe"]),
        b"srcdoc" => is(&["iframe"]),
        b"rel" => is(&["link"]),
        b"type" => is(&["script", "input", "ol", "ul", "li"]),
        b"start" | b"reversed" => is(&["ol"]),
        b"value" => is(&["li"]),
        b"datetime" => is(&["time"]),
        b"border" => is(&["table"]),
        b"colspan" | b"rowspan" => is(&["td", "th"]),
        // A `<font>` with one of these ends a drawing. `encoding` decides whether an `<annotation-xml>` contains HTML.
        b"size" | b"color" | b"face" => is(&["font"]),
        b"encoding" => is(&["annotation-xml"]),
        _ => false,
    }
}

/// Calls `on_unread` with the range of every attribute that is never read, including the white space before it. `rest`
/// is the part of the tag after its name, up to and including `>`.
///
/// Stops at the first attribute that is not well-formed, and leaves the rest to the parser.
pub(super) fn unread(
    html: &[u8],
    element: &str,
    rest: Range<usize>,
    mut on_unread: impl FnMut(Range<usize>),
) {
    let end = rest.end;
    let mut at = rest.start;
    while let Some(attribute) = attribute(&html[..end], at) {
        // The text after the attribute must not become part of the text before it.
        let is_separated = html[..end]
            .get(attribute.end)
            .is_some_and(|b| b.is_ascii_whitespace() || *b == b'>');
        let next = html[..end].get(after_blanks(&html[..end], attribute.end));
        if !is_separated || next == Some(&b'=') {
            return;
        }
        if !is_read(element, &html[attribute.name]) {
            on_unread(at..attribute.end);
        }
        at = attribute.end;
    }
}

struct Attribute {
    name: Range<usize>,
    /// One past its value, or past its name if it has no value.
    end: usize,
}

/// The attribute after the white space at `from`; `None` when there is none, or when it is not well-formed.
fn attribute(html: &[u8], from: usize) -> Option<Attribute> {
    let start = after_blanks(html, from);
    if start == from {
        return None;
    }
    let ends_name = |b: &u8| {
        b.is_ascii_whitespace() || matches!(b, b'=' | b'>' | b'/' | b'"' | b'\'' | b'<' | 0)
    };
    let name_end = start + html.get(start..)?.iter().position(ends_name)?;
    if name_end == start || matches!(html[name_end], b'"' | b'\'' | b'<' | 0) {
        return None;
    }
    let name = start..name_end;
    let equals = after_blanks(html, name_end);
    if html.get(equals) != Some(&b'=') {
        return Some(Attribute {
            name,
            end: name_end,
        });
    }
    let value = after_blanks(html, equals + 1);
    let end = match *html.get(value)? {
        quote @ (b'"' | b'\'') => value + 2 + memchr::memchr(quote, html.get(value + 1..)?)?,
        b'>' => return None,
        _ => {
            let ends_value = |b: &u8| b.is_ascii_whitespace() || *b == b'>';
            value + html.get(value..)?.iter().position(ends_value)?
        }
    };
    Some(Attribute { name, end })
}

fn after_blanks(html: &[u8], from: usize) -> usize {
    let rest = html.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|b| !b.is_ascii_whitespace())
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(tag: &str) -> String {
        let mut out = tag.to_owned();
        let name_end = tag.find([' ', '/', '>']).unwrap();
        let mut places = Vec::new();
        unread(
            tag.as_bytes(),
            &tag[1..name_end],
            name_end..tag.len(),
            |gone| places.push(gone),
        );
        for gone in places.into_iter().rev() {
            out.replace_range(gone, "");
        }
        out
    }

    #[test]
    fn what_nobody_reads_goes_and_the_rest_stays_as_it_is() {
        for (tag, left) in [
            (
                "<a data-x=\"1>2\" HREF='/p' target=_blank>",
                "<a HREF='/p'>",
            ),
            ("<div onclick=x() class = a data-b >", "<div class = a >"),
            (
                "<img src=\"data:image/png;base64,AAAA\" alt=ok />",
                "<img alt=ok />",
            ),
            ("<td width=1 colspan=2>", "<td colspan=2>"),
            ("<iframe src=x width=1>", "<iframe src=x>"),
            ("<p>", "<p>"),
        ] {
            assert_eq!(without(tag), left);
        }
    }

    #[test]
    fn odd_attributes_are_left_to_the_parser() {
        for tag in [
            "<a href=x data-y=\"z\"/>",
            "<a data-x=\"1\"href=y>",
            "<a/data-x=1>",
            "<a \"data-x=1>",
            "<a data-x=>",
            "<a data-x=\"1",
            "<a =x>",
            "<a href data-x=/ ==>",
        ] {
            assert_eq!(without(tag), tag);
        }
    }

    proptest::proptest! {
        /// Removing the other attributes does not change what the parser finds for those that are read.
        #[test]
        fn what_is_left_reads_as_before(inside in "( |=|\"|'|/|<|a|href|class|data-x|x|é|\\n){0,24}") {
            let tag = format!("<a {inside}>");
            let kept = without(&tag);
            let of = |html: &str| {
                let page = scraper::Html::parse_document(html);
                let element = page.tree.values().find_map(|node| node.as_element().filter(|e| e.name() == "a"));
                element.map(|e| {
                    e.attrs()
                        .filter(|(name, _)| is_read("a", name.as_bytes()))
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                        .collect::<Vec<_>>()
                })
            };
            proptest::prop_assert_eq!(of(&format!("{kept}words")), of(&format!("{tag}words")));
        }
    }
}
