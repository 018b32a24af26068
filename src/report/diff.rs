//! Two versions of a policy compared word by word.

use serde_json::{Value, json};

use super::error::ReportError;
use super::safe::safe_text;
use super::version::version_answer;
use crate::history::{Change, ChangeKind, LineChange, Redline, TextSide, change};
use crate::store::{PolicyEntry, Rendition, Store, VersionEntry};

/// One of two versions that are compared.
#[derive(Debug)]
pub struct ComparedVersion<'a> {
    /// The version.
    pub version: &'a VersionEntry,
    /// Its text.
    pub rendition: Rendition,
}

/// Two versions and how far they are apart.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// Their policy.
    pub policy: &'a PolicyEntry,
    /// The old version.
    pub old: ComparedVersion<'a>,
    /// The new version.
    pub new: ComparedVersion<'a>,
    /// How much changed.
    pub change: Change,
}

/// Compares two versions of a policy.
///
/// # Errors
/// If the database fails or a text is missing.
pub fn compare<'a>(
    store: &Store,
    policy: &'a PolicyEntry,
    old: &'a VersionEntry,
    new: &'a VersionEntry,
) -> Result<Comparison<'a>, ReportError> {
    let (old, new) = (compared(store, old)?, compared(store, new)?);
    let change = change_between(store, &old, &new)?;
    Ok(Comparison {
        policy,
        old,
        new,
        change,
    })
}

fn compared<'a>(
    store: &Store,
    version: &'a VersionEntry,
) -> Result<ComparedVersion<'a>, ReportError> {
    let rendition = store.rendition(version.rendition_id)?;
    let rendition = rendition.ok_or(ReportError::TextMissing {
        version: version.version,
    })?;
    Ok(ComparedVersion { version, rendition })
}

/// Measures how far two versions are apart. If their words are equal, the layout decides.
fn change_between(
    store: &Store,
    old: &ComparedVersion<'_>,
    new: &ComparedVersion<'_>,
) -> Result<Change, ReportError> {
    if old.version.text_sha256 == new.version.text_sha256 {
        let kind = if old.rendition == new.rendition && old.version.title == new.version.title {
            ChangeKind::Identical
        } else {
            ChangeKind::Formatting
        };
        return Ok(Change {
            kind,
            simhash_distance: 0,
            words_added: 0,
            words_removed: 0,
        });
    }
    Ok(change(
        &old.rendition.text,
        &new.rendition.text,
        (simhash(store, old)?, simhash(store, new)?),
    ))
}

fn simhash(store: &Store, compared: &ComparedVersion<'_>) -> Result<u64, ReportError> {
    let hash = compared.version.text_sha256.parse().ok();
    let traits = hash
        .map(|hash| store.text_traits(hash))
        .transpose()?
        .flatten();
    Ok(traits.map_or(0, |t| t.simhash))
}

/// Why a comparison of two versions may mislead: they are in two languages, or belong to two editions.
#[must_use]
pub fn comparison_warnings(old: &VersionEntry, new: &VersionEntry) -> Vec<String> {
    let mut warnings = Vec::new();
    if old.language != new.language {
        warnings.push(format!(
            "version {} is in language `{}` and version {} in language `{}`; a comparison shows the translation, not what changed",
            old.version, old.language, new.version, new.language
        ));
    }
    if old.edition != new.edition {
        warnings.push(format!(
            "version {} belongs to edition {} and version {} to edition {}; the page shows its editions in turns, so the difference may not be a change",
            old.version, old.edition, new.version, new.edition
        ));
    }
    warnings
}

/// A comparison for machines: both versions, the size of the change, and every paragraph.
#[must_use]
pub fn diff_answer(comparison: &Comparison<'_>, redline: &Redline<'_>) -> Value {
    let blocks: Vec<Value> = redline
        .lines
        .iter()
        .map(|block| {
            let pieces: Vec<Value> = merged_pieces(&block.pieces)
                .into_iter()
                .map(|(piece, text)| json!([operator(piece), text]))
                .collect();
            json!({ "change": block_change_code(block.change), "pieces": pieces })
        })
        .collect();
    let change = &comparison.change;
    json!({
        "from": version_answer(comparison.policy, comparison.old.version),
        "to": version_answer(comparison.policy, comparison.new.version),
        "change": change.kind.code(),
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "words_kept": redline.words_kept,
        "simhash_distance": change.simhash_distance,
        "warnings": comparison_warnings(comparison.old.version, comparison.new.version),
        "blocks": blocks,
    })
}

fn operator(piece: TextSide) -> &'static str {
    match piece {
        TextSide::Same => "=",
        TextSide::Added => "+",
        TextSide::Removed => "-",
    }
}

fn block_change_code(change: LineChange) -> &'static str {
    match change {
        LineChange::Same => "same",
        LineChange::Added => "added",
        LineChange::Removed => "removed",
        LineChange::Changed => "changed",
    }
}

/// Joins neighbouring pieces of one kind and makes their text safe.
#[must_use]
pub fn merged_pieces(pieces: &[(TextSide, &str)]) -> Vec<(TextSide, String)> {
    pieces
        .chunk_by(|a, b| a.0 == b.0)
        .map(|run| {
            let text: String = run.iter().map(|(_, text)| *text).collect();
            (run[0].0, safe_text(&text))
        })
        .collect()
}
