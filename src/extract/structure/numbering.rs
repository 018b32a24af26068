//! Numbers in front of headings: "4.", "VI.", "Section 12", "(b)".

/// Highest number of a section; a larger one is a year or an amount.
const MAX_NUMBER: u32 = 99;
/// Longest word before a number, such as "Article", in characters.
const MAX_WORD_CHARS: usize = 12;

/// How the number of a section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberStyle {
    Arabic,
    Roman,
    Letter,
}

/// The number of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    pub style: NumberStyle,
    pub value: u32,
    /// The number of parts: 2 for "4.2".
    pub depth: usize,
}

impl Label {
    /// True if this is the next number of the same list.
    pub(super) fn follows(self, before: Self) -> bool {
        self.style == before.style && self.depth == before.depth && self.value == before.value + 1
    }
}

/// Separates the number at the beginning of a line from the words after it.
pub(super) fn split_label(line: &str) -> (Option<Label>, &str) {
    let line = line.trim_start();
    if let Some(found) = numbered(line, false) {
        return (Some(found.0), found.1);
    }
    let word = line.find(char::is_whitespace).unwrap_or(line.len());
    let is_word = word > 0
        && line[..word].chars().count() <= MAX_WORD_CHARS
        && line[..word]
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '§' | '.'));
    match numbered(line[word..].trim_start(), true).filter(|_| is_word) {
        Some((label, rest)) => (Some(label), rest),
        None => (None, line),
    }
}

/// A number at the beginning of a text, and the text after it.
fn numbered(text: &str, after_word: bool) -> Option<(Label, &str)> {
    let (inner, bracketed) = match text.strip_prefix(['(', '[']) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let length = inner
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .unwrap_or(inner.len());
    let token = inner[..length].trim_end_matches('.');
    let rest = &inner[token.len()..];
    let label = parsed(token)?;
    let separator = rest.chars().next();
    let is_separated = match separator {
        Some('.' | ')' | ']' | ':' | '-' | '–' | '—') => true,
        None => after_word,
        Some(c) if c.is_whitespace() => match label.style {
            NumberStyle::Arabic => true,
            NumberStyle::Roman => after_word || token.len() > 1,
            NumberStyle::Letter => false,
        },
        Some(_) => false,
    };
    if !is_separated || bracketed && !rest.starts_with([')', ']']) {
        return None;
    }
    let words = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    Some((label, words))
}

fn parsed(token: &str) -> Option<Label> {
    if token.starts_with(|c: char| c.is_ascii_digit()) {
        let parts: Vec<&str> = token.split('.').collect();
        let value: u32 = parts.last()?.parse().ok()?;
        return (value <= MAX_NUMBER && parts.iter().all(|p| p.len() <= 2)).then_some(Label {
            style: NumberStyle::Arabic,
            value,
            depth: parts.len(),
        });
    }
    if let Some(value) = roman(token) {
        return Some(Label {
            style: NumberStyle::Roman,
            value,
            depth: 1,
        });
    }
    let mut letters = token.bytes();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_alphabetic() => Some(Label {
            style: NumberStyle::Letter,
            value: u32::from(letter.to_ascii_uppercase() - b'A') + 1,
            depth: 1,
        }),
        _ => None,
    }
}

/// The value of a Roman number up to 39, in capitals.
fn roman(token: &str) -> Option<u32> {
    if token.is_empty() || token.len() > 7 {
        return None;
    }
    let value = |b: u8| match b {
        b'I' => Some(1),
        b'V' => Some(5),
        b'X' => Some(10),
        _ => None,
    };
    let digits: Vec<u32> = token.bytes().map(value).collect::<Option<_>>()?;
    let mut sum = 0;
    for (at, digit) in digits.iter().enumerate() {
        if digits.get(at + 1).is_some_and(|next| next > digit) {
            sum -= i64::from(*digit);
        } else {
            sum += i64::from(*digit);
        }
    }
    u32::try_from(sum).ok().filter(|value| *value > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_sections_are_read_and_other_numbers_are_not() {
        for (line, style, value, depth, rest) in [
            ("4. Terms", NumberStyle::Arabic, 4, 1, "Terms"),
            ("4.2 Terms", NumberStyle::Arabic, 2, 2, "Terms"),
            ("12) Cookies", NumberStyle::Arabic, 12, 1, "Cookies"),
            (
                "VI. Privacy Policy",
                NumberStyle::Roman,
                6,
                1,
                "Privacy Policy",
            ),
            ("XIV - Privacy", NumberStyle::Roman, 14, 1, "Privacy"),
            ("Section 5: Privacy", NumberStyle::Arabic, 5, 1, "Privacy"),
            ("ARTICLE IX PRIVACY", NumberStyle::Roman, 9, 1, "PRIVACY"),
            ("§ 7 Datenschutz", NumberStyle::Arabic, 7, 1, "Datenschutz"),
            ("(b) Privacy", NumberStyle::Letter, 2, 1, "Privacy"),
            ("C. Privacy", NumberStyle::Letter, 3, 1, "Privacy"),
        ] {
            let label = Label {
                style,
                value,
                depth,
            };
            assert_eq!(split_label(line), (Some(label), rest), "{line}");
        }
        for line in [
            "Privacy Policy",
            "2018 Privacy Policy",
            "I collect stamps",
            "A privacy policy",
            "",
            "In 2018 we changed",
        ] {
            assert_eq!(split_label(line), (None, line), "{line}");
        }
    }
}
