//! The compiled vocabulary: finds its phrases in texts and paths.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::file::{self, VocabularyError};
use super::phrase::{Phrase, PhraseClass};
use super::text_match::TextMatch;
use super::words::{MAX_TEXT_BYTES, fold, is_spaced, length_in_words};

/// Minimum length of phrases that are searched inside words without separators (`examplecookies`).
const MIN_SQUEEZED_CHARACTERS: usize = 6;

static BUILT_IN: LazyLock<Vocabulary> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a test reads the same text")]
    Vocabulary::from_toml(include_str!("../../../data/vocabulary.toml"))
        .expect("the built-in vocabulary")
});

/// The words that name policies, ready for searches.
#[derive(Debug)]
pub struct Vocabulary {
    phrases: Vec<Phrase>,
    automaton: AhoCorasick,
    /// Phrases without spaces, for words without separators in paths, each with its index in `phrases`.
    squeezed: Vec<(usize, String)>,
    squeezed_automaton: AhoCorasick,
    sections: HashSet<String>,
    areas: HashSet<String>,
    index_names: HashSet<String>,
    homes: HashSet<String>,
    query_words: Vec<String>,
    languages: BTreeSet<String>,
    fingerprint: String,
}

/// A phrase in a folded text: start, end, phrase.
type FoundPhrase<'a> = (usize, usize, &'a Phrase);

impl Vocabulary {
    /// The vocabulary that is part of the program.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a vocabulary of the form of `data/vocabulary.toml`.
    ///
    /// # Errors
    /// If the file is not TOML of that form, an entry has no language code or no letters, one phrase is in two lists,
    /// or the query stems are too long for one request.
    pub fn from_toml(text: &str) -> Result<Self, VocabularyError> {
        let file = file::read(text)?;
        let squeezed: Vec<(usize, String)> = file
            .phrases
            .iter()
            .enumerate()
            .filter(|(_, phrase)| !phrase.is_whole_word_only())
            .map(|(index, phrase)| (index, phrase.text.replace(' ', "")))
            .filter(|(_, text)| {
                text.chars().count() >= MIN_SQUEEZED_CHARACTERS || !text.chars().all(is_spaced)
            })
            .collect();
        Ok(Self {
            automaton: automaton(file.phrases.iter().map(|phrase| phrase.text.as_str()))?,
            squeezed_automaton: automaton(squeezed.iter().map(|(_, text)| text.as_str()))?,
            squeezed,
            sections: file.sections,
            areas: file.areas,
            index_names: file.index_names,
            homes: file.homes,
            phrases: file.phrases,
            query_words: file.query_words,
            languages: file.languages,
            fingerprint: file.fingerprint,
        })
    }

    /// Parts of index keys that an archive is queried for: few, lower-case, percent-encoded as keys are.
    #[must_use]
    pub fn query_words(&self) -> &[String] {
        &self.query_words
    }

