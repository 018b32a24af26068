//! Removes lines that a server generates at every visit: the date, visitor counters, baskets, the time to generate the page.

use super::lines::lines_of;
use super::noise::is_noise;
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::vocabulary::PAGE_PATTERNS;

/// Number of blocks of text at either end of a document up to which such lines are looked for.
const ENDS: usize = 4;
/// Maximum length of a line with a date or a count, in bytes.
const MAX_BYTES: usize = 100;
/// Maximum number of words after the words by which such a line is recognised ("3 May", "seconds").
const MAX_WORDS_AFTER: usize = 3;
/// Maximum number of words and numbers in a day with its date ("Monday the 3rd of May 2004, 12:15 pm").
const MAX_DATE_TOKENS: usize = 9;
/// Longest paragraph whose lines are checked one by one, in bytes.
const PARAGRAPH_BYTES: usize = 1000;

/// Removes volatile lines from both ends of a document.
pub(in crate::extract) fn drop_volatile_lines(blocks: &mut Vec<Block>) {
    let count = blocks.len();
    let mut gone = vec![false; count];
    for from_the_end in [false, true] {
        let mut kept = 0;
        for step in 0..count {
            let at = if from_the_end { count - 1 - step } else { step };
            if kept == ENDS {
                break;
            }
            if !gone[at] {
                gone[at] = drop_lines(&mut blocks[at]);
                kept += usize::from(!gone[at]);
            }
        }
    }
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        !gone[index - 1]
    });
}

/// Removes the volatile lines of one block; returns whether nothing is left.
fn drop_lines(block: &mut Block) -> bool {
    match block {
        Block::Heading(_, spans) => is_volatile(spans),
        Block::Paragraph(spans) => {
            if !spans.iter().any(|s| s.text.contains('\n')) || block_bytes(spans) > PARAGRAPH_BYTES
            {
                return is_volatile(spans);
            }
            let all = lines_of(spans);
            let count = all.len();
            let left: Vec<Vec<Span>> = all
                .into_iter()
                .filter(|line| !is_noise_of_visit(line))
                .collect();
            if left.len() < count {
                *spans = left.join(&Span::plain("\n"));
            }
            left.is_empty()
        }
        // The corner of a shop: "Welcome, guest", "Log in", "Basket (0)".
        Block::List(_, items) => {
            let runs = |item: &Vec<Block>| match item.as_slice() {
                [Block::Paragraph(spans)] => Some(spans.clone()),
                _ => None,
            };
            let is_link = |spans: &[Span]| {
                spans
                    .iter()
                    .all(|s| s.link.is_some() || !s.text.contains(char::is_alphanumeric))
            };
            let lines: Option<Vec<Vec<Span>>> = items.iter().map(runs).collect();
            lines.is_some_and(|lines| {
                lines.iter().all(|line| is_volatile(line) || is_link(line))
                    && lines.iter().any(|line| is_volatile(line))
            })
        }
        Block::Table(_) | Block::Quote(_) => false,
    }
}

fn block_bytes(spans: &[Span]) -> usize {
    spans.iter().map(|s| s.text.len()).sum()
}

fn is_volatile(spans: &[Span]) -> bool {
    is_noise_of_visit(spans) || is_day(&label(&text_of(spans)))
}

/// True for a line about the visit. A day below a title in the same paragraph may be the policy's own.
fn is_noise_of_visit(spans: &[Span]) -> bool {
    let text = text_of(spans);
    is_noise(&text) || is_counted(&label(&text))
}

/// A short line with a number in lower case without signs before it; empty for any other line.
fn label(text: &str) -> String {
    if text.len() > MAX_BYTES || !text.contains(|c: char| c.is_ascii_digit()) {
        return String::new();
    }
    let line = text.to_lowercase();
    line.trim_start_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// True for lines like "You are visitor number 10,123", "Page generated in 0.12 seconds", "Printed on 3 May 2004".
fn is_counted(line: &str) -> bool {
    PAGE_PATTERNS.volatile.iter().any(|beginning| {
        line.strip_prefix(beginning.as_str()).is_some_and(|rest| {
            !rest.starts_with(char::is_alphanumeric)
                && tokens(rest)
                    .filter(|token| token.contains(char::is_alphabetic))
                    .count()
                    <= MAX_WORDS_AFTER
        })
    })
}

/// True for a line like "Monday, 3 May 2004". A date without its day of the week may be the policy's own.
fn is_day(line: &str) -> bool {
    let is_year = |token: &str| {
        token.len() == 4
            && (token.starts_with("19") || token.starts_with("20"))
            && token.bytes().all(|b| b.is_ascii_digit())
    };
    let mut parts = tokens(line);
    let begins = parts
        .next()
        .is_some_and(|first| PAGE_PATTERNS.weekdays.contains(first));
    begins && tokens(line).count() <= MAX_DATE_TOKENS && parts.any(is_year)
}

fn tokens(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_visit_go_and_dates_of_the_policy_stay() {
        let plain = |text: &str| Block::Paragraph(vec![Span::plain(text)]);
        for gone in [
            "Today is Monday, 3 May 2004",
            "Monday, May 3, 2004 12:15 pm",
            "Montag, 3. Mai 2004",
            "You are visitor number 10,123.",
            "Page generated in 0.123 seconds",
            "Printed on 3 May 2004",
            "« Page views: 1234 »",
        ] {
            assert!(is_volatile(&[Span::plain(gone)]), "{gone}");
        }
        for kept in [
            "Last updated Monday, 3 May 2004",
            "3 May 2004",
            "Monday to Friday, 9 am to 5 pm",
            "Page views are deleted after 30 days.",
            "Today is the day",
            "Printed on request",
        ] {
            assert!(!is_volatile(&[Span::plain(kept)]), "{kept}");
        }
        let mut blocks = vec![plain("x"); 12];
        blocks[5] = plain("Monday, 3 May 2004");
        blocks[10] = blocks[5].clone();
        drop_volatile_lines(&mut blocks);
        assert_eq!(blocks.len(), 11, "only at the ends");
        let list = Block::List(
            None,
            vec![vec![plain("Welcome, guest")], vec![plain("Basket (0)")]],
        );
        let mut shop = vec![list, plain("Basket (0)\nx\nHits: 12")];
        drop_volatile_lines(&mut shop);
        assert_eq!(shop, [plain("x")]);
    }
}
