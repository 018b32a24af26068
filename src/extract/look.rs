//! How text looks by the elements and styles around it.

use scraper::node::Element;

use super::tree::Style;

/// The value of an attribute, without the look-up in the parser's table of names that [`Element::attr`] does.
pub(super) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value)
}

/// How many of the open elements ask for each look.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    strong: u32,
    emphasis: u32,
    code: u32,
    large: u32,
    /// `font-weight: normal` inside something bold (Google Docs wraps whole texts in `<b style="font-weight:normal">`).
    light: u32,
}

impl Counts {
    /// Adds the look of an element to what is in force.
    pub(super) fn apply(&mut self, element: &Element) {
        let styles = self;
        match element.name() {
            "b" | "strong" | "dt" | "summary" => styles.strong += 1,
            "em" | "i" | "dfn" | "var" => styles.emphasis += 1,
            "code" | "kbd" | "samp" => styles.code += 1,
            "big" => styles.large += 1,
            "font" => {
                let size = attribute(element, "size").unwrap_or_default().trim();
                let large = match size.strip_prefix('+') {
                    Some(more) => more.parse::<u8>().is_ok_and(|n| n > 0),
                    None => size.parse::<u8>().is_ok_and(|n| n > 3),
                };
                styles.large += u32::from(large);
            }
            _ => {}
        }
        if let Some(look) = attribute(element, "style") {
            let look: String = look
                .bytes()
                .filter(|b| !b.is_ascii_whitespace())
                .map(|b| char::from(b.to_ascii_lowercase()))
                .collect();
            if let Some((_, weight)) = look.split_once("font-weight:") {
                if ["bold", "600", "700", "800", "900"]
                    .iter()
                    .any(|w| weight.starts_with(w))
                {
                    styles.strong += 1;
                    styles.light = 0;
                } else if ["normal", "400", "300"]
                    .iter()
                    .any(|w| weight.starts_with(w))
                {
                    styles.light += 1;
                }
            }
            styles.emphasis += u32::from(look.contains("font-style:italic"));
        }
        if matches!(element.name(), "b" | "strong")
            && styles.light > 0
            && attribute(element, "style").is_none()
        {
            styles.light = 0;
        }
    }

    /// The style of text that stands here.
    pub(super) fn style(self) -> Style {
        Style {
            strong: self.strong > 0 && self.light == 0,
            emphasis: self.emphasis > 0,
            code: self.code > 0,
            large: self.large > 0,
        }
    }
}

/// `<strong style="display:block">` is a line of its own.
pub(super) fn is_set_as_block(element: &Element) -> bool {
    attribute(element, "style").is_some_and(|look| {
        let look = look.to_ascii_lowercase();
        look.split_once("display")
            .is_some_and(|(_, value)| value.trim_start_matches([':', ' ']).starts_with("block"))
    })
}

/// Hidden by its own attributes (style sheets are not read).
pub(super) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => value != "until-found",
        "aria-hidden" => value == "true",
        "style" => hides(value),
        _ => false,
    })
}

fn hides(style: &str) -> bool {
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
