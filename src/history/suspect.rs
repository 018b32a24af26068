//! Versions whose text may not be the policy: an error page, a log-in page, or the policy of another country.
//!
//! A server that fails often answers with status 200, and some of its pages have the title of the policy. The page of
//! badoo.com at Open Terms Archive showed an error in 17 words for half a year, between two policies of 8,840 words.
//! Such a version is kept and marked, because a person can tell what a rule cannot.

use crate::model::Timestamp;

/// A text with a smaller share of the words before it has collapsed, in percent.
const COLLAPSED_PERCENT: u64 = 10;
/// Words that a text needs before a shorter one after it counts as collapsed.
const MIN_WORDS_BEFORE: u64 = 50;
/// The code of an unknown language.
const UNKNOWN_LANGUAGE: &str = "und";

/// Why the text of a version may not be the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Suspicion {
    /// It has less than a tenth of the words of the last whole text before it: the last one that was accepted, or had neither
    /// this reason nor the wording of an error or a log-in.
    FewWords,
    /// It is in another language, and the language before it returns.
    OtherLanguage,
    /// It is short and says that something failed or was not found.
    ErrorWording,
    /// It is short and asks the visitor to log in.
    LogInWording,
}

impl Suspicion {
    /// All reasons, in the order of the documentation.
    pub const ALL: [Self; 4] = [
        Self::FewWords,
        Self::OtherLanguage,
        Self::ErrorWording,
        Self::LogInWording,
    ];

    /// The code, as stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FewWords => "few_words",
            Self::OtherLanguage => "other_language",
            Self::ErrorWording => "error_wording",
            Self::LogInWording => "log_in_wording",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The reason in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::FewWords => "less than a tenth of the words of the last whole text before it",
            Self::OtherLanguage => "in another language, and the language before it returned",
            Self::ErrorWording => "says that something failed or was not found",
            Self::LogInWording => "asks to log in",
        }
    }
}

/// What decides whether a version is suspect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFacts<'a> {
    /// Number of words of its text.
    pub words: u64,
    /// ISO 639-1 or `und`.
    pub language: &'a str,
    /// Number of captures that show it.
    pub captures: usize,
    /// Its last observation.
    pub last_seen: Timestamp,
    /// [`Suspicion::ErrorWording`] or [`Suspicion::LogInWording`], if its text has such words.
    pub wording: Option<Suspicion>,
    /// True if a reviewer decided that the text is a version.
    pub is_accepted: bool,
}

