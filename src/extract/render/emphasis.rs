//! Emphasis that every Markdown parser recognises.

use crate::extract::blocks::{Span, Style};

/// Changes emphasis so that every parser recognises it: markers touch letters or digits on the inside and none on the
/// outside.
pub(in crate::extract) fn whole_emphasis(spans: &[Span]) -> Vec<Span> {
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
    if span.style.struck {
        // One mark can touch every letter outside it; two cannot.
        span.style = Style {
            struck: true,
            ..Style::default()
        };
    }
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
        let is_styled = |s: &Span| s.style.strong || s.style.emphasis || s.style.struck;
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
            if left.style.struck {
                right.style = Style::default();
            } else if right.style.struck {
                left.style = Style::default();
            } else if shared.strong || shared.emphasis {
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
