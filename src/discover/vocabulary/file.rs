//! Reads a vocabulary file: TOML, one entry per line. Every error names its line.

use std::collections::{BTreeSet, HashMap, HashSet};

use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::super::kind::PolicyKind;
use super::phrase::{Phrase, PhraseClass};
use super::words::{MAX_TEXT_BYTES, fold, percent_encoded};

/// Version of the rules that judge addresses. It must be raised when a change of the rules makes other addresses
/// candidates.
const JUDGE_VERSION: u32 = 2;
/// All query stems are in one request line; servers cut long ones off.
const MAX_QUERY_CHARACTERS: usize = 1700;

/// A vocabulary file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("vocabulary, line {line}: {what}")]
pub struct VocabularyError {
    /// Line of the error, counted from 1.
    pub line: usize,
    /// What is wrong, and what is expected.
    pub what: String,
}

type EntryLine = Spanned<(String, String)>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WordLists {
    #[serde(default)]
    names: Vec<EntryLine>,
    #[serde(default)]
    words: Vec<EntryLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NegativeLists {
    names: Vec<EntryLine>,
    weak: Vec<EntryLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathLists {
    sections: Vec<EntryLine>,
    #[serde(default)]
    areas: Vec<EntryLine>,
    index: Vec<EntryLine>,
    homes: Vec<EntryLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryLists {
    stems: Vec<EntryLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VocabularyToml {
    privacy: WordLists,
    cookies: WordLists,
    children: WordLists,
    hub: WordLists,
    filler: WordLists,
    generic: WordLists,
    negative: NegativeLists,
    path: PathLists,
    query: QueryLists,
}

/// The checked entries of a vocabulary file.
pub(super) struct VocabularyFile {
    pub(super) phrases: Vec<Phrase>,
    pub(super) sections: HashSet<String>,
    pub(super) areas: HashSet<String>,
    pub(super) index_names: HashSet<String>,
    pub(super) homes: HashSet<String>,
    pub(super) query_words: Vec<String>,
    pub(super) languages: BTreeSet<String>,
    pub(super) fingerprint: String,
}

/// Reads a vocabulary file.
pub(super) fn read(text: &str) -> Result<VocabularyFile, VocabularyError> {
    let line_at = |at: usize| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
    let file: VocabularyToml = toml::from_str(text).map_err(|error| VocabularyError {
        line: line_at(error.span().map_or(0, |span| span.start)),
        what: error.message().trim().to_owned(),
    })?;
    let mut reader = EntryReader {
        line_at: &line_at,
        languages: BTreeSet::new(),
    };
    let query_stems = file.query.stems;
    let phrases = reader.phrases(vec![
        (PhraseClass::Name(PolicyKind::Privacy), file.privacy.names),
        (PhraseClass::Word(PolicyKind::Privacy), file.privacy.words),
        (PhraseClass::Name(PolicyKind::Cookies), file.cookies.names),
        (PhraseClass::Word(PolicyKind::Cookies), file.cookies.words),
        (PhraseClass::Name(PolicyKind::Children), file.children.names),
        (PhraseClass::Word(PolicyKind::Children), file.children.words),
        (PhraseClass::Hub { minor: false }, file.hub.names),
        (PhraseClass::Hub { minor: true }, file.hub.words),
        (PhraseClass::Filler, file.filler.names),
        (PhraseClass::Filler, file.filler.words),
        (PhraseClass::Generic, file.generic.names),
        (PhraseClass::Generic, file.generic.words),
        (PhraseClass::Negative, file.negative.names),
        (PhraseClass::Weak, file.negative.weak),
    ])?;
    let query_words = reader.query_words(query_stems)?;
    let mut file = VocabularyFile {
        phrases,
        sections: reader.set(file.path.sections)?,
        areas: reader.set(file.path.areas)?,
        index_names: reader.set(file.path.index)?,
        homes: reader.set(file.path.homes)?,
        query_words,
        languages: reader.languages,
        fingerprint: String::new(),
    };
    file.fingerprint = fingerprint(&file);
    Ok(file)
}

/// The fingerprint of the entries, whatever their order. Comments and spaces do not count, so that a change of them
/// sends no index query again.
fn fingerprint(file: &VocabularyFile) -> String {
    let mut entries: Vec<String> = file
        .phrases
        .iter()
        .map(|p| format!("{:?} {} {} {}", p.class, p.text, p.any_ending, p.languages))
        .collect();
    let lists = [
        ("section", &file.sections),
        ("area", &file.areas),
        ("index", &file.index_names),
        ("home", &file.homes),
    ];
    for (name, list) in lists {
        entries.extend(list.iter().map(|entry| format!("{name} {entry}")));
    }
    entries.extend(file.query_words.iter().map(|word| format!("query {word}")));
    entries.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(JUDGE_VERSION.to_le_bytes());
    for entry in entries {
        hash.update(entry.as_bytes());
        hash.update([0]);
    }
    HEXLOWER.encode(&hash.finalize()[..8])
}

/// Checks the entries of a file, and notes their languages.
struct EntryReader<'a> {
    line_at: &'a dyn Fn(usize) -> usize,
    languages: BTreeSet<String>,
}

impl EntryReader<'_> {
    fn phrases(
        &mut self,
        lists: Vec<(PhraseClass, Vec<EntryLine>)>,
    ) -> Result<Vec<Phrase>, VocabularyError> {
        let mut phrases: Vec<Phrase> = Vec::new();
        let mut known: HashMap<(String, bool), usize> = HashMap::new();
        for (class, lines) in lists {
            for line in lines {
                let at = line.span().start;
                let (language, text, any_ending) = self.entry(line)?;
                if let Some(phrase) = known
                    .get(&(text.clone(), any_ending))
                    .and_then(|i| phrases.get_mut(*i))
                {
                    if phrase.class != class {
                        return Err(self.fault(
                            at,
                            &format!("`{text}` is in two lists; keep it in one of them"),
                        ));
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
        Ok(phrases)
    }

    fn fault(&self, at: usize, what: &str) -> VocabularyError {
        VocabularyError {
            line: (self.line_at)(at),
            what: what.to_owned(),
        }
    }

    /// Language, folded phrase, and whether any ending may follow.
    fn entry(&mut self, line: EntryLine) -> Result<(String, String, bool), VocabularyError> {
        let at = line.span().start;
        let (language, phrase) = line.into_inner();
        if language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(self.fault(
                at,
                &format!("`{language}` is not a language code; write two letters such as `en`"),
            ));
        }
        let text = fold(&phrase);
        if text.is_empty() || phrase.len() > MAX_TEXT_BYTES {
            return Err(self.fault(
                at,
                &format!("`{phrase}` is not a phrase; write one or more words"),
            ));
        }
        self.languages.insert(language.clone());
        Ok((language, text, phrase.trim_end().ends_with('*')))
    }

    fn set(&mut self, lines: Vec<EntryLine>) -> Result<HashSet<String>, VocabularyError> {
        lines
            .into_iter()
            .map(|line| self.entry(line).map(|(_, text, _)| text))
            .collect()
    }

    fn query_words(&mut self, lines: Vec<EntryLine>) -> Result<Vec<String>, VocabularyError> {
        let mut words = Vec::new();
        let mut characters = 0;
        for line in lines {
            let at = line.span().start;
            let stem = line.get_ref().1.to_lowercase();
            self.entry(line)?;
            if stem.contains(|c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '-') {
                return Err(self.fault(
                    at,
                    &format!(
                        "`{stem}` cannot be used in a query; use only letters, digits and `-`"
                    ),
                ));
            }
            let word = percent_encoded(&stem);
            // The `%` of an escape and the `|` between two words are themselves escaped in the request.
            characters += word.len() + 2 * word.matches('%').count() + 3;
            if characters > MAX_QUERY_CHARACTERS {
                return Err(self.fault(at, &format!("the query stems are longer than {MAX_QUERY_CHARACTERS} characters together; use fewer or shorter stems")));
            }
            if !words.contains(&word) {
                words.push(word);
            }
        }
        if words.is_empty() {
            return Err(self.fault(
                0,
                "[query] has no stems, so the index would return every page of a site; add at least one stem",
            ));
        }
        Ok(words)
    }
}
