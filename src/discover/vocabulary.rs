//! The vocabulary: which words name a policy, in which language; read from TOML, compiled into one automaton.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;
use toml::Spanned;

use super::kind::PolicyKind;
use super::words::{MAX_TEXT_BYTES, count_words, fold, is_spaced, percent_encoded};

static BUILT_IN: LazyLock<Vocabulary> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a test reads the same text")]
    Vocabulary::from_toml(include_str!("../../data/vocabulary.toml")).expect("the built-in vocabulary")
});

/// All query stems stand in one request line; servers cut long ones off.
const MAX_QUERY_CHARACTERS: usize = 1500;
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

/// What a phrase says of the link or path that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    /// Full name of a policy.
    Name(PolicyKind),
    /// A word that hints at one.
    Word(PolicyKind),
    /// A page that leads to policies, or (minor) sometimes does.
    Hub { minor: bool },
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
    /// A phrase that speaks against it.
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
    phrases: Vec<Phrase>,
    automaton: AhoCorasick,
    /// Phrases without spaces, for words run together in paths.
    squeezed: Vec<(usize, String)>,
    squeezed_automaton: AhoCorasick,
    sections: HashSet<String>,
    index_names: HashSet<String>,
    homes: HashSet<String>,
    query_words: Vec<String>,
    languages: BTreeSet<String>,
}

