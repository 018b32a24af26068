//! The outline of a page: its headings and the lines that could be titles of documents, with the measure of the text
//! below them.

use super::lines::stands_out;
use super::numbering::{Label, split_label};
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::vocabulary::{
    TitleTopic, mentions_policy, names_document, names_several, policy_words, title_topic,
};

/// Longest paragraph that can be a title, in characters.
const MAX_TITLE_CHARS: usize = 110;
/// Longest plain paragraph that can be a title, in characters: it must be a title of the vocabulary and nothing else.
const MAX_PLAIN_CHARS: usize = 60;
/// The rank of a line that is no heading: below all headings.
const LINE_RANK: u8 = 7;

/// Words by which a document refers to itself.
const ITSELF: [&str; 16] = [
    "this", "these", "our", "diese", "dieser", "unsere", "cette", "ces", "notre", "nos", "esta",
    "questa", "deze", "denna", "denne", "nuestra",
];

/// What a heading or line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// A privacy policy.
    Privacy,
    /// A supplement to a privacy policy.
    Supplement,
    /// A cookie notice.
    Cookies,
    /// Terms, an imprint or another document of the vocabulary.
    Other,
    /// A document by its noun alone, such as "Brand Guidelines".
    Document,
    /// A privacy policy and another document together.
    Several,
    /// Something that is a document on some pages and a section on others.
    Section,
    /// A section.
    Nothing,
}

/// A heading, or a line that could be one.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The position of its block.
    pub at: usize,
    /// The level of a heading; the highest number for other lines.
    pub rank: u8,
    /// True if all its letters are capitals.
    pub capitals: bool,
    pub label: Option<Label>,
    pub names: Names,
    pub title: String,
}

/// The headings of a page and the lines that could be titles, in order.
pub(super) fn outline(blocks: &[Block]) -> Vec<Entry> {
    blocks
        .iter()
        .enumerate()
        .filter_map(|(at, block)| match block {
            Block::Heading(level, spans) => Some(entry(at, *level, text_of(spans))),
            Block::Paragraph(spans) => line_entry(at, spans),
            _ => None,
        })
        .collect()
}

/// The entry of a paragraph: a bold line, or a line that is a title of the vocabulary and nothing else.
fn line_entry(at: usize, spans: &[Span]) -> Option<Entry> {
    let bytes: usize = spans.iter().map(|s| s.text.len()).sum();
    let is_linked = spans.iter().any(|s| s.link.is_some());
    let is_broken = spans.iter().any(|s| s.text.contains('\n'));
    // A character has at most four bytes.
    if bytes == 0 || bytes > MAX_TITLE_CHARS * 4 || is_linked || is_broken {
        return None;
    }
    let text = text_of(spans);
    let chars = text.chars().count();
    if stands_out(spans) && chars <= MAX_TITLE_CHARS {
        return Some(entry(at, LINE_RANK, text));
    }
    if chars > MAX_PLAIN_CHARS || text.ends_with(['.', ',', ';', '!', '?']) {
        return None;
    }
    let found = entry(at, LINE_RANK, text);
    let is_title = matches!(
        found.names,
        Names::Privacy | Names::Other | Names::Cookies | Names::Several
    );
    is_title.then_some(found)
}

fn entry(at: usize, rank: u8, title: String) -> Entry {
    let (label, words) = split_label(&title);
    let names = if names_several(words) {
        Names::Several
    } else {
        match title_topic(words) {
            Some(TitleTopic::Privacy) => Names::Privacy,
            Some(TitleTopic::Supplement) => Names::Supplement,
            Some(TitleTopic::Cookies) => Names::Cookies,
            Some(TitleTopic::Terms | TitleTopic::Imprint) => Names::Other,
            Some(TitleTopic::Section) => Names::Section,
            // "Our policy on children's privacy" is about privacy.
            None if is_other_document(words) => Names::Document,
            None => Names::Nothing,
        }
    };
    let mut letters = title.chars().filter(|c| c.is_alphabetic()).peekable();
    let capitals = letters.peek().is_some() && letters.all(char::is_uppercase);
    Entry {
        at,
        rank,
        capitals,
        label,
        names,
        title,
    }
}

/// True for the name of a document of another kind. "What this policy covers" and "Our advertising policy" are sections.
fn is_other_document(words: &str) -> bool {
    let lower = words.to_lowercase();
    // "Updates to this Policy" is a section.
    let mentions_itself = lower.split_whitespace().any(|word| ITSELF.contains(&word));
    !mentions_itself && names_document(words) && policy_words(words) <= 1 && !mentions_policy(words)
}

/// The bytes and policy words of a page's blocks, as sums from the beginning.
#[derive(Debug)]
pub(super) struct Measure {
    bytes: Vec<usize>,
    words: Vec<u32>,
}

impl Measure {
    pub(super) fn of(blocks: &[Block]) -> Self {
        let (mut bytes, mut words) = (vec![0], vec![0]);
        let (mut all_bytes, mut all_words) = (0, 0);
        for block in blocks {
            let text = block.text();
            all_bytes += text.len();
            all_words += policy_words(&text);
            bytes.push(all_bytes);
            words.push(all_words);
        }
        Self { bytes, words }
    }

    /// The bytes of some blocks.
    pub(super) fn bytes(&self, start: usize, end: usize) -> usize {
        self.bytes[end.max(start)] - self.bytes[start]
    }

    /// The policy words of some blocks.
    pub(super) fn words(&self, start: usize, end: usize) -> u32 {
        self.words[end.max(start)] - self.words[start]
    }

    /// The policy words per byte of some blocks.
    pub(super) fn density(&self, start: usize, end: usize) -> f64 {
        let bytes = u32::try_from(self.bytes(start, end)).unwrap_or(u32::MAX);
        f64::from(self.words(start, end)) / f64::from(bytes.max(1))
    }

    /// The end of the first blocks that have this many bytes, at most `end`.
    pub(super) fn first_bytes(&self, start: usize, end: usize, bytes: usize) -> usize {
        (start..end)
            .find(|at| self.bytes(start, at + 1) >= bytes)
            .map_or(end, |at| at + 1)
    }
}
