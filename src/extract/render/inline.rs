//! Running text as Markdown: emphasis that cannot break, links, and as few escapes as are enough.

use crate::extract::blocks::{Span, Style};
use crate::extract::characters::any_byte;

use std::borrow::Cow;

/// Where running text stands: what must be escaped differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum InlineContext {
    Heading,
    Paragraph,
    Cell,
}

/// Writes running text. `\n` stands in the result only after a hard line break.
pub(in crate::extract) fn write_inline(spans: &[Span], place: InlineContext) -> String {
    let spans = if spans.iter().all(|s| s.style == Style::default()) {
        Cow::Borrowed(spans)
    } else {
        Cow::Owned(whole_emphasis(spans))
    };
    let mut out = String::with_capacity(spans.iter().map(|s| s.text.len() + 4).sum());
    let mut at = 0;
    while let Some(first) = spans.get(at) {
        let length = match &first.link {
            Some(_) => spans[at..]
                .iter()
                .take_while(|s| s.link == first.link)
                .count(),
            None => 1,
        };
        let group = &spans[at..at + length];
        match &first.link {
            Some(target) => {
                if out.ends_with('!') {
                    out.insert(out.len() - 1, '\\');
                }
                out.push('[');
                for span in group {
                    write_span(span, place, &mut out);
                }
                out.push_str("](");
                out.push_str(target);
                out.push(')');
            }
            None => write_span(first, place, &mut out),
        }
        at += length;
    }
    match place {
        InlineContext::Heading => closing_hashes_escaped(out),
        InlineContext::Paragraph if out.starts_with(char::is_alphabetic) && !out.contains('\n') => {
            out
        }
        InlineContext::Paragraph => line_starts_escaped(&out),
        InlineContext::Cell => out,
    }
}

/// Brings emphasis to a form that cannot break: markers touch letters or digits inside and none outside.
fn whole_emphasis(spans: &[Span]) -> Vec<Span> {
    let mut out: Vec<Span> = spans
        .iter()
        .cloned()
        .map(|mut span| {
            span.style.large = false;
            if span.style.code {
                span.style = if span.text.contains(['`', '\n']) {
                    Style::default()
                } else {
                    Style {
                        code: true,
                        ..Style::default()
                    }
                };
            }
            span
        })
        .collect();
    // Styles that meet without a blank between: only what both share can be marked.
    for at in 1..out.len() {
        let (left, right) = out.split_at_mut(at);
        let (Some(left), Some(right)) = (left.last_mut(), right.first_mut()) else {
            continue;
        };
        let styled = |s: &Span| s.style.strong || s.style.emphasis;
        if styled(left) && styled(right) && left.link == right.link && left.style != right.style {
            let shared = Style {
                strong: left.style.strong && right.style.strong,
                emphasis: left.style.emphasis && right.style.emphasis,
                ..Style::default()
            };
            if shared.strong || shared.emphasis {
                left.style = shared;
                right.style = shared;
            } else {
                right.style = Style::default();
            }
        }
    }
    let mut result: Vec<Span> = Vec::with_capacity(out.len());
    for at in 0..out.len() {
        let span = std::mem::take(&mut out[at]);
        if !span.style.strong && !span.style.emphasis {
            push(&mut result, span);
            continue;
        }
        // Beside a letter, a marker works only when it touches a letter on its inner side too.
        let before = result
            .last()
            .filter(|s| s.link == span.link)
            .and_then(|s| s.text.chars().next_back());
        let after = out
            .get(at + 1)
            .filter(|s| s.link == span.link)
            .and_then(|s| s.text.chars().next());
        let outside = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
        let is_letter = |c: char| c.is_alphanumeric();
        let start = if outside(before) {
            span.text.find(is_letter)
        } else {
            span.text.find(|c: char| !c.is_whitespace())
        };
        let end = if outside(after) {
            span.text.char_indices().rev().find(|(_, c)| is_letter(*c))
        } else {
            span.text
                .char_indices()
                .rev()
                .find(|(_, c)| !c.is_whitespace())
        };
        let (Some(start), Some((last, c))) = (start, end) else {
            push(
                &mut result,
                Span {
                    style: Style::default(),
                    ..span
                },
            );
            continue;
        };
        let end = last + c.len_utf8();
        // Between two letters a marker of one star is read as emphasis too, so nothing is left to check.
        if start >= end || !span.text[start..end].contains(is_letter) {
            push(
                &mut result,
                Span {
                    style: Style::default(),
                    ..span
                },
            );
            continue;
        }
        let piece = |range: std::ops::Range<usize>, style: Style| Span {
            text: span.text[range].to_owned(),
            style,
            link: span.link.clone(),
        };
        push(&mut result, piece(0..start, Style::default()));
        push(&mut result, piece(start..end, span.style));
        push(&mut result, piece(end..span.text.len(), Style::default()));
    }
    result
}

