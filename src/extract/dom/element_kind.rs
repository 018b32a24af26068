//! The kind of an element, by its name.

use scraper::node::Element;

/// The kind of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum ElementKind {
    /// Text between tags.
    Text,
    /// Never part of the page's text: scripts, styles, drawings, fields.
    Silent,
    /// Part of a line: `<b>`, `<a>`, `<span>`.
    Inline,
    /// `<br>`.
    Break,
    /// `<p>`.
    Paragraph,
    /// `<h1>` to `<h6>`.
    Heading(u8),
    /// `<ul>`, `<ol>`, `<menu>`, `<dir>`.
    List,
    /// `<li>`.
    Item,
    /// `<dl>`, `<dt>`, `<dd>`.
    Definitions,
    /// `<table>`.
    Table,
    /// `<tr>`.
    Row,
    /// `<td>`, `<th>`.
    Cell,
    /// `<blockquote>`.
    Quote,
    /// `<pre>` and its older forms.
    Preformatted,
    /// `<button>`.
    Button,
    /// `<div>` and everything else that starts a new line.
    Box,
}

pub(in crate::extract) fn kind_of(element: &Element) -> ElementKind {
    match element.name() {
        "script" | "style" | "noscript" | "template" | "svg" | "math" | "object" | "embed"
        | "applet" | "iframe" | "frame" | "frameset" | "noframes" | "head" | "select"
        | "textarea" | "input" | "datalist" | "audio" | "video" | "canvas" | "option"
        | "optgroup" | "progress" | "meter" | "link" | "meta" | "title" | "base" | "param"
        | "source" | "track" | "area" => ElementKind::Silent,
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data"
        | "del" | "dfn" | "em" | "font" | "i" | "ins" | "kbd" | "label" | "mark" | "nobr" | "q"
        | "rp" | "rt" | "ruby" | "s" | "samp" | "small" | "span" | "strike" | "strong" | "sub"
        | "sup" | "time" | "tt" | "u" | "var" | "wbr" | "img" | "blink" | "basefont" | "o:p"
        | "st1:place" | "picture" | "output" | "map" => ElementKind::Inline,
        "br" => ElementKind::Break,
        "p" => ElementKind::Paragraph,
        "h1" => ElementKind::Heading(1),
        "h2" => ElementKind::Heading(2),
        "h3" => ElementKind::Heading(3),
        "h4" => ElementKind::Heading(4),
        "h5" => ElementKind::Heading(5),
        "h6" => ElementKind::Heading(6),
        "ul" | "ol" | "menu" | "dir" => ElementKind::List,
        "li" => ElementKind::Item,
        "dl" | "dt" | "dd" => ElementKind::Definitions,
        "table" => ElementKind::Table,
        "tr" => ElementKind::Row,
        "td" | "th" => ElementKind::Cell,
        "blockquote" => ElementKind::Quote,
        "pre" | "listing" | "plaintext" | "xmp" => ElementKind::Preformatted,
        "button" => ElementKind::Button,
        // Elements of office programs and custom elements with a colon are part of running text (`st1:City`,
        // `fb:like`).
        name if name.contains(':') => ElementKind::Inline,
        _ => ElementKind::Box,
    }
}
