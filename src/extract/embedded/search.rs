//! Finds the text of pages that scripts fill in: it is in the page's JSON (`__NEXT_DATA__`, JSON-LD and similar), not
//! in its DOM. It may also be in a frame whose page is in its `srcdoc` attribute, or in a `<noscript>`.

use scraper::Selector;

use super::field_names::{JSON_SENTENCE_BYTES, MAX_JSON_DEPTH, is_heading_name};
use super::json::Json;
use super::rich_text::rich_text;
use super::writer::JsonTextWriter;
use crate::extract::block_builder::{LinkResolver, build_blocks};
use crate::extract::blocks::Block;
use crate::extract::dom::PageView;
use crate::extract::main_content::{Strictness, choose_main_content, exclude_boilerplate};
use crate::page::Page;

/// Largest JSON that is read. Larger ones are catalogues of shops.
const MAX_JSON_BYTES: usize = 8 * 1024 * 1024;
/// Maximum number of elements with an embedded page that are read.
const MAX_CARRIERS: usize = 10;
/// Number of levels above the text at which its title may be:
/// `{"title": …, "body": {"nodeType": "document", "content": […]}}`.
const NEAR: usize = 3;
/// Measures how much of the wanted text a string holds.
pub(in crate::extract) type TextMeasure = fn(&str) -> u32;

/// The number of bytes in a string with sentences on any subject; 0 for other strings.
pub(in crate::extract) fn sentence_bytes(text: &str) -> u32 {
    let ends = [". ", ".\n", ".</", "! ", "? ", "。", "؟ "];
    let is_code =
        text.starts_with(['{', '[']) || text.starts_with("<svg") || text.starts_with("http");
    if is_code || !(text.ends_with('.') || ends.iter().any(|end| text.contains(end))) {
        return 0;
    }
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// The blocks of the embedded text with the highest measure, for example the most policy words; empty if there is none.
pub(in crate::extract) fn embedded_blocks(
    page: &Page,
    links: &LinkResolver<'_>,
    measure: TextMeasure,
) -> Vec<Block> {
    let Ok(selector) =
        Selector::parse("script[type*=json i], script#__NEXT_DATA__, script#__NUXT_DATA__")
    else {
        return Vec::new();
    };
    let Ok(carriers) = Selector::parse("iframe[srcdoc], noscript") else {
        return Vec::new();
    };
    let mut best: (u32, Vec<Block>) = (0, Vec::new());
    for script in page.html.select(&selector).take(50) {
        let text: String = script.text().collect();
        if text.len() > MAX_JSON_BYTES {
            continue;
        }
        let Some(value) = parsed(&text) else {
            continue;
        };
        let (chosen, around) = densest(&value, links, measure);
        let weight = words_in(chosen, 0, measure);
        if weight > best.0 {
            let mut writer = JsonTextWriter::new(page, links);
            if let Some(title) = around.iter().rev().take(NEAR).find_map(|v| title_in(v)) {
                writer.write_title(title);
            }
            writer.write(chosen, None, 0);
            best = (weight, writer.into_blocks());
        }
    }
    for carrier in page.html.select(&carriers).take(MAX_CARRIERS) {
        let html = match carrier.attr("srcdoc") {
            Some(html) => html.to_owned(),
            None => carrier.text().collect(),
        };
        if html.len() > MAX_JSON_BYTES || measure(&html) <= best.0 {
            continue;
        }
        let inner = Page::from_html(&html, page.url.as_ref());
        let mut view = PageView::of(&inner);
        exclude_boilerplate(&mut view, Strictness::Names);
        let roots = choose_main_content(&view).roots;
        let blocks = build_blocks(&view, &roots, links);
        let weight = blocks.iter().map(|b| measure(&b.text())).sum();
        if weight > best.0 {
            best = (weight, blocks);
        }
    }
    best.1
}

/// Parses JSON. Angular has its own escapes for quotes and brackets.
fn parsed(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok().or_else(|| {
        let plain = text
            .replace("&q;", "\"")
            .replace("&s;", "'")
            .replace("&l;", "<")
            .replace("&g;", ">")
            .replace("&a;", "&");
        (plain.len() < text.len()).then(|| serde_json::from_str(&plain).ok())?
    })
}

/// The short string in a title field of an object.
fn title_in(value: &Json) -> Option<&str> {
    let Json::Fields(fields) = value else {
        return None;
    };
    fields
        .iter()
        .filter_map(|(name, title)| match title {
            Json::Text(title) if is_heading_name(name) => Some(title.as_str()),
            _ => None,
        })
        .find(|title| {
            title.len() < 200 && !title.contains('<') && title.chars().any(char::is_alphanumeric)
        })
}

/// The smallest part of a value with most of its policy words, and the values around it, outermost first.
fn densest<'j>(
    value: &'j Json,
    links: &LinkResolver<'_>,
    measure: TextMeasure,
) -> (&'j Json, Vec<&'j Json>) {
    let mut at = value;
    let mut around = Vec::new();
    for depth in 0..MAX_JSON_DEPTH {
        let total = words_in(at, depth, measure);
        let best = at
            .inner()
            .map(|c| (words_in(c, depth + 1, measure), c))
            .max_by_key(|(words, _)| *words);
        match best {
            Some((words, child))
                // A single line is not the text.
                if u64::from(words) * 100 >= u64::from(total) * 85
                    && words > 0
                    && rich_text(child, links).is_none() =>
            {
                around.push(at);
                at = child;
            }
            _ => break,
        }
    }
    (at, around)
}

