//! Removes lines that a server generates at every visit: today's date, visitor counters, the time to generate the page.

use crate::extract::blocks::{Block, text_of};
use crate::extract::vocabulary::PAGE_PATTERNS;

/// Number of blocks at either end of a document that are checked.
const ENDS: usize = 4;
/// Maximum length of a volatile line, in bytes.
const MAX_BYTES: usize = 100;
/// Maximum number of words after the words by which such a line is recognised ("3 May", "seconds").
const MAX_WORDS_AFTER: usize = 3;
/// Maximum number of words and numbers in a day with its date ("Monday the 3rd of May 2004, 12:15 pm").
const MAX_DATE_TOKENS: usize = 9;

/// Removes volatile lines from both ends of a document.
pub(in crate::extract) fn drop_volatile_lines(blocks: &mut Vec<Block>) {
    let count = blocks.len();
    let mut at = 0;
    blocks.retain(|block| {
        at += 1;
        at > ENDS && at + ENDS <= count || !is_volatile(block)
    });
}

fn is_volatile(block: &Block) -> bool {
    let (Block::Paragraph(spans) | Block::Heading(_, spans)) = block else {
        return false;
    };
    if spans.iter().map(|s| s.text.len()).sum::<usize>() > MAX_BYTES {
        return false;
    }
    let line = text_of(spans).to_lowercase();
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    line.contains(|c: char| c.is_ascii_digit()) && (is_counted(line) || is_day(line))
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
    use crate::extract::blocks::Span;

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
            assert!(is_volatile(&plain(gone)), "{gone}");
        }
        for kept in [
            "Last updated Monday, 3 May 2004",
            "3 May 2004",
            "Monday to Friday, 9 am to 5 pm",
            "Page views are deleted after 30 days.",
            "Today is the day",
            "Printed on request",
        ] {
            assert!(!is_volatile(&plain(kept)), "{kept}");
        }
        let mut blocks = vec![plain("x"); 12];
        blocks[5] = plain("Monday, 3 May 2004");
        blocks[10] = blocks[5].clone();
        drop_volatile_lines(&mut blocks);
        assert_eq!(blocks.len(), 11, "only at the ends");
    }
}
