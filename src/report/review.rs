//! Suspect versions with the text before them, as data.

use serde_json::{Value, json};

use super::version::version_answer;
use crate::store::{PolicyEntry, Rendition, VersionEntry};

/// The newest version before another one that is not suspect; of any edition.
#[must_use]
pub fn version_before<'a>(
    history: &'a [VersionEntry],
    version: &VersionEntry,
) -> Option<&'a VersionEntry> {
    history
        .iter()
        .rev()
        .find(|v| v.version < version.version && v.suspect.is_empty())
}

/// A suspect version with its text and the text before it.
#[must_use]
pub fn review_answer(
    policy: &PolicyEntry,
    (version, text): (&VersionEntry, &Rendition),
    before: Option<(&VersionEntry, &Rendition)>,
) -> Value {
    let with_text = |version: &VersionEntry, rendition: &Rendition| {
        let mut answer = version_answer(policy, version);
        answer["text"] = rendition.text.as_str().into();
        answer
    };
    let mut answer = with_text(version, text);
    answer["before"] = json!(before.map(|(version, text)| with_text(version, text)));
    answer
}
