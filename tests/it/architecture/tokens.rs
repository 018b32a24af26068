//! Splits Rust source into words and signs, without comments, literals and test code.

/// The words and signs of a source text; `::` is one sign.
pub fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        at += match rest {
            ['/', '/', ..] => line_comment(rest),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => string(rest),
            ['\'', ..] => character_or_lifetime(rest),
            [first, ..] if is_word(*first) => word(rest, &mut found),
            [':', ':', ..] => {
                found.push("::".to_owned());
                2
            }
            [sign, ..] => {
                if !sign.is_whitespace() {
                    found.push(sign.to_string());
                }
                1
            }
            [] => 0,
        };
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_comment(rest: &[char]) -> usize {
    rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Length of a raw string without its prefix: `"…"`, `#"…"#` and so on; `None` when no raw string begins here.
fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    if rest.get(hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let body = &rest[hashes + 1..];
    let length = body.windows(end.len()).position(|window| window == end);
    Some(hashes + 1 + length.unwrap_or(body.len()) + end.len())
}

fn character_or_lifetime(rest: &[char]) -> usize {
    match rest {
        [_, '\\', _, tail @ ..] => {
            3 + tail
                .iter()
                .position(|c| *c == '\'')
                .map_or(tail.len(), |end| end + 1)
        }
        [_, _, '\'', ..] => 3,
        _ => 1 + rest[1..].iter().take_while(|c| is_word(**c)).count(),
    }
}

/// A word, a number, or the prefix of a string with the string.
fn word(rest: &[char], found: &mut Vec<String>) -> usize {
    let length = rest.iter().take_while(|c| is_word(**c)).count();
    let text: String = rest[..length].iter().collect();
    let after = &rest[length..];
    match text.as_str() {
        "r" | "br" | "cr" => {
            if let Some(string) = raw_string(after) {
                return length + string;
            }
        }
        "b" | "c" if after.first() == Some(&'"') => return length + string(after),
        "b" if after.first() == Some(&'\'') => return length + character_or_lifetime(after),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        found.push(text);
    }
    length
}

/// The same tokens without the items under `#[cfg(test)]`.
pub fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = attribute(&tokens[at..]) else {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        };
        let words = &tokens[at..at + end];
        let has = |word: &str| words.iter().any(|w| w == word);
        // `not(test)`, other than `all(test, not(feature = "x"))`, is code outside tests.
        let is_negated = words.windows(3).any(|w| w[0] == "not" && w[2] == "test");
        if has("cfg") && has("test") && !is_negated {
            at += end;
            while let Some(next) = attribute(&tokens[at..]) {
                at += next;
            }
            at += item(&tokens[at..]);
        } else {
            kept.extend_from_slice(words);
            at += end;
        }
    }
    kept
}

/// Length of the attribute that begins here.
pub fn attribute(tokens: &[String]) -> Option<usize> {
    let open = match tokens {
        [hash, bracket, ..] if hash == "#" && bracket == "[" => 1,
        [hash, mark, bracket, ..] if hash == "#" && mark == "!" && bracket == "[" => 2,
        _ => return None,
    };
    Some(open + group(&tokens[open..]))
}

/// Length of the bracketed group that begins here.
fn group(tokens: &[String]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Length of the item, field or variant that begins here.
fn item(tokens: &[String]) -> usize {
    const KEYWORDS: [&str; 11] = [
        "fn", "impl", "struct", "enum", "trait", "use", "mod", "static", "const", "type", "union",
    ];
    let mut at = 0;
    let mut is_item = false;
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "," if !is_item => return at + 1,
            "}" => return at,
            "{" if is_item => {
                let is_use = tokens[..at].iter().any(|t| t == "use");
                at += group(&tokens[at..]);
                if !is_use {
                    return at;
                }
            }
            "(" | "[" | "{" => at += group(&tokens[at..]),
            other => {
                is_item |= KEYWORDS.contains(&other);
                at += 1;
            }
        }
    }
    at
}

#[test]
fn words_in_comments_strings_and_tests_are_left_out() {
    let text = r##"
        //! crate::a
        use crate::b; /* crate::c /* nested */ */
        fn f<'a>(x: &'a str) -> char { let s = "crate::\"d"; let r = r#"crate::"e"#; '"' }
        #[cfg(test)]
        #[path = "x.rs"]
        mod tests;
        struct S { #[cfg(test)] seen: Vec<u8>, kept: b'\'' }
        #[cfg(test)]
        mod more { use super::*; fn f() { crate::g() } }
        #[cfg(all(test, not(feature = "x")))]
        mod without { use super::*; }
        fn last() { crate::h() }
    "##;
    let words: Vec<String> = without_tests(&tokens(text))
        .into_iter()
        .filter(|t| t.starts_with(is_word))
        .collect();
    assert_eq!(
        words.join(" "),
        "use crate b fn f x str char let s let r struct S kept fn last crate h"
    );
}
