//! One version of a policy as data.

use serde_json::{Value, json};

use crate::store::{PolicyEntry, Rendition, VersionEntry};

/// A version with its dates, its change and its evidence.
#[must_use]
pub fn version_answer(policy: &PolicyEntry, v: &VersionEntry) -> Value {
    json!({
        "site": policy.site,
        "policy_url": policy.policy_url,
        "kind": policy.kind,
        "version": v.version,
        "edition": v.edition,
        "previous_version": v.previous_version,
        "same_as": v.same_as,
        "changed_after": v.changed_after,
        "first_seen": v.first_seen,
        "last_seen": v.last_seen,
        "captures": v.captures,
        "layouts": v.layouts,
        "texts": v.texts,
        "word_count": v.word_count,
        "change": v.change.map(|c| c.kind.code()),
        "words_added": v.change.map(|c| c.words_added),
        "words_removed": v.change.map(|c| c.words_removed),
        "simhash_distance": v.change.map(|c| c.simhash_distance),
        "suspect": v.suspect.iter().map(|s| s.code()).collect::<Vec<_>>(),
        "language": v.language,
        "title": v.title,
        "text_sha256": v.text_sha256,
        "archive": v.proof.archive,
        "memento_url": v.proof.memento_url,
        "warc_file": v.proof.warc_file,
        "warc_offset": v.proof.warc_offset,
        "payload_sha256": v.proof.payload_sha256,
        "extractor_version": v.extractor_version,
    })
}

/// A version with its text, and a note about how it was selected.
#[must_use]
pub fn version_text_answer(
    policy: &PolicyEntry,
    version: &VersionEntry,
    note: Option<String>,
    rendition: &Rendition,
) -> Value {
    let mut answer = version_answer(policy, version);
    answer["note"] = note.into();
    answer["text"] = rendition.text.as_str().into();
    answer["markdown"] = rendition.markdown.as_str().into();
    answer
}
