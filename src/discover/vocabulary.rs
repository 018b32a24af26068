//! The vocabulary: which words name a policy, in which language; what a text says by them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::kind::PolicyKind;
use super::vocabulary_file::{self, VocabularyError};
use super::words::{MAX_TEXT_BYTES, count_words, fold, is_spaced};

static BUILT_IN: LazyLock<Vocabulary> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a test reads the same text")]
    Vocabulary::from_toml(include_str!("../../data/vocabulary.toml"))
        .expect("the built-in vocabulary")
});

/// What a phrase says of the link or path that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Full name of a policy.
    Name(PolicyKind),
    /// A word that hints at one.
    Word(PolicyKind),
    /// A page that leads to policies, or (minor) sometimes does.
    Hub {
        minor: bool,
    },
    Filler,
    Generic,
    /// No policy, whatever else is said.
    Negative,
    /// Beside a policy: settings and choices.
    Weak,
}

/// How plainly a text names a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A word only (`privacy`).
    Word,
    /// A full name (`privacy policy`).
    Name,
}

/// What the vocabulary finds in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reading {
    /// The policy named and how plainly.
    pub(super) policy: Option<(PolicyKind, Strength)>,
    /// Words of a legal hub stand in it.
    pub(super) hub: bool,
    /// And of one that nearly always leads to policies.
    pub(super) main_hub: bool,
    /// Number of words that belong to no phrase.
    pub(super) other_words: usize,
    /// Those words.
    pub(super) others: Vec<String>,
    /// Words that make it a policy about children, where nothing but such words does.
    children: Vec<String>,
    /// A phrase that speaks against it. Beside the full name of a policy it is only one word more: "Free Fortune Cookie
    /// Privacy Policy".
    pub(super) negative: Option<String>,
    /// A phrase of settings and choices.
    pub(super) weak: Option<String>,
    /// The text says nothing of its target (`click here`), or is empty.
    pub(super) generic: bool,
    /// The phrases that made the reading, with their languages.
    pub(super) phrases: Vec<String>,
}

/// The compiled vocabulary.
#[derive(Debug)]
pub struct Vocabulary {
    pub(super) phrases: Vec<Phrase>,
    pub(super) automaton: AhoCorasick,
    /// Phrases without spaces, for words run together in paths.
    pub(super) squeezed: Vec<(usize, String)>,
    pub(super) squeezed_automaton: AhoCorasick,
    pub(super) sections: HashSet<String>,
    pub(super) index_names: HashSet<String>,
    pub(super) homes: HashSet<String>,
    pub(super) query_words: Vec<String>,
    pub(super) languages: BTreeSet<String>,
    pub(super) fingerprint: String,
}

#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) text: String,
    pub(super) class: Class,
    pub(super) any_ending: bool,
    pub(super) languages: String,
}

impl Reading {
    /// The same on a page of somebody with these names (letters run together): "Save the Children Privacy Policy" is not
    /// about children on `savethechildren.org`.
    pub(super) fn of_somebody_named(mut self, names: &[String]) -> Self {
        let in_name = |word: &String| names.iter().any(|name| name.contains(word.as_str()));
        if let Some((PolicyKind::Children, strength)) = self.policy
            && !self.children.is_empty()
            && self.children.iter().all(in_name)
        {
            self.policy = Some((PolicyKind::Privacy, strength));
        }
        self
    }
}

impl Vocabulary {
    /// The vocabulary that the program carries with it.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a vocabulary of the form of `data/vocabulary.toml`.
    ///
    /// # Errors
    /// When the file is no TOML of that form, an entry has no language code or no letters, one phrase stands in two
    /// lists, or the query stems are too long for one request.
    pub fn from_toml(text: &str) -> Result<Self, VocabularyError> {
        vocabulary_file::read(text)
    }

    /// Parts of index keys that an archive is asked for: few, lower-case, percent-encoded as keys are.
    #[must_use]
    pub fn query_words(&self) -> &[String] {
        &self.query_words
    }

