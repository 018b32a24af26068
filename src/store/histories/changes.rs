//! New versions as they become known. Each is recorded once and announced once.

use rusqlite::{Row, Transaction, params};

use super::proofs::{proof, proof_columns, proof_joins};
use crate::model::{ChangeId, PolicyId, PolicyKind, Proof, Timestamp};
use crate::store::database::{Store, StoreError};

/// Calls of the command of `--on-change` for one version, over several runs. Then the version is given up.
pub const MAX_ANNOUNCEMENT_ATTEMPTS: u32 = 5;

/// Which new versions are announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Announce {
    /// None.
    #[default]
    Nothing,
    /// All but the baseline: what the first complete crawl of a site finds, and what it could have found. Of a policy that is
    /// found later, the newest version is announced, and the versions after it.
    AfterFirstLook,
    /// All.
    Everything,
}

/// How new versions are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnouncementRule {
    /// When they became known: now.
    pub noticed_at: Timestamp,
    /// New versions are to be announced ([`Store::unannounced`]); otherwise they count as announced.
    pub announce: Announce,
}

/// Versions that the command of `--on-change` has not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct AlertCounts {
    /// Versions that the next run announces.
    pub waiting: u64,
    /// Versions that are given up after [`MAX_ANNOUNCEMENT_ATTEMPTS`] failed calls.
    pub given_up: u64,
}

/// A version as it became known.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChangeRow {
    /// Its row id; ids grow in the order in which versions became known.
    pub change_id: ChangeId,
    /// When it became known.
    pub noticed_at: Timestamp,
    /// Registrable domain.
    pub site: String,
    /// Row of the policy.
    pub policy_id: PolicyId,
    /// Where the policy lives, or lived last.
    pub policy_url: String,
    /// The policy's kind.
    pub kind: PolicyKind,
    /// Number of the version, as histories stand now.
    pub version: i64,
    /// Last observation of the text before; `None` for the first version.
    pub changed_after: Option<Timestamp>,
    /// First observation of this text.
    pub first_seen: Timestamp,
    /// Heading of the page.
    pub title: Option<String>,
    /// ISO 639-1.
    pub language: String,
    /// Words in it.
    pub word_count: i64,
    /// Hash of its words.
    pub text_sha256: String,
    /// Where its first capture can be checked.
    #[serde(flatten)]
    pub proof: Proof,
    /// Hash of the words before, in its edition; `None` for the first version.
    pub previous_text_sha256: Option<String>,
    /// The first version with the same words, when they came back.
    pub same_as: Option<i64>,
    /// `minor`, `substantive`, `rewrite`; `None` for the first version.
    pub change_kind: Option<String>,
    /// Words that came.
    pub words_added: Option<i64>,
    /// Words that went.
    pub words_removed: Option<i64>,
}

/// Joins an announcement to its version in the present history: the same site, body and occurrence. There is no row if
/// the version is gone, because a capture that was fetched later showed that the text had not changed.
const ROWS: &str = concat!(
    "
    SELECT ch.change_id, ch.noticed_at, s.site, o.policy_id, p.policy_url, p.kind, o.version, v.changed_after, v.first_seen,
           r.title, d.language, d.word_count, d.text_sha256, ",
    proof_columns!(),
    ",
           (SELECT before.text_sha256 FROM versions b JOIN documents before USING (document_id)
            WHERE b.policy_id = v.policy_id AND b.version = v.previous_version) AS previous_text_sha256,
           v.same_as, v.change_kind, v.words_added, v.words_removed
    FROM announcements ch
    JOIN occurrences o USING (site_id, body_sha256, occurrence)
    JOIN policies p USING (policy_id)
    JOIN sites s ON s.site_id = ch.site_id
    JOIN versions v USING (policy_id, version)
    JOIN documents d USING (document_id)
    JOIN renditions r ON r.rendition_id = v.rendition_id
    JOIN captures c ON c.capture_id = v.first_capture_id
    JOIN archives a USING (archive_id)
    LEFT JOIN observations seen ON seen.policy_id = v.policy_id AND seen.capture_id = v.first_capture_id",
    proof_joins!()
);

