//! Documents and their renditions, with what is made of a text when it is stored: simhash and full-text index.

use data_encoding::HEXLOWER;
use rusqlite::{OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use crate::history::{TextTraits, body_hash, simhash};
use crate::model::{CaptureId, Document, DocumentId, RenditionId, StatedDate, TextHash};
use crate::store::database::full_text::{index_text, indexed};
use crate::store::database::{Store, StoreError};
use crate::store::ledger::pending;

/// A document ready to be stored.
pub(in crate::store) struct NewDocument<'a> {
    document: &'a Document,
    rendition_sha256: String,
    simhash: u64,
    body_hash: TextHash,
    indexed: String,
}

impl<'a> NewDocument<'a> {
    /// Computes hashes and index text, which takes time, before a transaction begins.
    pub(in crate::store) fn of(document: &'a Document) -> Self {
        Self {
            document,
            rendition_sha256: rendition_sha256(
                document.title.as_deref(),
                &document.text,
                &document.markdown,
            ),
            simhash: simhash(&document.text),
            body_hash: body_hash(&document.text, document.title.as_deref()),
            indexed: indexed(&document.text),
        }
    }

    /// Stores the document and its rendition where they are new, and returns the id of the rendition.
    pub(in crate::store) fn store(&self, t: &Transaction<'_>) -> rusqlite::Result<RenditionId> {
        self.store_as(t, &self.document.language)
    }

    /// Stores what an extractor made of a capture, like [`NewDocument::store`].
    ///
    /// Where a text leaves its language open, the language is the one that the page names, and pages with the same text may
    /// name different ones. The text then has the first of their codes, so that the order of the pages does not count.
    pub(in crate::store) fn store_extracted(
        &self,
        t: &Transaction<'_>,
        capture_id: CaptureId,
        extractor: &str,
    ) -> rusqlite::Result<RenditionId> {
        let of_others: Option<String> = t
            .prepare_cached(
                "SELECT r.language FROM renditions r WHERE r.sha256 = ?1
                 AND EXISTS (SELECT 1 FROM extractions e WHERE e.rendition_id = r.rendition_id AND e.extractor_version = ?2
                                AND e.capture_id <> ?3)",
            )?
            .query_row(params![self.rendition_sha256, extractor, capture_id], |r| r.get(0))
            .optional()?;
        let own = self.document.language.as_str();
        let language = match of_others.as_deref() {
            Some(other) if own == "und" || other != "und" && other < own => other,
            _ => own,
        };
        self.store_as(t, language)
    }

    fn store_as(&self, t: &Transaction<'_>, language: &str) -> rusqlite::Result<RenditionId> {
        let document_id = self.store_document(t, language)?;
        let first_before = first_rendition(t, document_id)?;
        self.store_rendition(t, document_id, language)?;
        match first_before {
            Some(first) if self.rendition_sha256 < first => describe(t, document_id)?,
            Some(first) if self.rendition_sha256 == first => {
                self.redescribe(t, document_id, language)?;
            }
            _ => {}
        }
        t.prepare_cached("SELECT rendition_id FROM renditions WHERE sha256 = ?1")?
            .query_row([&self.rendition_sha256], |r| r.get(0))
    }

    /// Stores the document with its full-text index entry where it is new, and returns its id.
    fn store_document(&self, t: &Transaction<'_>, language: &str) -> rusqlite::Result<DocumentId> {
        let document = self.document;
        let text_sha256 = document.text_hash.to_string();
        let added: Option<DocumentId> = t
            .prepare_cached(
                "INSERT OR IGNORE INTO documents (text_sha256, language, word_count, simhash, body_sha256)
                 VALUES (?1, ?2, ?3, ?4, ?5) RETURNING document_id",
            )?
            .query_row(
                params![
                    text_sha256,
                    language,
                    document.word_count.cast_signed(),
                    self.simhash.cast_signed(),
                    self.body_hash.to_string()
                ],
                |r| r.get(0),
            )
            .optional()?;
        match added {
            Some(id) => {
                index_text(t, id, &self.indexed)?;
                Ok(id)
            }
            None => t
                .prepare_cached("SELECT document_id FROM documents WHERE text_sha256 = ?1")?
                .query_row([&text_sha256], |r| r.get(0)),
        }
    }

    /// Stores the rendition. The same rendition keeps its row; dates, language and word count in it are updated, because a
    /// newer extractor may read them better.
    fn store_rendition(
        &self,
        t: &Transaction<'_>,
        document_id: DocumentId,
        language: &str,
    ) -> rusqlite::Result<()> {
        let document = self.document;
        let date = |stated: &Option<StatedDate>| stated.as_ref().map(|s| s.date.clone());
        let sentence = |stated: &Option<StatedDate>| stated.as_ref().map(|s| s.sentence.clone());
        t.prepare_cached(
            "INSERT INTO renditions (document_id, sha256, title, text, markdown, effective_date, effective_date_sentence,
                                     last_updated, last_updated_sentence, language, word_count)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (sha256) DO UPDATE SET
                 effective_date = excluded.effective_date, effective_date_sentence = excluded.effective_date_sentence,
                 last_updated = excluded.last_updated, last_updated_sentence = excluded.last_updated_sentence,
                 language = excluded.language, word_count = excluded.word_count
             WHERE (effective_date, effective_date_sentence, last_updated, last_updated_sentence, language, word_count) IS NOT
                   (excluded.effective_date, excluded.effective_date_sentence, excluded.last_updated,
                    excluded.last_updated_sentence, excluded.language, excluded.word_count)",
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
            language,
            document.word_count.cast_signed(),
        ])?;
        Ok(())
    }

    /// Updates language, word count and body of the document from its first rendition: another extractor may count the same
    /// words differently, recognise another language or find another body.
    fn redescribe(
        &self,
        t: &Transaction<'_>,
        document_id: DocumentId,
        language: &str,
    ) -> rusqlite::Result<()> {
        let changed = t
            .prepare_cached(
                "UPDATE documents SET language = ?2, word_count = ?3, body_sha256 = ?4
                 WHERE document_id = ?1 AND (language, word_count, body_sha256) <> (?2, ?3, ?4)",
            )?
            .execute(params![
                document_id,
                language,
                self.document.word_count.cast_signed(),
                self.body_hash.to_string()
            ])?;
        if changed > 0 {
            pending::note_document(t, document_id)?;
        }
        Ok(())
    }
}