    /// Changes with the words and with the rules that judge by them: an answer of the index that was sifted by others may
    /// lack what these would have kept. 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// ISO 639-1 codes of the languages in it.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(String::as_str)
    }

    /// What a text (of a link, a title, a path segment) says.
    pub(super) fn read(&self, text: &str) -> Reading {
        let folded = fold(&text[..text.floor_char_boundary(MAX_TEXT_BYTES)]);
        let found = self.find(&folded);
        self.reading(&folded, &found)
    }

    /// As [`Vocabulary::read`], and where that finds nothing also inside words run together (`exampleprivacypolicy`).
    pub(super) fn read_path_words(&self, text: &str) -> Reading {
        let reading = self.read(text);
        if reading.policy.is_some() || reading.negative.is_some() || reading.weak.is_some() {
            return reading;
        }
        let folded = fold(text);
        let mut squeezed = String::with_capacity(folded.len());
        let mut word_ends: HashSet<usize> = HashSet::new();
        for word in folded.split(' ') {
            squeezed.push_str(word);
            word_ends.insert(squeezed.len());
        }
        let mut best: Option<(&Phrase, usize)> = None;
        for found in self.squeezed_automaton.find_overlapping_iter(&squeezed) {
            let length = found.end() - found.start();
            let place = self.squeezed.get(found.pattern().as_usize());
            let Some(phrase) = place.and_then(|(index, _)| self.phrases.get(*index)) else {
                continue;
            };
            // `ourprivacyprotection` is not PrivacyProtect.
            let is_whole = phrase.any_ending || word_ends.contains(&found.end());
            if phrase.class == Class::Negative && !is_whole {
                continue;
            }
            if best.is_none_or(|(_, longest)| length > longest) {
                best = Some((phrase, length));
            }
        }
        let Some((phrase, _)) = best else {
            return reading;
        };
        let rest = squeezed.replacen(&phrase.text.replace(' ', ""), " ", 1);
        let mut found = Self::reading_of(&[phrase]);
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

    /// True for a directory or host label under which pages only talk about privacy.
    pub(super) fn is_section(&self, segment: &str) -> bool {
        self.sections.contains(&fold(segment))
    }

    /// True for a last segment that stands for its directory.
    pub(super) fn is_index(&self, segment: &str) -> bool {
        self.index_names.contains(&fold(segment))
    }

    /// True for a directory in which policies stand.
    pub(super) fn is_policy_home(&self, segment: &str) -> bool {
        self.homes.contains(&fold(segment))
    }

    fn is_filler(&self, word: &str) -> bool {
        let said_nothing = |word: &str| {
            word.is_empty()
                || word.chars().all(|c| c.is_ascii_digit())
                || word.chars().count() == 1 && word.chars().all(is_spaced)
        };
        said_nothing(word)
            || self.find(word).first().is_some_and(|(start, end, phrase)| {
                (*start, *end) == (0, word.len())
                    && matches!(phrase.class, Class::Filler | Class::Hub { .. })
            })
    }

    /// Phrases in a folded text, the longest first, none overlapping another.
    fn find<'a>(&'a self, folded: &str) -> Vec<(usize, usize, &'a Phrase)> {
        let mut all: Vec<(usize, usize, &Phrase)> = self
            .automaton
            .find_overlapping_iter(folded)
            .filter_map(|found| {
                let phrase = self.phrases.get(found.pattern().as_usize())?;
                let (start, mut end) = (found.start(), found.end());
                let before = folded.get(..start)?.chars().next_back();
                let after = folded.get(end..)?;
                let first_spaced = phrase.text.chars().next().is_some_and(is_spaced);
                let last_spaced = phrase.text.chars().next_back().is_some_and(is_spaced);
                if first_spaced && before.is_some_and(|c| c != ' ' && is_spaced(c)) {
                    return None;
                }
                if last_spaced
                    && after
                        .chars()
                        .next()
                        .is_some_and(|c| c != ' ' && is_spaced(c))
                {
                    if !phrase.any_ending {
                        return None;
                    }
                    end += after.find(' ').unwrap_or(after.len());
                }
                Some((start, end, phrase))
            })
            .collect();
        all.sort_by_key(|(start, end, phrase)| {
            (
                std::cmp::Reverse(end - start),
                std::cmp::Reverse(phrase.text.len()),
                // "Domain Privacy Policy" is a policy.
                !matches!(phrase.class, Class::Name(_)),
                *start,
            )
        });
        let mut chosen: Vec<(usize, usize, &Phrase)> = Vec::new();
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

    fn reading(&self, folded: &str, found: &[(usize, usize, &Phrase)]) -> Reading {
        let phrases: Vec<&Phrase> = found.iter().map(|(_, _, phrase)| *phrase).collect();
        let mut reading = Self::reading_of(&phrases);
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
        let others: Vec<String> = rest
            .split(' ')
            .filter(|word| !word.is_empty() && !self.is_filler(word))
            .map(str::to_owned)
            .collect();
        reading.other_words += count_words(&others.join(" "));
        reading.others.extend(others);
        reading.generic = reading.other_words == 0
            && phrases
                .iter()
                .all(|p| matches!(p.class, Class::Filler | Class::Generic));
        reading
    }

    fn reading_of(phrases: &[&Phrase]) -> Reading {
        let mut reading = Reading::default();
        // "Kinder Morgan Privacy Policy", "Pottery Barn": a word of another language than the name's is no such word.
        // English ones stand beside names of any language ("Datenschutz für Kids").
        let fits = |word: &Phrase| {
            let languages = || word.languages.split(' ');
            let is_name = |p: &&&Phrase| {
                matches!(
                    p.class,
                    Class::Name(PolicyKind::Privacy) | Class::Word(PolicyKind::Privacy)
                )
            };
            let mut named = phrases
                .iter()
                .filter(is_name)
                .flat_map(|p| p.languages.split(' '));
            languages().any(|l| l == "en") || named.any(|named| languages().any(|l| l == named))
        };
        let mut strongest: BTreeMap<PolicyKind, Strength> = BTreeMap::new();
        for phrase in phrases {
            let said = format!("{} ({})", phrase.text, phrase.languages);
            let mut strengthen = |kind, strength| {
                let now = strongest.entry(kind).or_insert(strength);
                *now = (*now).max(strength);
            };
            match phrase.class {
                Class::Word(PolicyKind::Children) if !fits(phrase) => {
                    reading.other_words += 1;
                    reading.others.push(phrase.text.clone());
                    continue;
                }
                Class::Name(kind) => strengthen(kind, Strength::Name),
                Class::Word(PolicyKind::Children) => {
                    strengthen(PolicyKind::Children, Strength::Word);
                    reading.children.push(phrase.text.replace(' ', ""));
                }
                Class::Word(kind) => strengthen(kind, Strength::Word),
                Class::Hub { minor } => {
                    reading.hub = true;
                    reading.main_hub |= !minor;
                }
                Class::Negative => reading.negative = Some(said.clone()),
                Class::Weak => reading.weak = Some(said.clone()),
                Class::Filler | Class::Generic => continue,
            }
            reading.phrases.push(said);
        }
        let privacy = strongest.get(&PolicyKind::Privacy).copied();
        let cookies = strongest.get(&PolicyKind::Cookies).copied();
        let children = strongest.get(&PolicyKind::Children).copied();
        // A policy on privacy *and* cookies is the privacy policy; children's privacy is a policy of its own; and
        // "children" alone is the toy department.
        reading.policy = match (privacy, cookies, children) {
            (privacy, _, Some(Strength::Name)) => {
                Some((PolicyKind::Children, privacy.unwrap_or(Strength::Name)))
            }
            (Some(strength), _, Some(_)) => Some((PolicyKind::Children, strength)),
            (Some(strength), _, None) => Some((PolicyKind::Privacy, strength)),
            (None, Some(strength), _) => Some((PolicyKind::Cookies, strength)),
            (None, None, _) => None,
        };
        if children == Some(Strength::Name) {
            reading.children.clear();
        }
        if matches!(reading.policy, Some((_, Strength::Name))) && reading.negative.take().is_some()
        {
            reading.other_words += 1;
        }
        reading
    }
}

#[cfg(test)]
mod tests;
