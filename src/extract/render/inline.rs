//! Writes running text as Markdown: emphasis that every parser recognises, links, and no more escapes than needed.

use std::borrow::Cow;

use super::emphasis::whole_emphasis;
use super::escape::{closing_hashes_escaped, line_starts_escaped, write_escaped};
use super::inline_context::InlineContext;
use crate::extract::blocks::{Span, Style};
use crate::extract::characters::any_byte;

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
    if span.style.struck {
        write_struck(span, context, out);
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

/// Writes what is struck out. Inside the marks, every tilde is escaped.
fn write_struck(span: &Span, context: InlineContext, out: &mut String) {
    let mut text = String::with_capacity(span.text.len());
    write_escaped(&span.text, ' ', context, &mut text);
    out.push_str("~~");
    out.push_str(&text.replace("\\~", "~").replace('~', "\\~"));
    out.push_str("~~");
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
            ("~5 days, /~name", "~5 days, /~name"),
            ("a~~b~~ c~ d~e", "a\\~\\~b\\~\\~ c\\~ d\\~e"),
        ] {
            assert_eq!(paragraph(vec![Span::plain(text)]), format!("{written}\n"));
        }
        assert_eq!(
            write_markdown(&[Block::Heading(2, vec![Span::plain("C #")])]),
            "## C \\#\n"
        );
    }
}
