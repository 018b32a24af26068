//! The Markdown of a document as wrapped plain text for people at a terminal, set by html2text.
//!
//! html2text's defaults number links and draw boxes; one configuration is pinned here. What it reads is made from our own
//! Markdown, so it never sees a stranger's HTML.

use crate::extract::characters::is_invisible;

use std::fmt::Write as _;

/// Narrowest and widest line that is set, in columns.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=400;
/// Lists and quotes nested deeper than this are set flat.
const MAX_DEPTH: usize = 30;

/// A document's Markdown as plain text, wrapped at `width` columns (20 to 400).
///
/// Reads the Markdown that this crate writes; of other Markdown it makes sense as far as the two agree. Line ends are
/// `\n`, and no control character but it is in the result.
#[must_use]
pub fn wrapped_text(markdown: &str, width: usize) -> String {
    let width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    let lines: Vec<&str> = markdown.lines().collect();
    let html = blocks(&lines, 0);
    let set = html2text::config::plain()
        .no_link_wrapping()
        .link_footnotes(false)
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), width);
    let text = set.unwrap_or_else(|_| markdown.to_owned());
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line: String = line.chars().filter(|c| !is_invisible(*c)).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn blocks(lines: &[&str], depth: usize) -> String {
    let mut html = String::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if line.trim().is_empty() {
            at += 1;
        } else if let Some((level, text)) = heading(line) {
            push(
                &mut html,
                format_args!("<h{level}>{}</h{level}>", inline(text)),
            );
            at += 1;
        } else if line.starts_with('>') && depth < MAX_DEPTH {
            let end = end_of(lines, at, |l| l.starts_with('>'));
            let inner: Vec<&str> = lines[at..end]
                .iter()
                .map(|l| {
                    l.strip_prefix("> ")
                        .or_else(|| l.strip_prefix('>'))
                        .unwrap_or(l)
                })
                .collect();
            push(
                &mut html,
                format_args!("<blockquote>{}</blockquote>", blocks(&inner, depth + 1)),
            );
            at = end;
        } else if line.starts_with('|') && lines.get(at + 1).is_some_and(|l| l.starts_with("| ---"))
        {
            let end = end_of(lines, at, |l| l.starts_with('|'));
            html.push_str(&table(&lines[at..end]));
            at = end;
        } else if let Some(mark) = marker(line).filter(|_| depth < MAX_DEPTH) {
            let (list, end) = list(lines, at, &mark, depth);
            html.push_str(&list);
            at = end;
        } else {
            let mut end = at + 1;
            while lines.get(end).is_some_and(|l| {
                !l.trim().is_empty() && marker(l).is_none() && heading(l).is_none()
            }) {
                end += 1;
            }
            push(
                &mut html,
                format_args!("<p>{}</p>", inline(&lines[at..end].join("\n"))),
            );
            at = end;
        }
    }
    html
}

fn push(html: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = html.write_fmt(words);
}

fn end_of(lines: &[&str], from: usize, goes_on: impl Fn(&str) -> bool) -> usize {
    let count = lines[from..].iter().take_while(|l| goes_on(l)).count();
    from + count.max(1)
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let text = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then_some((level, text))
}

struct Marker {
    /// Its sign: `-`, `*`, `.` or `)`.
    sign: char,
    number: Option<u32>,
    length: usize,
}

fn marker(line: &str) -> Option<Marker> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let sign = line.get(digits..)?.chars().next()?;
    let fits = if digits == 0 {
        matches!(sign, '-' | '*')
    } else {
        digits <= 9 && matches!(sign, '.' | ')')
    };
    let blank = line.get(digits + 1..)?.starts_with(' ');
    (fits && blank).then(|| Marker {
        sign,
        number: line.get(..digits).and_then(|d| d.parse().ok()),
        length: digits + 2,
    })
}

