//! Single rows on their way into the tables, each value read again.

use std::num::NonZeroU32;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::lines::{CaptureLine, VersionLine};
use crate::model::{
    ArchiveId, CaptureId, InvalidTimestamp, PayloadDigest, PolicyId, PolicyKind, Redirect, Site,
    SiteId, Source, TextHash, Timestamp, UrlKey, is_wayback_url, printable,
};

/// A capture as the index names it.
pub(super) struct Name<'a> {
    pub(super) urlkey: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) original: &'a str,
    pub(super) digest: &'a str,
}

/// What playback of a capture gave, without its bytes.
pub(super) struct Playback<'a> {
    pub(super) timestamp: Option<&'a str>,
    pub(super) url: Option<&'a str>,
    pub(super) status: Option<u16>,
    pub(super) content_type: Option<&'a str>,
    pub(super) redirects: Option<&'a str>,
    pub(super) canonical: Option<&'a str>,
    pub(super) drop: Option<(&'a str, &'a str)>,
    pub(super) payload: (Option<&'a str>, Option<u32>),
    pub(super) fetched_at: &'a str,
}

impl CaptureLine {
    /// The archive. Earlier versions of the program gave every capture from files a link of the Wayback Machine, which
    /// may not have it; their datasets lack the column `warc_file`.
    pub(super) fn archive_name(&self) -> ArchiveName<'_> {
        let is_invented = self.archive == "file"
            && self.warc_file.is_none()
            && self.memento_url.as_deref().is_some_and(is_wayback_url);
        ArchiveName {
            archive: Some(&self.archive),
            memento_url: self.memento_url.as_deref().filter(|_| !is_invented),
        }
    }

    pub(super) fn name(&self) -> Name<'_> {
        Name {
            urlkey: &self.urlkey,
            timestamp: &self.timestamp,
            original: &self.original,
            digest: self.digest.as_deref().unwrap_or("-"),
        }
    }

    pub(super) fn fetched(&self) -> Option<Name<'_>> {
        Some(Name {
            urlkey: self.fetched_urlkey.as_deref()?,
            timestamp: self.fetched_timestamp.as_deref()?,
            original: self.fetched_original.as_deref()?,
            digest: self.fetched_digest.as_deref()?,
        })
    }
}

impl VersionLine {
    /// The archive of the first capture.
    pub(super) fn archive_name(&self) -> ArchiveName<'_> {
        ArchiveName {
            archive: self.archive.as_deref(),
            memento_url: self.memento_url.as_deref(),
        }
    }
}

