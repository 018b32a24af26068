//! Text that only screen readers and printers show: what an icon means, where a link opens, where the text begins.

use scraper::node::Element;

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute, declaration, names_of};

/// An element with this number of bytes or more is a part of the page, whatever its name.
const MAX_BYTES: u32 = 200;
/// Distance in pixels or in ems beyond which an element is outside every window.
const FAR_OUTSIDE: f32 = -900.0;
/// Names of other texts beside the text: marks of headings, and what is not printed.
const OTHER_NAMES: [&str; 10] = [
    "assistive-text",
    "element-invisible",
    "skip-link",
    "skip-to-content",
    "noprint",
    "headerlink",
    "anchorjs-link",
    "heading-anchor",
    "header-anchor",
    "a-offscreen",
];
/// Parts of names, without hyphens and capitals, that frameworks give to text for screen readers: Bootstrap, Foundation,
/// `WordPress`, Drupal, GOV.UK, USWDS, Angular Material, MUI, jQuery UI.
const SCREEN_READER_NAMES: [&str; 8] = [
    "sronly",
    "visuallyhidden",
    "screenreader",
    "showforsr",
    "hiddenaccessible",
    "a11yhidden",
    "a11yonly",
    "assistivehidden",
];
/// How links say where they open, as the beginnings of the words in an element of its own.
const WHERE_LINKS_OPEN: [&str; 24] = [
    "opens in a new",
    "opens in new",
    "opens a new",
    "opens new",
    "opens an external",
    "open in new",
    "open in a new",
    "link opens in",
    "links opens in",
    "this link opens in",
    "external link opens",
    "öffnet in neuem",
    "öffnet in einem neuen",
    "öffnet ein neues",
    "wird in neuem",
    "s'ouvre dans un",
    "ouvre une nouvelle",
    "ouvre un nouvel",
    "nouvelle fenêtre",
    "se abre en una",
    "abre em uma nova",
    "abre numa nova",
    "si apre in una",
    "opent in een nieuw",
];
/// Longest text that only says where a link opens, in bytes.
const MAX_LINK_HINT_BYTES: u32 = 60;

/// True for an element whose text readers of the page do not see or do not need: text for screen readers, marks of
/// headings, and where a link opens.
pub(in crate::extract) fn is_for_screen_readers(
    view: &PageView<'_>,
    id: NodeId,
    element: &Element,
) -> bool {
    let node = &view.nodes[id];
    if node.stats.text_bytes >= MAX_BYTES {
        return false;
    }
    names_of(element).any(is_name_of_hidden_text)
        || attribute(element, "style").is_some_and(is_off_screen)
        || node.kind == ElementKind::Inline
            && (1..=MAX_LINK_HINT_BYTES).contains(&node.stats.text_bytes)
            && says_where_a_link_opens(view, id)
}

fn is_name_of_hidden_text(name: &str) -> bool {
    // The shortest name is `sr-only`.
    if name.len() < 6 || name.len() > 60 {
        return false;
    }
    if OTHER_NAMES.contains(&name) {
        return true;
    }
    let letters: String = name
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    // A name with "not" undoes it (`not-sr-only`, `sr-only-undo`).
    SCREEN_READER_NAMES
        .iter()
        .any(|word| letters.contains(word))
        && !letters.starts_with("not")
        && !letters.ends_with("undo")
}

/// True for a `style` attribute that moves its element out of sight or cuts it to nothing.
fn is_off_screen(style: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(style.as_bytes(), word.as_bytes()).is_some();
    if has("clip") {
        let is_nothing = |value: &str| {
            let edges = value
                .strip_prefix("rect(")
                .and_then(|rest| rest.split(')').next());
            edges.is_some_and(|edges| {
                edges
                    .split([',', ' '])
                    .map(|edge| edge.trim_end_matches("px"))
                    .all(|edge| matches!(edge, "" | "0" | "1"))
            }) || value.starts_with("inset(50%)")
                || value.starts_with("inset(100%)")
        };
        let clips = ["clip", "clip-path"]
            .iter()
            .filter_map(|property| declaration(style, property))
            .any(|value| is_nothing(&value));
        if clips {
            return true;
        }
    }
    has("absolute")
        && ["left", "top", "right", "text-indent"]
            .iter()
            .filter_map(|property| declaration(style, property))
            .filter_map(|value| {
                let number = value.split(' ').next()?;
                let number = number.trim_end_matches(|c: char| c.is_alphabetic());
                number.parse::<f32>().ok()
            })
            .any(|distance| distance <= FAR_OUTSIDE)
}

/// True if the words of an element in or beside a link only say where the link opens.
fn says_where_a_link_opens(view: &PageView<'_>, id: NodeId) -> bool {
    let first = |c: char| !c.is_alphanumeric();
    let is_beside_link = view
        .ancestors(id)
        .skip(1)
        .take(3)
        .any(|at| view.name(at) == "a")
        || view
            .children(view.nodes[id].parent)
            .any(|at| view.name(at) == "a");
    is_beside_link && view.name(id) != "a" && {
        let text = view.text(id, 100).to_lowercase().replace('’', "'");
        let text = text.trim_start_matches(first);
        WHERE_LINKS_OPEN.iter().any(|words| text.starts_with(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_text_for_screen_readers_are_recognised_in_every_spelling() {
        for name in [
            "sr-only",
            "srOnly",
            "visually-hidden",
            "visuallyhidden",
            "govuk-visually-hidden",
            "usa-sr-only",
            "cdk-visually-hidden",
            "screen-reader-text",
            "show-for-sr",
            "ui-helper-hidden-accessible",
            "u-visually-hidden-focusable",
            "headerlink",
        ] {
            assert!(is_name_of_hidden_text(name), "{name}");
        }
        for name in [
            "not-sr-only",
            "sr-only-undo",
            "hidden",
            "reader",
            "screen",
            "only",
            "visible",
        ] {
            assert!(!is_name_of_hidden_text(name), "{name}");
        }
    }

    #[test]
    fn styles_that_move_text_out_of_sight_are_recognised() {
        for style in [
            "position:absolute;left:-9999px",
            "position: absolute !important; clip: rect(1px, 1px, 1px, 1px);",
            "clip:rect(0 0 0 0);width:1px",
            "clip-path: inset(50%)",
            "position:absolute; top:-1000em",
        ] {
            assert!(is_off_screen(style), "{style}");
        }
        for style in [
            "position:absolute;left:-20px",
            "left:-9999px",
            "background-clip: text",
            "clip:rect(0,200px,100px,0)",
            "clip-path: circle(40%)",
        ] {
            assert!(!is_off_screen(style), "{style}");
        }
    }
}