/// Records the versions of a site. `numbered` is the view `occurrences` for one site: with the view itself, SQLite would
/// number the versions of all sites. `look` says when the site was looked at: `began` is the start of this crawl. A policy in
/// `known` had versions before. A capture that was made after the first versions were recorded is news in any case.
const RECORD: &str = "
    WITH numbered AS MATERIALIZED (
        SELECT p.site_id, p.policy_id, v.version, v.first_seen, d.body_sha256,
               row_number() OVER (PARTITION BY d.body_sha256 ORDER BY v.first_seen, p.policy_id, v.version) AS occurrence,
               v.first_seen = max(v.first_seen) OVER (PARTITION BY p.policy_id) AS is_newest
        FROM policies own JOIN policies p ON p.site_id = own.site_id
        JOIN versions v ON v.policy_id = p.policy_id JOIN documents d USING (document_id)
        WHERE own.policy_id = ?1),
    look AS MATERIALIZED (
        SELECT s.crawled_at, coalesce(s.unfinished_since, s.crawled_at) AS began,
               (SELECT min(a.noticed_at) FROM announcements a WHERE a.site_id = s.site_id) AS first_noticed
        FROM sites s JOIN policies p USING (site_id) WHERE p.policy_id = ?1),
    known AS MATERIALIZED (
        SELECT DISTINCT n.policy_id FROM numbered n JOIN announcements a USING (site_id, body_sha256, occurrence), look
        WHERE a.noticed_at <= look.began)
    INSERT OR IGNORE INTO announcements (site_id, body_sha256, occurrence, cause, noticed_at, announced_at)
    SELECT n.site_id, n.body_sha256, n.occurrence, ?2, ?3,
           CASE WHEN ?4 AND (?5 OR coalesce(n.first_seen > look.first_noticed, 0)
                             OR look.crawled_at IS NOT NULL AND (n.is_newest OR n.policy_id IN (SELECT policy_id FROM known)))
                THEN NULL ELSE ?3 END
    FROM numbered n, look ORDER BY n.policy_id, n.version";

/// Records the versions of a policy's site that are not recorded yet, after its history was rewritten. Versions that only
/// another extractor produces count as announced.
pub(super) fn record(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    rule: AnnouncementRule,
    same_extractor: bool,
) -> rusqlite::Result<()> {
    let cause = if same_extractor {
        "archive"
    } else {
        "extractor"
    };
    let is_announced = same_extractor && rule.announce != Announce::Nothing;
    let with_baseline = rule.announce == Announce::Everything;
    t.prepare_cached(RECORD)?.execute(params![
        policy_id,
        cause,
        rule.noticed_at.to_string(),
        is_announced,
        with_baseline
    ])?;
    Ok(())
}

