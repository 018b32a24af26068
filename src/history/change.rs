//! The size of a change between two texts.

use super::diff::redline;
use super::simhash::distance;
use crate::model::ChangeKind;

/// Maximum number of words in a [`ChangeKind::Minor`] change, added and removed together.
///
/// Measured on the 166 changes between versions of 20 policies at Open Terms Archive; the 75 changes with up to 70
/// words were read. 36 have up to 20 words: 28 of them change addresses, dates, names, spelling or layout, and eight
/// change a word of substance (an age of 16 to 18, "US, UK" to "US", a processor in a list). 39 have 21 to 70 words:
/// seven change addresses, the others add, drop or rephrase sentences. So `minor` means small, not unimportant.
const MOST_MINOR_WORDS: u64 = 20;

/// The change from one text to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The kind of change.
    pub kind: ChangeKind,
    /// Bits in which the simhashes differ, 0 to 64.
    pub simhash_distance: u32,
    /// Number of words added.
    pub words_added: u64,
    /// Number of words removed.
    pub words_removed: u64,
}

/// Measures the change from one text to another whose hashes differ. `simhashes` are those of the two texts.
#[must_use]
pub fn change(old: &str, new: &str, simhashes: (u64, u64)) -> Change {
    let redline = redline(old, new);
    let (added, removed, kept) = (
        redline.words_added,
        redline.words_removed,
        redline.words_kept,
    );
    Change {
        kind: kind(added, removed, kept),
        simhash_distance: distance(simhashes.0, simhashes.1),
        words_added: added,
        words_removed: removed,
    }
}

/// True if more words were added or removed than were kept, on the average of both texts (Dice's coefficient below one
/// half). In the measurement above, the simhashes of such pairs were 22 to 37 bits apart. All other pairs except one
/// were 0 to 20 bits apart.
fn is_rewrite(changed: u64, kept: u64) -> bool {
    changed > kept.saturating_mul(2)
}

fn kind(added: u64, removed: u64, kept: u64) -> ChangeKind {
    let changed = added.saturating_add(removed);
    if is_rewrite(changed, kept) {
        ChangeKind::Rewrite
    } else if changed > MOST_MINOR_WORDS {
        ChangeKind::Substantive
    } else {
        ChangeKind::Minor
    }
}
