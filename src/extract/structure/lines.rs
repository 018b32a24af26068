//! Lines inside paragraphs: bullets written as characters become lists, a bold first line becomes a block.

use crate::extract::blocks::{Block, Span, text_of, tidy};

/// Longest paragraph whose lines are changed one by one, in bytes.
const PARAGRAPH_BYTES: usize = 20_000;

/// Longest line that can be a heading above the text in the same paragraph, in characters.
const HEADING_CHARS: usize = 110;

/// Separates the lines of all paragraphs, those in items and quotes included.
pub(in crate::extract) fn separate_lines(blocks: Vec<Block>) -> Vec<Block> {
    let mut lines = Vec::with_capacity(blocks.len());
    for block in blocks {
        match block {
            Block::Paragraph(spans) => split(spans, &mut lines),
            Block::List(start, items) => {
                lines.push(Block::List(
                    start,
                    items.into_iter().map(separate_lines).collect(),
                ));
            }
            Block::Quote(inner) => lines.push(Block::Quote(separate_lines(inner))),
            other => lines.push(other),
        }
    }
    gather_bullets(lines)
}

/// Splits a paragraph before each line that begins an item, and after a first line in bold or large letters.
fn split(spans: Vec<Span>, out: &mut Vec<Block>) {
    if !spans.iter().any(|s| s.text.contains('\n')) {
        out.push(Block::Paragraph(spans));
        return;
    }
    let lines = lines_of(&spans);
    if lines.len() < 2 {
        out.push(Block::Paragraph(spans));
        return;
    }
    let sure = lines
        .iter()
        .filter(|l| bullet(l).is_some_and(|b| b.sure))
        .count();
    let likely = lines.iter().filter(|l| bullet(l).is_some()).count();
    let takes = |line: &[Span]| bullet(line).is_some_and(|b| b.sure || likely > 1);
    let mut rest: Vec<Span> = Vec::new();
    let finish = |rest: &mut Vec<Span>, out: &mut Vec<Block>| {
        let spans = tidy(std::mem::take(rest));
        if !spans.is_empty() {
            out.push(Block::Paragraph(spans));
        }
    };
    let last = lines.len() - 1;
    let mut after_item = false;
    for (at, line) in lines.into_iter().enumerate() {
        if (sure > 0 || likely > 1) && takes(&line) {
            finish(&mut rest, out);
            out.push(Block::Paragraph(line));
            after_item = true;
            continue;
        }
        if std::mem::take(&mut after_item) {
            finish(&mut rest, out);
        }
        let stands_out = stands_out(&line) && text_of(&line).chars().count() <= HEADING_CHARS;
        if stands_out && at < last && rest.is_empty() {
            out.push(Block::Paragraph(line));
            continue;
        }
        if !rest.is_empty() {
            rest.push(Span::plain("\n"));
        }
        rest.extend(line);
    }
    finish(&mut rest, out);
}

/// True if every word is bold or large.
pub(in crate::extract) fn stands_out(line: &[Span]) -> bool {
    let mut any = false;
    for span in line {
        if span.text.chars().any(char::is_alphanumeric) {
            if !span.style.strong && !span.style.large {
                return false;
            }
            any = true;
        }
    }
    any
}

pub(in crate::extract) fn lines_of(spans: &[Span]) -> Vec<Vec<Span>> {
    let mut lines = vec![Vec::new()];
    for span in spans {
        for (at, piece) in span.text.split('\n').enumerate() {
            if at > 0 {
                lines.push(Vec::new());
            }
            if !piece.is_empty()
                && let Some(line) = lines.last_mut()
            {
                line.push(span.with_text(piece));
            }
        }
    }
    lines
        .into_iter()
        .map(tidy)
        .filter(|l| !l.is_empty())
        .collect()
}

struct Bullet {
    /// Bytes of the sign and the blank after it.
    length: usize,
    /// True for a sign that is always a bullet; hyphens and stars may be something else.
    sure: bool,
}

