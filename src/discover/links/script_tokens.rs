//! Splits JSON and JavaScript into the few kinds of tokens that links need: quoted texts, words and marks. Never fails:
//! code that is neither gives other tokens.

/// A token of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScriptToken {
    /// A quoted text, without its escapes.
    Text(String),
    /// A name or a number.
    Word(String),
    /// Any other character.
    Mark(char),
}

/// Iterates over the tokens of a script. White space and comments are left out.
pub(super) struct ScriptTokens<'a> {
    code: &'a str,
}

impl<'a> ScriptTokens<'a> {
    pub(super) fn of(code: &'a str) -> Self {
        Self { code }
    }

    /// Removes white space and comments from the beginning.
    fn skip_blanks(&mut self) {
        loop {
            self.code = self.code.trim_start();
            let end = if self.code.starts_with("//") {
                self.code.find('\n')
            } else if self.code.starts_with("/*") {
                self.code.find("*/").map(|end| end + 2)
            } else {
                return;
            };
            self.code = end.and_then(|end| self.code.get(end..)).unwrap_or_default();
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.code.split_at(bytes);
        self.code = rest;
        taken
    }

    /// The text after an opening quote. A line end closes texts in simple quotes, so that one stray quote does not hide
    /// the rest of a script.
    fn quoted(&mut self, quote: char) -> String {
        let mut text = String::new();
        let mut characters = self.code.char_indices();
        while let Some((at, c)) = characters.next() {
            if c == quote || c == '\n' && quote != '`' {
                self.code = self.code.get(at + c.len_utf8()..).unwrap_or_default();
                return text;
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            let rest = self.code.get(at + 1..).unwrap_or_default();
            let (meaning, length) = escape(rest);
            text.extend(meaning);
            let end = at + 1 + length;
            while characters
                .clone()
                .next()
                .is_some_and(|(next, _)| next < end)
            {
                characters.next();
            }
        }
        self.code = "";
        text
    }
}

impl Iterator for ScriptTokens<'_> {
    type Item = ScriptToken;

    fn next(&mut self) -> Option<ScriptToken> {
        self.skip_blanks();
        let first = self.code.chars().next()?;
        if matches!(first, '"' | '\'' | '`') {
            self.take(1);
            return Some(ScriptToken::Text(self.quoted(first)));
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        if is_word(first) {
            let end = self.code.find(|c| !is_word(c)).unwrap_or(self.code.len());
            return Some(ScriptToken::Word(self.take(end).to_owned()));
        }
        self.take(first.len_utf8());
        Some(ScriptToken::Mark(first))
    }
}

/// The character that an escape stands for, and the length of the escape in bytes without its backslash.
fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(first) = rest.chars().next() else {
        return (None, 0);
    };
    match first {
        'n' | 'r' | 't' | 'b' | 'f' | 'v' | '\n' => (Some(' '), 1),
        'x' => (coded(rest.get(1..3)), 3),
        'u' if rest.starts_with("u{") => {
            let end = rest.find('}').unwrap_or(1);
            (coded(rest.get(2..end)), end + 1)
        }
        'u' => match (coded(rest.get(1..5)), pair(rest)) {
            (None, Some(c)) => (Some(c), 11),
            (c, _) => (c, 5),
        },
        other => (Some(other), other.len_utf8()),
    }
}

fn coded(digits: Option<&str>) -> Option<char> {
    u32::from_str_radix(digits?, 16)
        .ok()
        .and_then(char::from_u32)
}

/// The character of two escapes that form a surrogate pair (`u` already read: `uD83D\uDD12`).
fn pair(rest: &str) -> Option<char> {
    let unit = |digits: Option<&str>| u16::from_str_radix(digits?, 16).ok();
    let second = rest.get(5..)?.strip_prefix("\\u")?;
    let units = [unit(rest.get(1..5))?, unit(second.get(..4))?];
    char::decode_utf16(units).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<String> {
        ScriptTokens::of(code)
            .filter_map(|token| match token {
                ScriptToken::Text(text) => Some(text),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn quoted_texts_lose_their_escapes() {
        assert_eq!(
            texts(r#"a = "x\"y" + 'it\'s' + `two\u0041\x42\u{43}` + "\/p\ud83d\udd12é" // "no" "#),
            ["x\"y", "it's", "twoABC", "/p\u{1F512}é"]
        );
    }

    #[test]
    fn comments_and_stray_quotes_hide_nothing_after_them() {
        assert_eq!(
            texts("// don't\nf('a') /* it's */\nreplace(/'/g)\ng('b')"),
            ["a", "/g)", "b"]
        );
    }

    #[test]
    fn words_and_marks_are_kept_apart() {
        use ScriptToken::{Mark, Text, Word};
        let tokens: Vec<ScriptToken> = ScriptTokens::of("{a_b: 'c', d$:1}").collect();
        let word = |w: &str| Word(w.to_owned());
        assert_eq!(
            tokens,
            [
                Mark('{'),
                word("a_b"),
                Mark(':'),
                Text("c".to_owned()),
                Mark(','),
                word("d$"),
                Mark(':'),
                word("1"),
                Mark('}')
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_script_ends(code in "(\"|'|`|\\\\|u|x|/|\\*|\n|d83d|\\{|\\}|é|a| ){0,60}") {
            proptest::prop_assert!(ScriptTokens::of(&code).count() <= code.len());
        }
    }
}
