//! The words that are searched for: phrases, prefixes, and how they are combined. Syntax that is not understood is an
//! error, because a search without it would find something else.

use crate::model::{printable, words};
use crate::store::database::full_text::indexed;

/// Most phrases of one query, so that the parser of the full-text index is never exhausted.
const MOST_PHRASES: usize = 64;

/// How the words of a query are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryMode {
    /// All words are one phrase; `OR` and `AND` combine phrases.
    Phrase,
    /// Each argument is a phrase, and any of them is enough.
    AnyOf,
    /// Every word has to be in the text, in any place and order.
    AllWords,
}

/// What is searched for: texts that contain all phrases of one of the alternatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    alternatives: Vec<Vec<Phrase>>,
}

/// Words that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase {
    /// Its words.
    pub words: Vec<String>,
    /// True if the last word may be longer in the text.
    pub is_prefix: bool,
}

/// A query that cannot be searched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidQuery {
    /// It has no word.
    #[error("`{query}` contains no word to search for; give at least one word")]
    NoWord {
        /// The query.
        query: String,
    },
    /// It has more phrases than are searched for at once.
    #[error("the query has more than {MOST_PHRASES} phrases; search for fewer at once")]
    TooManyPhrases,
    /// It uses syntax that this program does not have.
    #[error("`{part}` is not understood: {why}")]
    NotUnderstood {
        /// The part of the query.
        part: String,
        /// What to write instead.
        why: &'static str,
    },
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A word, or several that punctuation joins (`e-mail`).
    Words {
        text: String,
        is_prefix: bool,
    },
    /// Words in quotation marks.
    Quoted(String),
    Or,
    And,
}

impl SearchQuery {
    /// Parses the arguments of a search.
    ///
    /// # Errors
    /// If they have no word, or use syntax that is not understood.
    pub fn parse(arguments: &[String], mode: QueryMode) -> Result<Self, InvalidQuery> {
        if mode == QueryMode::Phrase {
            check_separators(arguments)?;
        }
        let parsed: Vec<Vec<Part>> = arguments
            .iter()
            .map(|argument| parts(argument))
            .collect::<Result<_, _>>()?;
        let query = arguments.join(" ");
        let is_combined = |part: &Part| matches!(part, Part::Or | Part::And);
        let has_operators = parsed.iter().flatten().any(is_combined);
        if has_operators {
            check_operators(&parsed.concat(), &query, mode)?;
        }
        let alternatives = match mode {
            QueryMode::Phrase => combined(&parsed.concat())?,
            QueryMode::AnyOf => arguments
                .iter()
                .zip(&parsed)
                .map(|(argument, parts)| Ok(vec![with_word(one_phrase(parts)?, argument)?]))
                .collect::<Result<_, InvalidQuery>>()?,
            QueryMode::AllWords => vec![
                parsed
                    .iter()
                    .flatten()
                    .map(|part| one_phrase(std::slice::from_ref(part)))
                    .filter(|phrase| phrase.as_ref().map_or(true, |p| !p.words.is_empty()))
                    .collect::<Result<Vec<Phrase>, _>>()?,
            ],
        };
        let is_empty = |phrases: &Vec<Phrase>| {
            phrases.is_empty() || phrases.iter().any(|phrase| phrase.words.is_empty())
        };
        if alternatives.is_empty() || alternatives.iter().any(is_empty) {
            return Err(if has_operators {
                not_understood(&query, "`OR` and `AND` need a phrase on both sides")
            } else {
                no_word(&query)
            });
        }
        if alternatives.iter().map(Vec::len).sum::<usize>() > MOST_PHRASES {
            return Err(InvalidQuery::TooManyPhrases);
        }
        Ok(Self { alternatives })
    }

    /// All phrases, of all alternatives.
    pub fn phrases(&self) -> impl Iterator<Item = &Phrase> {
        self.alternatives.iter().flatten()
    }