impl Store {
    /// The newest change so far; later ones have a larger id. `None` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest_change(&self) -> Result<Option<ChangeId>, StoreError> {
        self.read(|t| t.query_row("SELECT max(change_id) FROM announcements", [], |r| r.get(0)))
    }

    /// How many changes in the archive there are after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_changes_after(&self, newest_before: Option<ChangeId>) -> Result<u64, StoreError> {
        self.read(|t| {
            t.query_row(
                "SELECT count(*) FROM announcements WHERE cause = 'archive' AND change_id > ?1",
                [newest_before.map_or(0, ChangeId::get)],
                |r| r.get::<_, i64>(0),
            )
        })
        .map(i64::cast_unsigned)
    }

    /// The changes in the archive after one, oldest first, `limit` at most.
    ///
    /// # Errors
    /// When the database fails.
    pub fn changes_after(
        &self,
        newest_before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        self.changes(
            "cause = 'archive' AND change_id > ?1 ORDER BY change_id LIMIT ?2",
            newest_before,
            limit,
        )
    }

    /// The newest changes in the archive, newest first, `limit` at most.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest_changes(&self, limit: u32) -> Result<Vec<ChangeRow>, StoreError> {
        self.changes(
            "cause = 'archive' AND change_id > ?1 ORDER BY change_id DESC LIMIT ?2",
            None,
            limit,
        )
    }

    /// Changes after one that were not announced to the command of `--on-change`, oldest first, `limit` at most. Those for
    /// which it was called [`MAX_ANNOUNCEMENT_ATTEMPTS`] times without success are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unannounced(
        &self,
        newest_before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let which = format!(
            "announced_at IS NULL AND attempts < {MAX_ANNOUNCEMENT_ATTEMPTS} AND change_id > ?1 ORDER BY change_id LIMIT ?2"
        );
        self.changes(&which, newest_before, limit)
    }

    /// Records a call of the command of `--on-change` for these versions; `announced_at` when it succeeded.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record_announcement(
        &self,
        changes: &[ChangeId],
        announced_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            let mut statement = t.prepare_cached(
                "UPDATE announcements SET attempts = attempts + 1, announced_at = ?2 WHERE change_id = ?1",
            )?;
            let announced_at = announced_at.map(|t| t.to_string());
            for change_id in changes {
                statement.execute(params![change_id, announced_at])?;
            }
            Ok(())
        })
    }

    /// Counts the versions that are still to be announced, and those that were given up.
    ///
    /// # Errors
    /// When the database fails.
    pub fn alert_counts(&self) -> Result<AlertCounts, StoreError> {
        self.read(|t| {
            // The view `occurrences` numbers the versions of all sites.
            let is_any_open =
                "SELECT EXISTS (SELECT 1 FROM announcements WHERE announced_at IS NULL)";
            if !t.query_row(is_any_open, [], |r| r.get(0))? {
                return Ok(AlertCounts::default());
            }
            t.prepare_cached(
                "SELECT coalesce(sum(attempts < ?1), 0), coalesce(sum(attempts >= ?1), 0)
                 FROM announcements ch JOIN occurrences USING (site_id, body_sha256, occurrence)
                 WHERE ch.announced_at IS NULL",
            )?
            .query_row([MAX_ANNOUNCEMENT_ATTEMPTS], |r| {
                Ok(AlertCounts {
                    waiting: r.get::<_, i64>(0)?.cast_unsigned(),
                    given_up: r.get::<_, i64>(1)?.cast_unsigned(),
                })
            })
        })
    }

    /// Records that versions are not announced, because the settings do not select them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pass_over(&self, changes: &[ChangeId], now: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            let mut statement = t.prepare_cached(
                "UPDATE announcements SET announced_at = ?2 WHERE change_id = ?1",
            )?;
            for change_id in changes {
                statement.execute(params![change_id, now.to_string()])?;
            }
            Ok(())
        })
    }

    fn changes(
        &self,
        which: &str,
        newest_before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(&format!("{ROWS} WHERE {which}"))?;
            let rows = statement.query_map(
                params![newest_before.map_or(0, ChangeId::get), limit],
                change,
            )?;
            rows.collect()
        })
    }
}

fn change(r: &Row<'_>) -> rusqlite::Result<ChangeRow> {
    Ok(ChangeRow {
        change_id: r.get("change_id")?,
        noticed_at: r.get("noticed_at")?,
        site: r.get("site")?,
        policy_id: r.get("policy_id")?,
        policy_url: r.get("policy_url")?,
        kind: r.get("kind")?,
        version: r.get("version")?,
        changed_after: r.get("changed_after")?,
        first_seen: r.get("first_seen")?,
        title: r.get("title")?,
        language: r.get("language")?,
        word_count: r.get("word_count")?,
        text_sha256: r.get("text_sha256")?,
        proof: proof(r)?,
        previous_text_sha256: r.get("previous_text_sha256")?,
        same_as: r.get("same_as")?,
        change_kind: r.get("change_kind")?,
        words_added: r.get("words_added")?,
        words_removed: r.get("words_removed")?,
    })
}