    /// A fingerprint of the words and of the rules that judge by them, in 16 hexadecimal digits. An index answer that
    /// was filtered by other words or rules may lack rows that these would have kept.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// ISO 639-1 codes of the languages in it.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(String::as_str)
    }

    /// Finds what a text (of a link, a title, a path segment) says.
    pub(in super::super) fn read(&self, text: &str) -> TextMatch {
        let folded = fold(&text[..text.floor_char_boundary(MAX_TEXT_BYTES)]);
        let found = self.find(&folded);
        self.match_of(&folded, &found)
    }

    /// Reads a path segment like [`Vocabulary::read`]. If that finds nothing, also searches inside words without
    /// separators (`exampleprivacypolicy`).
    pub(in super::super) fn read_path_words(&self, text: &str) -> TextMatch {
        let plain = self.read(text);
        if plain.is_telling() {
            return plain;
        }
        let folded = fold(text);
        let mut squeezed = String::with_capacity(folded.len());
        let mut word_ends: HashSet<usize> = HashSet::new();
        for word in folded.split(' ') {
            squeezed.push_str(word);
            word_ends.insert(squeezed.len());
        }
        let Some(phrase) = self.longest_inside(&squeezed, &word_ends) else {
            return plain;
        };
        let rest = squeezed.replacen(&phrase.text.replace(' ', ""), " ", 1);
        let mut found = TextMatch::of_phrases(&[phrase]);
        let others: Vec<String> = rest
            .split(' ')
            .filter(|word| !self.is_filler(word))
            .map(str::to_owned)
            .collect();
        // One run of letters may be several words: a short one counts as one, longer ones by their length.
        found.other_words += others
            .iter()
            .map(|w| w.chars().count().div_ceil(8))
            .sum::<usize>();
        found.others.extend(others);
        found
    }

    /// The longest phrase inside a run of letters; the first if there are several.
    fn longest_inside(&self, squeezed: &str, word_ends: &HashSet<usize>) -> Option<&Phrase> {
        let mut best: Option<(&Phrase, usize)> = None;
        for found in self.squeezed_automaton.find_overlapping_iter(squeezed) {
            let length = found.end() - found.start();
            let place = self.squeezed.get(found.pattern().as_usize());
            let Some(phrase) = place.and_then(|(index, _)| self.phrases.get(*index)) else {
                continue;
            };
            // `ourprivacyprotection` is not PrivacyProtect.
            let is_whole = phrase.any_ending || word_ends.contains(&found.end());
            if phrase.class == PhraseClass::Negative && !is_whole {
                continue;
            }
            if best.is_none_or(|(_, longest)| length > longest) {
                best = Some((phrase, length));
            }
        }
        best.map(|(phrase, _)| phrase)
    }

    /// True for a directory or host label under which pages only talk about privacy.
    pub(in super::super) fn is_section(&self, segment: &str) -> bool {
        self.sections.contains(&fold(segment))
    }

    /// True for a directory or host label of a part of a site: a page in it only talks about privacy, unless its name is
    /// that of a policy.
    pub(in super::super) fn is_area(&self, segment: &str) -> bool {
        self.areas.contains(&fold(segment))
    }

    /// True for a last segment that means its directory (`index`).
    pub(in super::super) fn is_index(&self, segment: &str) -> bool {
        self.index_names.contains(&fold(segment))
    }

    /// True for a directory that usually contains policies.
    pub(in super::super) fn is_policy_home(&self, segment: &str) -> bool {
        self.homes.contains(&fold(segment))
    }

    fn is_filler(&self, word: &str) -> bool {
        let is_empty = |word: &str| {
            word.is_empty()
                || word.chars().all(|c| c.is_ascii_digit())
                || word.chars().count() == 1 && word.chars().all(is_spaced)
        };
        is_empty(word)
            || self.find(word).first().is_some_and(|(start, end, phrase)| {
                (*start, *end) == (0, word.len())
                    && matches!(phrase.class, PhraseClass::Filler | PhraseClass::Hub { .. })
            })
    }

    /// Phrases in a folded text, longest first, without overlaps.
    fn find<'a>(&'a self, folded: &str) -> Vec<FoundPhrase<'a>> {
        let mut all: Vec<FoundPhrase<'_>> = self
            .automaton
            .find_overlapping_iter(folded)
            .filter_map(|found| {
                let phrase = self.phrases.get(found.pattern().as_usize())?;
                whole_words(folded, (found.start(), found.end()), phrase)
            })
            .collect();
        all.sort_by_key(|(start, end, phrase)| {
            (
                std::cmp::Reverse(end - start),
                std::cmp::Reverse(phrase.text.len()),
                // "Domain Privacy Policy" is a policy.
                !matches!(phrase.class, PhraseClass::Name(_)),
                *start,
            )
        });
        let mut chosen: Vec<FoundPhrase<'_>> = Vec::new();
        for candidate in all {
            if chosen
                .iter()
                .all(|taken| candidate.1 <= taken.0 || taken.1 <= candidate.0)
            {
                chosen.push(candidate);
            }
        }
        chosen
    }

    fn match_of(&self, folded: &str, found: &[FoundPhrase<'_>]) -> TextMatch {
        let phrases: Vec<&Phrase> = found.iter().map(|(_, _, phrase)| *phrase).collect();
        let mut matched = TextMatch::of_phrases(&phrases);
        let others: Vec<String> = without(folded, found)
            .split(' ')
            .filter(|word| !word.is_empty() && !self.is_filler(word))
            .map(str::to_owned)
            .collect();
        matched.other_words += length_in_words(&others.join(" "));
        matched.others.extend(others);
        matched.generic = matched.other_words == 0
            && phrases
                .iter()
                .all(|p| matches!(p.class, PhraseClass::Filler | PhraseClass::Generic));
        matched
    }
}

/// A found phrase, if it begins and ends where words do; its end is that of the word if any ending may follow.
fn whole_words<'a>(
    folded: &str,
    (start, mut end): (usize, usize),
    phrase: &'a Phrase,
) -> Option<FoundPhrase<'a>> {
    let before = folded.get(..start)?.chars().next_back();
    let after = folded.get(end..)?;
    let in_word = |c: char| c != ' ' && is_spaced(c);
    let first_spaced = phrase.text.chars().next().is_some_and(is_spaced);
    let last_spaced = phrase.text.chars().next_back().is_some_and(is_spaced);
    if first_spaced && before.is_some_and(in_word) {
        return None;
    }
    if last_spaced && after.chars().next().is_some_and(in_word) {
        if !phrase.any_ending {
            return None;
        }
        end += after.find(' ').unwrap_or(after.len());
    }
    Some((start, end, phrase))
}

/// A text with a space in place of each found phrase.
fn without(folded: &str, found: &[FoundPhrase<'_>]) -> String {
    let mut taken: Vec<(usize, usize)> = found.iter().map(|(s, e, _)| (*s, *e)).collect();
    taken.sort_unstable();
    let mut at = 0;
    let mut rest = String::new();
    for (start, end) in taken {
        rest.push_str(folded.get(at..start).unwrap_or_default());
        rest.push(' ');
        at = end;
    }
    rest.push_str(folded.get(at..).unwrap_or_default());
    rest
}

fn automaton<'a>(patterns: impl Iterator<Item = &'a str>) -> Result<AhoCorasick, VocabularyError> {
    AhoCorasick::new(patterns).map_err(|error| VocabularyError {
        line: 1,
        what: format!("too many words: {error}"),
    })
}

#[cfg(test)]
mod tests;