    /// True if a word of the query may have any ending.
    pub(super) fn has_prefix(&self) -> bool {
        self.phrases().any(|phrase| phrase.is_prefix)
    }

    /// The query in the language of the full-text index (FTS5). Words hold no quotation marks, so nothing of the query is
    /// read as an operator.
    pub(super) fn expression(&self) -> String {
        let alternatives = self.alternatives.iter().map(|phrases| {
            let phrases = phrases.iter().map(|phrase| {
                let star = if phrase.is_prefix { " *" } else { "" };
                format!("\"{}\"{star}", indexed(&phrase.words.join(" ")))
            });
            format!("({})", phrases.collect::<Vec<_>>().join(" AND "))
        });
        alternatives.collect::<Vec<_>>().join(" OR ")
    }
}

/// Refuses two arguments side by side of which one is a phrase: they may be meant as one phrase or as two.
fn check_separators(arguments: &[String]) -> Result<(), InvalidQuery> {
    let is_operator = |argument: &str| matches!(argument, "OR" | "AND");
    let is_phrase = |argument: &str| argument.split_whitespace().nth(1).is_some();
    let side_by_side = arguments
        .windows(2)
        .find(|pair| !pair.iter().any(|a| is_operator(a)) && pair.iter().any(|a| is_phrase(a)));
    side_by_side.map_or(Ok(()), |pair| {
        Err(not_understood(
            &pair.join(" "),
            "several phrases need OR or AND between them, or --any or --anywhere before them",
        ))
    })
}

/// Refuses operators where they may be meant as words, or are not needed.
fn check_operators(parts: &[Part], query: &str, mode: QueryMode) -> Result<(), InvalidQuery> {
    let fail = |why| Err(not_understood(query, why));
    if mode != QueryMode::Phrase {
        return fail(
            "--any and --anywhere combine the words themselves; leave out `OR` and `AND`, or the option",
        );
    }
    // What stands in quotation marks is text, and beside it the operators are no words.
    let has_quotes = parts.iter().any(|part| matches!(part, Part::Quoted(_)));
    let bare = || {
        parts.iter().filter_map(|part| match part {
            Part::Words { text, .. } => Some(text.as_str()),
            Part::Quoted(_) | Part::Or | Part::And => None,
        })
    };
    let has = |is: fn(char) -> bool| bare().any(|text| text.contains(is));
    if !has_quotes && has(char::is_uppercase) && !has(char::is_lowercase) {
        return fail(
            "`OR` and `AND` may be operators or words here; write the words in small letters, or put a phrase in quotation marks: '\"TERMS AND CONDITIONS\"'",
        );
    }
    if bare().any(|text| text.contains(['(', ')'])) {
        return fail("parentheses are not supported; AND binds more closely than OR");
    }
    Ok(())
}

/// The phrase, if it has a word.
fn with_word(phrase: Phrase, argument: &str) -> Result<Phrase, InvalidQuery> {
    if phrase.words.is_empty() {
        return Err(no_word(argument));
    }
    Ok(phrase)
}

/// Splits an argument into its parts.
fn parts(argument: &str) -> Result<Vec<Part>, InvalidQuery> {
    let mut parts = Vec::new();
    for (i, section) in argument.split('"').enumerate() {
        if i % 2 == 1 {
            parts.push(Part::Quoted(section.to_owned()));
            continue;
        }
        for word in section.split_whitespace() {
            parts.push(part(word)?);
        }
    }
    if argument.matches('"').count() % 2 == 1 {
        return Err(not_understood(argument, "a quotation mark has no partner"));
    }
    Ok(parts)
}

fn no_word(query: &str) -> InvalidQuery {
    InvalidQuery::NoWord {
        query: printable(query, 80),
    }
}

fn not_understood(part: &str, why: &'static str) -> InvalidQuery {
    InvalidQuery::NotUnderstood {
        part: printable(part, 80),
        why,
    }
}