/// Hash of a document's first rendition. The same words may be laid out in several ways, which are counted and compared
/// a little differently: the smallest hash is first, so that nothing rests on which was stored first.
fn first_rendition(
    t: &Transaction<'_>,
    document_id: DocumentId,
) -> rusqlite::Result<Option<String>> {
    t.prepare_cached("SELECT min(sha256) FROM renditions WHERE document_id = ?1")?
        .query_row([document_id], |r| r.get(0))
}

/// Describes a document by its first rendition, which is another than before. What was measured against that is measured
/// again when the histories are derived next.
fn describe(t: &Transaction<'_>, document_id: DocumentId) -> rusqlite::Result<()> {
    let (language, word_count, title, text): (String, i64, Option<String>, String) = t
        .prepare_cached(
            "SELECT language, word_count, title, text FROM renditions WHERE document_id = ?1 ORDER BY sha256 LIMIT 1",
        )?
        .query_row([document_id], |r| {
            Ok((r.get("language")?, r.get("word_count")?, r.get("title")?, r.get("text")?))
        })?;
    t.prepare_cached(
        "UPDATE documents SET language = ?2, word_count = ?3, simhash = ?4, body_sha256 = ?5 WHERE document_id = ?1",
    )?
    .execute(params![
        document_id,
        language,
        word_count,
        simhash(&text).cast_signed(),
        body_hash(&text, title.as_deref()).to_string()
    ])?;
    t.prepare_cached(
        "UPDATE versions SET change_kind = NULL
         WHERE policy_id IN (SELECT policy_id FROM versions WHERE document_id = ?1)",
    )?
    .execute([document_id])?;
    pending::note_document(t, document_id)
}

/// Describes the documents anew whose first rendition is another one now than when `before` was taken by
/// [`first_renditions`].
pub(in crate::store) fn describe_changed(
    t: &Transaction<'_>,
    before: &[(DocumentId, String)],
) -> rusqlite::Result<()> {
    for (document_id, first) in before {
        if first_rendition(t, *document_id)?.is_some_and(|now| now != *first) {
            describe(t, *document_id)?;
        }
    }
    Ok(())
}

/// The documents with several renditions, each with the hash of the first.
pub(in crate::store) fn first_renditions(
    t: &Transaction<'_>,
) -> rusqlite::Result<Vec<(DocumentId, String)>> {
    let mut statement = t.prepare(
        "SELECT document_id, min(sha256) FROM renditions GROUP BY document_id HAVING count(*) > 1",
    )?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    rows.collect()
}

/// Hash of a rendition: of its title, text and Markdown, each ended by a zero byte.
pub(in crate::store) fn rendition_sha256(
    title: Option<&str>,
    text: &str,
    markdown: &str,
) -> String {
    let mut hasher = Sha256::new();
    for part in [title.unwrap_or(""), text, markdown] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    HEXLOWER.encode(&hasher.finalize())
}

impl Store {
    /// What tells texts apart as editions; `None` for a text that is not stored.
    ///
    /// # Errors
    /// When the database fails.
    pub fn text_traits(&self, text_hash: TextHash) -> Result<Option<TextTraits>, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT language, simhash, body_sha256 FROM documents WHERE text_sha256 = ?1",
            )?
            .query_row([text_hash.to_string()], |r| {
                let body: String = r.get("body_sha256")?;
                Ok(TextTraits {
                    body_hash: body.parse().unwrap_or(text_hash),
                    language: r.get("language")?,
                    simhash: r.get::<_, i64>("simhash")?.cast_unsigned(),
                })
            })
            .optional()
        })
    }

    /// The number of words of a document; `None` for a text that is not stored.
    ///
    /// # Errors
    /// When the database fails.
    pub fn word_count(&self, text_hash: TextHash) -> Result<Option<u64>, StoreError> {
        self.read(|t| {
            t.prepare_cached("SELECT word_count FROM documents WHERE text_sha256 = ?1")?
                .query_row([text_hash.to_string()], |r| {
                    r.get::<_, i64>(0).map(i64::cast_unsigned)
                })
                .optional()
        })
    }

    /// The words of a document, as its first rendition (the one with the smallest hash) lays them out; `None` for a text
    /// that is not stored.
    ///
    /// # Errors
    /// When the database fails.
    pub fn text(&self, text_hash: TextHash) -> Result<Option<String>, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT r.text FROM documents d JOIN renditions r USING (document_id) WHERE d.text_sha256 = ?1
                 ORDER BY r.sha256 LIMIT 1",
            )?
            .query_row([text_hash.to_string()], |r| r.get(0))
            .optional()
        })
    }
}
