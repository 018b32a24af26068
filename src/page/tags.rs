//! Where tags, comments and raw texts end: what the guards must know of HTML's syntax, each found in linear time.

/// Elements that draw and have no words for a reader of the page.
const DRAWING: [&str; 32] = [
    "path",
    "g",
    "circle",
    "rect",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "use",
    "defs",
    "lineargradient",
    "radialgradient",
    "stop",
    "clippath",
    "mask",
    "symbol",
    "title",
    "desc",
    "filter",
    "text",
    "tspan",
    "image",
    "pattern",
    "marker",
    "animate",
    "style",
    "fegaussianblur",
    "feblend",
    "feflood",
    "fecolormatrix",
    "feoffset",
    "fecomposite",
];

/// A tag longer than this may have more attributes than a page needs: they are counted.
const LONG_TAG_BYTES: usize = 512;

/// What stands between `<` and `>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    /// End of the name.
    pub name_end: usize,
    /// One past the `>`; the end of the page when there is none.
    pub end: usize,
    /// Number of attributes, counted in long tags only.
    pub attributes: usize,
}

/// The next `byte` at or after `from`.
pub(super) fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    memchr::memchr(byte, bytes.get(from..)?).map(|at| from + at)
}

/// One past the next `>`.
pub(super) fn end_after_bracket(bytes: &[u8], from: usize) -> usize {
    find(bytes, from, b'>').map_or(bytes.len(), |at| at + 1)
}

/// The tag whose name starts at `name`.
pub(super) fn tag(bytes: &[u8], name: usize) -> Tag {
    let rest = bytes.get(name..).unwrap_or_default();
    let name_length = rest
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
        .unwrap_or(rest.len());
    let name_end = name + name_length;
    let end = tag_end(bytes, name_end);
    let attributes = if end - name_end > LONG_TAG_BYTES {
        count_attributes(&bytes[name_end..end])
    } else {
        0
    };
    Tag {
        name_end,
        end,
        attributes,
    }
}

/// One past the `>` that is in no quoted value.
fn tag_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(rest) = bytes.get(at..)
        && let Some(offset) = memchr::memchr3(b'>', b'"', b'\'', rest)
    {
        let found = at + offset;
        if bytes[found] == b'>' {
            return found + 1;
        }
        at = found + 1;
        // A quote opens a value only right after `=`; elsewhere it is a stray character.
        if bytes[from..found].trim_ascii_end().ends_with(b"=") {
            match find(bytes, at, bytes[found]) {
                Some(closing) => at = closing + 1,
                None => break,
            }
        }
    }
    bytes.len()
}

fn count_attributes(bytes: &[u8]) -> usize {
    let (mut quote, mut attributes, mut after_equals) = (None, 0usize, false);
    for &b in bytes {
        match quote {
            Some(q) if b == q => quote = None,
            None if after_equals && matches!(b, b'"' | b'\'') => quote = Some(b),
            None if b.is_ascii_whitespace() || b == b'/' => {
                attributes += usize::from(!after_equals);
            }
            Some(_) | None => {}
        }
        if !b.is_ascii_whitespace() {
            after_equals = quote.is_none() && b == b'=';
        }
    }
    attributes
}

/// One past the end of a comment whose `<!--` starts at `start`.
pub(super) fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 4;
    while let Some(found) = find(bytes, at, b'>') {
        let closes =
            bytes[start + 2..found].ends_with(b"--") || bytes[start + 4..found].ends_with(b"--!");
        at = found + 1;
        if closes {
            return at;
        }
    }
    bytes.len()
}

/// Where the content of a `<script>` and the like ends and where its end tag does; `from` is the content's beginning.
pub(super) fn raw_text_end(bytes: &[u8], from: usize, name: &str) -> (usize, usize) {
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        let after = found + 2 + name.len();
        let closes = bytes.get(found + 1) == Some(&b'/')
            && bytes
                .get(found + 2..after)
                .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            && bytes
                .get(after)
                .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
        if closes {
            return (found, end_after_bracket(bytes, after));
        }
        at = found + 1;
    }
    (bytes.len(), bytes.len())
}

/// Where the content of an `<svg>` ends that only draws; `None` when it holds anything else.
pub(super) fn drawing_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = find(bytes, at, b'<')?;
        let closing = bytes.get(found + 1) == Some(&b'/');
        let tag = tag(bytes, found + 1 + usize::from(closing));
        let name = &bytes[found + 1 + usize::from(closing)..tag.name_end];
        if closing && name.eq_ignore_ascii_case(b"svg") {
            return Some(found);
        }
        if !DRAWING
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        {
            return None;
        }
        at = tag.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_end_behind_their_quoted_values() {
        for (page, rest) in [
            ("<a href='x>y' b>z", "z"),
            ("<a title=\"it's > 1\">z", "z"),
            ("<a b=c'd>z", "z"),
            ("<a b = \">\" >z", "z"),
            ("<a \">z", "z"),
            ("<a b=\"", ""),
            ("<a", ""),
        ] {
            assert_eq!(&page[tag(page.as_bytes(), 1).end..], rest, "{page}");
        }
    }

    #[test]
    fn comments_end_as_browsers_end_them() {
        for (page, rest) in [
            ("<!-- a > b -->z", "z"),
            ("<!-->z", "z"),
            ("<!--->z", "z"),
            ("<!--!>y-->z", "z"),
            ("<!-- a --!>z", "z"),
            ("<!-- a", ""),
        ] {
            assert_eq!(&page[comment_end(page.as_bytes(), 0)..], rest, "{page}");
        }
    }

    #[test]
    fn a_drawing_holds_nothing_but_shapes() {
        let end = |page: &str| drawing_end(page.as_bytes(), 0);
        assert_eq!(end("<path d='<svg>'/><g></g></svg>"), Some(24));
        for other in [
            "<p>words</svg>",
            "<path/>",
            "<foreignObject></svg>",
            "<!-- --></svg>",
            "",
        ] {
            assert_eq!(end(other), None, "{other}");
        }
    }
}
