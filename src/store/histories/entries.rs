//! The read side for people: the policies of a site, their versions, and what a version says.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::proofs::{proof, proof_columns, proof_joins};
use super::versions::{stored_change, stored_suspicions};
use crate::history::{Change, Suspicion};
use crate::model::{CaptureId, PolicyId, PolicyKind, Proof, RenditionId, Timestamp};
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
    /// Why its text may not be the policy; empty after a reviewer accepted it.
    pub suspect: Vec<Suspicion>,
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

/// Columns of a policy, of `policies p` and `sites s`.
pub(in crate::store) const POLICY_COLUMNS: &str =
    "p.policy_id, s.site, p.policy_url, p.kind, p.versions, p.captures, p.drops";

/// Selects versions by a condition.
macro_rules! versions_where {
    ($condition:literal) => {
        concat!(
            "
    SELECT v.version, v.edition, v.previous_version, v.same_as, v.changed_after, v.first_seen, v.last_seen, v.captures, v.layouts, v.texts,
           d.word_count, d.language, r.title, d.text_sha256, v.change_kind, v.words_added, v.words_removed, v.simhash_distance, v.suspect,
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
    WHERE ",
            $condition
        )
    };
}

/// Selects the versions of a policy.
pub(in crate::store) const HISTORY: &str = versions_where!("v.policy_id = ?1 ORDER BY v.version");
const VERSION: &str = versions_where!("v.policy_id = ?1 AND v.version = ?2");

impl Store {
    /// The policies of a site that have versions, those about privacy first; empty for an unknown site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_with_versions(&self, site: &str) -> Result<Vec<PolicyEntry>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(&format!(
                "SELECT {POLICY_COLUMNS} FROM sites s JOIN policies p USING (site_id) WHERE s.site = ?1 AND p.versions > 0
                 ORDER BY p.kind <> 'privacy', p.kind, p.policy_url, p.policy_id",
            ))?;
            let rows = statement.query_map([site], policy_entry)?;
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
        self.read(|t| history_of(t, policy_id))
    }

    /// What a rendition says; `None` when there is none with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rendition(&self, rendition_id: RenditionId) -> Result<Option<Rendition>, StoreError> {
        self.read(|t| rendition_of(t, rendition_id))
    }

    /// The archived bytes of a fetched capture; `None` when there are none.
    ///
    /// # Errors
    /// When the database fails or the payload is damaged.
    pub fn archived_bytes(&self, capture_id: CaptureId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.stored_page(capture_id)?.map(|page| page.body))
    }
}

/// The versions of a policy, in order.
pub(in crate::store) fn history_of(
    t: &Transaction<'_>,
    policy_id: PolicyId,
) -> rusqlite::Result<Vec<VersionEntry>> {
    let mut statement = t.prepare_cached(HISTORY)?;
    let rows = statement.query_map([policy_id], version_entry)?;
    rows.collect()
}

/// One version of a policy; `None` when it has none with this number.
pub(in crate::store) fn version_of(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    number: u32,
) -> rusqlite::Result<Option<VersionEntry>> {
    t.prepare_cached(VERSION)?
        .query_row(params![policy_id, number], version_entry)
        .optional()
}

/// A policy; `None` when there is none with this id.
pub(in crate::store) fn policy_of(
    t: &Transaction<'_>,
    policy_id: PolicyId,
) -> rusqlite::Result<Option<PolicyEntry>> {
    t.prepare_cached(&format!(
        "SELECT {POLICY_COLUMNS} FROM policies p JOIN sites s USING (site_id) WHERE p.policy_id = ?1"
    ))?
    .query_row([policy_id], policy_entry)
    .optional()
}

/// What a rendition says; `None` when there is none with this id.
pub(in crate::store) fn rendition_of(
    t: &Transaction<'_>,
    rendition_id: RenditionId,
) -> rusqlite::Result<Option<Rendition>> {
    t.prepare_cached("SELECT text, markdown FROM renditions WHERE rendition_id = ?1")?
        .query_row([rendition_id], |r| {
            Ok(Rendition {
                text: r.get("text")?,
                markdown: r.get("markdown")?,
            })
        })
        .optional()
}

/// A policy from a row with [`POLICY_COLUMNS`].
pub(in crate::store) fn policy_entry(r: &Row<'_>) -> rusqlite::Result<PolicyEntry> {
    Ok(PolicyEntry {
        policy_id: r.get("policy_id")?,
        site: r.get("site")?,
        policy_url: r.get("policy_url")?,
        kind: r.get("kind")?,
        versions: r.get::<_, i64>("versions")?.cast_unsigned(),
        captures: r.get::<_, i64>("captures")?.cast_unsigned(),
        drops: r.get::<_, i64>("drops")?.cast_unsigned(),
    })
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
        suspect: stored_suspicions(r)?,
        proof: proof(r)?,
        rendition_id: r.get("rendition_id")?,
        fetched_capture_id: r.get("fetched_capture_id")?,
        extractor_version: r.get("extractor_version")?,
    })
}
