//! A new version in words: for the command of `--on-change` and for the feed.

use serde_json::Value;

use super::failure::Failure;
use crate::history::redline;
use crate::store::{ChangeRow, Store};

/// What a version changed: how many words, and the longest pieces of them.
pub(super) fn what_changed(store: &Store, change: &ChangeRow) -> Result<String, Failure> {
    let hash = |text: &Option<String>| text.as_ref().and_then(|t| t.parse().ok());
    let before = match hash(&change.previous_text_sha256) {
        Some(hash) => store.text(hash)?,
        None => None,
    };
    let now = match change.text_sha256.parse() {
        Ok(hash) => store.text(hash)?,
        Err(_) => None,
    };
    let (Some(before), Some(now)) = (before, now) else {
        return Ok(format!("first version known, {} words", change.word_count));
    };
    let redline = redline(&before, &now);
    let back = change
        .same_as
        .map(|version| format!("the words of version {version} are back; "))
        .unwrap_or_default();
    let (added, removed) = (redline.words_added, redline.words_removed);
    Ok(format!(
        "{back}{added} words added, {removed} removed: {}",
        redline.gist()
    ))
}

/// A version for the command of `--on-change`.
pub(super) fn told(store: &Store, change: &ChangeRow) -> Result<Value, Failure> {
    let mut object = serde_json::to_value(change).map_err(anyhow::Error::from)?;
    object["what_changed"] = what_changed(store, change)?.into();
    Ok(object)
}
