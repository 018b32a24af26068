//! Blocks of plain text (`text/plain`, `<pre>`, PDF): paragraphs from wrapped lines.

use crate::extract::blocks::{Block, Span, tidy};

/// Lines with at least this number of characters were wrapped by a program. Shorter lines end where their author ended
/// them.
const WRAPPED_CHARS: usize = 50;

/// The blocks of a plain text.
pub(in crate::extract) fn plain_text_blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    for line in text.split('\n') {
        let line = line.trim();
        // A ruler separates paragraphs.
        let ruler = !line.is_empty() && !line.chars().any(char::is_alphanumeric);
        if line.is_empty() || ruler {
            finish(&mut paragraph, &mut out);
        } else {
            paragraph.push(line);
        }
    }
    finish(&mut paragraph, &mut out);
    out
}

fn finish(lines: &mut Vec<&str>, out: &mut Vec<Block>) {
    if lines.is_empty() {
        return;
    }
    let mut text = String::new();
    let mut last_chars = 0;
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            let wrapped = last_chars >= WRAPPED_CHARS && !starts_item(line);
            text.push(if wrapped { ' ' } else { '\n' });
        }
        text.push_str(line);
        last_chars = line.chars().count();
    }
    lines.clear();
    let spans = tidy(vec![Span::plain(text)]);
    if !spans.is_empty() {
        out.push(Block::Paragraph(spans));
    }
}

/// True for a line that begins with the bullet or the number of a list item.
pub(in crate::extract) fn starts_item(line: &str) -> bool {
    let mut letters = line.chars();
    match letters.next() {
        Some('-' | '*' | '•' | '·' | '–' | '▪' | '●' | 'o') => {
            letters.next().is_some_and(char::is_whitespace)
        }
        Some('(') => line.chars().take(6).any(|c| c == ')'),
        Some(c) if c.is_ascii_digit() => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.len() + 3 >= line.len() && rest.starts_with(['.', ')'])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::render::document_text;

    #[test]
    fn wrapped_lines_are_joined_and_short_ones_are_not() {
        let blocks = plain_text_blocks(
            "PRIVACY\n=======\n\nWe collect the information that you give us when you fill in a form\non this site.\n\nAcme Ltd\n1 High Street\n\n- one\n- two\n",
        );
        assert_eq!(
            document_text(&blocks),
            "PRIVACY\nWe collect the information that you give us when you fill in a form on this site.\nAcme Ltd\n1 High Street\n- one\n- two"
        );
        assert_eq!(blocks.len(), 4);
    }
}
