//! Policies of a site: their addresses and why they are believed to be policies.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::model::{CaptureId, PolicyId, PolicyKind, Redirect, SiteId, Source, Timestamp, UrlKey};
use crate::store::database::sql::{parsed, redirects, timestamp};
use crate::store::database::{Store, StoreError};
use crate::store::ledger::pending;

/// A policy of a site, as the crawl found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its kind.
    pub kind: PolicyKind,
    /// Where it lives, or lived last.
    pub policy_url: String,
    /// True on another site's host.
    pub cross_domain: bool,
    /// All its addresses, by key.
    pub urls: Vec<(UrlKey, String)>,
}

/// A piece of evidence that a URL is a policy's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveryRow {
    /// The URL's key.
    pub urlkey: UrlKey,
    /// The URL.
    pub url: String,
    /// Its kind.
    pub kind: PolicyKind,
    /// How it was found.
    pub source: Source,
    /// How sure; higher is surer.
    pub score: i64,
    /// The archived page that held the link: 14 digits, or empty.
    pub home_timestamp: String,
    /// Its URL, or empty.
    pub home_original: String,
    /// The link's text, or empty.
    pub link_text: String,
    /// Why, in a few words each.
    pub reasons: Vec<String>,
}

/// A stored policy with the index keys of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyKeys {
    /// Its row id.
    pub policy_id: PolicyId,
    /// The keys.
    pub urlkeys: Vec<UrlKey>,
}

/// What a fetched page says about addresses: the redirects to it and its canonical address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressEvidence {
    /// The capture that was requested.
    pub capture_id: CaptureId,
    /// When it was fetched.
    pub fetched_at: Option<Timestamp>,
    /// The page's own address.
    pub came_from: String,
    /// Archived redirects on the way to it.
    pub redirects: Vec<Redirect>,
    /// Its `<link rel=canonical>`.
    pub canonical: Option<String>,
}

/// The newest capture of an address that showed a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestPage {
    /// Its time.
    pub timestamp: Timestamp,
    /// Its URL.
    pub original: String,
}