/// One list from its first marker on; answers where it ends.
fn list(lines: &[&str], from: usize, first: &Marker, depth: usize) -> (String, usize) {
    let mut html = match first.number {
        Some(number) => format!("<ol start={number}>"),
        None => "<ul>".to_owned(),
    };
    let mut at = from;
    while let Some(mark) = lines
        .get(at)
        .and_then(|l| marker(l))
        .filter(|m| m.sign == first.sign)
    {
        let mut item = vec![lines[at].get(mark.length..).unwrap_or_default()];
        at += 1;
        while let Some(line) = lines.get(at) {
            let inside = line
                .get(..mark.length)
                .is_some_and(|indent| indent.trim().is_empty());
            if inside {
                item.push(line.get(mark.length..).unwrap_or_default());
            } else if line.is_empty() {
                item.push("");
            } else {
                break;
            }
            at += 1;
        }
        push(
            &mut html,
            format_args!("<li>{}</li>", blocks(&item, depth + 1)),
        );
    }
    html.push_str(if first.number.is_some() {
        "</ol>"
    } else {
        "</ul>"
    });
    (html, at)
}

fn table(lines: &[&str]) -> String {
    let mut html = String::from("<table>");
    for (at, line) in lines.iter().enumerate() {
        if at == 1 {
            continue;
        }
        let cell = if at == 0 { "th" } else { "td" };
        html.push_str("<tr>");
        for text in cells(line) {
            push(
                &mut html,
                format_args!(
                    "<{cell}>{}</{cell}>",
                    inline(text.trim()).replace("&lt;br&gt;", "<br>")
                ),
            );
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html
}

/// The cells between the bars of a row that are not escaped.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim().trim_start_matches('|');
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in line.char_indices() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '|' if !escaped => {
                cells.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        escaped = false;
    }
    cells
}

/// Running text: escapes, emphasis, code, links (their words only) and hard line breaks.
fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut targets: Vec<&str> = Vec::new();
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' if after.starts_with('\n') => {
                html.push_str("<br>");
                rest = &after[1..];
                continue;
            }
            '\\' if after.starts_with(|n: char| n.is_ascii_punctuation()) => {
                push_escaped(after.chars().next(), &mut html);
                rest = &after[1..];
                continue;
            }
            '*' => {
                // Emphasis is for Markdown; plain text does without.
                rest = rest.trim_start_matches('*');
                continue;
            }
            '`' => {
                if let Some((code, more)) = after.split_once('`') {
                    code.chars().for_each(|c| push_escaped(Some(c), &mut html));
                    rest = more;
                    continue;
                }
                push_escaped(Some(c), &mut html);
            }
            '[' => targets.push(after),
            ']' => {
                if let Some(target) = after.strip_prefix('(').filter(|_| targets.pop().is_some())
                    && let Some((_, more)) = target.split_once(')')
                {
                    rest = more;
                    continue;
                }
                push_escaped(Some(c), &mut html);
            }
            _ => push_escaped(Some(c), &mut html),
        }
        rest = after;
    }
    html
}

fn push_escaped(c: Option<char>, html: &mut String) {
    match c {
        Some('<') => html.push_str("&lt;"),
        Some('>') => html.push_str("&gt;"),
        Some('&') => html.push_str("&amp;"),
        Some(c) => html.push(c),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_set_for_reading() {
        let text = wrapped_text(
            "# Privacy\n\nWe *never* sell [your data](http://a/b), **ever** \\[1\\].\n\n- one\n  1. two\n- three\n\n| a | b\\|c |\n| --- | --- |\n| d<br>e | f |\n\n> said & done \\<b>\n",
            40,
        );
        for words in [
            "Privacy",
            "We never sell your data, ever [1].",
            "* one",
            "1. two",
            "b|c",
            "said & done <b>",
        ] {
            assert!(text.contains(words), "{words:?} in\n{text}");
        }
        assert!(!text.contains("http") && !text.contains("**"));
        assert!(text.lines().all(|l| l.chars().count() <= 40));
    }

    #[test]
    fn odd_markdown_is_survived() {
        let deep = "> ".repeat(3000) + "x";
        assert!(wrapped_text(&deep, 80).contains('x'));
        for odd in [
            "",
            "|",
            "| ---\n| ---",
            "[",
            "](",
            "\\",
            "`",
            "#",
            "- ",
            "1. ",
            "é".repeat(500).as_str(),
            "\u{1b}[2J",
        ] {
            assert!(!wrapped_text(odd, 0).contains('\u{1b}'), "{odd}");
        }
    }
}
