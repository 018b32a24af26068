//! Text of strangers on people's screens: made harmless, and coloured where colours are wanted.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

/// Text without what a terminal or a reader would obey instead of showing: control characters (C0 with escape, DEL, C1)
/// and the Unicode controls that reorder or hide text (bidirectional embeddings, overrides and isolates, line and
/// paragraph separators, tags) become `�`. Line feeds and tabs stay.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if is_harmful(c) { '\u{FFFD}' } else { c })
        .collect()
}

/// [`harmless`], on one line.
pub(super) fn harmless_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    harmless(&words.join(" "))
}

/// A JSON value on one line in which harmful characters are escaped too (`serde_json` escapes C0 only).
pub(super) fn harmless_json(value: &serde_json::Value) -> String {
    escaped_json(value.to_string())
}

/// The same of what is JSON already.
pub(super) fn escaped_json(plain: String) -> String {
    if plain.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return plain;
    }
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        if is_harmful(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn is_harmful(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// True when stdout is to be coloured.
    pub(super) fn is_wanted(self) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
                io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
            }
        }
    }
}

/// A style of text on a terminal (select graphic rendition).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For what is beside the point.
    Dim,
    /// For headings.
    Bold,
    /// Words that came: green, underlined for those who do not see the colour.
    Added,
    /// Words that went: red, struck through.
    Removed,
}

/// Text in a style, or as it is.
pub(super) fn styled(text: &str, style: Style, color: bool) -> String {
    let code = match style {
        Style::Dim => "2",
        Style::Bold => "1",
        Style::Added => "32;4",
        Style::Removed => "31;9",
    };
    if color {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// The first `most` characters of a text; with an ellipsis for the last when there are more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        let bad = "a\u{1b}[31mb\u{9b}2Jc\u{7}d\re\u{202e}f\u{2066}g\u{e0041}h\n\ti";
        let good = harmless(bad);
        assert_eq!(good, "a�[31mb�2Jc�d�e�f�g�h\n\ti");
        assert_eq!(harmless_line(" a \n\u{1b} b"), "a � b");
    }

    #[test]
    fn json_means_the_same_with_its_harmful_characters_escaped() {
        let value = serde_json::json!({ "text": "a\u{9b}b\u{202e}c\u{7f}d\u{e0041}\u{1b}" });
        let line = harmless_json(&value);
        assert!(!line.chars().any(is_harmful), "{line}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            value
        );
    }
}