/// Reads one word outside quotation marks.
fn part(word: &str) -> Result<Part, InvalidQuery> {
    match word {
        "OR" => return Ok(Part::Or),
        "AND" => return Ok(Part::And),
        _ => {}
    }
    if let Some(why) = unsupported(word) {
        return Err(not_understood(word, why));
    }
    let (text, is_prefix) = match word.strip_suffix('*') {
        Some(stem) => (stem, true),
        None => (word, false),
    };
    if is_prefix && !text.ends_with(char::is_alphanumeric) || text.contains('*') {
        return Err(not_understood(
            word,
            "`*` stands only at the end of a word: `advertis*`",
        ));
    }
    Ok(Part::Words {
        text: text.to_owned(),
        is_prefix,
    })
}

/// The cure for a word that looks like an operator of other search programs.
fn unsupported(word: &str) -> Option<&'static str> {
    const QUOTE: &str =
        "put text with this sign in quotation marks ('\"…\"'), where only its words count";
    let begins = |sign: char| word.strip_prefix(sign).is_some_and(|r| !r.is_empty());
    let inside = |sign: char| {
        word.split_once(sign).is_some_and(|(before, after)| {
            before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric)
        })
    };
    let is_time = word.starts_with(|c: char| c.is_ascii_digit());
    match word {
        "NOT" | "NEAR" => Some("there is no such operator; phrases are combined with OR and AND"),
        _ if word.starts_with("NEAR(") || word.starts_with("NEAR/") => {
            Some("there is no such operator; phrases are combined with OR and AND")
        }
        "&&" | "||" | "|" => Some("phrases are combined with OR and AND"),
        _ if begins('-') || begins('+') => {
            Some("words cannot be excluded or required; phrases are combined with OR and AND")
        }
        _ if inside(':') && !word.contains("://") && !is_time => Some(
            "there are no fields; use --site, --language, --group, --from and --to, or quotation marks ('\"…\"')",
        ),
        _ if word.contains(['^', '~', '\\', '|', '{', '}']) => Some(QUOTE),
        _ if inside('?') && !word.contains("://") => {
            Some("`?` is no wildcard; only `*` at the end of a word is")
        }
        _ if word.len() > 2 && word.starts_with('/') && word.ends_with('/') => {
            Some("there are no regular expressions; search for words")
        }
        _ => None,
    }
}

/// Phrases combined with `OR` and `AND`.
fn combined(parts: &[Part]) -> Result<Vec<Vec<Phrase>>, InvalidQuery> {
    parts
        .split(|part| *part == Part::Or)
        .map(|alternative| {
            let phrases = alternative.split(|part| *part == Part::And);
            phrases.map(one_phrase).collect()
        })
        .collect()
}

/// One phrase of all parts.
fn one_phrase(parts: &[Part]) -> Result<Phrase, InvalidQuery> {
    let is_quoted =
        |part: &Part| matches!(part, Part::Quoted(text) if words(text).next().is_some());
    let mut phrase = Phrase::default();
    for (i, part) in parts.iter().enumerate() {
        let (text, is_prefix) = match part {
            Part::Words { text, is_prefix } => (text, *is_prefix),
            Part::Quoted(text) => (text, false),
            Part::Or | Part::And => continue,
        };
        if is_quoted(part) && !phrase.words.is_empty() || i > 0 && is_quoted(&parts[i - 1]) {
            return Err(not_understood(
                text,
                "combine a phrase in quotation marks with OR or AND, or leave out the marks",
            ));
        }
        if phrase.is_prefix {
            return Err(not_understood(
                text,
                "`*` stands only at the end of a phrase; combine phrases with OR or AND",
            ));
        }
        phrase.words.extend(words(text).map(str::to_owned));
        phrase.is_prefix = is_prefix;
    }
    Ok(phrase)
}

#[cfg(test)]
mod tests;