/// Why a row cannot be stored.
pub(super) enum RowFault {
    Value(String),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for RowFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

pub(super) fn value(column: &str, text: &str, expected: &str) -> RowFault {
    let text = printable(text, 80);
    RowFault::Value(format!("`{column}` is `{text}`, not {expected}"))
}

pub(super) fn kind(code: &str) -> Result<PolicyKind, RowFault> {
    code.parse()
        .map_err(|_| value("kind", code, "`privacy`, `cookies` or `children`"))
}

pub(super) fn source(code: &str) -> Result<Source, RowFault> {
    code.parse()
        .map_err(|_| value("source", code, "the code of a source, such as `link`"))
}

pub(super) fn site(text: &str) -> Result<Site, RowFault> {
    Site::parse(text).map_err(|e| RowFault::Value(e.to_string()))
}

pub(super) fn time(text: &str) -> Result<Timestamp, RowFault> {
    text.parse()
        .map_err(|e: InvalidTimestamp| RowFault::Value(e.to_string()))
}

pub(super) fn optional_time(text: Option<&str>) -> Result<Option<Timestamp>, RowFault> {
    text.map(time).transpose()
}

pub(super) fn key(text: &str) -> Result<(), RowFault> {
    UrlKey::from_cdx(text)
        .map(|_| ())
        .map_err(|e| RowFault::Value(e.to_string()))
}

pub(super) fn json(text: &str) -> Result<(), RowFault> {
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(text);
    parsed
        .map(|_| ())
        .map_err(|_| value("tags or redirects", text, "JSON"))
}

pub(super) fn site_id(t: &Transaction<'_>, name: &str) -> Result<SiteId, RowFault> {
    let found: Option<SiteId> = t
        .prepare_cached("SELECT site_id FROM sites WHERE site = ?1")?
        .query_row([name], |r| r.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    let site = site(name)?;
    Ok(
        t.prepare_cached("INSERT INTO sites (site) VALUES (?1) RETURNING site_id")?
            .query_row([site.as_str()], |r| r.get(0))?,
    )
}

pub(super) fn policy_id(
    t: &Transaction<'_>,
    site_id: SiteId,
    policy_url: &str,
) -> Result<Option<PolicyId>, RowFault> {
    Ok(t.prepare_cached(
        "SELECT min(policy_id) FROM policies WHERE site_id = ?1 AND policy_url = ?2",
    )?
    .query_row(params![site_id, policy_url], |r| r.get(0))?)
}

pub(super) fn add_address(
    t: &Transaction<'_>,
    site_id: SiteId,
    policy_id: PolicyId,
    url: &str,
) -> Result<(), RowFault> {
    let urlkey = UrlKey::of(url).map_err(|e| RowFault::Value(e.to_string()))?;
    t.prepare_cached("INSERT OR IGNORE INTO policy_urls (site_id, urlkey, url, policy_id) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![site_id, urlkey.as_str(), url, policy_id])?;
    Ok(())
}

/// `https://archive/web/20120611040411/http://example.com/` → `https://archive/web/`, for the capture of that time and URL.
fn memento_prefix<'a>(
    memento_url: &'a str,
    (timestamp, original): (&str, &str),
) -> Result<&'a str, RowFault> {
    let prefix = memento_url
        .strip_suffix(original)
        .and_then(|rest| rest.strip_suffix('/'))
        .and_then(|rest| rest.strip_suffix(timestamp));
    prefix.ok_or_else(|| {
        value(
            "memento_url",
            memento_url,
            "an archive's address, the time of the capture and `original`",
        )
    })
}

/// The archive of a capture, as a row of a dataset names it.
pub(super) struct ArchiveName<'a> {
    /// Its name; `None` in the table of versions of earlier datasets, where its address takes its place.
    pub(super) archive: Option<&'a str>,
    pub(super) memento_url: Option<&'a str>,
}

/// The row of an archive, made when new.
pub(super) fn archive_id(
    t: &Transaction<'_>,
    name: &ArchiveName<'_>,
    capture: (&str, &str),
) -> Result<ArchiveId, RowFault> {
    let prefix = name
        .memento_url
        .map(|url| memento_prefix(url, capture))
        .transpose()?;
    // Without a name and without an address it can only be an archive of files.
    let archive = name.archive.or(prefix).unwrap_or("file");
    t.prepare_cached(
        "INSERT OR IGNORE INTO archives (archive, memento_url_prefix) VALUES (?1, ?2)",
    )?
    .execute([Some(archive), prefix])?;
    Ok(
        t.prepare_cached("SELECT archive_id FROM archives WHERE archive = ?1")?
            .query_row([archive], |r| r.get(0))?,
    )
}

/// Stores where the record of a fetched capture is; its bytes are in no dataset.
pub(super) fn add_record(
    t: &Transaction<'_>,
    capture_id: CaptureId,
    file: Option<&str>,
    offset: Option<u64>,
) -> Result<(), RowFault> {
    if let (Some(file), Some(offset)) = (file, offset) {
        let Ok(offset) = i64::try_from(offset) else {
            let offset = offset.to_string();
            return Err(value("warc_offset", &offset, "the position of a record"));
        };
        t.prepare_cached(
            "INSERT OR IGNORE INTO records (capture_id, place, role, file, record_offset) VALUES (?1, 1, 'capture', ?2, ?3)",
        )?
        .execute(params![capture_id, printable(file, 255), offset])?;
    }
    Ok(())
}