/// Returns the reasons why each version of a policy is suspect, in order of their numbers.
#[must_use]
pub fn suspicions(versions: &[VersionFacts<'_>]) -> Vec<Vec<Suspicion>> {
    let mut words_before = 0;
    let other_language = in_returning_gaps(versions);
    versions
        .iter()
        .zip(other_language)
        .map(|(version, is_other_language)| {
            let is_collapsed = words_before >= MIN_WORDS_BEFORE
                && version.words * 100 < words_before * COLLAPSED_PERCENT;
            if version.is_accepted {
                words_before = version.words;
                return Vec::new();
            }
            if !is_collapsed && version.wording.is_none() {
                words_before = version.words;
            }
            let few = is_collapsed.then_some(Suspicion::FewWords);
            let other = is_other_language.then_some(Suspicion::OtherLanguage);
            few.into_iter()
                .chain(other)
                .chain(version.wording)
                .collect()
        })
        .collect()
}

/// True for each version in a language that took the place of another one which returned, unless the captures of the new
/// language are the larger number. Versions in an unknown language are passed over.
fn in_returning_gaps(versions: &[VersionFacts<'_>]) -> Vec<bool> {
    let mut marks = vec![false; versions.len()];
    let known: Vec<usize> = (0..versions.len())
        .filter(|&i| versions[i].language != UNKNOWN_LANGUAGE)
        .collect();
    let runs: Vec<&[usize]> = known
        .chunk_by(|&a, &b| versions[a].language == versions[b].language)
        .collect();
    let captures_of = |language: &str| -> usize {
        let of_language = versions.iter().filter(|v| v.language == language);
        of_language.map(|v| v.captures).sum()
    };
    for pair in runs.windows(2) {
        let (before, run) = (versions[pair[0][0]].language, pair[1]);
        let language = versions[run[0]].language;
        let ends = run.iter().map(|&i| versions[i].last_seen).max();
        let returns = versions
            .iter()
            .any(|v| v.language == before && Some(v.last_seen) > ends);
        if returns && captures_of(language) < captures_of(before) {
            for &i in run {
                marks[i] = true;
            }
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::Suspicion::{ErrorWording, FewWords, LogInWording, OtherLanguage};
    use super::*;

    /// Versions with so many words in these languages, of one capture each, a year apart.
    fn facts<'a>(versions: &[(u64, &'a str)]) -> Vec<VersionFacts<'a>> {
        let at = |year: usize| Timestamp::earliest(&(2000 + year).to_string()).unwrap();
        let fact = |(i, &(words, language)): (usize, &(u64, &'a str))| VersionFacts {
            words,
            language,
            captures: 1,
            last_seen: at(i),
            wording: None,
            is_accepted: false,
        };
        versions.iter().enumerate().map(fact).collect()
    }

    #[test]
    fn a_text_with_less_than_a_tenth_of_the_words_before_it_is_suspect() {
        let shrinks = suspicions(&facts(&[(900, "en"), (90, "en"), (9, "en"), (1, "en")]));
        assert_eq!(shrinks, [vec![], vec![], vec![], vec![]]);
        let collapsed = suspicions(&facts(&[(900, "en"), (89, "en"), (40, "und"), (900, "en")]));
        assert_eq!(collapsed, [vec![], vec![FewWords], vec![FewWords], vec![]]);
        let grows = suspicions(&facts(&[(20, "en"), (900, "en")]));
        assert_eq!(grows, [vec![], vec![]]);
    }

    #[test]
    fn a_text_that_a_reviewer_accepted_is_not_suspect_and_later_texts_are_compared_with_it() {
        let mut versions = facts(&[(900, "en"), (60, "en"), (50, "en")]);
        versions[1].is_accepted = true;
        versions[1].wording = Some(ErrorWording);
        assert_eq!(suspicions(&versions), [vec![], vec![], vec![]]);
    }

    #[test]
    fn a_language_between_two_captures_of_another_one_is_suspect_and_a_lasting_change_is_not() {
        let gap = suspicions(&facts(&[
            (500, "en"),
            (510, "fr"),
            (505, "fr"),
            (520, "en"),
            (500, "en"),
        ]));
        assert_eq!(
            gap,
            [
                vec![],
                vec![OtherLanguage],
                vec![OtherLanguage],
                vec![],
                vec![]
            ]
        );
        let lasting = suspicions(&facts(&[(500, "en"), (510, "fr"), (520, "fr")]));
        assert_eq!(lasting, [vec![], vec![], vec![]]);
        let unknown = suspicions(&facts(&[(500, "en"), (510, "und"), (520, "en")]));
        assert_eq!(unknown, [vec![], vec![], vec![]]);
        // English stands alone among German texts, although it is the first language of the two.
        let first = suspicions(&facts(&[
            (500, "en"),
            (500, "de"),
            (510, "de"),
            (500, "en"),
            (520, "de"),
        ]));
        assert_eq!(first, [vec![], vec![], vec![], vec![OtherLanguage], vec![]]);
    }

    #[test]
    fn a_text_in_another_language_is_suspect_if_the_first_one_was_seen_all_the_time() {
        let mut versions = facts(&[(500, "de"), (510, "en")]);
        versions[0].captures = 30;
        versions[0].last_seen = Timestamp::earliest("2020").unwrap();
        assert_eq!(suspicions(&versions), [vec![], vec![OtherLanguage]]);
    }

    #[test]
    fn wording_is_a_reason_by_itself_and_such_a_text_is_no_measure_for_the_next() {
        let mut versions = facts(&[(12, "en"), (900, "en"), (60, "en"), (880, "en")]);
        versions[0].wording = Some(ErrorWording);
        versions[2].wording = Some(LogInWording);
        let marks = suspicions(&versions);
        assert_eq!(
            marks,
            [
                vec![ErrorWording],
                vec![],
                vec![FewWords, LogInWording],
                vec![]
            ]
        );
    }

    #[test]
    fn every_reason_has_a_code_of_its_own() {
        for reason in Suspicion::ALL {
            assert_eq!(Suspicion::from_code(reason.code()), Some(reason));
            assert!(!reason.meaning().is_empty());
        }
        assert_eq!(Suspicion::from_code("odd"), None);
    }
}
