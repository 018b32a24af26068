//! Compares the facts that are stated about a text with those that extraction finds in it.

use super::extraction::{fits_language, language_and_words};
use super::facts::stated_dates;
use crate::model::{TextFacts, printable};

/// Returns how the facts that are stated about a text differ from those that this extractor finds in it, each as the end of
/// a sentence about the text.
#[must_use]
pub fn fact_faults(text: &str, facts: &TextFacts<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut language, words) = language_and_words(text);
    // The page names the language where the text leaves it open.
    if fits_language(text, facts.language) {
        language = facts.language;
    }
    if (language, words) != (facts.language, facts.word_count) {
        faults.push(format!(
            "its text has the language `{language}` and {words} words, not `{}` and {}",
            printable(facts.language, 40),
            facts.word_count
        ));
    }
    let dates = stated_dates(text, language);
    let found = (dates.effective.as_ref(), dates.last_updated.as_ref());
    if found != (facts.effective_date, facts.last_updated) {
        faults.push("its dates differ from the dates in its text".to_owned());
    }
    faults
}
