//! Consent notices without a telling name: a small box with words about cookies and a button to accept them.

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};
use crate::extract::vocabulary::{PAGE_PATTERNS, is_consent_label};

/// Longest notice, in bytes without blanks. A notice of the interactive advertising bureau's framework has 500.
const MAX_BYTES: u32 = 700;
/// Longest label of a button, in bytes.
const LABEL_BYTES: usize = 40;
/// A notice has less than this share of the page's weight, in percent.
const MAX_SHARE: u64 = 30;

/// Excludes the boxes that ask for consent.
pub(in crate::extract) fn exclude_consent_notices(view: &mut PageView<'_>) {
    let body = view.body();
    let total = view.nodes.get(body).map_or(0, |e| e.stats.weight()).max(1);
    let mut id = body + 1;
    while let Some(entry) = view.nodes.get(id) {
        if entry.excluded {
            id = entry.end;
            continue;
        }
        if is_button(view, id)
            && is_consent_label(&label(view, id))
            && let Some(notice) = notice_around(view, id, total)
        {
            view.exclude(notice);
        }
        id += 1;
    }
}

/// True for an element that does something on the page when it is clicked.
fn is_button(view: &PageView<'_>, id: NodeId) -> bool {
    let Some(element) = view.element(id) else {
        return false;
    };
    match element.name() {
        "button" => true,
        "input" => matches!(attribute(element, "type"), Some("button" | "submit")),
        "a" => {
            let stays = |href: &str| href.starts_with('#') || href.starts_with("javascript:");
            attribute(element, "href").is_none_or(stays)
                || attribute(element, "role") == Some("button")
                || attribute(element, "class").is_some_and(|names| {
                    let names = names.to_ascii_lowercase();
                    names.contains("btn") || names.contains("button")
                })
        }
        "span" | "div" => attribute(element, "role") == Some("button"),
        _ => false,
    }
}

fn label(view: &PageView<'_>, id: NodeId) -> String {
    let value = view.element(id).and_then(|e| attribute(e, "value"));
    match value {
        Some(value) if view.name(id) == "input" => value.to_owned(),
        _ if view.nodes[id].stats.text_bytes as usize <= LABEL_BYTES => {
            view.text(id, LABEL_BYTES * 2)
        }
        _ => String::new(),
    }
}

/// The smallest box around a button that has a sentence about cookies. A box with a heading may be a section.
fn notice_around(view: &PageView<'_>, button: NodeId, total: u32) -> Option<NodeId> {
    let around = view.ancestors(button).skip(1).take_while(|id| {
        let stats = view.nodes[*id].stats;
        stats.text_bytes <= MAX_BYTES
            && u64::from(stats.weight()) * 100 < u64::from(total) * MAX_SHARE
    });
    for id in around {
        let entry = &view.nodes[id];
        if matches!(entry.kind, ElementKind::Inline) || entry.stats.text_bytes < 30 {
            continue;
        }
        let text = view.text(id, MAX_BYTES as usize * 2).to_lowercase();
        let has_heading =
            || (id..entry.end).any(|at| matches!(view.nodes[at].kind, ElementKind::Heading(_)));
        if PAGE_PATTERNS
            .cookie_words
            .iter()
            .any(|word| text.contains(word))
        {
            return (!has_heading()).then_some(id);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    fn left(body: &str) -> String {
        let text = "We collect your name and your address when you order. ".repeat(20);
        let page = Page::from_html(&format!("<main>{body}<p>{text}</p></main>"), None);
        let mut view = PageView::of(&page);
        exclude_consent_notices(&mut view);
        view.text(view.body(), 200)
    }

    #[test]
    fn a_small_box_with_cookies_and_a_button_is_a_notice() {
        for notice in [
            "<div class=x7><p>We use cookies to count visitors.</p><a class=btn href=/ok>OK, I understand</a></div>",
            "<div><p>We use cookies to count visitors. <button>Accept all</button></p></div>",
            "<form><span>Diese Seite verwendet Cookies für Statistiken.</span><input type=submit value=Einverstanden></form>",
        ] {
            assert!(left(notice).starts_with("We collect"), "{notice}");
        }
    }

    #[test]
    fn a_section_about_cookies_is_no_notice() {
        for section in [
            "<section><h2>Cookies</h2><p>We use cookies to count visitors.</p><button>Accept</button></section>",
            "<div><p>We use cookies to count visitors.</p><a href=/settings>Cookie settings</a></div>",
            "<div><p>We keep your orders for seven years.</p><button>OK</button></div>",
        ] {
            assert!(!left(section).starts_with("We collect"), "{section}");
        }
    }
}
