//! Classifies single elements: hidden, blocks, footers.

use scraper::node::Element;

/// Words in classes and ids of footers, in addition to `footer`.
const FOOTER_WORDS: [&str; 9] = [
    "foot",
    "ftr",
    "copyright",
    "fineprint",
    "colophon",
    "bottomnav",
    "fusszeile",
    "pied",
    "pie",
];

/// True for elements whose text is not shown.
pub(super) fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "noframes")
}

/// True for elements whose text names a page or a drawing, but is not shown on it.
pub(super) fn is_name(name: &str) -> bool {
    matches!(name, "title" | "desc")
}

/// True for elements that begin and end a line.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "td"
            | "th"
            | "tr"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "br"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "main"
            | "form"
            | "blockquote"
            | "center"
            | "address"
            | "select"
            | "option"
            | "body"
            | "fieldset"
            | "map"
            | "pre"
    )
}

/// True for a footer: by its element, its role, or a class or id that contains the word (`site-footer`, `footer_links`,
/// `ftr`).
pub(super) fn is_footer(element: &Element) -> bool {
    if element.name() == "footer" || element.attr("role") == Some("contentinfo") {
        return true;
    }
    if matches!(element.name(), "body" | "html" | "a") {
        return false;
    }
    let names = [element.attr("id"), element.attr("class")];
    names
        .into_iter()
        .flatten()
        .flat_map(|names| names.split_whitespace().take(20))
        .any(|name| {
            let name = name.to_ascii_lowercase();
            name.contains("footer")
                || name
                    .split(['-', '_'])
                    .any(|part| FOOTER_WORDS.contains(&part))
        })
}
