//! The ends of tags, comments and raw texts: the part of HTML's syntax that the guards need. Each is found in linear time.

/// Elements of a drawing that contain no words for a reader of the page.
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

/// A tag, from its name to its `>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    /// End of the name.
    pub name_end: usize,
    /// One past the `>`, or the end of the page if there is none.
    pub end: usize,
    /// Number of attributes.
    pub attributes: usize,
}

/// State of the tokenizer within a tag (HTML standard, 13.2.5.8 and 13.2.5.32 to 13.2.5.40).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum TagState {
    Name,
    /// Before the name of an attribute; also after `/` and after a quoted value, because the same may follow there.
    Before,
    Attribute,
    /// After the name of an attribute and white space.
    After,
    BeforeValue,
    DoubleQuoted,
    SingleQuoted,
    Unquoted,
}

impl TagState {
    /// All states, in order.
    pub(super) const ALL: [Self; 8] = [
        Self::Name,
        Self::Before,
        Self::Attribute,
        Self::After,
        Self::BeforeValue,
        Self::DoubleQuoted,
        Self::SingleQuoted,
        Self::Unquoted,
    ];

    /// The state after one more byte; `None` when this `>` ends the tag.
    #[inline]
    pub(super) fn after(self, byte: u8) -> Option<Self> {
        let blank = byte.is_ascii_whitespace();
        Some(match (self, byte) {
            (Self::DoubleQuoted, b'"') | (Self::SingleQuoted, b'\'') => Self::Before,
            (Self::DoubleQuoted | Self::SingleQuoted, _) => self,
            (_, b'>') => return None,
            (Self::BeforeValue, b'"') => Self::DoubleQuoted,
            (Self::BeforeValue, b'\'') => Self::SingleQuoted,
            (Self::BeforeValue, _) if blank => self,
            (Self::BeforeValue, _) => Self::Unquoted,
            (Self::Attribute, _) if blank => Self::After,
            (Self::Attribute | Self::After, b'=') => Self::BeforeValue,
            (Self::Name | Self::Before | Self::Unquoted, _) if blank => Self::Before,
            (Self::After, _) if blank => self,
            (Self::Unquoted, _) => self,
            (_, b'/') => Self::Before,
            (Self::Name, _) => self,
            // This includes an equals sign: without a name before it, it begins a name.
            (Self::Before | Self::Attribute | Self::After, _) => Self::Attribute,
        })
    }

    /// True when the step from this state to `next` begins an attribute.
    pub(super) fn begins_attribute(self, next: Self) -> bool {
        next == Self::Attribute && self != Self::Attribute
    }
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
    let (mut at, mut state, mut attributes) = (name_end, TagState::Name, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let Some(next) = state.after(byte) else {
            return Tag {
                name_end,
                end: at,
                attributes,
            };
        };
        attributes += usize::from(state.begins_attribute(next));
        state = next;
        if matches!(state, TagState::DoubleQuoted | TagState::SingleQuoted) {
            at = find(bytes, at, byte).unwrap_or(bytes.len());
        }
    }
    Tag {
        name_end,
        end: bytes.len(),
        attributes,
    }
}

/// One past the end of the comment whose `<!--` starts at `start`.
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

/// Ends of the content of a `<script>` or another raw text, and of its end tag; `from` is the start of the content.
///
/// In a script, `<!--` followed by `<script` hides one `</script>` (HTML standard, 13.2.5.17 to 13.2.5.31).
pub(super) fn raw_text_end(bytes: &[u8], from: usize, name: &str) -> (usize, usize) {
    let is_named = |at: usize| {
        let after = at + name.len();
        bytes
            .get(at..after)
            .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            && bytes
                .get(after)
                .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
    };
    let is_script = name.eq_ignore_ascii_case("script");
    // The end of the comment around this position, and whether a script began inside the comment.
    let (mut comment, mut hidden) = (from, false);
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        if found >= comment {
            hidden = false;
        }
        at = found + 1;
        if bytes.get(at) == Some(&b'/') && is_named(at + 1) {
            if !hidden {
                return (found, tag(bytes, at + 1).end);
            }
            hidden = false;
        } else if is_script && found >= comment && bytes[found..].starts_with(b"<!--") {
            comment = script_comment_end(bytes, found);
        } else if found < comment && is_named(at) {
            hidden = true;
        }
    }
    (bytes.len(), bytes.len())
}

/// One past the `-->` that ends a comment in a script. Unlike in a page, `--!>` does not end it.
fn script_comment_end(bytes: &[u8], start: usize) -> usize {
    memchr::memmem::find(&bytes[start + 2..], b"-->").map_or(bytes.len(), |at| start + 2 + at + 3)
}

/// End of the content of an `<svg>` that only draws; `None` when it contains anything else.
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
    fn tags_end_after_their_quoted_values() {
        for (page, rest) in [
            ("<a href='x>y' b>z", "z"),
            ("<a title=\"it's > 1\">z", "z"),
            ("<a b=c'd>z", "z"),
            ("<a b = \">\" >z", "z"),
            ("<a \">z", "z"),
            ("<a =\">z", "z"),
            ("<a b==\">z", "z"),
            ("<a b=c=\">z", "z"),
            ("<a href=p?x=\">z", "z"),
            ("<a b=\"\"=\">z", "z"),
            ("<a b/=\">z", "z"),
            ("<a b =\">\">z", "z"),
            ("<a b=\"", ""),
            ("<a", ""),
        ] {
            assert_eq!(&page[tag(page.as_bytes(), 1).end..], rest, "{page}");
        }
    }

    #[test]
    fn attributes_are_counted_as_the_parser_counts_them() {
        for inside in [
            "",
            "a",
            "a b c",
            "a1=\"\"a2=\"\"a3=''a4",
            "a/b/c=d/e",
            "a = b c= d e =f",
            "=a =b",
            "a==b \"c 'd",
            "a=\"b c d\" e='f > g'",
        ] {
            let page = format!("<p {inside}>");
            let tree = scraper::Html::parse_document(&page);
            let read = tree
                .tree
                .values()
                .filter_map(|node| node.as_element())
                .find(|element| element.name() == "p")
                .map(|element| element.attrs().count());
            assert_eq!(Some(tag(page.as_bytes(), 1).attributes), read, "{page}");
        }
    }

    #[test]
    fn a_script_ends_where_browsers_end_it() {
        for (script, rest) in [
            ("a<b</script>z", "z"),
            ("</scripty></SCRIPT >z", "z"),
            ("</script a='>'>z", "z"),
            ("<!-- </script>z", "z"),
            ("<!--<script></script>--></script>z", "z"),
            ("<!--<script></script></script>z", "z"),
            ("<!--<script></script><!--</script>z", "z"),
            ("<!--<script>--></script>z", "z"),
            ("<!--><script></script>z", "z"),
            ("<!--<script><script></script></script>z", "z"),
            ("<!--<script>", ""),
        ] {
            let (_, end) = raw_text_end(script.as_bytes(), 0, "script");
            assert_eq!(&script[end..], rest, "{script}");
            let tree = scraper::Html::parse_document(&format!("<script>{script}"));
            let body: String = tree
                .root_element()
                .children()
                .filter_map(scraper::ElementRef::wrap)
                .filter(|element| element.value().name() == "body")
                .flat_map(|element| element.text())
                .collect();
            assert_eq!(body, rest, "{script}");
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
    fn a_drawing_contains_nothing_but_shapes() {
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
