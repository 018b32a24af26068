//! Changes of all policies, as data.

use serde_json::Value;

use super::excerpt::excerpt_unlike;
use super::version::version_answer;
use crate::history::redline;
use crate::store::{FoundChange, SearchQuery};

/// What changed, in words: the longest changed passages, or the passage with the added or removed words that were
/// searched for.
#[must_use]
pub fn what_changed(
    change: &FoundChange,
    added: Option<&SearchQuery>,
    removed: Option<&SearchQuery>,
) -> String {
    let (old, new) = (&change.old_text, &change.new_text);
    let quoted = |sign: char, [text, other]: [&str; 2], query: Option<&SearchQuery>| {
        let excerpt = excerpt_unlike(text, other, query?)?;
        Some(format!("{sign} “{}”", excerpt.line(str::to_owned)))
    };
    let passages = [
        quoted('-', [old, new], removed),
        quoted('+', [new, old], added),
    ];
    let passages: Vec<String> = passages.into_iter().flatten().collect();
    let language = if change.old.language == change.new.language {
        String::new()
    } else {
        format!(
            "language `{}` to `{}`: ",
            change.old.language, change.new.language
        )
    };
    let passages = if passages.is_empty() {
        redline(old, new).summary()
    } else {
        passages.join(" ")
    };
    language + &passages
}

/// A change as data: the new version, and what is different from the old one.
#[must_use]
pub fn change_answer(change: &FoundChange, what: &str) -> Value {
    let (old, new) = (&change.old, &change.new);
    let mut answer = version_answer(&change.policy, new);
    answer["previous_language"] = old.language.as_str().into();
    answer["what_changed"] = what.into();
    answer["previous_memento_url"] = old.proof.memento_url.as_deref().into();
    answer["proof"] = new.proof.text().into();
    answer["previous_proof"] = old.proof.text().into();
    answer
}
