//! The text of spans, without what is struck out.

use super::span::Span;

/// The text of some spans, with line breaks as spaces. What is struck out is left out.
pub(in crate::extract) fn text_of(spans: &[Span]) -> String {
    let mut out = String::with_capacity(spans.iter().map(|s| s.text.len()).sum());
    push_line_of(spans, &mut out);
    out
}

/// Adds the text of [`text_of`].
pub(in crate::extract) fn push_line_of(spans: &[Span], out: &mut String) {
    let start = out.len();
    push_text_of(spans, out);
    if memchr::memchr(b'\n', &out.as_bytes()[start..]).is_some() {
        let line = out[start..].replace('\n', " ");
        out.truncate(start);
        out.push_str(&line);
    }
}

/// Adds the text of some spans, with `\n` for line breaks. What is struck out is left out, and the blanks around it
/// become one.
pub(in crate::extract) fn push_text_of(spans: &[Span], out: &mut String) {
    let start = out.len();
    let mut after_struck = false;
    for span in spans {
        if span.style.struck {
            after_struck = true;
            continue;
        }
        let mut text = span.text.as_str();
        if after_struck {
            let is_after_blank = out.len() == start || out.ends_with(char::is_whitespace);
            if is_after_blank {
                text = text.trim_start();
            }
            if text
                .trim_start()
                .starts_with(['.', ',', ';', ':', '!', '?', ')', ']'])
            {
                out.truncate(start + out[start..].trim_end().len());
                text = text.trim_start();
            }
            after_struck = text.is_empty();
        }
        out.push_str(text);
    }
    if spans.iter().any(|span| span.style.struck) {
        out.truncate(start + out[start..].trim_end().len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn struck_words_leave_no_blanks_behind() {
        let struck = |text: &str| {
            let mut span = Span::plain(text);
            span.style.struck = true;
            span
        };
        let plain = Span::plain;
        for (spans, text) in [
            (
                vec![plain("for "), struck("seven"), plain(" ten years")],
                "for ten years",
            ),
            (
                vec![
                    plain("for "),
                    struck("seven"),
                    plain(" "),
                    struck("years"),
                    plain(" ever"),
                ],
                "for ever",
            ),
            (vec![struck("We sell."), plain(" We keep.")], "We keep."),
            (
                vec![plain("We keep "), struck("and sell"), plain(".")],
                "We keep.",
            ),
            (vec![plain("We keep. "), struck("We sell.")], "We keep."),
            (
                vec![plain("one\n"), struck("two"), plain("\nthree")],
                "one three",
            ),
            (vec![struck("all")], ""),
        ] {
            assert_eq!(text_of(&spans), text);
        }
    }
}