fn push(spans: &mut Vec<Span>, span: Span) {
    if span.text.is_empty() {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.style == span.style && last.link == span.link => {
            last.text.push_str(&span.text);
        }
        _ => spans.push(span),
    }
}

fn write_span(span: &Span, place: InlineContext, out: &mut String) {
    if span.style.code {
        out.push('`');
        if place == InlineContext::Cell {
            out.push_str(&span.text.replace('|', "\\|"));
        } else {
            out.push_str(&span.text);
        }
        out.push('`');
        return;
    }
    let marks = match (span.style.strong, span.style.emphasis) {
        (true, true) => "***",
        (true, false) => "**",
        (false, true) => "*",
        (false, false) => "",
    };
    out.push_str(marks);
    let special = |b: u8| {
        matches!(
            b,
            b'\n' | b'\\' | b'*' | b'`' | b'[' | b']' | b'_' | b'<' | b'&' | b'~' | b'|'
        )
    };
    if !any_byte(&span.text, special) {
        out.push_str(&span.text);
        out.push_str(marks);
        return;
    }
    let mut letters = span.text.chars().peekable();
    let mut previous = out
        .chars()
        .next_back()
        .filter(|_| marks.is_empty())
        .unwrap_or(' ');
    while let Some(c) = letters.next() {
        let next = letters.peek().copied();
        match c {
            '\n' => out.push_str(match place {
                InlineContext::Cell => "<br>",
                InlineContext::Paragraph => "\\\n",
                InlineContext::Heading => " ",
            }),
            '\\' if next.is_none_or(|n| n.is_ascii_punctuation() || n == '\n') => {
                out.push_str("\\\\");
            }
            '*' | '`' | '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            // Inside a word an underscore is only an underscore.
            '_' if !(previous.is_alphanumeric() && next.is_some_and(char::is_alphanumeric)) => {
                out.push_str("\\_");
            }
            '<' if next
                .is_some_and(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!' | '?')) =>
            {
                out.push_str("\\<");
            }
            '&' if next.is_some_and(|n| n.is_ascii_alphabetic() || n == '#') => {
                if looks_like_entity(letters.clone()) {
                    out.push('\\');
                }
                out.push('&');
            }
            '~' if next == Some('~') || previous == '~' => out.push_str("\\~"),
            '|' if place == InlineContext::Cell => out.push_str("\\|"),
            c => out.push(c),
        }
        previous = c;
    }
    out.push_str(marks);
}

fn looks_like_entity(rest: impl Iterator<Item = char>) -> bool {
    for (at, c) in rest.take(34).enumerate() {
        match c {
            ';' => return at > 0,
            '#' if at == 0 => {}
            c if c.is_ascii_alphanumeric() => {}
            _ => return false,
        }
    }
    false
}

/// Escapes what would start a block at the beginning of a line.
fn line_starts_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let line = line.trim_start();
        let bytes = line.as_bytes();
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let blank_after = |at: usize| {
            bytes
                .get(at)
                .is_none_or(|b| matches!(b, b' ' | b'\t' | b'\\'))
        };
        let all = |of: &[u8]| line.bytes().all(|b| of.contains(&b));
        let starts_block = match bytes.first() {
            Some(b'#') => {
                let hashes = line.bytes().take_while(|b| *b == b'#').count();
                hashes <= 6 && blank_after(hashes)
            }
            Some(b'>' | b'|') => true,
            Some(b'+') => blank_after(1),
            Some(b'-') => blank_after(1) || all(b"-=|: "),
            Some(b'=') => all(b"-=|: "),
            Some(b'~') => line.starts_with("~~~"),
            _ => false,
        };
        let is_number = (1..=9).contains(&digits)
            && matches!(bytes.get(digits), Some(b'.' | b')'))
            && blank_after(digits + 1);
        let (before, after) = line.split_at(if is_number { digits } else { 0 });
        out.push_str(before);
        if starts_block || is_number {
            out.push('\\');
        }
        out.push_str(after);
    }
    out
}

