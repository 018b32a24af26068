//! Writes running text as Markdown: emphasis that every parser recognises, links, and no more escapes than needed.

use std::borrow::Cow;

use crate::extract::blocks::{Span, Style};
use crate::extract::characters::any_byte;

/// The kind of block that holds running text. It decides what must be escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum InlineContext {
    Heading,
    Paragraph,
    Cell,
}

/// Writes running text. The result has `\n` only after a hard line break.
pub(in crate::extract) fn write_inline(spans: &[Span], context: InlineContext) -> String {
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
                    write_span(span, context, &mut out);
                }
                out.push_str("](");
                out.push_str(target);
                out.push(')');
            }
            None => write_span(first, context, &mut out),
        }
        at += length;
    }
    match context {
        InlineContext::Heading => closing_hashes_escaped(out),
        InlineContext::Paragraph if out.starts_with(char::is_alphabetic) && !out.contains('\n') => {
            out
        }
        InlineContext::Paragraph => line_starts_escaped(&out),
        InlineContext::Cell => out,
    }
}

/// Changes emphasis so that every parser recognises it: markers touch letters or digits on the inside and none on the
/// outside.
fn whole_emphasis(spans: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.iter().cloned().map(with_written_style).collect();
    share_touching_styles(&mut spans);
    let mut result: Vec<Span> = Vec::with_capacity(spans.len());
    for at in 0..spans.len() {
        let span = std::mem::take(&mut spans[at]);
        if span.style.strong || span.style.emphasis {
            push_emphasised(span, spans.get(at + 1), &mut result);
        } else {
            push(&mut result, span);
        }
    }
    result
}

/// Returns the span without the styles that Markdown cannot express, or cannot express for this text.
fn with_written_style(mut span: Span) -> Span {
    span.style.large = false;
    if span.style.code {
        span.style = Style {
            code: !span.text.contains(['`', '\n']),
            ..Style::default()
        };
    }
    span
}

/// Reduces styles that meet without a blank between them to those that both share: Markdown can mark nothing else.
fn share_touching_styles(spans: &mut [Span]) {
    for at in 1..spans.len() {
        let (left, right) = spans.split_at_mut(at);
        let (Some(left), Some(right)) = (left.last_mut(), right.first_mut()) else {
            continue;
        };
        let is_styled = |s: &Span| s.style.strong || s.style.emphasis;
        if is_styled(left)
            && is_styled(right)
            && left.link == right.link
            && left.style != right.style
        {
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
}

/// Adds a span with emphasis only on the part that can have it, not on its ends.
fn push_emphasised(span: Span, next: Option<&Span>, result: &mut Vec<Span>) {
    // Next to a letter, a marker works only if it touches a letter on its inner side too.
    let before = result
        .last()
        .filter(|s| s.link == span.link)
        .and_then(|s| s.text.chars().next_back());
    let after = next
        .filter(|s| s.link == span.link)
        .and_then(|s| s.text.chars().next());
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let is_letter = |c: char| c.is_alphanumeric();
    let start = if touches(before) {
        span.text.find(is_letter)
    } else {
        span.text.find(|c: char| !c.is_whitespace())
    };
    let mut from_end = span.text.char_indices().rev();
    let end = if touches(after) {
        from_end.find(|(_, c)| is_letter(*c))
    } else {
        from_end.find(|(_, c)| !c.is_whitespace())
    };
    // Between two letters, a marker of one star is read as emphasis too, so nothing else needs a check.
    let marked = match (start, end) {
        (Some(start), Some((last, c))) => start..last + c.len_utf8(),
        _ => 0..0,
    };
    if marked.is_empty() || !span.text[marked.clone()].contains(is_letter) {
        let style = Style::default();
        push(result, Span { style, ..span });
        return;
    }
    let piece = |range: std::ops::Range<usize>, style: Style| Span {
        text: span.text[range].to_owned(),
        style,
        link: span.link.clone(),
    };
    push(result, piece(0..marked.start, Style::default()));
    push(result, piece(marked.clone(), span.style));
    push(result, piece(marked.end..span.text.len(), Style::default()));
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

fn write_span(span: &Span, context: InlineContext, out: &mut String) {
    if span.style.code {
        out.push('`');
        if context == InlineContext::Cell {
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
    let previous = out
        .chars()
        .next_back()
        .filter(|_| marks.is_empty())
        .unwrap_or(' ');
    write_escaped(&span.text, previous, context, out);
    out.push_str(marks);
}

/// Writes text with a backslash before each character that would be mark-up; `previous` is the character before the
/// text.
fn write_escaped(text: &str, mut previous: char, context: InlineContext, out: &mut String) {
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let next = letters.peek().copied();
        match c {
            '\n' => out.push_str(match context {
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
            // An underscore inside a word has no meaning in Markdown.
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
            '|' if context == InlineContext::Cell => out.push_str("\\|"),
            c => out.push(c),
        }
        previous = c;
    }
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

/// Escapes characters that would start a block at the beginning of a line.
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

/// Escapes `#` at the end of a heading, as in `C #`, which would close the heading.
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
