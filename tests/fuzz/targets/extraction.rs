//! Extraction: any page gives a document or a reason, within a second and without control characters.
//!
//! Input: one byte for the declared type, one byte for how often the page is repeated, then the page. If the page has a
//! zero byte, only the part after it is repeated. A page grows to a megabyte at most, which finds work that is
//! quadratic in the size of a page. PDFs are left out, because their reader runs in a process with limits.

use std::time::Duration;

use policytrail::extract::{DocumentType, Options, PageInput, extract, is_pdf};
use policytrail::model::Document;
use url::Url;

use super::cpu_time::{grown_size, timed};

/// Corresponds to one second of the program as people run it: the fuzzer's instrumentation and the checks of a debug
/// build make it five times slower (measured on a megabyte of `<p>a`: 0.24 s and 1.29 s).
const LONGEST: Duration = Duration::from_secs(5);
const LARGEST: usize = 1 << 20;

const TYPES: [Option<&str>; 8] = [
    Some("text/html"),
    Some("text/html; charset=utf-8"),
    Some("text/plain"),
    None,
    Some("text/html; charset=windows-1251"),
    Some("application/xhtml+xml; charset=shift_jis"),
    Some("text/plain; charset=utf-16le"),
    Some("text/html; charset=iso-2022-jp"),
];

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let [kind, repeats, rest @ ..] = bytes else {
        return;
    };
    let page = page_of(rest, *repeats);
    if is_pdf(&page) || page.len() > LARGEST {
        return;
    }
    let url = Url::parse("http://www.example.com/about/privacy.html#privacy").unwrap();
    let input = PageInput {
        bytes: &page,
        content_type: TYPES[usize::from(*kind) % TYPES.len()],
        url: (kind & 64 == 0).then_some(&url),
    };
    let options = Options {
        document_type: if kind & 128 == 0 {
            DocumentType::Privacy
        } else {
            DocumentType::Any
        },
    };
    let (first, time) = timed(|| extract(&input, &options));
    assert!(time <= LONGEST, "{time:?} for {} bytes", page.len());
    if page.len() < 10_000 {
        assert_eq!(
            first,
            extract(&input, &options),
            "two readings of one page differ"
        );
    }
    if let Ok(document) = first {
        check_document(&document);
    }
}

fn check_document(document: &Document) {
    let title = document.title.clone().unwrap_or_default();
    for text in [&document.text, &document.markdown, &title] {
        let odd = text
            .chars()
            .find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(odd, None, "{text:?}");
    }
    assert!(!title.contains('\n') && !document.text.trim().is_empty());
}

fn page_of(rest: &[u8], repeats: u8) -> Vec<u8> {
    let largest = grown_size(LARGEST);
    let times = match repeats {
        0..=243 => return rest.to_vec(),
        244..=251 => 16,
        252..=254 => 512,
        255 => largest,
    };
    let split = rest
        .iter()
        .position(|byte| *byte == 0)
        .map_or(0, |at| at + 1);
    let (head, part) = rest.split_at(split);
    let room = largest.saturating_sub(head.len()) / part.len().max(1);
    [head, &part.repeat(times.min(room))].concat()
}
