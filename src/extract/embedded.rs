//! Pages that scripts fill in: the text is in the page's JSON (`__NEXT_DATA__`, JSON-LD and their kin), not in its DOM.

use scraper::Selector;
use serde_json::Value;

use super::links::Links;
use super::tree::{Block, Span, tidy};
use super::view::View;
use super::words::policy_words;
use crate::page::Page;

/// JSON larger than this is a shop's catalogue.
const MAX_JSON_BYTES: usize = 8 * 1024 * 1024;
/// Strings longer than this are parsed as pages of their own with its limits.
const SENTENCE_BYTES: usize = 40;
/// Deepest JSON that is walked; `serde_json` itself stops at 128.
const MAX_DEPTH: usize = 128;

/// The blocks of the text in the page's JSON with the most policy words; empty when there is none.
pub(super) fn blocks(page: &Page) -> Vec<Block> {
    let Ok(selector) =
        Selector::parse("script[type*=json i], script#__NEXT_DATA__, script#__NUXT_DATA__")
    else {
        return Vec::new();
    };
    let mut best: (u32, Vec<Block>) = (0, Vec::new());
    for script in page.html.select(&selector).take(50) {
        let text: String = script.text().collect();
        if text.len() > MAX_JSON_BYTES {
            continue;
        }
        let Ok(value) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        let (chosen, parent) = densest(&value);
        let weight = words_in(chosen, 0);
        if weight > best.0 {
            let mut blocks = Vec::new();
            if let Some(title) = parent.and_then(title_in) {
                blocks.push(Block::Heading(
                    1,
                    tidy(vec![Span::plain(
                        super::text::cleaned(title).replace('\n', " "),
                    )]),
                ));
            }
            write(chosen, None, page, &mut blocks, 0);
            best = (weight, blocks);
        }
    }
    best.1
}

/// The short string that an object calls its title.
fn title_in(value: &Value) -> Option<&str> {
    let fields = value.as_object()?;
    fields
        .iter()
        .filter(|(name, _)| is_heading_name(name))
        .filter_map(|(_, title)| title.as_str())
        .find(|title| {
            title.len() < 200 && !title.contains('<') && title.chars().any(char::is_alphanumeric)
        })
}

/// The smallest part of the value that still holds most of its policy words, and what it is a part of.
fn densest(value: &Value) -> (&Value, Option<&Value>) {
    let mut at = value;
    let mut parent = None;
    for depth in 0..MAX_DEPTH {
        let total = words_in(at, depth);
        let children: Box<dyn Iterator<Item = &Value>> = match at {
            Value::Array(items) => Box::new(items.iter()),
            Value::Object(fields) => Box::new(fields.values()),
            _ => break,
        };
        let best = children
            .map(|c| (words_in(c, depth + 1), c))
            .max_by_key(|(words, _)| *words);
        match best {
            Some((words, child))
                if u64::from(words) * 100 >= u64::from(total) * 85 && words > 0 =>
            {
                parent = Some(at);
                at = child;
            }
            _ => break,
        }
    }
    (at, parent)
}

fn words_in(value: &Value, depth: usize) -> u32 {
    if depth > MAX_DEPTH {
        return 0;
    }
    match value {
        Value::String(text) if text.len() >= SENTENCE_BYTES => policy_words(text),
        Value::Array(items) => items.iter().map(|v| words_in(v, depth + 1)).sum(),
        Value::Object(fields) => fields.values().map(|v| words_in(v, depth + 1)).sum(),
        _ => 0,
    }
}

/// Names of fields whose short strings are words of the text, too.
fn is_heading_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["title", "heading", "headline", "question", "subtitle"]
        .iter()
        .any(|n| name.ends_with(n))
}

fn is_text_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "text",
        "value",
        "content",
        "body",
        "description",
        "html",
        "answer",
        "copy",
        "paragraph",
        "articlebody",
        "markdown",
        "children",
    ]
    .iter()
    .any(|n| name.ends_with(n))
}

fn write(value: &Value, name: Option<&str>, page: &Page, out: &mut Vec<Block>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::String(text) => {
            let text = text.trim();
            let heading = name.is_some_and(is_heading_name);
            let wanted = heading
                || name.is_none_or(is_text_name)
                || text.len() >= SENTENCE_BYTES && text.contains(' ');
            if !wanted || text.is_empty() || text.starts_with("http") && !text.contains(' ') {
                return;
            }
            if text.contains("</") || text.contains("<br") || text.contains("<p>") {
                let inner = Page::from_html(text, page.url.as_ref());
                let view = View::of(&inner);
                let root = view.body();
                out.extend(super::build::blocks(&view, &[root], &Links::of(page)));
                return;
            }
            let cleaned = super::text::cleaned(text);
            if heading {
                let spans = tidy(vec![Span::plain(cleaned.replace('\n', " "))]);
                if !spans.is_empty() {
                    out.push(Block::Heading(2, spans));
                }
            } else {
                out.extend(super::plain::blocks(&cleaned));
            }
        }
        Value::Array(items) => {
            for item in items {
                write(item, name, page, out, depth + 1);
            }
        }
        Value::Object(fields) => {
            // Rich text of content systems: `{"type": "heading", "content": [{"text": "…"}, {"text": "…"}]}`.
            if let Some(spans) = rich_line(fields) {
                let is = |kind: &str| {
                    ["type", "nodeType", "_type", "style"]
                        .iter()
                        .filter_map(|k| fields.get(*k).and_then(Value::as_str))
                        .any(|v| v.to_ascii_lowercase().starts_with(kind))
                };
                let spans = tidy(spans);
                if !spans.is_empty() {
                    let heading = is("heading")
                        || fields
                            .get("style")
                            .and_then(Value::as_str)
                            .is_some_and(|s| s.len() == 2 && s.starts_with('h'));
                    out.push(if heading {
                        Block::Heading(2, spans)
                    } else {
                        Block::Paragraph(spans)
                    });
                }
                return;
            }
            // A title comes before what it is the title of, whatever order the serialiser chose.
            for (field, inner) in fields.iter().filter(|(f, _)| is_heading_name(f)) {
                write(inner, Some(field), page, out, depth + 1);
            }
            for (field, inner) in fields.iter().filter(|(f, _)| !is_heading_name(f)) {
                write(inner, Some(field), page, out, depth + 1);
            }
        }
        _ => {}
    }
}

/// One line of rich text: an object whose `content` or `children` are objects with a `text` or `value` of their own.
fn rich_line(fields: &serde_json::Map<String, Value>) -> Option<Vec<Span>> {
    let children = fields
        .get("content")
        .or_else(|| fields.get("children"))?
        .as_array()?;
    let mut spans = Vec::new();
    for child in children {
        let child = child.as_object()?;
        let text = child
            .get("text")
            .or_else(|| child.get("value"))
            .and_then(Value::as_str);
        match text {
            Some(text) => {
                let cleaned = super::text::cleaned(text);
                let mut span = Span::plain(cleaned.as_ref());
                let marked = child
                    .get("marks")
                    .and_then(Value::as_array)
                    .is_some_and(|marks| {
                        marks.iter().any(|m| {
                            m.as_str()
                                .or_else(|| m.get("type").and_then(Value::as_str))
                                .is_some_and(|m| m == "bold" || m == "strong")
                        })
                    });
                span.style.strong = marked || child.get("bold") == Some(&Value::Bool(true));
                spans.push(span);
            }
            // A link inside the line has a line of its own.
            None => spans.extend(rich_line(child)?),
        }
    }
    Some(spans)
}
