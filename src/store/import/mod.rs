//! Rows of an earlier export on their way back into a database.
//!
//! A dataset has no bytes of pages, so a database made of one is for reading and exporting; the captures in it count as
//! asked for. Rows may come from strangers: everything is read again (sites, times, keys, hashes) before it is stored.

mod lines;
mod rows;

use rusqlite::{Transaction, params};

pub use lines::{CaptureLine, DiscoveryLine, PolicyLine, SiteLine, VersionLine};
use rows::{
    Name, Playback, RowFault, add_address, add_memento, archive_id, capture_id, json, key, observe,
    optional_time, policy_id, site, site_id, split_memento_url, time, value,
};

use super::documents::NewDocument;
use super::{Store, StoreError};
use crate::model::{Document, StatedDate, TextHash, UrlKey};

/// What `runs` says of an import.
const IMPORT_COMMAND: &str = "import jsonl";

/// What makes a row no row of a dataset, in words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A value is not what its column says.
    #[error("{0}")]
    Value(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Imported = Result<(), ImportError>;

impl Store {
    /// Stores rows of `sites`.
    ///
    /// # Errors
    /// See [`ImportError`]; of the rows given then none is stored.
    pub fn import_sites(&self, rows: &[SiteLine]) -> Imported {
        self.import(rows, |t, r| {
            let site = site(&r.site)?;
            optional_time(r.looked_at.as_deref())?;
            json(&r.tags)?;
            // When the look began is not in a dataset; one begun so long ago is begun anew.
            let unfinished = r.unfinished.then_some("19700101000000");
            t.prepare_cached(
                "INSERT INTO sites (site, rank, tags, looked_at, unfinished_since, drop_reason, drop_detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![site.as_str(), r.rank, r.tags, r.looked_at, unfinished, r.drop_reason, r.drop_detail])?;
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
            let policy_id: i64 = t
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
                serde_json::Value::from(r.reasons.clone()).to_string()
            ])?;
            Ok(())
        })
    }

    /// Stores rows of `captures`, without what they showed.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_captures(&self, rows: &[CaptureLine]) -> Imported {
        self.import(rows, |t, r| {
            let archive = archive_id(t, &r.archive, &r.memento_url, &r.original)?;
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
                drop: drop.map(|reason| (reason, r.drop_detail.as_deref().unwrap_or_default())),
                fetched_at,
            };
            add_memento(t, fetched, &playback)
        })
    }

    /// Stores what captures showed, once the versions are there.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_observations(&self, rows: &[CaptureLine]) -> Imported {
        self.import(rows, |t, r| {
            let policy = policy_id(t, site_id(t, &r.site)?, &r.policy_url)?
                .ok_or_else(|| value("policy_url", &r.policy_url, "a policy of `policies`"))?;
            let archive = archive_id(t, &r.archive, &r.memento_url, &r.original)?;
            let capture = capture_id(t, archive, &r.name(), None)?;
            if let Some(reason) = &r.drop_reason {
                t.prepare_cached("INSERT OR IGNORE INTO drops (policy_id, capture_id, reason, detail) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![policy, capture, reason, r.drop_detail.as_deref().unwrap_or_default()])?;
            }
            if let (Some(version), Some(fetched)) = (r.version, r.fetched()) {
                let fetched = capture_id(t, archive, &fetched, None)?;
                observe(t, policy, version, capture, fetched)?;
            }
            Ok(())
        })
    }

    /// Stores rows of `versions`, with what they need of other tables where that is not there.
    ///
    /// # Errors
    /// As [`Store::import_sites`].
    pub fn import_versions(
        &self,
        rows: &[VersionLine],
        has_captures: bool,
        has_discoveries: bool,
    ) -> Imported {
        self.import(rows, |t, r| {
            import_version(t, r, has_captures, has_discoveries)
        })
    }

    /// Counts what came for each policy, and notes all versions as known: an import is no news.
    ///
    /// # Errors
    /// When the database fails.
    pub fn import_ended(&self) -> Result<(), StoreError> {
        self.write(|t| {
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
                "INSERT OR IGNORE INTO changes (site_id, text_sha256, occurrence, cause, noticed_at, told_at)
                 SELECT o.site_id, o.text_sha256, o.occurrence, 'archive', v.first_seen, v.first_seen
                 FROM occurrences o JOIN versions v USING (policy_id, version) ORDER BY o.policy_id, o.version",
                [],
            )?;
            t.execute(
                "INSERT INTO runs (command, program_version, started_at, finished_at, outcome)
                 SELECT ?1, ?2, time, time, 'done'
                 FROM (SELECT coalesce(max(fetched_at), '19700101000000') AS time FROM mementos)",
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

fn import_version(
    t: &Transaction<'_>,
    r: &VersionLine,
    has_captures: bool,
    has_discoveries: bool,
) -> Result<(), RowFault> {
    let (Some(text), Some(markdown)) = (&r.text, &r.markdown) else {
        return Err(RowFault::Value(
            "the words are left out: a manifest (--no-text) cannot be imported".to_owned(),
        ));
    };
    time(&r.first_seen)?;
    time(&r.last_seen)?;
    optional_time(r.changed_after.as_deref())?;
    let text_hash: TextHash = r
        .text_sha256
        .parse()
        .map_err(|_| value("text_sha256", &r.text_sha256, "64 hexadecimal digits"))?;
    let site_id = site_id(t, &r.site)?;
    let policy = match policy_id(t, site_id, &r.policy_url)? {
        Some(policy) => policy,
        None => t
            .prepare_cached(
                "INSERT INTO policies (site_id, policy_url, kind, cross_domain) VALUES (?1, ?2, ?3, ?4) RETURNING policy_id",
            )?
            .query_row(params![site_id, r.policy_url, r.kind, r.cross_domain], |row| row.get(0))?,
    };
    let (prefix, timestamp) = split_memento_url(&r.memento_url, &r.original)?;
    // The table of versions does not name the archive; its address for people does.
    let archive = archive_id(t, prefix, &r.memento_url, &r.original)?;
    let own_key = UrlKey::of(&r.original).map_err(|e| RowFault::Value(e.to_string()))?;
    let name = Name {
        urlkey: own_key.as_str(),
        timestamp,
        original: &r.original,
        digest: r.digest.as_deref().unwrap_or("-"),
    };
    let first = if has_captures {
        capture_id(t, archive, &name, None)?
    } else {
        add_address(t, site_id, policy, &r.policy_url)?;
        add_address(t, site_id, policy, &r.original)?;
        capture_id(t, archive, &name, Some((&r.mimetype, None, None)))?
    };
    let document = Document {
        title: r.title.clone(),
        language: r.language.clone(),
        text: text.clone(),
        markdown: markdown.clone(),
        text_hash,
        word_count: r.word_count,
        effective_date: stated(
            r.effective_date.as_ref(),
            r.effective_date_sentence.as_ref(),
        ),
        last_updated: stated(r.last_updated.as_ref(), r.last_updated_sentence.as_ref()),
        extractor_version: "",
    };
    let rendition = NewDocument::of(&document).store(t)?;
    // The further sightings of a version widen it.
    t.prepare_cached(
        "INSERT INTO versions
         (policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures,
          extractor_version, edition, same_as, change_kind, words_added, words_removed)
         SELECT ?1, ?2, document_id, rendition_id, ?3, ?4, ?5, ?6, ?7, ?8, ?10, ?11, ?12, ?13, ?14
         FROM renditions WHERE rendition_id = ?9
         ON CONFLICT (policy_id, version) DO UPDATE SET
            last_seen = max(last_seen, excluded.last_seen), captures = captures + excluded.captures",
    )?
    .execute(params![
        policy, r.version, first, r.first_seen, r.last_seen, r.changed_after, r.captures, r.extractor_version, rendition,
        r.edition, r.same_as, r.change, r.words_added, r.words_removed
    ])?;
    if r.sightings > 1 {
        t.prepare_cached(
            "INSERT INTO repeated_sightings
             (policy_id, version, sighting, sightings, first_capture_id, captures, changed_after, first_seen, last_seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            policy, r.version, r.sighting, r.sightings, first, r.captures, r.changed_after, r.first_seen, r.last_seen
        ])?;
    }
    if !has_captures {
        let playback = Playback {
            timestamp: r.read_timestamp.as_deref(),
            url: r.read_url.as_deref(),
            status: None,
            content_type: r.content_type.as_deref(),
            redirects: r.redirects.as_deref(),
            canonical: None,
            drop: None,
            fetched_at: r.fetched_at.as_deref().unwrap_or(&r.first_seen),
        };
        add_memento(t, first, &playback)?;
        observe(t, policy, r.version, first, first)?;
    }
    if !has_discoveries {
        add_sources(t, site_id, r)?;
    }
    Ok(())
}

fn stated(date: Option<&String>, sentence: Option<&String>) -> Option<StatedDate> {
    date.map(|date| StatedDate {
        date: date.clone(),
        sentence: sentence.cloned().unwrap_or_default(),
    })
}

/// The evidence that a version tells of: a row for each way in which its policy was found.
fn add_sources(t: &Transaction<'_>, site_id: i64, r: &VersionLine) -> Result<(), RowFault> {
    let urlkey = UrlKey::of(&r.policy_url).map_err(|e| RowFault::Value(e.to_string()))?;
    let has_text = |s: &&String| matches!(s.as_str(), "link" | "hub");
    let of_link = r
        .discovered_by
        .iter()
        .find(has_text)
        .or(r.discovered_by.first());
    for source in &r.discovered_by {
        let link_text = r.link_text.as_deref().filter(|_| Some(source) == of_link);
        t.prepare_cached(
            "INSERT OR IGNORE INTO discoveries (site_id, urlkey, url, kind, source, score, link_text, reasons)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '[\"imported\"]')",
        )?
        .execute(params![
            site_id,
            urlkey.as_str(),
            r.policy_url,
            r.kind,
            source,
            r.discovery_score.unwrap_or_default(),
            link_text.unwrap_or_default()
        ])?;
    }
    Ok(())
}
