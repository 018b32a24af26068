//! Writes the text of a JSON value as blocks.

use std::collections::HashSet;

use super::field_names::{JSON_SENTENCE_BYTES, MAX_JSON_DEPTH, is_heading_name, is_text_name};
use super::json::Json;
use super::rich_text::{RichText, rich_text};
use crate::extract::block_builder::{LinkResolver, build_blocks};
use crate::extract::blocks::{Block, Span, tidy};
use crate::extract::characters::cleaned;
use crate::extract::decode::plain_text_blocks;
use crate::extract::dom::PageView;
use crate::page::Page;

/// Minimum size, in bytes, of a string that counts as a copy if it repeats an earlier one.
const COPY_BYTES: usize = 1200;

/// Writes the text of a value, in written order.
pub(in crate::extract) struct JsonTextWriter<'w> {
    page: &'w Page,
    links: &'w LinkResolver<'w>,
    out: Vec<Block>,
    long: HashSet<&'w str>,
}

impl<'w> JsonTextWriter<'w> {
    /// Creates a writer for the text in the JSON of a page.
    pub(in crate::extract) fn new(page: &'w Page, links: &'w LinkResolver<'w>) -> Self {
        Self {
            page,
            links,
            out: Vec::new(),
            long: HashSet::new(),
        }
    }

    /// Writes the title of the text.
    pub(in crate::extract) fn write_title(&mut self, title: &str) {
        let line = cleaned(title).replace('\n', " ");
        self.out
            .push(Block::Heading(1, tidy(vec![Span::plain(line)])));
    }

    /// Returns the written blocks.
    pub(in crate::extract) fn into_blocks(self) -> Vec<Block> {
        self.out
    }

    /// Writes all text inside a value. `name` is the name of the field that holds it.
    pub(in crate::extract) fn write(&mut self, value: &'w Json, name: Option<&str>, depth: usize) {
        if depth > MAX_JSON_DEPTH {
            return;
        }
        match value {
            Json::Text(text) => self.text(text.trim(), name),
            Json::List(items) => {
                for item in items {
                    self.write(item, name, depth + 1);
                }
            }
            Json::Fields(fields) => match rich_text(value, self.links) {
                Some(RichText::Line(block)) => self.line(block),
                Some(RichText::List(start, items)) => {
                    let before = std::mem::take(&mut self.out);
                    let mut written = Vec::new();
                    for item in items {
                        self.write(item, None, depth + 1);
                        written.push(std::mem::take(&mut self.out));
                    }
                    self.out = before;
                    written.retain(|item| !item.is_empty());
                    if !written.is_empty() {
                        self.out.push(Block::List(start, written));
                    }
                }
                None => {
                    // The title comes before its text, regardless of the order in the JSON.
                    for titles in [true, false] {
                        for (field, inner) in fields {
                            if is_heading_name(field) == titles {
                                self.write(inner, Some(field), depth + 1);
                            }
                        }
                    }
                }
            },
            Json::True | Json::Other => {}
        }
    }

    /// Adds a line; consecutive items that are marked separately become one list.
    fn line(&mut self, block: Block) {
        match (self.out.last_mut(), block) {
            (Some(Block::List(before, items)), Block::List(start, item)) if *before == start => {
                items.extend(item);
            }
            (_, Block::Heading(_, spans) | Block::Paragraph(spans)) if spans.is_empty() => {}
            (_, block) => self.out.push(block),
        }
    }

    fn text(&mut self, text: &'w str, name: Option<&str>) {
        let heading = name.is_some_and(is_heading_name);
        let wanted = heading
            || name.is_none_or(is_text_name)
            || text.len() >= JSON_SENTENCE_BYTES && text.contains(' ');
        if !wanted || text.is_empty() || text.starts_with("http") && !text.contains(' ') {
            return;
        }
        if text.len() >= COPY_BYTES && !self.long.insert(text) {
            return;
        }
        if text.contains("</") || text.contains("<br") || text.contains("<p>") {
            let inner = Page::from_html(text, self.page.url.as_ref());
            let view = PageView::of(&inner);
            let root = view.body();
            self.out.extend(build_blocks(&view, &[root], self.links));
            return;
        }
        let cleaned = cleaned(text);
        if heading {
            let spans = tidy(vec![Span::plain(cleaned.replace('\n', " "))]);
            if !spans.is_empty() {
                self.out.push(Block::Heading(2, spans));
            }
        } else {
            self.out.extend(plain_text_blocks(&cleaned));
        }
    }
}
