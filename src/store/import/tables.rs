//! Stores the rows of each table of an earlier export.

use std::cell::Cell;

use rusqlite::{Transaction, params};
use serde_json::Value;

use super::lines::{CaptureLine, DiscoveryLine, PolicyLine, ReviewLine, SiteLine, VersionLine};
use super::options::{ImportError, PresentTables, TextChecks};
use super::rows::{
    Playback, RowFault, add_address, add_memento, add_record, archive_id, capture_id, json, key,
    kind, observe, optional_time, policy_id, site, site_id, source, time, value,
};
use super::{derived, versions};
use crate::model::{PolicyId, TextHash};
use crate::store::database::{Store, StoreError};

/// What `runs` says of an import.
const IMPORT_COMMAND: &str = "import jsonl";

type Imported = Result<(), ImportError>;

impl Store {
    /// Stores rows of `sites`.
    ///
    /// # Errors
    /// See [`ImportError`]; of the rows given then none is stored.
    pub fn import_sites(&self, rows: &[SiteLine]) -> Imported {
        self.import(rows, |t, r| {
            let site = site(&r.site)?;
            optional_time(r.crawled_at.as_deref())?;
            json(&r.tags)?;
            // A dataset does not say when the crawl started. The year 1970 marks it as expired, so the next crawl starts anew.
            let unfinished = r.unfinished.then_some("19700101000000");
            t.prepare_cached(
                "INSERT INTO sites (site, rank, tags, crawled_at, unfinished_since, drop_reason, drop_detail, sampling)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![site.as_str(), r.rank, r.tags, r.crawled_at, unfinished, r.drop_reason, r.drop_detail, r.sampling])?;
            Ok(())
        })
    }

    /// Stores rows of `policies`.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_policies(&self, rows: &[PolicyLine]) -> Imported {
        self.import(rows, |t, r| {
            let site_id = site_id(t, &r.site)?;
            kind(&r.kind)?;
            let policy_id: PolicyId = t
                .prepare_cached(
                    "INSERT INTO policies (site_id, policy_url, kind, cross_domain, left_open) VALUES (?1, ?2, ?3, ?4, ?5)
                     RETURNING policy_id",
                )?
                .query_row(params![site_id, r.policy_url, r.kind, r.cross_domain, r.left_open], |row| row.get(0))?;
            r.urls.iter().try_for_each(|url| add_address(t, site_id, policy_id, url))
        })
    }

