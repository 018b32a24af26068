//! The kinds of HTML elements that the guards distinguish: how each opens, stays open and closes.

/// Has no content and no end tag.
pub(super) const VOID: u8 = 1 << 0;
/// Formatting. If it is not closed, the parser opens it again in the paragraphs that follow.
pub(super) const FORMATTING: u8 = 1 << 1;
/// The end tag of another block has no effect beyond it.
pub(super) const SCOPE: u8 = 1 << 2;
/// Part of a table. Its end tag closes it unless a table is open inside it.
pub(super) const TABLE_PART: u8 = 1 << 3;
/// Special in the HTML standard, and can be open: the end tag of an ordinary element has no effect beyond it.
pub(super) const SPECIAL: u8 = 1 << 4;
/// An opening tag of the same kind closes it (`<li>` closes `<li>`, `<dt>` closes `<dd>`, `<tr>` closes `<td>` and its
/// `<tr>`).
pub(super) const SELF_CLOSING: u8 = 1 << 5;
/// Its content is text up to its own end tag. `<noscript>` is included because scripts count as enabled.
pub(super) const RAW_TEXT: u8 = 1 << 6;

/// Longest name that [`kinds`] knows.
const LONGEST_NAME: usize = 13;

/// True for a drawing or a formula, whose content is not HTML except inside elements of [`is_html_inside`].
pub(super) fn is_foreign(name: &str) -> bool {
    ["svg", "math"].iter().any(|n| name.eq_ignore_ascii_case(n))
}

/// True for the elements of a drawing or a formula whose content is HTML again.
pub(super) fn is_html_inside(name: &str) -> bool {
    [
        "foreignobject",
        "desc",
        "title",
        "annotation-xml",
        "mi",
        "mo",
        "mn",
        "ms",
        "mtext",
    ]
    .iter()
    .any(|n| name.eq_ignore_ascii_case(n))
}

/// True for HTML elements that end the drawing or formula around them.
pub(super) fn ends_foreign(name: &str) -> bool {
    [
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "hr",
        "i",
        "img",
        "li",
        "listing",
        "menu",
        "meta",
        "nobr",
        "ol",
        "p",
        "pre",
        "ruby",
        "s",
        "small",
        "span",
        "strong",
        "strike",
        "sub",
        "sup",
        "table",
        "tt",
        "u",
        "ul",
        "var",
    ]
    .iter()
    .any(|n| name.eq_ignore_ascii_case(n))
}

/// The kinds of an element, as bits of the constants above; 0 for an ordinary one. Case does not matter in names.
pub(super) fn kinds(name: &str) -> u8 {
    let mut lower = [0; LONGEST_NAME];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return 0;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"area" | b"base" | b"basefont" | b"bgsound" | b"br" | b"col" | b"embed" | b"frame"
        | b"hr" | b"img" | b"input" | b"keygen" | b"link" | b"meta" | b"param" | b"source"
        | b"track" | b"wbr" | b"spacer" => VOID,
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small"
        | b"strike" | b"strong" | b"tt" | b"u" => FORMATTING,
        b"applet" | b"marquee" | b"object" | b"template" => SCOPE | SPECIAL,
        b"caption" | b"table" => SCOPE | TABLE_PART | SPECIAL,
        b"td" | b"th" => SCOPE | TABLE_PART | SPECIAL | SELF_CLOSING,
        b"tbody" | b"thead" | b"tfoot" | b"tr" => TABLE_PART | SPECIAL | SELF_CLOSING,
        b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"button" | b"center"
        | b"colgroup" | b"details" | b"dir" | b"div" | b"dl" | b"fieldset" | b"figcaption"
        | b"figure" | b"footer" | b"form" | b"frameset" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5"
        | b"h6" | b"head" | b"header" | b"hgroup" | b"html" | b"listing" | b"main" | b"menu"
        | b"nav" | b"ol" | b"plaintext" | b"pre" | b"search" | b"section" | b"select"
        | b"summary" | b"ul" | b"svg" | b"math" | b"desc" | b"foreignobject" | b"mi" | b"mo"
        | b"mn" | b"ms" => SPECIAL,
        b"dd" | b"dt" | b"li" | b"p" => SPECIAL | SELF_CLOSING,
        b"option" | b"optgroup" => SELF_CLOSING,
        b"script" | b"style" | b"textarea" | b"title" | b"xmp" | b"iframe" | b"noframes"
        | b"noscript" | b"noembed" => RAW_TEXT,
        _ => 0,
    }
}
