//! The read side for people: the policies of a site, their versions, what a version says, where words stand.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::proofs::{proof, proof_columns, proof_joins};
use super::versions::stored_change;
use crate::history::Change;
use crate::model::{CaptureId, PolicyId, PolicyKind, Proof, RenditionId, Timestamp, words};
use crate::store::database::full_text::indexed;
use crate::store::database::{Store, StoreError};

/// A policy of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyEntry {
    /// Its row id.
    pub policy_id: PolicyId,
    /// The site.
    pub site: String,
    /// Where it lives, or lived last.
    pub policy_url: String,
    /// Its kind.
    pub kind: PolicyKind,
    /// Number of versions.
    pub versions: u64,
    /// Captures that showed them.
    pub captures: u64,
    /// Captures that gave no version.
    pub drops: u64,
}

/// A version without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionEntry {
    /// 1, 2, …
    pub version: u32,
    /// Its line of versions; 1 but for texts that are captured in turns.
    pub edition: u32,
    /// The version before it in its edition.
    pub previous_version: Option<u32>,
    /// The first version with the same words, when they came back.
    pub same_as: Option<u32>,
    /// Last observation of what was there before.
    pub changed_after: Option<Timestamp>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// Captures that showed it.
    pub captures: u64,
    /// Layouts of its texts among them.
    pub layouts: u64,
    /// Texts among them. Several texts differ only outside their body (see [`crate::history::body`]).
    pub texts: u64,
    /// Number of words.
    pub word_count: u64,
    /// ISO 639-1 or `und`.
    pub language: String,
    /// Title.
    pub title: Option<String>,
    /// Hash of the normalised words.
    pub text_sha256: String,
    /// How far it is from the version before it.
    pub change: Option<Change>,
    /// Where its first capture can be checked.
    pub proof: Proof,
    /// Its rendition.
    pub rendition_id: RenditionId,
    /// The capture whose bytes were read for its first capture.
    pub fetched_capture_id: CaptureId,
    /// Version of the extractor.
    pub extractor_version: String,
}

/// The words of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// A line a block.
    pub text: String,
    /// As Markdown.
    pub markdown: String,
}

/// Where words stand in one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The site.
    pub site: String,
    /// The policy's address.
    pub policy_url: String,
    /// Versions with the words.
    pub versions: u64,
    /// All its versions.
    pub of_versions: u64,
    /// First version with the words.
    pub first_version: u32,
    /// Last version with the words.
    pub last_version: u32,
    /// First observation of the words.
    pub first_seen: Timestamp,
    /// Last observation of what was there before the first version with the words.
    pub changed_after: Option<Timestamp>,
    /// Last observation of the words.
    pub last_seen: Timestamp,
    /// True when the last observation of the policy shows them.
    pub still_there: bool,
    /// The first text with the words.
    pub text: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Policies, by site and address, up to the limit.
    pub found: Vec<Found>,
    /// Number of policies found.
    pub policies: u64,
}

const HISTORY: &str = concat!(
    "
    SELECT v.version, v.edition, v.previous_version, v.same_as, v.changed_after, v.first_seen, v.last_seen, v.captures, v.layouts, v.texts,
           d.word_count, d.language, r.title, d.text_sha256, v.change_kind, v.words_added, v.words_removed, v.simhash_distance,
           ",
    proof_columns!(),
    ",
           v.rendition_id, seen.fetched_capture_id, v.extractor_version
    FROM versions v
    JOIN documents d USING (document_id)
    JOIN renditions r ON r.rendition_id = v.rendition_id
    JOIN captures c ON c.capture_id = v.first_capture_id
    JOIN archives a USING (archive_id)
    JOIN observations seen ON seen.policy_id = v.policy_id AND seen.capture_id = v.first_capture_id",
    proof_joins!(),
    "
    WHERE v.policy_id = ?1 ORDER BY v.version"
);

/// Only the policies that are listed have their texts read: a common word stands in all of them.
const SEARCH: &str = "
    WITH hits AS (
        SELECT v.policy_id, count(*) AS versions, min(v.version) AS first_version, max(v.version) AS last_version,
               min(v.first_seen) AS first_seen, max(v.last_seen) AS last_seen
        FROM document_words w JOIN versions v ON v.document_id = w.rowid
        WHERE document_words MATCH ?1 GROUP BY v.policy_id),
    listed AS (
        SELECT s.site, p.policy_url, h.versions, p.versions AS of_versions, h.first_version, h.last_version, h.first_seen,
               v.changed_after, h.last_seen, h.last_seen >= p.last_seen AS still_there, v.rendition_id,
               count(*) OVER () AS policies, row_number() OVER (ORDER BY s.site, p.policy_url, p.policy_id) AS place
        FROM hits h JOIN policies p USING (policy_id) JOIN sites s USING (site_id)
        JOIN versions v ON v.policy_id = h.policy_id AND v.version = h.first_version
        ORDER BY place LIMIT ?2)
    SELECT l.site, l.policy_url, l.versions, l.of_versions, l.first_version, l.last_version, l.first_seen, l.changed_after,
           l.last_seen, l.still_there, r.text, l.policies
    FROM listed l JOIN renditions r USING (rendition_id) ORDER BY l.place";

