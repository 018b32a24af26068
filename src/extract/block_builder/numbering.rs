//! The numbers and letters of list items.
//!
//! Markdown has numbers only. An item that a page letters or numbers in Roman gets its label as words, because the text
//! of a policy refers to it: `- (b) the law obliges us`.

use scraper::node::Element;

use crate::extract::dom::{attribute, declaration};

/// Largest number of a list in Markdown.
const MAX_NUMBER: i64 = 999_999_999;
/// Largest number in Roman numerals.
const MAX_ROMAN: i64 = 3_999;

/// How the items of a list are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Bullet,
    /// Nothing (`list-style: none`).
    Hidden,
    Number,
    /// Letters from this one on, and how many there are.
    Letters(char, u8),
    Roman {
        large: bool,
    },
}

/// The mark of one item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::extract) struct ItemMark {
    /// The number that Markdown writes.
    pub number: Option<u32>,
    /// The label that is part of the text.
    pub label: Option<String>,
    /// True if the page shows no mark at all.
    pub hidden: bool,
}

/// The marks of an open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct Numbering {
    marker: Marker,
    is_ordered: bool,
    next: i64,
    step: i64,
}

impl Numbering {
    /// The marks of a list; `items` counts its items, for one that counts down.
    pub(in crate::extract) fn of(list: &Element, items: impl FnOnce() -> usize) -> Self {
        let is_ordered = list.name() == "ol";
        let counts_down = is_ordered && attribute(list, "reversed").is_some();
        let start = attribute(list, "start")
            .and_then(number)
            .filter(|s| (0..=MAX_NUMBER).contains(s));
        let first = || {
            if counts_down {
                i64::try_from(items()).unwrap_or(MAX_NUMBER)
            } else {
                1
            }
        };
        let default = if is_ordered {
            Marker::Number
        } else {
            Marker::Bullet
        };
        Self {
            marker: own_marker(list).unwrap_or(default),
            is_ordered,
            next: start.unwrap_or_else(first),
            step: if counts_down { -1 } else { 1 },
        }
    }

    /// The marks of items without a list.
    pub(in crate::extract) fn bullets() -> Self {
        Self {
            marker: Marker::Bullet,
            is_ordered: false,
            next: 1,
            step: 1,
        }
    }

    /// The mark of the next item.
    pub(in crate::extract) fn mark(&mut self, item: &Element) -> ItemMark {
        if let Some(value) = attribute(item, "value").and_then(number) {
            self.next = value.clamp(-MAX_NUMBER, MAX_NUMBER);
        }
        let value = self.next;
        self.next += self.step;
        let own = own_marker(item);
        let marker = own.unwrap_or(self.marker);
        let label = match marker {
            Marker::Letters(first, count) => letters(value, first, count),
            Marker::Roman { large } => roman(value, large),
            Marker::Bullet | Marker::Hidden | Marker::Number => None,
        };
        // A hidden number may be drawn by the style sheet, so it stays, except on an item that hides its own.
        let has_number = match marker {
            Marker::Number => true,
            Marker::Hidden => self.is_ordered && own.is_none(),
            Marker::Letters(..) | Marker::Roman { .. } => label.is_none(),
            Marker::Bullet => false,
        };
        ItemMark {
            number: has_number.then(|| u32::try_from(value.max(0)).unwrap_or_default()),
            label: label.map(|label| format!("({label})")),
            hidden: marker == Marker::Hidden,
        }
    }
}

/// The marker that an element's own attributes set. The style counts more than the type.
fn own_marker(element: &Element) -> Option<Marker> {
    let style = attribute(element, "style").and_then(|style| {
        let value =
            declaration(style, "list-style-type").or_else(|| declaration(style, "list-style"))?;
        value.split_ascii_whitespace().find_map(marker_of_style)
    });
    style.or_else(|| match attribute(element, "type")?.trim() {
        "1" => Some(Marker::Number),
        "a" => Some(Marker::Letters('a', 26)),
        "A" => Some(Marker::Letters('A', 26)),
        "i" => Some(Marker::Roman { large: false }),
        "I" => Some(Marker::Roman { large: true }),
        name if ["disc", "circle", "square"]
            .iter()
            .any(|n| n.eq_ignore_ascii_case(name)) =>
        {
            Some(Marker::Bullet)
        }
        _ => None,
    })
}

