//! The full-text index over the words of documents.

use rusqlite::{Transaction, params};

use crate::model::{DocumentId, is_spaceless};

/// Prepares a text for the full-text index: each letter of a script without spaces becomes a word of its own, so that any
/// word in such a script is found as a phrase of its letters.
pub(in crate::store) fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_spaceless(c) {
            out.extend([' ', c, ' ']);
        } else {
            out.push(c);
        }
    }
    out
}

/// Adds a document to the full-text index; `indexed` is its text as [`indexed`] returns it.
pub(in crate::store) fn index_text(
    t: &Transaction<'_>,
    document_id: DocumentId,
    indexed: &str,
) -> rusqlite::Result<()> {
    t.prepare_cached("INSERT INTO document_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![document_id, indexed])?;
    Ok(())
}
