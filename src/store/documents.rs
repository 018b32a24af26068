//! Documents and their renditions, with what is made of a text when it is stored: simhash and full-text index.

use data_encoding::HEXLOWER;
use rusqlite::{OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::{Store, StoreError};
use crate::history::{TextTraits, is_spaceless, simhash};
use crate::model::{Document, StatedDate, TextHash};

/// A document ready to be stored.
pub(super) struct NewDocument<'a> {
    document: &'a Document,
    rendition_sha256: String,
    simhash: u64,
    indexed: String,
}

impl<'a> NewDocument<'a> {
    /// Makes what takes time, before a transaction.
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            document,
            rendition_sha256: rendition_sha256(
                document.title.as_deref(),
                &document.text,
                &document.markdown,
            ),
            simhash: simhash(&document.text),
            indexed: indexed(&document.text),
        }
    }

    /// Stores it, or finds it stored, and gives the id of its rendition.
    pub(super) fn store(&self, t: &Transaction<'_>) -> rusqlite::Result<i64> {
        let document = self.document;
        let text_sha256 = document.text_hash.to_string();
        let added: Option<i64> = t
            .prepare_cached(
                "INSERT OR IGNORE INTO documents (text_sha256, language, word_count, simhash) VALUES (?1, ?2, ?3, ?4)
                 RETURNING document_id",
            )?
            .query_row(
                params![text_sha256, document.language, document.word_count.cast_signed(), self.simhash.cast_signed()],
                |r| r.get(0),
            )
            .optional()?;
        let document_id: i64 = if let Some(id) = added {
            index_text(t, id, &self.indexed)?;
            id
        } else {
            let id = t
                .prepare_cached("SELECT document_id FROM documents WHERE text_sha256 = ?1")?
                .query_row([&text_sha256], |r| r.get(0))?;
            // Another extractor may count the same words, or know their language, otherwise.
            t.prepare_cached(
                "UPDATE documents SET language = ?2, word_count = ?3
                 WHERE document_id = ?1 AND (language, word_count) IS NOT (?2, ?3)",
            )?
            .execute(params![
                id,
                document.language,
                document.word_count.cast_signed()
            ])?;
            id
        };
        let date = |stated: &Option<StatedDate>| stated.as_ref().map(|s| s.date.clone());
        let sentence = |stated: &Option<StatedDate>| stated.as_ref().map(|s| s.sentence.clone());
        // The same words keep their rendition; a newer extractor may read their dates better.
        t.prepare_cached(
            "INSERT INTO renditions (document_id, sha256, title, text, markdown, effective_date, effective_date_sentence,
                                     last_updated, last_updated_sentence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (sha256) DO UPDATE SET
                 effective_date = excluded.effective_date, effective_date_sentence = excluded.effective_date_sentence,
                 last_updated = excluded.last_updated, last_updated_sentence = excluded.last_updated_sentence
             WHERE (effective_date, effective_date_sentence, last_updated, last_updated_sentence) IS NOT
                   (excluded.effective_date, excluded.effective_date_sentence, excluded.last_updated, excluded.last_updated_sentence)",
        )?
        .execute(params![
            document_id,
            self.rendition_sha256,
            document.title,
            document.text,
            document.markdown,
            date(&document.effective_date),
            sentence(&document.effective_date),
            date(&document.last_updated),
            sentence(&document.last_updated),
        ])?;
        t.prepare_cached("SELECT rendition_id FROM renditions WHERE sha256 = ?1")?
            .query_row([&self.rendition_sha256], |r| r.get(0))
    }
}

/// Hash of a rendition: of its title, text and Markdown, each ended by a zero byte.
pub(super) fn rendition_sha256(title: Option<&str>, text: &str, markdown: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [title.unwrap_or(""), text, markdown] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    HEXLOWER.encode(&hasher.finalize())
}

/// A text as the full-text index takes it: letters of scripts without spaces stand alone, so that any word of theirs is
/// found as a phrase of its letters.
pub(super) fn indexed(text: &str) -> String {
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

fn index_text(t: &Transaction<'_>, document_id: i64, indexed: &str) -> rusqlite::Result<()> {
    t.prepare_cached("INSERT INTO document_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![document_id, indexed])?;
    Ok(())
}

/// Fills in what documents of an older schema lack: their simhash and their place in the full-text index.
pub(super) fn complete(t: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut documents = t.prepare(
        "SELECT d.document_id, (SELECT r.text FROM renditions r WHERE r.document_id = d.document_id ORDER BY r.rendition_id LIMIT 1)
         FROM documents d ORDER BY d.document_id",
    )?;
    let mut rows = documents.query([])?;
    while let Some(row) = rows.next()? {
        let (document_id, text): (i64, Option<String>) = (row.get(0)?, row.get(1)?);
        let Some(text) = text else { continue };
        t.prepare_cached("UPDATE documents SET simhash = ?2 WHERE document_id = ?1")?
            .execute(params![document_id, simhash(&text).cast_signed()])?;
        index_text(t, document_id, &indexed(&text))?;
    }
    Ok(())
}

impl Store {
    /// What tells texts apart as editions; `None` for a text that is not stored.
    ///
    /// # Errors
    /// When the database fails.
    pub fn text_traits(&self, text_hash: TextHash) -> Result<Option<TextTraits>, StoreError> {
        self.read(|t| {
            t.prepare_cached("SELECT language, simhash FROM documents WHERE text_sha256 = ?1")?
                .query_row([text_hash.to_string()], |r| {
                    Ok(TextTraits {
                        language: r.get(0)?,
                        simhash: r.get::<_, i64>(1)?.cast_unsigned(),
                    })
                })
                .optional()
        })
    }

    /// The words of a document, as its first rendition lays them out; `None` for a text that is not stored.
    ///
    /// # Errors
    /// When the database fails.
    pub fn text(&self, text_hash: TextHash) -> Result<Option<String>, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT r.text FROM documents d JOIN renditions r USING (document_id) WHERE d.text_sha256 = ?1
                 ORDER BY r.rendition_id LIMIT 1",
            )?
            .query_row([text_hash.to_string()], |r| r.get(0))
            .optional()
        })
    }
}
