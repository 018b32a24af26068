//! Changes of all policies, as data.

use serde_json::{Value, json};

use super::excerpt::excerpt_unlike;
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

/// A change as data.
#[must_use]
pub fn change_answer(change: &FoundChange, what: &str) -> Value {
    let (policy, old, new) = (&change.policy, &change.old, &change.new);
    json!({
        "site": policy.site,
        "policy_url": policy.policy_url,
        "kind": policy.kind,
        "version": new.version,
        "previous_version": old.version,
        "edition": new.edition,
        "same_as": new.same_as,
        "changed_after": new.changed_after,
        "first_seen": new.first_seen,
        "change": new.change.map(|c| c.kind.code()),
        "words_added": new.change.map(|c| c.words_added),
        "words_removed": new.change.map(|c| c.words_removed),
        "word_count": new.word_count,
        "language": new.language,
        "previous_language": old.language,
        "title": new.title,
        "what_changed": what,
        "memento_url": new.proof.memento_url,
        "previous_memento_url": old.proof.memento_url,
        "proof": new.proof.text(),
        "previous_proof": old.proof.text(),
        "text_sha256": new.text_sha256,
    })
}
