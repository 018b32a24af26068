//! The style of text, by the elements and `style` attributes around it.

use scraper::node::Element;

use crate::extract::blocks::Style;
use crate::extract::dom::{attribute, declaration, has_word};

/// The number of open elements that set each style.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::extract) struct StyleCounts {
    strong: u32,
    emphasis: u32,
    code: u32,
    large: u32,
    struck: u32,
    /// `font-weight: normal` inside something bold (Google Docs wraps whole texts in `<b style="font-weight:normal">`).
    light: u32,
}

impl StyleCounts {
    /// Adds the style of an element.
    pub(in crate::extract) fn apply(&mut self, element: &Element) {
        self.apply_strike(element);
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
        if let Some(declarations) = attribute(element, "style") {
            let declarations: String = declarations
                .bytes()
                .filter(|b| !b.is_ascii_whitespace())
                .map(|b| char::from(b.to_ascii_lowercase()))
                .collect();
            if let Some((_, weight)) = declarations.split_once("font-weight:") {
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
            styles.emphasis += u32::from(declarations.contains("font-style:italic"));
        }
        if matches!(element.name(), "b" | "strong")
            && styles.light > 0
            && attribute(element, "style").is_none()
        {
            styles.light = 0;
        }
    }

    /// Adds what an element strikes out.
    pub(in crate::extract) fn apply_strike(&mut self, element: &Element) {
        let strikes_out = matches!(element.name(), "s" | "strike" | "del")
            || attribute(element, "style").is_some_and(strikes);
        self.struck += u32::from(strikes_out);
    }

    /// The style of text at this point.
    pub(in crate::extract) fn style(self) -> Style {
        Style {
            strong: self.strong > 0 && self.light == 0,
            emphasis: self.emphasis > 0,
            code: self.code > 0,
            large: self.large > 0,
            struck: self.struck > 0,
        }
    }
}

/// True for a `style` attribute that strikes the text out.
fn strikes(style: &str) -> bool {
    let says_so = ["line-through", "LINE-THROUGH"]
        .iter()
        .any(|word| memchr::memmem::find(style.as_bytes(), word.as_bytes()).is_some());
    says_so
        && ["text-decoration", "text-decoration-line"]
            .iter()
            .filter_map(|property| declaration(style, property))
            .any(|value| has_word(&value, "line-through"))
}