    /// Stores rows of `discoveries`.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_discoveries(&self, rows: &[DiscoveryLine]) -> Imported {
        self.import(rows, |t, r| {
            let site_id = site_id(t, &r.site)?;
            key(&r.urlkey)?;
            kind(&r.kind)?;
            source(&r.source)?;
            optional_time(r.home_timestamp.as_deref())?;
            t.prepare_cached(
                "INSERT OR IGNORE INTO discoveries
                 (site_id, urlkey, url, kind, source, score, home_timestamp, home_original, link_text, reasons)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?7, ''), coalesce(?8, ''), coalesce(?9, ''), ?10)",
            )?
            .execute(params![
                site_id,
                r.urlkey,
                r.url,
                r.kind,
                r.source,
                r.score,
                r.home_timestamp,
                r.home_original,
                r.link_text,
                Value::from(r.reasons.clone()).to_string()
            ])?;
            Ok(())
        })
    }

    /// Stores rows of `reviews`.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_reviews(&self, rows: &[ReviewLine]) -> Imported {
        self.import(rows, |t, r| {
            let site_id = site_id(t, &r.site)?;
            time(&r.timestamp)?;
            time(&r.decided_at)?;
            if !matches!(r.decision.as_str(), "exclude" | "include") {
                return Err(value("decision", &r.decision, "`exclude` or `include`"));
            }
            if r.body_sha256.parse::<TextHash>().is_err() {
                return Err(value("body_sha256", &r.body_sha256, "64 hexadecimal digits"));
            }
            t.prepare_cached(
                "INSERT INTO reviews (site_id, body_sha256, timestamp, decision, why, decided_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![site_id, r.body_sha256, r.timestamp, r.decision, r.why, r.decided_at])?;
            Ok(())
        })
    }

    /// Stores rows of `captures`, without what they showed.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_captures(&self, rows: &[CaptureLine]) -> Imported {
        self.import(rows, |t, r| {
            let archive = archive_id(t, &r.archive_name(), (&r.timestamp, &r.original))?;
            capture_id(
                t,
                archive,
                &r.name(),
                Some((&r.mimetype, r.statuscode, r.length)),
            )?;
            let (Some(fetched), Some(fetched_at)) = (r.fetched(), r.fetched_at.as_deref()) else {
                return Ok(());
            };
            let fetched = capture_id(t, archive, &fetched, None)?;
            let drop = r.drop_reason.as_deref();
            let playback = Playback {
                timestamp: r.read_timestamp.as_deref(),
                url: r.read_url.as_deref(),
                status: r.read_status,
                content_type: r.content_type.as_deref(),
                redirects: r.redirects.as_deref(),
                canonical: r.canonical.as_deref(),
                payload: (r.payload_sha256.as_deref(), r.payload_bytes),
                drop: drop.map(|reason| (reason, r.drop_detail.as_deref().unwrap_or_default())),
                fetched_at,
            };
            add_memento(t, fetched, &playback)?;
            add_record(
                t,
                fetched,
                r.warc_file.as_ref().and_then(Value::as_str),
                r.warc_offset,
            )
        })
    }

    /// Stores what captures showed, once the versions are there. Gives the number of captures whose version is not: a
    /// dataset may be narrowed to some versions.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_observations(&self, rows: &[CaptureLine]) -> Result<u64, ImportError> {
        let without_version = Cell::new(0);
        self.import(rows, |t, r| {
            let policy = policy_id(t, site_id(t, &r.site)?, &r.policy_url)?
                .ok_or_else(|| value("policy_url", &r.policy_url, "a policy of `policies`"))?;
            let archive = archive_id(t, &r.archive_name(), (&r.timestamp, &r.original))?;
            let capture = capture_id(t, archive, &r.name(), None)?;
            if let Some(reason) = &r.drop_reason {
                t.prepare_cached("INSERT OR IGNORE INTO drops (policy_id, capture_id, reason, detail) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![policy, capture, reason, r.drop_detail.as_deref().unwrap_or_default()])?;
            }
            if let (Some(version), Some(fetched)) = (r.version, r.fetched()) {
                let fetched = capture_id(t, archive, &fetched, None)?;
                let is_here = observe(t, policy, version, capture, fetched)?;
                without_version.set(without_version.get() + u64::from(!is_here));
            }
            Ok(())
        })?;
        Ok(without_version.get())
    }

    /// Stores rows of `versions`, with what they need of other tables where that is not there.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_versions(
        &self,
        rows: &[VersionLine],
        present: PresentTables,
        checks: TextChecks,
    ) -> Imported {
        self.import(rows, |t, r| versions::import_version(t, r, present, checks))
    }

    /// Derives what a dataset does not say, counts what came for each policy, and notes all versions as known: an import
    /// is no news.
    ///
    /// # Errors
    /// When the database fails.
    pub fn import_ended(&self) -> Result<(), StoreError> {
        self.write(|t| {
            derived::complete(t)?;
            t.execute(
                "UPDATE policies SET
                     versions = (SELECT count(*) FROM versions v WHERE v.policy_id = policies.policy_id),
                     captures = (SELECT count(*) FROM observations o WHERE o.policy_id = policies.policy_id),
                     drops = (SELECT count(*) FROM drops d WHERE d.policy_id = policies.policy_id),
                     first_seen = (SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = policies.policy_id),
                     last_seen = (SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = policies.policy_id),
                     changed_at = (SELECT max(v.first_seen) FROM versions v WHERE v.policy_id = policies.policy_id)",
                [],
            )?;
            t.execute(
                "UPDATE archives SET captures = (SELECT count(*) FROM captures c WHERE c.archive_id = archives.archive_id)",
                [],
            )?;
            t.execute(
                "INSERT OR IGNORE INTO announcements (site_id, body_sha256, occurrence, cause, noticed_at, announced_at)
                 SELECT o.site_id, o.body_sha256, o.occurrence, 'archive', v.first_seen, v.first_seen
                 FROM occurrences o JOIN versions v USING (policy_id, version) ORDER BY o.policy_id, o.version",
                [],
            )?;
            t.execute(
                "INSERT INTO runs (command, program_version, started_at, finished_at, outcome)
                 SELECT ?1, ?2, time, time, 'done'
                 FROM (SELECT max(coalesce((SELECT max(fetched_at) FROM mementos), '19700101000000'),
                                  coalesce((SELECT max(crawled_at) FROM sites), '')) AS time)",
                [IMPORT_COMMAND, env!("CARGO_PKG_VERSION")],
            )
        })?;
        Ok(())
    }

    /// True of a database that was made of a dataset: its versions have no pages under them, and a crawl, which derives
    /// versions from pages, would lose them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_imported(&self) -> Result<bool, StoreError> {
        self.read(|t| {
            t.query_row(
                "SELECT EXISTS (SELECT 1 FROM runs WHERE command = ?1)",
                [IMPORT_COMMAND],
                |r| r.get(0),
            )
        })
    }

    fn import<R>(
        &self,
        rows: &[R],
        each: impl Fn(&Transaction<'_>, &R) -> Result<(), RowFault>,
    ) -> Imported {
        let mut fault = None;
        let written = self.write(|t| {
            for row in rows {
                match each(t, row) {
                    Ok(()) => {}
                    Err(RowFault::Sqlite(error)) => return Err(error),
                    Err(RowFault::Value(what)) => {
                        fault = Some(what);
                        return Err(rusqlite::Error::InvalidQuery);
                    }
                }
            }
            Ok(())
        });
        match fault {
            Some(what) => Err(ImportError::Value(what)),
            None => Ok(written?),
        }
    }
}
