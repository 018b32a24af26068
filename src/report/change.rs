//! A new version as data and in words: for the command of `--on-change` and for the feed.

use serde_json::Value;

use super::error::ReportError;
use crate::history::redline;
use crate::store::{ChangeRow, Store, StoreError};

/// Describes in words what a version changed: how many words, and the longest changed passages.
///
/// # Errors
/// If the database fails.
pub fn change_summary(store: &Store, change: &ChangeRow) -> Result<String, StoreError> {
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
        return Ok(format!("first known version, {} words", change.word_count));
    };
    let redline = redline(&before, &now);
    let back = change
        .same_as
        .map(|version| format!("same text as version {version}; "))
        .unwrap_or_default();
    let (added, removed) = (redline.words_added, redline.words_removed);
    Ok(format!(
        "{back}{added} words added, {removed} removed: {}",
        redline.summary()
    ))
}

/// A new version for the command of `--on-change`.
///
/// # Errors
/// If the database fails.
pub fn change_notification(store: &Store, change: &ChangeRow) -> Result<Value, ReportError> {
    let mut notification = serde_json::to_value(change)?;
    notification["what_changed"] = change_summary(store, change)?.into();
    Ok(notification)
}
