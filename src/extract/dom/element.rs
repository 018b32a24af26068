//! The meaning of an element's attributes.

use scraper::node::Element;

/// The value of an attribute. Avoids the look-up in the parser's table of names, which [`Element::attr`] does.
pub(in crate::extract) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value)
}

/// The id and the class names of an element.
///
/// `Element::classes` is not used, because it stores the names of every page in a global table.
pub(in crate::extract) fn names_of(element: &Element) -> impl Iterator<Item = &str> {
    let classes = attribute(element, "class").unwrap_or_default();
    attribute(element, "id")
        .into_iter()
        .chain(classes.split_ascii_whitespace())
}

/// The distance from the top of an element whose style places it at a point of the page, as viewers of PDFs place every
/// piece of a line.
pub(in crate::extract) fn top_of_placed(element: &Element) -> Option<&str> {
    let style = attribute(element, "style")?;
    let value = |name: &str| {
        style.split(';').find_map(|part| {
            let (own, value) = part.split_once(':')?;
            own.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    value("left").and(value("top"))
}

/// True for an element that is hidden by its own attributes.
pub(in crate::extract) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => value != "until-found",
        "aria-hidden" => value == "true",
        "style" => hides(value),
        _ => false,
    })
}

/// True for declarations that hide an element.
pub(super) fn hides(style: &str) -> bool {
    let bytes = style.as_bytes();
    let says = |word: &[u8]| {
        memchr::memchr2_iter(word[0], word[0].to_ascii_uppercase(), bytes).any(|at| {
            bytes[at..]
                .get(..word.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(word))
        })
    };
    if !says(b"none") && !says(b"hidden") {
        return false;
    }
    let style: String = style
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}
