//! The form of a vocabulary file: TOML, one entry a line, every fault named with its line.

use std::collections::{BTreeSet, HashMap, HashSet};

use aho_corasick::AhoCorasick;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::kind::PolicyKind;
use super::vocabulary::{Class, Phrase, Vocabulary};
use super::words::{MAX_TEXT_BYTES, fold, is_spaced, percent_encoded};

/// Raise it when the rules of judging change in such a way that other addresses become candidates.
const JUDGE_VERSION: u32 = 1;
/// All query stems stand in one request line; servers cut long ones off.
const MAX_QUERY_CHARACTERS: usize = 1700;
/// Shorter words are not looked for inside words run together (`examplecookies`).
const MIN_SQUEEZED_CHARACTERS: usize = 6;

/// A file of policy words that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("vocabulary, line {line}: {what}")]
pub struct VocabularyError {
    /// Line of the fault, counted from 1.
    pub line: usize,
    /// What is wrong and what is wanted.
    pub what: String,
}

type Line = Spanned<(String, String)>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(default)]
    names: Vec<Line>,
    #[serde(default)]
    words: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Negative {
    names: Vec<Line>,
    weak: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathWords {
    sections: Vec<Line>,
    index: Vec<Line>,
    homes: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    stems: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    privacy: Words,
    cookies: Words,
    children: Words,
    hub: Words,
    filler: Words,
    generic: Words,
    negative: Negative,
    path: PathWords,
    query: Query,
}

/// Reads and compiles a vocabulary file.
pub(super) fn read(text: &str) -> Result<Vocabulary, VocabularyError> {
    let line_at = |at: usize| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
    let file: File = toml::from_str(text).map_err(|error| VocabularyError {
        line: line_at(error.span().map_or(0, |span| span.start)),
        what: error.message().trim().to_owned(),
    })?;
    Builder {
        line_at: &line_at,
        languages: BTreeSet::new(),
        fingerprint: fingerprint(text),
    }
    .build(file)
}

fn fingerprint(text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(JUDGE_VERSION.to_le_bytes());
    hash.update(text.as_bytes());
    HEXLOWER.encode(&hash.finalize()[..8])
}

/// Takes the lines of a file in, with the line of every fault.
struct Builder<'a> {
    line_at: &'a dyn Fn(usize) -> usize,
    languages: BTreeSet<String>,
    fingerprint: String,
}

impl Builder<'_> {
    fn build(mut self, file: File) -> Result<Vocabulary, VocabularyError> {
        let mut phrases: Vec<Phrase> = Vec::new();
        let mut known: HashMap<(String, bool), usize> = HashMap::new();
        let lists = [
            (Class::Name(PolicyKind::Privacy), file.privacy.names),
            (Class::Word(PolicyKind::Privacy), file.privacy.words),
            (Class::Name(PolicyKind::Cookies), file.cookies.names),
            (Class::Word(PolicyKind::Cookies), file.cookies.words),
            (Class::Name(PolicyKind::Children), file.children.names),
            (Class::Word(PolicyKind::Children), file.children.words),
            (Class::Hub { minor: false }, file.hub.names),
            (Class::Hub { minor: true }, file.hub.words),
            (Class::Filler, file.filler.names),
            (Class::Filler, file.filler.words),
            (Class::Generic, file.generic.names),
            (Class::Generic, file.generic.words),
            (Class::Negative, file.negative.names),
            (Class::Weak, file.negative.weak),
        ];
        for (class, lines) in lists {
            for line in lines {
                let at = line.span().start;
                let (language, text, any_ending) = self.entry(line)?;
                if let Some(phrase) = known
                    .get(&(text.clone(), any_ending))
                    .and_then(|i| phrases.get_mut(*i))
                {
                    if phrase.class != class {
                        return Err(self
                            .fault(at, &format!("`{text}` stands in two lists; keep it in one")));
                    }
                    if !phrase.languages.split(' ').any(|l| l == language) {
                        phrase.languages.push(' ');
                        phrase.languages.push_str(&language);
                    }
                    continue;
                }
                known.insert((text.clone(), any_ending), phrases.len());
                phrases.push(Phrase {
                    text,
                    class,
                    any_ending,
                    languages: language,
                });
            }
        }
        let squeezed: Vec<(usize, String)> = phrases
            .iter()
            .enumerate()
            .filter(|(_, p)| {
                !matches!(
                    p.class,
                    Class::Hub { .. }
                        | Class::Filler
                        | Class::Generic
                        | Class::Word(PolicyKind::Children)
                )
            })
            .map(|(index, p)| (index, p.text.replace(' ', "")))
            .filter(|(_, text)| {
                text.chars().count() >= MIN_SQUEEZED_CHARACTERS || !text.chars().all(is_spaced)
            })
            .collect();
        let query_words = self.query(file.query.stems)?;
        let automaton = |patterns: Vec<&str>| {
            AhoCorasick::new(patterns)
                .map_err(|error| self.fault(0, &format!("too many words: {error}")))
        };
        Ok(Vocabulary {
            automaton: automaton(phrases.iter().map(|p| p.text.as_str()).collect())?,
            squeezed_automaton: automaton(
                squeezed.iter().map(|(_, text)| text.as_str()).collect(),
            )?,
            squeezed,
            sections: self.set(file.path.sections)?,
            index_names: self.set(file.path.index)?,
            homes: self.set(file.path.homes)?,
            phrases,
            query_words,
            languages: self.languages,
            fingerprint: self.fingerprint,
        })
    }

    fn fault(&self, at: usize, what: &str) -> VocabularyError {
        VocabularyError {
            line: (self.line_at)(at),
            what: what.to_owned(),
        }
    }

    /// Language, folded phrase, and whether any ending may follow.
    fn entry(&mut self, line: Line) -> Result<(String, String, bool), VocabularyError> {
        let at = line.span().start;
        let (language, phrase) = line.into_inner();
        if language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(self.fault(
                at,
                &format!("`{language}` is no language code; write two letters such as `en`"),
            ));
        }
        let text = fold(&phrase);
        if text.is_empty() || phrase.len() > MAX_TEXT_BYTES {
            return Err(self.fault(at, &format!("`{phrase}` is no phrase; write some words")));
        }
        self.languages.insert(language.clone());
        Ok((language, text, phrase.trim_end().ends_with('*')))
    }

    fn set(&mut self, lines: Vec<Line>) -> Result<HashSet<String>, VocabularyError> {
        lines
            .into_iter()
            .map(|line| self.entry(line).map(|(_, text, _)| text))
            .collect()
    }

    fn query(&mut self, lines: Vec<Line>) -> Result<Vec<String>, VocabularyError> {
        let mut words = Vec::new();
        let mut characters = 0;
        for line in lines {
            let at = line.span().start;
            let stem = line.get_ref().1.to_lowercase();
            self.entry(line)?;
            if stem.contains(|c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '-') {
                return Err(self.fault(
                    at,
                    &format!("`{stem}` cannot stand in a query; only letters, digits and `-`"),
                ));
            }
            let word = percent_encoded(&stem);
            // The `%` of an escape and the `|` between two words are themselves escaped in the request.
            characters += word.len() + 2 * word.matches('%').count() + 3;
            if characters > MAX_QUERY_CHARACTERS {
                return Err(self.fault(at, &format!("the query stems fill more than {MAX_QUERY_CHARACTERS} characters of a request; name fewer or shorter ones")));
            }
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if words.is_empty() {
            return Err(self.fault(
                0,
                "[query] names no stems; the index would be asked for every page of a site",
            ));
        }
        Ok(words)
    }
}