/// Changes the lines of a paragraph that has several.
pub(super) fn strip_lines(spans: &mut Vec<Span>, change: impl FnOnce(&mut Vec<Vec<Span>>)) {
    if spans.iter().map(|s| s.text.len()).sum::<usize>() > PARAGRAPH_BYTES
        || !spans.iter().any(|s| s.text.contains('\n'))
    {
        return;
    }
    let mut lines = lines_of(spans);
    let count = lines.len();
    change(&mut lines);
    if lines.len() < count {
        *spans = lines.join(&Span::plain("\n"));
    }
}

/// The bullet at the beginning of a line.
fn bullet(line: &[Span]) -> Option<Bullet> {
    let first = line.first()?;
    let sign = first.text.chars().next()?;
    let rest = &first.text[sign.len_utf8()..];
    let blank = rest.len() - rest.trim_start().len();
    let follows = rest
        .trim_start()
        .chars()
        .next()
        .or_else(|| line.get(1).and_then(|s| s.text.trim_start().chars().next()))?;
    let length = sign.len_utf8() + blank;
    match sign {
        '•' | '●' | '▪' | '■' | '◦' | '‣' | '⁃' | '►' | '➢' | '✓' | '❖' | '○' | '・' | '§'
            if sign != '§' || blank > 0 && !follows.is_numeric() =>
        {
            Some(Bullet {
                length,
                sure: sign != '・',
            })
        }
        '·' | '-' | '–' | '—' | '*' | '»' if blank > 0 || rest.is_empty() => Some(Bullet {
            length,
            sure: sign == '·',
        }),
        _ => None,
    }
}

/// Turns consecutive paragraphs that begin with bullets into one list.
fn gather_bullets(blocks: Vec<Block>) -> Vec<Block> {
    let of = |block: &Block| match block {
        Block::Paragraph(spans) => bullet(spans),
        _ => None,
    };
    let bullets: Vec<Option<bool>> = blocks.iter().map(|b| of(b).map(|b| b.sure)).collect();
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    for (at, block) in blocks.into_iter().enumerate() {
        let near = |step: Option<usize>| {
            step.and_then(|i| bullets.get(i))
                .is_some_and(Option::is_some)
        };
        let listed = match bullets.get(at).copied().flatten() {
            Some(sure) => sure || near(at.checked_sub(1)) || near(Some(at + 1)),
            None => false,
        };
        match block {
            Block::Paragraph(mut spans) if listed => {
                if let Some(length) = bullet(&spans).map(|b| b.length)
                    && let Some(first) = spans.first_mut()
                {
                    first.text.drain(..length.min(first.text.len()));
                }
                let item = vec![Block::Paragraph(tidy(spans))];
                let continues = at > 0 && bullets.get(at - 1).copied().flatten().is_some();
                match out.last_mut() {
                    Some(Block::List(None, items)) if continues => items.push(item),
                    _ => out.push(Block::List(None, vec![item])),
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::render::write_markdown;

    fn paragraphs(texts: &[&str]) -> Vec<Block> {
        texts
            .iter()
            .map(|t| Block::Paragraph(vec![Span::plain(*t)]))
            .collect()
    }

    #[test]
    fn a_hundred_thousand_lines_take_no_longer_than_their_length() {
        // Copying the whole paragraph for each of its lines took eight seconds for a megabyte (found by fuzzing).
        let text = "- privacy\n".repeat(100_000);
        let lines = lines_of(&[Span::plain(text)]);
        assert_eq!(lines.len(), 100_000);
        assert!(lines.iter().all(|line| line[0].text.capacity() < 100));
    }

    #[test]
    fn drawn_bullets_become_lists() {
        assert_eq!(
            write_markdown(&separate_lines(paragraphs(&[
                "We collect:\n• names\n• ages",
                "- one",
                "- two",
                "end"
            ]))),
            "We collect:\n\n- names\n- ages\n- one\n- two\n\nend\n"
        );
        assert_eq!(
            write_markdown(&separate_lines(paragraphs(&["- a lone dash"]))),
            "\\- a lone dash\n"
        );
    }
}