/// True when a capture has a row already.
pub(super) fn is_known(t: &Transaction<'_>, name: &Name<'_>) -> Result<bool, RowFault> {
    Ok(t.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM captures WHERE urlkey = ?1 AND timestamp = ?2 AND original = ?3 AND digest = ?4)",
    )?
    .query_row(params![name.urlkey, name.timestamp, name.original, name.digest], |r| r.get(0))?)
}

/// The row of a capture, made when new; `known` is what its own row of the table says.
pub(super) fn capture_id(
    t: &Transaction<'_>,
    archive_id: ArchiveId,
    name: &Name<'_>,
    known: Option<(&str, Option<u16>, Option<u32>)>,
) -> Result<CaptureId, RowFault> {
    let find = "SELECT capture_id FROM captures WHERE urlkey = ?1 AND timestamp = ?2 AND original = ?3 AND digest = ?4";
    let names = params![name.urlkey, name.timestamp, name.original, name.digest];
    let found: Option<CaptureId> = t
        .prepare_cached(find)?
        .query_row(names, |r| r.get(0))
        .optional()?;
    if let (Some(id), None) = (found, known) {
        return Ok(id);
    }
    time(name.timestamp)?;
    key(name.urlkey)?;
    if name.digest != "-" {
        PayloadDigest::parse(name.digest).map_err(|_| value("digest", name.digest, "a digest"))?;
    }
    let (mimetype, status, length) = known.unwrap_or(("unk", None, None));
    Ok(t.prepare_cached(
        "INSERT INTO captures (archive_id, urlkey, timestamp, original, mimetype, statuscode, digest, length)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (urlkey, timestamp, original, digest) DO UPDATE SET
            mimetype = excluded.mimetype, statuscode = excluded.statuscode, length = excluded.length
         RETURNING capture_id",
    )?
    .query_row(
        params![archive_id, name.urlkey, name.timestamp, name.original, mimetype, status, name.digest, length],
        |r| r.get(0),
    )?)
}

pub(super) fn add_memento(
    t: &Transaction<'_>,
    capture_id: CaptureId,
    playback: &Playback<'_>,
) -> Result<(), RowFault> {
    optional_time(playback.timestamp)?;
    time(playback.fetched_at)?;
    let redirects = playback.redirects.unwrap_or("[]");
    json(redirects)?;
    let redirects = Redirect::list_to_json(&Redirect::list_from_json(redirects));
    let sha256 = playback.payload.0;
    if let Some(sha256) = sha256.filter(|text| text.parse::<TextHash>().is_err()) {
        return Err(value("payload_sha256", sha256, "64 hexadecimal digits"));
    }
    let urlkey = playback.url.and_then(|url| UrlKey::of(url).ok());
    t.prepare_cached(
        "INSERT OR IGNORE INTO mementos
         (capture_id, urlkey, timestamp, original, statuscode, content_type, redirects, canonical, drop_reason, drop_detail, fetched_at,
          payload_sha256, payload_bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        capture_id,
        urlkey.as_ref().map(UrlKey::as_str),
        playback.timestamp,
        playback.url,
        playback.status,
        playback.content_type,
        redirects,
        playback.canonical,
        playback.drop.map(|(reason, _)| reason),
        playback.drop.map(|(_, detail)| detail),
        playback.fetched_at,
        sha256,
        playback.payload.1,
    ])?;
    Ok(())
}

/// Notes that a capture showed a version; false when the version, or what playback gave, is not in the dataset.
pub(super) fn observe(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    version: NonZeroU32,
    capture_id: CaptureId,
    fetched_capture_id: CaptureId,
) -> Result<bool, RowFault> {
    let is_here: bool = t
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM versions WHERE policy_id = ?1 AND version = ?2)
                AND EXISTS (SELECT 1 FROM mementos WHERE capture_id = ?3)",
        )?
        .query_row(params![policy_id, version.get(), fetched_capture_id], |r| {
            r.get(0)
        })?;
    if is_here {
        t.prepare_cached(
            "INSERT OR IGNORE INTO observations (policy_id, capture_id, version, fetched_capture_id) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![policy_id, capture_id, version.get(), fetched_capture_id])?;
    }
    Ok(is_here)
}
