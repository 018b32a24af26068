//! Normalises a list of spans: white space is collapsed, and adjacent spans with the same style are joined.

use super::span::{Span, Style};
use crate::extract::characters::any_byte;

/// Normalises spans: collapses white space, joins adjacent spans with the same style, removes the style of blanks, and
/// removes blanks at the ends and around line breaks.
pub(in crate::extract) fn tidy(mut spans: Vec<Span>) -> Vec<Span> {
    // Most paragraphs are one span that needs at most its ends trimmed.
    if let [only] = spans.as_mut_slice() {
        let blank = only.text.len() - only.text.trim_start().len();
        if blank > 0 {
            only.text.drain(..blank);
        }
        only.text.truncate(only.text.trim_end().len());
        if only.text.is_empty() {
            return Vec::new();
        }
        if is_folded(&only.text) {
            return spans;
        }
    }
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    // The separator between the last letter and the next: nothing, a space or a line break.
    let mut gap: Option<char> = None;
    for span in spans {
        let mut rest = span.text.as_str();
        while let Some(first) = rest.chars().next() {
            if first.is_whitespace() {
                gap = if first == '\n' {
                    Some('\n')
                } else {
                    gap.or(Some(' '))
                };
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let end = folded_length(rest);
            let (word, after) = rest.split_at(end);
            rest = after;
            let same = |last: &Span| last.style == span.style && last.link == span.link;
            if let Some(gap) = gap.take()
                && let Some(last) = out.last_mut()
            {
                // A blank has the style of both neighbours, or none.
                if same(last) || last.style == Style::default() && last.link.is_none() {
                    last.text.push(gap);
                } else {
                    out.push(Span::plain(gap));
                }
            }
            match out.last_mut() {
                Some(last) if same(last) => last.text.push_str(word),
                _ => out.push(Span {
                    text: word.to_owned(),
                    style: span.style,
                    link: span.link.clone(),
                }),
            }
        }
    }
    out
}

/// True if a text without blanks at its ends has single spaces between its words and no other white space.
fn is_folded(text: &str) -> bool {
    if any_byte(text, may_be_blank) {
        return folded_length(text) == text.len();
    }
    memchr::memmem::find(text.as_bytes(), b"  ").is_none()
}

/// The number of bytes, from the first letter of a word on, that need no change: words separated by single spaces.
fn folded_length(text: &str) -> usize {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes();
    let folds = |at: usize| match bytes[at] {
        b' ' => bytes.get(at + 1) == Some(&b' '),
        b => {
            may_be_blank(b)
                && text
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(char::is_whitespace))
        }
    };
    let mut end = text.len();
    for from in (0..bytes.len()).step_by(CHUNK) {
        let to = bytes.len().min(from + CHUNK);
        // Most chunks need no change. The compiler turns this check into vector instructions.
        let next = &bytes[from + 1..bytes.len().min(to + 1)];
        let doubled = |(b, next): (&u8, &u8)| u8::from((*b, *next) == (b' ', b' '));
        let chunk = &bytes[from..to];
        if (chunk.iter().fold(false, |any, b| any | may_be_blank(*b))
            || chunk.iter().zip(next).map(doubled).sum::<u8>() > 0)
            && let Some(found) = (from..to).find(|at| folds(*at))
        {
            end = found;
            break;
        }
    }
    text.get(..end)
        .map_or(end, |run| run.trim_end_matches(' ').len())
}

/// True for white space other than the space, and for bytes with which a white space character beyond ASCII may begin.
fn may_be_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | 0xC2 | 0xE1..=0xE3)
}

#[cfg(test)]
mod tests {
    use super::*;
    fn strong(text: &str) -> Span {
        Span {
            text: text.into(),
            style: Style {
                strong: true,
                ..Style::default()
            },
            link: None,
        }
    }

    #[test]
    fn blanks_leave_their_style_and_neighbours_join() {
        let tidied = tidy(vec![
            Span::plain("  a \t"),
            strong(" b "),
            strong("  "),
            strong("c"),
            Span::plain("\u{a0}d \n e "),
        ]);
        assert_eq!(
            tidied,
            vec![Span::plain("a "), strong("b c"), Span::plain(" d\ne")]
        );
        assert!(tidy(vec![strong(" \n ")]).is_empty());
    }
}