fn words_in(value: &Json, depth: usize, measure: TextMeasure) -> u32 {
    if depth > MAX_JSON_DEPTH {
        return 0;
    }
    match value {
        Json::Text(text) if text.len() >= JSON_SENTENCE_BYTES => measure(text),
        value => value.inner().map(|v| words_in(v, depth + 1, measure)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::render::write_markdown;
    use crate::extract::vocabulary::policy_words;
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &Value) -> String {
        let html = format!("<script id=__NEXT_DATA__ type='application/json'>{value}</script>");
        let page = Page::from_html(&html, None);
        write_markdown(&embedded_blocks(
            &page,
            &LinkResolver::of(&page),
            policy_words,
        ))
    }

    const SENTENCE: &str = "We collect personal information about you when you register.";

    fn text(words: &str) -> Value {
        json!({"nodeType": "text", "value": words, "marks": []})
    }

    fn node(kind: &str, content: &[Value]) -> Value {
        json!({"nodeType": kind, "content": content, "data": {}})
    }

    #[test]
    fn a_document_of_rich_text_keeps_its_headings_paragraphs_and_lists() {
        let item = |words: &str| node("list-item", &[node("paragraph", &[text(words)])]);
        let link = json!({"nodeType": "hyperlink", "data": {"uri": "https://a.com/x"}, "content": [text("our rules")]});
        let document = node(
            "document",
            &[
                node("heading-2", &[text("What we collect")]),
                node(
                    "paragraph",
                    &[text(SENTENCE), text(" See "), link, text(".")],
                ),
                node(
                    "unordered-list",
                    &[item("Your name"), item("Your e-mail address")],
                ),
                node(
                    "paragraph",
                    &[text("We share personal data with third parties.")],
                ),
            ],
        );
        assert_eq!(
            written(&json!({"props": {"title": "Privacy", "body": document}})),
            format!(
                "# Privacy\n\n## What we collect\n\n{SENTENCE} See [our rules](https://a.com/x).\n\n\
                 - Your name\n- Your e-mail address\n\nWe share personal data with third parties.\n"
            )
        );
    }

    #[test]
    fn an_empty_list_of_children_hides_nothing_and_cards_are_no_line() {
        let html = format!("<p>{SENTENCE}</p>");
        let page = json!({"sections": [
            {"children": [], "heading": "A", "html": html},
            {"content": [{"heading": "B", "text": "We use cookies."}, {"heading": "C", "text": SENTENCE}]},
        ]});
        assert_eq!(
            written(&page),
            format!("## A\n\n{SENTENCE}\n\n## B\n\nWe use cookies.\n\n## C\n\n{SENTENCE}\n")
        );
    }

    #[test]
    fn fields_stand_in_the_order_of_the_page() {
        let html = "<script type='application/json'>{\"page\": {\"zeal\": \"We collect personal data of all who register here.\", \
                    \"arms\": \"We share personal data with third parties that help us.\"}}</script>";
        let page = Page::from_html(html, None);
        let text = write_markdown(&embedded_blocks(
            &page,
            &LinkResolver::of(&page),
            policy_words,
        ));
        assert!(text.find("collect") < text.find("share"), "{text}");
    }

    #[test]
    fn items_that_are_marked_one_by_one_are_one_list() {
        let item = |words: &str| json!({"_type": "block", "style": "normal", "listItem": "bullet", "children": [{"_type": "span", "text": words}]});
        let block = |style: &str, words: &str| json!({"_type": "block", "style": style, "children": [{"_type": "span", "text": words}]});
        assert_eq!(
            written(&json!([
                block("h2", "Data"),
                block("normal", SENTENCE),
                item("names"),
                item("ages")
            ])),
            format!("## Data\n\n{SENTENCE}\n\n- names\n- ages\n")
        );
    }
}
