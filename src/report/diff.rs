//! Two versions of a policy compared word by word.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::error::ReportError;
use super::safe::safe_text;
use super::version::version_answer;
use crate::history::{Change, LineChange, Redline, RedlineLine, TextSide, change};
use crate::model::ChangeKind;
use crate::store::{CaptureEvidence, PolicyEntry, Rendition, Store, VersionEntry};

/// One of two versions that are compared.
#[derive(Debug)]
pub struct ComparedVersion<'a> {
    /// The version.
    pub version: &'a VersionEntry,
    /// Its text.
    pub rendition: Rendition,
    /// The capture that stands for it: the last one of the old version before the new one, the first one of the new
    /// version. `None` if another program removed it.
    pub capture: Option<CaptureEvidence>,
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
    let last = store.last_evidence(policy.policy_id, old.version, new.first_seen)?;
    let first = store.first_evidence(policy.policy_id, new.version)?;
    let (old, new) = (compared(store, old, last)?, compared(store, new, first)?);
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
    capture: Option<CaptureEvidence>,
) -> Result<ComparedVersion<'a>, ReportError> {
    let rendition = store.rendition(version.rendition_id)?;
    let rendition = rendition.ok_or(ReportError::TextMissing {
        version: version.version,
    })?;
    Ok(ComparedVersion {
        version,
        rendition,
        capture,
    })
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

/// A comparison for machines: both versions, the size of the change, and every paragraph. The paragraphs become JSON one
/// after the other, so that the answer takes no memory of its own. The fields are in the order of their names.
#[derive(Serialize)]
pub struct DiffAnswer<'a> {
    blocks: Blocks<'a>,
    change: &'static str,
    from: Value,
    simhash_distance: u32,
    to: Value,
    warnings: Vec<String>,
    words_added: u64,
    words_kept: u64,
    words_removed: u64,
}

impl<'a> DiffAnswer<'a> {
    /// The answer for two versions and their redline.
    #[must_use]
    pub fn new(comparison: &Comparison<'_>, redline: &'a Redline<'a>) -> Self {
        let (old, new) = (comparison.old.version, comparison.new.version);
        Self {
            blocks: Blocks(&redline.lines),
            change: comparison.change.kind.code(),
            from: version_answer(comparison.policy, old),
            simhash_distance: comparison.change.simhash_distance,
            to: version_answer(comparison.policy, new),
            warnings: comparison_warnings(old, new),
            words_added: comparison.change.words_added,
            words_kept: redline.words_kept,
            words_removed: comparison.change.words_removed,
        }
    }
}

/// The paragraphs of a redline.
struct Blocks<'a>(&'a [RedlineLine<'a>]);

/// One paragraph of a redline.
#[derive(Serialize)]
struct Block {
    change: &'static str,
    pieces: Vec<(&'static str, String)>,
}

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|line| {
            Block {
                change: block_change_code(line.change),
                pieces: merged_pieces(&line.pieces)
                    .into_iter()
                    .map(|(piece, text)| (operator(piece), text))
                    .collect(),
            }
        }))
    }
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
