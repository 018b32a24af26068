//! The patterns of `data/page_patterns.toml`: phrases of error, log-in and parking pages, and names of boilerplate.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

const DATA: &str = include_str!("../../../data/page_patterns.toml");

/// The lists of the file. Comments in the file explain them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::extract) struct PagePatterns {
    pub not_found: Vec<String>,
    pub parked: Vec<String>,
    pub shell: Vec<String>,
    pub log_in: Vec<String>,
    pub template_lines: HashSet<String>,
    pub unsure_lines: HashSet<String>,
    pub volatile: Vec<String>,
    pub blog_meta: Vec<String>,
    pub comment_counts: Vec<String>,
    pub cookie_words: Vec<String>,
    pub consent_phrases: Vec<String>,
    pub consent_labels: HashSet<String>,
    pub weather: Vec<String>,
    pub noise: Vec<NoiseTopic>,
    pub weekdays: HashSet<String>,
    pub contents_labels: HashSet<String>,
    pub foreign: HashSet<String>,
    pub names: HashSet<String>,
    pub sure_names: HashSet<String>,
    pub matters: HashSet<String>,
    pub about: HashSet<String>,
    pub dialogs: HashSet<String>,
    pub furniture: HashSet<String>,
    pub replies: HashSet<String>,
}

/// The words of a line that a server writes about the visit.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::extract) struct NoiseTopic {
    /// Words that name the topic; a line has at least one.
    pub keys: HashSet<String>,
    /// Words that count like a number ("empty", "disabled").
    #[serde(default)]
    pub states: HashSet<String>,
    /// All other words that such a line may have.
    pub words: HashSet<String>,
    /// Minimum number of digits and words of state.
    #[serde(default = "one")]
    pub least: usize,
}

fn one() -> usize {
    1
}

/// True for the label of a button that accepts or declines cookies, without regard to signs around it.
pub(in crate::extract) fn is_consent_label(label: &str) -> bool {
    let words: Vec<&str> = label
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .collect();
    words.len() <= 6
        && PAGE_PATTERNS
            .consent_labels
            .contains(&words.join(" ").to_lowercase().replace('’', "'"))
}

impl PagePatterns {
    /// True for a class name or id of a widget, which is never part of a text.
    pub(in crate::extract) fn is_foreign(&self, name: &str) -> bool {
        if !begins_foreign(name).is_some_and(|at| FOREIGN_BEGINNINGS[at]) {
            return false;
        }
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            self.foreign.contains(&name.to_ascii_lowercase())
        } else {
            self.foreign.contains(name)
        }
    }
}

/// A number for the first two letters of a name, regardless of case.
fn begins_foreign(name: &str) -> Option<usize> {
    let [first, second] = name.as_bytes().first_chunk()?;
    Some(usize::from(first & 31) << 5 | usize::from(second & 31))
}

/// The first letters of foreign names. Few names on a page begin with them; the others need no look-up in the set.
static FOREIGN_BEGINNINGS: LazyLock<[bool; 1024]> = LazyLock::new(|| {
    let mut beginnings = [false; 1024];
    for at in PAGE_PATTERNS
        .foreign
        .iter()
        .filter_map(|name| begins_foreign(name))
    {
        beginnings[at] = true;
    }
    beginnings
});

/// The patterns, read once. The file is part of the program and a test reads it.
pub(in crate::extract) static PAGE_PATTERNS: LazyLock<PagePatterns> =
    LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// Returns the first of the phrases that a text has.
pub(in crate::extract) fn first_of<'a>(phrases: &'a [String], text: &str) -> Option<&'a str> {
    phrases
        .iter()
        .map(String::as_str)
        .find(|phrase| text.contains(phrase))
}

/// True for a text in lower case that has a phrase of error pages.
pub(crate) fn says_not_found(lower: &str) -> bool {
    first_of(&PAGE_PATTERNS.not_found, lower).is_some()
}

/// True for a text in lower case that has a phrase of log-in pages.
pub(crate) fn says_log_in(lower: &str) -> bool {
    first_of(&PAGE_PATTERNS.log_in, lower).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signs_read_and_sure_names_are_names() {
        let patterns: PagePatterns = toml::from_str(DATA).unwrap();
        assert!(patterns.not_found.len() > 50 && patterns.foreign.len() > 50);
        assert!(
            patterns.sure_names.is_subset(&patterns.names)
                && patterns.dialogs.is_subset(&patterns.names)
        );
        assert!(patterns.matters.is_subset(&patterns.names));
        assert!(patterns.template_lines.is_disjoint(&patterns.unsure_lines));
        assert!(patterns.noise.len() >= 8);
        for topic in &patterns.noise {
            assert!(!topic.keys.is_empty() && topic.least > 0);
        }
        assert!(is_consent_label("OK, I understand!") && !is_consent_label("I agree with you"));
        assert!(patterns.not_found.iter().all(|s| *s == s.to_lowercase()));
    }
}