impl Store {
    /// Adds evidence; what is there already stays.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_discoveries(
        &self,
        site_id: SiteId,
        rows: &[DiscoveryRow],
    ) -> Result<(), StoreError> {
        self.write(|t| {
            let mut statement = t.prepare_cached(
                "INSERT OR IGNORE INTO discoveries
                 (site_id, urlkey, url, kind, source, score, home_timestamp, home_original, link_text, reasons)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            for r in rows {
                let reasons = serde_json::Value::from(r.reasons.clone()).to_string();
                statement.execute(params![
                    site_id, r.urlkey.as_str(), r.url, r.kind, r.source, r.score, r.home_timestamp, r.home_original, r.link_text, reasons
                ])?;
            }
            Ok(())
        })
    }

    /// All evidence for a site's policy URLs, in a fixed order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn discoveries(&self, site_id: SiteId) -> Result<Vec<DiscoveryRow>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT urlkey, url, kind, source, score, home_timestamp, home_original, link_text, reasons
                 FROM discoveries WHERE site_id = ?1 ORDER BY urlkey, source, home_timestamp, home_original",
            )?;
            let mut rows = statement.query([site_id])?;
            let mut found = Vec::new();
            while let Some(r) = rows.next()? {
                let Ok(urlkey) = UrlKey::from_cdx(&r.get::<_, String>("urlkey")?) else { continue };
                let (Some(kind), Some(source)) = (parsed(r.get("kind")?), parsed(r.get("source")?)) else { continue };
                let reasons: String = r.get("reasons")?;
                found.push(DiscoveryRow {
                    urlkey,
                    url: r.get("url")?,
                    kind,
                    source,
                    score: r.get("score")?,
                    home_timestamp: r.get("home_timestamp")?,
                    home_original: r.get("home_original")?,
                    link_text: r.get("link_text")?,
                    reasons: serde_json::from_str(&reasons).unwrap_or_default(),
                });
            }
            Ok(found)
        })
    }

    /// The policies of a site with the index keys of their addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_of_site(&self, site_id: SiteId) -> Result<Vec<PolicyKeys>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT policy_id, urlkey FROM policy_urls WHERE site_id = ?1 ORDER BY policy_id, urlkey",
            )?;
            let mut rows = statement.query([site_id])?;
            let mut policies: Vec<PolicyKeys> = Vec::new();
            while let Some(row) = rows.next()? {
                let (policy_id, urlkey): (PolicyId, String) = (row.get(0)?, row.get(1)?);
                let Ok(urlkey) = UrlKey::from_cdx(&urlkey) else { continue };
                match policies.last_mut() {
                    Some(last) if last.policy_id == policy_id => last.urlkeys.push(urlkey),
                    _ => policies.push(PolicyKeys { policy_id, urlkeys: vec![urlkey] }),
                }
            }
            Ok(policies)
        })
    }

    /// The addresses of a site's policies that have versions.
    ///
    /// # Errors
    /// When the database fails.
    pub fn addresses_with_versions(&self, site_id: SiteId) -> Result<BTreeSet<UrlKey>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT u.urlkey FROM policies p JOIN policy_urls u USING (policy_id)
                 WHERE p.site_id = ?1 AND p.versions > 0",
            )?;
            let rows = statement.query_map([site_id], |r| r.get::<_, String>(0))?;
            rows.filter_map(|key| key.map(|key| UrlKey::from_cdx(&key).ok()).transpose())
                .collect()
        })
    }

    /// Redirects to the fetched pages of a site's policies, and the canonical addresses of these pages. Pages without a
    /// text by any extractor are left out: a policy that was removed redirects to the home page, to an error page or to
    /// a request for consent, and none of them is an address of the policy.
    ///
    /// # Errors
    /// When the database fails.
    pub fn address_evidence(&self, site_id: SiteId) -> Result<Vec<AddressEvidence>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT DISTINCT m.capture_id, m.fetched_at, coalesce(m.original, c.original) AS came_from, m.redirects, m.canonical
                 FROM policy_urls u JOIN captures c ON c.urlkey = u.urlkey JOIN mementos m ON m.capture_id = c.capture_id
                 WHERE u.site_id = ?1 AND (m.redirects <> '[]' OR m.canonical IS NOT NULL)
                   AND EXISTS (SELECT 1 FROM extractions e WHERE e.capture_id = m.capture_id AND e.rendition_id IS NOT NULL)
                 ORDER BY came_from, m.redirects, m.canonical, m.capture_id",
            )?;
            let rows = statement.query_map([site_id], |r| {
                Ok(AddressEvidence {
                    capture_id: r.get("capture_id")?,
                    fetched_at: timestamp(r.get("fetched_at")?),
                    came_from: r.get("came_from")?,
                    redirects: redirects(r.get("redirects")?),
                    canonical: r.get("canonical")?,
                })
            })?;
            rows.collect()
        })
    }

    /// Returns the newest capture of an address that showed a document.
    ///
    /// # Errors
    /// When the database fails.
    pub fn newest_page(
        &self,
        urlkey: &UrlKey,
        extractor: &str,
    ) -> Result<Option<NewestPage>, StoreError> {
        let row: Option<Option<NewestPage>> = self.read(|t| {
            t.query_row(
                "SELECT m.timestamp, m.original FROM mementos m JOIN extractions e ON e.capture_id = m.capture_id
                 WHERE m.urlkey = ?1 AND e.extractor_version = ?2 AND e.rendition_id IS NOT NULL
                 ORDER BY m.timestamp DESC, m.original LIMIT 1",
                params![urlkey.as_str(), extractor],
                newest_page,
            )
            .optional()
        })?;
        Ok(row.flatten())
    }

    /// Makes the site's policies these, and gives their ids in the same order.
    ///
    /// A policy keeps its id as long as it shares an address with what was stored under it; where two stored policies
    /// turn out to be one, the older id stays.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_policies(
        &self,
        site_id: SiteId,
        policies: &[PolicyRow],
    ) -> Result<Vec<PolicyId>, StoreError> {
        self.write(|t| {
            let mut taken = BTreeSet::new();
            let mut ids = Vec::with_capacity(policies.len());
            for policy in policies {
                let id = stored_id(t, site_id, policy, &taken)?;
                let id = match id {
                    Some(id) => {
                        t.prepare_cached("UPDATE policies SET policy_url = ?2, kind = ?3, cross_domain = ?4 WHERE policy_id = ?1")?
                            .execute(params![id, policy.policy_url, policy.kind, policy.cross_domain])?;
                        id
                    }
                    None => t
                        .prepare_cached(
                            "INSERT INTO policies (site_id, policy_url, kind, cross_domain) VALUES (?1, ?2, ?3, ?4) RETURNING policy_id",
                        )?
                        .query_row(params![site_id, policy.policy_url, policy.kind, policy.cross_domain], |r| r.get(0))?,
                };
                taken.insert(id);
                ids.push(id);
            }
            for (policy, id) in policies.iter().zip(&ids) {
                for (urlkey, url) in &policy.urls {
                    let before: Option<PolicyId> = t
                        .prepare_cached("SELECT policy_id FROM policy_urls WHERE site_id = ?1 AND urlkey = ?2")?
                        .query_row(params![site_id, urlkey.as_str()], |r| r.get(0))
                        .optional()?;
                    if before != Some(*id) {
                        before.into_iter().chain([*id]).try_for_each(|id| pending::note_policy(t, id))?;
                    }
                    t.prepare_cached(
                        "INSERT INTO policy_urls (site_id, urlkey, url, policy_id) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (site_id, urlkey) DO UPDATE SET url = excluded.url, policy_id = excluded.policy_id",
                    )?
                    .execute(params![site_id, urlkey.as_str(), url, id])?;
                }
            }
            // What is derived from a policy that has no address any more goes with it.
            let empty = "SELECT policy_id FROM policies p WHERE site_id = ?1
                         AND NOT EXISTS (SELECT 1 FROM policy_urls u WHERE u.policy_id = p.policy_id)";
            for table in ["repeated_sightings", "observations", "versions", "drops", "policies"] {
                t.execute(&format!("DELETE FROM {table} WHERE policy_id IN ({empty})"), [site_id])?;
            }
            Ok(ids)
        })
    }
}

fn newest_page(row: &Row<'_>) -> rusqlite::Result<Option<NewestPage>> {
    let original = row.get("original")?;
    let time = timestamp(row.get("timestamp")?);
    Ok(time.map(|timestamp| NewestPage {
        timestamp,
        original,
    }))
}

/// The smallest id under which one of the policy's addresses is stored and that no other policy has taken.
fn stored_id(
    t: &Transaction<'_>,
    site_id: SiteId,
    policy: &PolicyRow,
    taken: &BTreeSet<PolicyId>,
) -> rusqlite::Result<Option<PolicyId>> {
    let mut smallest = None;
    let mut statement =
        t.prepare_cached("SELECT policy_id FROM policy_urls WHERE site_id = ?1 AND urlkey = ?2")?;
    for (urlkey, _) in &policy.urls {
        let mut rows = statement.query(params![site_id, urlkey.as_str()])?;
        if let Some(row) = rows.next()? {
            let id: PolicyId = row.get(0)?;
            if !taken.contains(&id) && smallest.is_none_or(|s| id < s) {
                smallest = Some(id);
            }
        }
    }
    Ok(smallest)
}