impl Store {
    /// The policies of a site that have versions, those about privacy first; empty for an unknown site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_with_versions(&self, site: &str) -> Result<Vec<PolicyEntry>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT p.policy_id, s.site, p.policy_url, p.kind, p.versions, p.captures, p.drops
                 FROM sites s JOIN policies p USING (site_id) WHERE s.site = ?1 AND p.versions > 0
                 ORDER BY p.kind <> 'privacy', p.kind, p.policy_url, p.policy_id",
            )?;
            let rows = statement.query_map([site], |r| {
                Ok(PolicyEntry {
                    policy_id: r.get("policy_id")?,
                    site: r.get("site")?,
                    policy_url: r.get("policy_url")?,
                    kind: r.get("kind")?,
                    versions: r.get::<_, i64>("versions")?.cast_unsigned(),
                    captures: r.get::<_, i64>("captures")?.cast_unsigned(),
                    drops: r.get::<_, i64>("drops")?.cast_unsigned(),
                })
            })?;
            rows.collect()
        })
    }

    /// The names of all sites.
    ///
    /// # Errors
    /// When the database fails.
    pub fn site_names(&self) -> Result<Vec<String>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached("SELECT site FROM sites ORDER BY site")?;
            let rows = statement.query_map([], |r| r.get(0))?;
            rows.collect()
        })
    }

    /// The versions of a policy, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn history(&self, policy_id: PolicyId) -> Result<Vec<VersionEntry>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(HISTORY)?;
            let rows = statement.query_map([policy_id], version_entry)?;
            rows.collect()
        })
    }

    /// What a rendition says; `None` when there is none with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rendition(&self, rendition_id: RenditionId) -> Result<Option<Rendition>, StoreError> {
        self.read(|t| {
            t.prepare_cached("SELECT text, markdown FROM renditions WHERE rendition_id = ?1")?
                .query_row([rendition_id], |r| {
                    Ok(Rendition {
                        text: r.get("text")?,
                        markdown: r.get("markdown")?,
                    })
                })
                .optional()
        })
    }

    /// Looks for a phrase, or for words anywhere in a version (`anywhere`), in all versions of all policies. `None` when
    /// the query has no word.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search(
        &self,
        query: &str,
        anywhere: bool,
        limit: usize,
    ) -> Result<Option<Findings>, StoreError> {
        let asked: Vec<&str> = words(query).collect();
        if asked.is_empty() {
            return Ok(None);
        }
        // Words hold no quotation marks, so that nothing of the query is read as an operator.
        let question = if anywhere {
            let quoted: Vec<String> = asked
                .iter()
                .map(|w| format!("\"{}\"", indexed(w)))
                .collect();
            quoted.join(" ")
        } else {
            format!("\"{}\"", indexed(&asked.join(" ")))
        };
        self.read(|t| found(t, &question, limit)).map(Some)
    }

    /// The archived bytes of a fetched capture; `None` when there are none.
    ///
    /// # Errors
    /// When the database fails or the payload is damaged.
    pub fn archived_bytes(&self, capture_id: CaptureId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.stored_page(capture_id)?.map(|page| page.body))
    }
}

fn found(t: &Transaction<'_>, question: &str, limit: usize) -> rusqlite::Result<Findings> {
    let mut policies = 0;
    let mut found = Vec::new();
    let mut statement = t.prepare_cached(SEARCH)?;
    let mut rows = statement.query(params![question, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    while let Some(r) = rows.next()? {
        policies = r.get::<_, i64>("policies")?.cast_unsigned();
        found.push(Found {
            site: r.get("site")?,
            policy_url: r.get("policy_url")?,
            versions: r.get::<_, i64>("versions")?.cast_unsigned(),
            of_versions: r.get::<_, i64>("of_versions")?.cast_unsigned(),
            first_version: r.get("first_version")?,
            last_version: r.get("last_version")?,
            first_seen: r.get("first_seen")?,
            changed_after: r.get("changed_after")?,
            last_seen: r.get("last_seen")?,
            still_there: r.get("still_there")?,
            text: r.get("text")?,
        });
    }
    Ok(Findings { found, policies })
}

fn version_entry(r: &Row<'_>) -> rusqlite::Result<VersionEntry> {
    Ok(VersionEntry {
        version: r.get("version")?,
        edition: r.get("edition")?,
        previous_version: r.get("previous_version")?,
        same_as: r.get("same_as")?,
        changed_after: r.get("changed_after")?,
        first_seen: r.get("first_seen")?,
        last_seen: r.get("last_seen")?,
        captures: r.get::<_, i64>("captures")?.cast_unsigned(),
        layouts: r.get::<_, i64>("layouts")?.cast_unsigned(),
        texts: r.get::<_, i64>("texts")?.cast_unsigned(),
        word_count: r.get::<_, i64>("word_count")?.cast_unsigned(),
        language: r.get("language")?,
        title: r.get("title")?,
        text_sha256: r.get("text_sha256")?,
        change: stored_change(r)?,
        proof: proof(r)?,
        rendition_id: r.get("rendition_id")?,
        fetched_capture_id: r.get("fetched_capture_id")?,
        extractor_version: r.get("extractor_version")?,
    })
}
