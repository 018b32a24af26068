//! What extracting stored pages anew needs: which pages are left to do, what changed, and dropping what is superseded.

use rusqlite::params;

use crate::model::PolicyId;
use crate::store::database::{Store, StoreError};
use crate::store::documents;

/// A policy as its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAddress {
    /// Its row.
    pub policy_id: PolicyId,
    /// The site.
    pub site: String,
    /// Where the policy lives, or lived last.
    pub policy_url: String,
}

/// How far two extractors differ on one policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Fetched captures that both have seen.
    pub pages: u64,
    /// Of these, where the words differ.
    pub changed_words: u64,
    /// Of these, where the words are the same and title or Markdown differ.
    pub changed_form: u64,
    /// Of these, dropped by one and not by the other.
    pub changed_verdict: u64,
}

/// What was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DroppedOld {
    /// Results of older extractors.
    pub extractions: u64,
    /// Texts that nothing refers to any more.
    pub documents: u64,
}

impl Store {
    /// The policies of some sites, of all when none is named; by site and address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_of(&self, sites: &[String]) -> Result<Vec<PolicyAddress>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT p.policy_id, s.site, p.policy_url FROM policies p JOIN sites s USING (site_id)
                 WHERE ?1 = '[]' OR s.site IN (SELECT value FROM json_each(?1))
                 ORDER BY s.site, p.policy_url, p.policy_id",
            )?;
            let wanted = serde_json::Value::from(sites.to_vec()).to_string();
            let rows = statement.query_map([wanted], |r| {
                Ok(PolicyAddress {
                    policy_id: r.get("policy_id")?,
                    site: r.get("site")?,
                    policy_url: r.get("policy_url")?,
                })
            })?;
            rows.collect()
        })
    }

    /// Number of versions of a policy.
    ///
    /// # Errors
    /// When the database fails.
    pub fn version_count(&self, policy_id: PolicyId) -> Result<u64, StoreError> {
        self.read(|t| {
            t.prepare_cached("SELECT count(*) FROM versions WHERE policy_id = ?1")?
                .query_row([policy_id], |r| r.get::<_, i64>(0))
        })
        .map(i64::cast_unsigned)
    }

    /// How an extractor's results for a policy differ from those of the newest one before it that are still kept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn difference(
        &self,
        policy_id: PolicyId,
        extractor: &str,
    ) -> Result<Difference, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT count(*) AS pages,
                        coalesce(sum(a.document_id <> b.document_id), 0) AS changed_words,
                        coalesce(sum(a.document_id = b.document_id AND a.rendition_id <> b.rendition_id), 0) AS changed_form,
                        coalesce(sum((a.rendition_id IS NULL) <> (b.rendition_id IS NULL)), 0) AS changed_verdict
                 FROM (SELECT DISTINCT c.capture_id FROM policy_urls p JOIN captures c ON c.urlkey = p.urlkey WHERE p.policy_id = ?1) own
                 JOIN extractions old ON old.capture_id = own.capture_id AND old.extractor_version =
                      (SELECT e.extractor_version FROM extractions e
                       WHERE e.capture_id = old.capture_id AND e.extractor_version <> ?2
                       ORDER BY CAST(e.extractor_version AS INTEGER) DESC, e.extractor_version DESC LIMIT 1)
                 JOIN extractions new ON new.capture_id = old.capture_id AND new.extractor_version = ?2
                 LEFT JOIN renditions a ON a.rendition_id = old.rendition_id
                 LEFT JOIN renditions b ON b.rendition_id = new.rendition_id",
            )?
            .query_row(params![policy_id, extractor], |r| {
                let count = |column: &str| r.get::<_, i64>(column).map(i64::cast_unsigned);
                Ok(Difference {
                    pages: count("pages")?,
                    changed_words: count("changed_words")?,
                    changed_form: count("changed_form")?,
                    changed_verdict: count("changed_verdict")?,
                })
            })
        })
    }

    /// Drops the results of other extractors where this one has a result and no version rests on the other, and the texts
    /// that nothing refers to then.
    ///
    /// # Errors
    /// When the database fails; nothing is dropped then.
    pub fn drop_old_extractions(&self, extractor: &str) -> Result<DroppedOld, StoreError> {
        self.write(|t| {
            // Sets, not a question a row: the tables may have millions.
            let extractions = t.execute(
                "DELETE FROM extractions WHERE extractor_version <> ?1
                   AND capture_id IN (SELECT capture_id FROM extractions WHERE extractor_version = ?1)
                   AND (capture_id, extractor_version) NOT IN
                       (SELECT o.fetched_capture_id, v.extractor_version FROM observations o JOIN versions v USING (policy_id, version))",
                [extractor],
            )?;
            let first = documents::first_renditions(t)?;
            t.execute(
                "DELETE FROM renditions WHERE rendition_id NOT IN (SELECT rendition_id FROM extractions WHERE rendition_id IS NOT NULL)
                   AND rendition_id NOT IN (SELECT rendition_id FROM versions)",
                [],
            )?;
            let unused = "document_id NOT IN (SELECT document_id FROM renditions) AND document_id NOT IN (SELECT document_id FROM versions)";
            t.execute(
                &format!("DELETE FROM document_words WHERE rowid IN (SELECT document_id FROM documents WHERE {unused})"),
                [],
            )?;
            documents::describe_changed(t, &first)?;
            let dropped = t.execute(&format!("DELETE FROM documents WHERE {unused}"), [])?;
            let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
            Ok(DroppedOld {
                extractions: count(extractions),
                documents: count(dropped),
            })
        })
    }
}