#[derive(Debug)]
struct Phrase {
    text: String,
    class: Class,
    any_ending: bool,
    languages: String,
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
        let line_at = |at: usize| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
        let file: File = toml::from_str(text).map_err(|error| VocabularyError {
            line: line_at(error.span().map_or(0, |span| span.start)),
            what: error.message().trim().to_owned(),
        })?;
        Builder { line_at: &line_at, languages: BTreeSet::new() }.build(file)
    }

    /// Parts of index keys that an archive is asked for: few, lower-case, percent-encoded as keys are.
    #[must_use]
    pub fn query_words(&self) -> &[String] {
        &self.query_words
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
        let squeezed: String = fold(text).chars().filter(|c| *c != ' ').collect();
        let mut best: Option<(usize, usize)> = None;
        for found in self.squeezed_automaton.find_overlapping_iter(&squeezed) {
            let length = found.end() - found.start();
            let Some((phrase, _)) = self.squeezed.get(found.pattern().as_usize()) else { continue };
            if best.is_none_or(|(_, longest)| length > longest) {
                best = Some((*phrase, length));
            }
        }
        let Some((index, _)) = best else { return reading };
        let Some(phrase) = self.phrases.get(index) else { return reading };
        let rest = squeezed.replacen(&phrase.text.replace(' ', ""), " ", 1);
        let mut found = Self::reading_of(&[phrase]);
        let others: Vec<String> = rest
            .split(' ')
            .filter(|word| !self.is_filler(word))
            .map(str::to_owned)
            .collect();
        // One run of letters may be several words: a short one counts as one, longer ones by their length.
        found.other_words = others.iter().map(|w| w.chars().count().div_ceil(8)).sum();
        found.others = others;
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
                (*start, *end) == (0, word.len()) && matches!(phrase.class, Class::Filler | Class::Hub { .. })
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
                if last_spaced && after.chars().next().is_some_and(|c| c != ' ' && is_spaced(c)) {
                    if !phrase.any_ending {
                        return None;
                    }
                    end += after.find(' ').unwrap_or(after.len());
                }
                Some((start, end, phrase))
            })
            .collect();
        all.sort_by_key(|(start, end, phrase)| {
            (std::cmp::Reverse(end - start), std::cmp::Reverse(phrase.text.len()), *start)
        });
        let mut chosen: Vec<(usize, usize, &Phrase)> = Vec::new();
        for candidate in all {
            if chosen.iter().all(|taken| candidate.1 <= taken.0 || taken.1 <= candidate.0) {
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
        reading.other_words = count_words(&others.join(" "));
        reading.others = others;
        reading.generic = reading.other_words == 0
            && phrases.iter().all(|p| matches!(p.class, Class::Filler | Class::Generic));
        reading
    }

    fn reading_of(phrases: &[&Phrase]) -> Reading {
        let mut reading = Reading::default();
        let mut strongest: BTreeMap<PolicyKind, Strength> = BTreeMap::new();
        for phrase in phrases {
            let said = format!("{} ({})", phrase.text, phrase.languages);
            let mut strengthen = |kind, strength| {
                let now = strongest.entry(kind).or_insert(strength);
                *now = (*now).max(strength);
            };
            match phrase.class {
                Class::Name(kind) => strengthen(kind, Strength::Name),
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
        reading
    }
}

/// Takes the lines of a file in, with the line of every fault.
struct Builder<'a> {
    line_at: &'a dyn Fn(usize) -> usize,
    languages: BTreeSet<String>,
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
                if let Some(phrase) = known.get(&(text.clone(), any_ending)).and_then(|i| phrases.get_mut(*i)) {
                    if phrase.class != class {
                        return Err(self.fault(at, &format!("`{text}` stands in two lists; keep it in one")));
                    }
                    if !phrase.languages.split(' ').any(|l| l == language) {
                        phrase.languages.push(' ');
                        phrase.languages.push_str(&language);
                    }
                    continue;
                }
                known.insert((text.clone(), any_ending), phrases.len());
                phrases.push(Phrase { text, class, any_ending, languages: language });
            }
        }
        let squeezed: Vec<(usize, String)> = phrases
            .iter()
            .enumerate()
            .filter(|(_, p)| !matches!(p.class, Class::Hub { .. } | Class::Filler | Class::Generic | Class::Word(PolicyKind::Children)))
            .map(|(index, p)| (index, p.text.replace(' ', "")))
            .filter(|(_, text)| text.chars().count() >= MIN_SQUEEZED_CHARACTERS || !text.chars().all(is_spaced))
            .collect();
        let query_words = self.query(file.query.stems)?;
        let automaton = |patterns: Vec<&str>| {
            AhoCorasick::new(patterns).map_err(|error| self.fault(0, &format!("too many words: {error}")))
        };
        Ok(Vocabulary {
            automaton: automaton(phrases.iter().map(|p| p.text.as_str()).collect())?,
            squeezed_automaton: automaton(squeezed.iter().map(|(_, text)| text.as_str()).collect())?,
            squeezed,
            sections: self.set(file.path.sections)?,
            index_names: self.set(file.path.index)?,
            homes: self.set(file.path.homes)?,
            phrases,
            query_words,
            languages: self.languages,
        })
    }

    fn fault(&self, at: usize, what: &str) -> VocabularyError {
        VocabularyError { line: (self.line_at)(at), what: what.to_owned() }
    }

    /// Language, folded phrase, and whether any ending may follow.
    fn entry(&mut self, line: Line) -> Result<(String, String, bool), VocabularyError> {
        let at = line.span().start;
        let (language, phrase) = line.into_inner();
        if language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(self.fault(at, &format!("`{language}` is no language code; write two letters such as `en`")));
        }
        let text = fold(&phrase);
        if text.is_empty() || phrase.len() > MAX_TEXT_BYTES {
            return Err(self.fault(at, &format!("`{phrase}` is no phrase; write some words")));
        }
        self.languages.insert(language.clone());
        Ok((language, text, phrase.trim_end().ends_with('*')))
    }

    fn set(&mut self, lines: Vec<Line>) -> Result<HashSet<String>, VocabularyError> {
        lines.into_iter().map(|line| self.entry(line).map(|(_, text, _)| text)).collect()
    }

    fn query(&mut self, lines: Vec<Line>) -> Result<Vec<String>, VocabularyError> {
        let mut words = Vec::new();
        let mut characters = 0;
        for line in lines {
            let at = line.span().start;
            let stem = line.get_ref().1.to_lowercase();
            self.entry(line)?;
            if stem.contains(|c: char| c.is_whitespace() || c.is_ascii_punctuation() && c != '-') {
                return Err(self.fault(at, &format!("`{stem}` cannot stand in a query; only letters, digits and `-`")));
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
            return Err(self.fault(0, "[query] names no stems; the index would be asked for every page of a site"));
        }
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<(PolicyKind, Strength)> {
        Vocabulary::built_in().read(text).policy
    }

    #[test]
    fn names_are_known_in_many_languages() {
        use PolicyKind::{Children, Cookies, Privacy};
        assert!(Vocabulary::built_in().languages().count() >= 40);
        for text in [
            "Privacy Policy", "PRIVACY", "Datenschutzerklärung", "Datenschutz-Hinweise", "Politique de confidentialité",
            "POLÍTICA DE PRIVACIDAD", "Politica de privacidade", "Informativa sulla privacy", "Privacybeleid",
            "Polityka prywatności", "Integritetspolicyn", "Privatlivspolitik", "Personvernerklæring", "Tietosuojaselosteet",
            "Zásady ochrany osobních údajů", "Adatvédelmi tájékoztató", "Politica de confidențialitate", "Πολιτική Απορρήτου",
            "GİZLİLİK POLİTİKASI", "Политика конфиденциальности", "Політика конфіденційності", "سياسة الخصوصية",
            "מדיניות הפרטיות", "حریم خصوصی", "गोपनीयता नीति", "นโยบายความเป็นส่วนตัว", "Chính sách bảo mật",
            "Kebijakan Privasi", "プライバシーポリシー", "個人情報の取り扱いについて", "개인정보 처리방침", "隐私政策", "隱私權政策",
            "Terms | Privacy | Site map", "Privacy & Cookies", "Política de privacitat", "Privaatsuspoliitika",
        ] {
            assert_eq!(kind(text).map(|(kind, _)| kind), Some(Privacy), "{text}");
        }
        assert_eq!(kind("Cookie Policy").unwrap().0, Cookies);
        assert_eq!(kind("Cookie-Richtlinie").unwrap().0, Cookies);
        assert_eq!(kind("Cookies and Privacy Policy").unwrap().0, Privacy);
        assert_eq!(kind("Children's Privacy Policy").unwrap().0, Children);
        assert_eq!(kind("COPPA").unwrap().0, Children);
    }

    #[test]
    fn words_within_other_words_are_not_found() {
        for text in ["Piracy", "children", "kids toys", "cookieland", "confidentially yours", "private", ""] {
            assert_eq!(kind(text), None, "{text}");
        }
        let reading = Vocabulary::built_in().read("Privacy of photos");
        assert!(reading.negative.is_some() && reading.policy.is_none());
        assert!(Vocabulary::built_in().read("Cookie settings").weak.is_some());
    }

    #[test]
    fn words_around_a_name_are_counted_unless_they_say_nothing() {
        let others = |text: &str| Vocabulary::built_in().read(text).other_words;
        assert_eq!(others("Read our Privacy Policy here"), 0);
        assert_eq!(others("Facebook changes its privacy policy again"), 4);
        assert_eq!(others("© 2014 Privacy"), 0);
        assert!(Vocabulary::built_in().read("Click here").generic);
        assert!(Vocabulary::built_in().read(" » ").generic);
        assert!(!Vocabulary::built_in().read("Home").generic);
    }

    #[test]
    fn names_run_together_are_found_in_paths_only() {
        let words = Vocabulary::built_in().read_path_words("exampleprivacypolicy");
        assert_eq!(words.policy, Some((PolicyKind::Privacy, Strength::Name)));
        assert_eq!(words.others, ["example"]);
        assert_eq!(kind("exampleprivacypolicy"), None);
    }

    #[test]
    fn the_query_fits_into_one_request_and_stands_as_keys_do() {
        let words = Vocabulary::built_in().query_words();
        let in_request = percent_encoded(&words.join("|")).len();
        assert!(in_request < 1_450, "{in_request}");
        assert!(words.iter().any(|w| w == "privac") && words.iter().any(|w| w == "%e9%9a%90%e7%a7%81"));
        assert!(words.iter().all(|w| *w == w.to_lowercase()));
    }

    #[test]
    fn every_name_of_the_vocabulary_is_read_as_what_it_is_listed_for() {
        let vocabulary = Vocabulary::built_in();
        for phrase in &vocabulary.phrases {
            let reading = vocabulary.read(&phrase.text);
            match phrase.class {
                Class::Name(kind) => assert_eq!(reading.policy, Some((kind, Strength::Name)), "{}", phrase.text),
                Class::Negative => assert!(reading.negative.is_some(), "{}", phrase.text),
                Class::Weak => assert!(reading.weak.is_some(), "{}", phrase.text),
                Class::Word(PolicyKind::Children) => assert_eq!(reading.policy, None, "{}", phrase.text),
                Class::Word(kind) => assert_eq!(reading.policy, Some((kind, Strength::Word)), "{}", phrase.text),
                Class::Hub { .. } => assert!(reading.hub && reading.policy.is_none(), "{}", phrase.text),
                Class::Filler | Class::Generic => assert!(reading.generic, "{}", phrase.text),
            }
        }
    }

    #[test]
    fn a_bad_vocabulary_names_its_line() {
        let text = include_str!("../../data/vocabulary.toml");
        let fault = |bad: String| Vocabulary::from_toml(&bad).unwrap_err();
        let wrong_language = text.replacen("[\"en\", \"privacy policy\"]", "[\"english\", \"privacy policy\"]", 1);
        let line = 1 + text.lines().position(|l| l.contains("[\"en\", \"privacy policy\"]")).unwrap();
        let error = fault(wrong_language);
        assert_eq!(error.line, line);
        assert!(error.to_string().contains("`english` is no language code"), "{error}");
        assert_eq!(fault(text.replacen("[\"en\", \"privacy policy\"]", "[\"en\"]", 1)).line, line);
        assert!(fault(text.replacen("[\"en\", \"privacy policy\"]", "[\"en\", \"...\"]", 1)).what.contains("no phrase"));
        assert!(fault(text.replacen("[\"en\", \"cookie policy\"]", "[\"en\", \"privacy policy\"]", 1)).what.contains("two lists"));
        let long = format!("[\"en\", \"privac\"], [\"ja\", \"{}\"]", "個".repeat(130));
        assert!(fault(text.replacen("[\"en\", \"privac\"]", &long, 1)).what.contains("fewer or shorter"));
        assert!(fault(text.replacen("[\"en\", \"privac\"]", "[\"en\", \"a|b\"]", 1)).what.contains("cannot stand in a query"));
        assert_eq!(fault(text.replacen("[hub]", "[hup]", 1)).line, 1 + text.lines().position(|l| l == "[hub]").unwrap());
        assert!(Vocabulary::from_toml("").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            let _ = Vocabulary::built_in().read(&text);
            let _ = Vocabulary::built_in().read_path_words(&text);
        }

        #[test]
        fn any_mixture_of_words_is_read(text in "(privacy|policy|cookie|隐私|นโยบาย| |-|ß|İ|datenschutz|xx){0,30}") {
            let reading = Vocabulary::built_in().read_path_words(&text);
            proptest::prop_assert!(reading.other_words <= text.len());
        }
    }
}