/// `C #` at the end of a heading would be read as its closing mark.
fn closing_hashes_escaped(mut text: String) -> String {
    let body = text.trim_end_matches('#').len();
    if body < text.len() && (body == 0 || text[..body].ends_with(' ')) {
        text.insert(body, '\\');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::markdown::write_markdown;
    use super::*;
    use crate::extract::blocks::Block;

    fn span(text: &str, strong: bool, emphasis: bool, link: Option<&str>) -> Span {
        Span {
            text: text.into(),
            style: Style {
                strong,
                emphasis,
                ..Style::default()
            },
            link: link.map(Into::into),
        }
    }

    fn paragraph(spans: Vec<Span>) -> String {
        write_markdown(&[Block::Paragraph(spans)])
    }

    #[test]
    fn emphasis_is_never_broken() {
        let strong = |t: &str| span(t, true, false, None);
        let plain = Span::plain;
        assert_eq!(
            paragraph(vec![strong("2.1.1."), plain("Les informations")]),
            "**2.1.1**.Les informations\n"
        );
        assert_eq!(
            paragraph(vec![plain("we"), strong("(not)"), plain("sell")]),
            "we(**not**)sell\n"
        );
        assert_eq!(paragraph(vec![strong("...")]), "...\n");
        assert_eq!(
            paragraph(vec![strong("a"), span("b", false, true, None)]),
            "**a**b\n"
        );
        assert_eq!(
            paragraph(vec![strong("a"), span("b", true, true, None)]),
            "**ab**\n"
        );
        assert_eq!(
            paragraph(vec![
                plain("see "),
                span("our ", true, false, Some("http://a/")),
                span("terms", false, false, Some("http://a/"))
            ]),
            "see [**our** terms](http://a/)\n"
        );
    }

    #[test]
    fn what_would_be_markup_is_escaped_and_nothing_else() {
        for (text, written) in [
            ("1. Scope", "1\\. Scope"),
            ("1.5 million", "1.5 million"),
            ("2003) was", "2003\\) was"),
            ("# 7", "\\# 7"),
            ("#hashtag", "#hashtag"),
            ("- a", "\\- a"),
            ("-5 degrees", "-5 degrees"),
            ("+ b", "\\+ b"),
            ("> c", "\\> c"),
            ("---", "\\---"),
            ("snake_case and _this_", "snake_case and \\_this\\_"),
            ("a*b [c] `d`", "a\\*b \\[c\\] \\`d\\`"),
            ("<script> a < b", "\\<script> a < b"),
            ("AT&T &amp; R&D", "AT&T \\&amp; R&D"),
            ("C:\\dir \\*", "C:\\dir \\\\\\*"),
            ("a|b", "a|b"),
        ] {
            assert_eq!(paragraph(vec![Span::plain(text)]), format!("{written}\n"));
        }
        assert_eq!(
            write_markdown(&[Block::Heading(2, vec![Span::plain("C #")])]),
            "## C \\#\n"
        );
    }
}
