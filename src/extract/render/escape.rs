//! Backslashes before characters that would be mark-up, and no more of them than needed.

use super::inline_context::InlineContext;

/// Writes text with a backslash before each character that would be mark-up; `previous` is the character before the
/// text.
pub(in crate::extract) fn write_escaped(
    text: &str,
    mut previous: char,
    context: InlineContext,
    out: &mut String,
) {
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
            '~' if may_strike(previous, next) => out.push_str("\\~"),
            '|' if context == InlineContext::Cell => out.push_str("\\|"),
            c => out.push(c),
        }
        previous = c;
    }
}

/// True for a tilde that can end a struck part for a parser of GFM. A tilde before a word, as in `~5` or `/~name`, cannot.
fn may_strike(previous: char, next: Option<char>) -> bool {
    previous == '~'
        || next == Some('~')
        || previous.is_alphanumeric()
        || !previous.is_whitespace() && !next.is_some_and(char::is_alphanumeric)
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
pub(in crate::extract) fn line_starts_escaped(text: &str) -> String {
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
pub(in crate::extract) fn closing_hashes_escaped(mut text: String) -> String {
    let body = text.trim_end_matches('#').len();
    if body < text.len() && (body == 0 || text[..body].ends_with(' ')) {
        text.insert(body, '\\');
    }
    text
}