fn marker_of_style(value: &str) -> Option<Marker> {
    Some(match value {
        "lower-alpha" | "lower-latin" => Marker::Letters('a', 26),
        "upper-alpha" | "upper-latin" => Marker::Letters('A', 26),
        "lower-greek" => Marker::Letters('α', 24),
        "lower-roman" => Marker::Roman { large: false },
        "upper-roman" => Marker::Roman { large: true },
        "decimal" | "decimal-leading-zero" => Marker::Number,
        "disc" | "circle" | "square" => Marker::Bullet,
        "none" => Marker::Hidden,
        _ => return None,
    })
}

fn number(value: &str) -> Option<i64> {
    value.trim().parse().ok()
}

/// A number in letters: a, b, …, z, aa, ab.
fn letters(value: i64, first: char, count: u8) -> Option<String> {
    let mut rest = u64::try_from(value)
        .ok()
        .filter(|v| (1..=MAX_NUMBER.unsigned_abs()).contains(v))?;
    let mut digits = Vec::new();
    while rest > 0 {
        rest -= 1;
        // The Greek small letters have two forms of sigma in a row; lists use the second one.
        let at = u32::try_from(rest % u64::from(count)).ok()?;
        let skip = u32::from(first == 'α' && at >= 17);
        digits.push(char::from_u32(u32::from(first) + at + skip)?);
        rest /= u64::from(count);
    }
    Some(digits.iter().rev().collect())
}

fn roman(value: i64, large: bool) -> Option<String> {
    const SIGNS: [(i64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if !(1..=MAX_ROMAN).contains(&value) {
        return None;
    }
    let mut rest = value;
    let mut out = String::new();
    for (worth, sign) in SIGNS {
        while rest >= worth {
            out.push_str(sign);
            rest -= worth;
        }
    }
    Some(if large { out.to_ascii_uppercase() } else { out })
}

/// True for a text that begins with a label of its own: `(b)`, `iii.`, `2)`.
pub(in crate::extract) fn begins_with_label(text: &str) -> bool {
    let text = text.trim_start();
    let inner = text.strip_prefix(['(', '[']).unwrap_or(text);
    let length = inner
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(inner.len());
    let label = &inner[..length];
    let is_label = (1..=2).contains(&label.chars().count())
        || label.len() <= 4 && has_only_roman_signs(label)
        || label.len() <= 3 && label.bytes().all(|b| b.is_ascii_digit());
    let after = &inner[length..];
    length > 0
        && is_label
        && (after.starts_with([')', ']']) || inner.len() == text.len() && after.starts_with(". "))
}

fn has_only_roman_signs(label: &str) -> bool {
    label
        .bytes()
        .all(|b| b"ivxlcdm".contains(&b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_letters_and_in_roman() {
        let all = |of: fn(i64) -> Option<String>, values: &[i64]| -> Vec<String> {
            values.iter().map(|v| of(*v).unwrap_or_default()).collect()
        };
        assert_eq!(
            all(
                |v| letters(v, 'a', 26),
                &[0, 1, 2, 26, 27, 52, 53, 702, 703, -4]
            ),
            ["", "a", "b", "z", "aa", "az", "ba", "zz", "aaa", ""]
        );
        assert_eq!(
            all(|v| letters(v, 'α', 24), &[1, 17, 18, 24, 25]),
            ["α", "ρ", "σ", "ω", "αα"]
        );
        assert_eq!(
            all(
                |v| roman(v, false),
                &[1, 4, 9, 14, 40, 90, 1994, 3999, 4000, 0]
            ),
            [
                "i",
                "iv",
                "ix",
                "xiv",
                "xl",
                "xc",
                "mcmxciv",
                "mmmcmxcix",
                "",
                ""
            ]
        );
        assert_eq!(roman(12, true).as_deref(), Some("XII"));
    }

    #[test]
    fn labels_are_recognised() {
        for label in [
            "(b) the law",
            "b) the law",
            "iii) x",
            "(xii) x",
            "2. x",
            "[1] x",
            "12) x",
        ] {
            assert!(begins_with_label(label), "{label}");
        }
        for text in [
            "We keep",
            "the law",
            "(see below) x",
            "e.g. this",
            "2.5 million",
            "(the law)",
            "",
        ] {
            assert!(!begins_with_label(text), "{text}");
        }
    }
}
