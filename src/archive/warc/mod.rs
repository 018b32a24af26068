//! Archives kept as files: WARC files (ISO 28500), plain or compressed, with CDXJ or CDX indexes beside them.
//!
//! A folder or a single file is opened; rows come from the indexes, and files that no index names are read from end to
//! end. Rows stay in memory (about 400 bytes each), payloads never do: a capture is read where its row says it is.
//! Replay follows the rules of a Memento server: the capture nearest in time, archived redirects followed.

mod catalogue;
mod folder;
mod http_message;
mod index;
mod lines;
mod record;
mod replay;
mod scan;
#[cfg(test)]
mod tests;
pub mod writer;

use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use url::Url;

use self::catalogue::Row;
use self::folder::Collection;
use self::lines::shown;
use self::replay::{Replay, replay};
use super::query::{CaptureQuery, IndexAnswer, Memento, MementoQuery, Redirect};
use super::{Allowance, Archive, ArchiveError};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};

/// Archived redirects followed before they are taken for endless (the limit of browsers is 20, of Wayback clients 10).
const MAX_REDIRECTS: usize = 10;

/// An archive in files.
#[derive(Debug, Clone)]
pub struct WarcArchive {
    name: String,
    collection: Arc<Collection>,
    max_body_bytes: u64,
    allowance: Allowance,
}

impl WarcArchive {
    /// Opens a WARC file or a folder of `.warc` and `.warc.gz` files (sub-folders are not looked into). Indexes beside
    /// them are read (`.cdxj`, `.cdx`); files that no index names are read from end to end, which takes a while. Blocks.
    ///
    /// A body of more than `max_body_bytes`, before or after decoding, is [`ArchiveError::TooLarge`].
    ///
    /// # Errors
    /// [`ArchiveError::File`] when there is nothing to open, when none of the files that an index names is there, and
    /// when a file without an index is damaged or cut off: half an archive is not taken for a whole one.
    pub fn open(path: &Path, max_body_bytes: u64) -> Result<Self, ArchiveError> {
        let collection = Arc::new(folder::open(path)?);
        if collection.catalogue.bad_rows() > 0 {
            tracing::warn!(path = %path.display(), bad_rows = collection.catalogue.bad_rows(), "captures without a readable index row are left out");
        }
        Ok(Self {
            name: name_of(path),
            collection,
            max_body_bytes,
            allowance: Allowance::unlimited(),
        })
    }

    /// The same archive, which answers so many questions.
    #[must_use]
    pub fn with_allowance(self, allowance: Allowance) -> Self {
        Self { allowance, ..self }
    }

    fn count(&self) -> Result<(), ArchiveError> {
        let allowed = self.allowance.take();
        allowed.then_some(()).ok_or(ArchiveError::Interrupted)
    }

    /// Number of index rows, repeated ones included.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.collection.catalogue.len()
    }

    /// Number of index rows that could not be read, in the whole archive.
    #[must_use]
    pub fn bad_row_count(&self) -> u64 {
        self.collection.catalogue.bad_rows()
    }
}

impl Archive for WarcArchive {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        self.count()?;
        Ok(self.collection.catalogue.answer(query, sink))
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        self.count()?;
        let (collection, query, max_body_bytes) = (
            Arc::clone(&self.collection),
            query.clone(),
            self.max_body_bytes,
        );
        let what = shown(&query.original);
        let reading =
            tokio::task::spawn_blocking(move || follow(&collection, &query, max_body_bytes));
        match reading.await {
            Ok(answer) => answer,
            Err(error) if error.is_cancelled() => Err(ArchiveError::Interrupted),
            Err(error) => Err(ArchiveError::Unavailable {
                archive: self.name(),
                what,
                detail: error.to_string(),
            }),
        }
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> String {
        format!("https://web.archive.org/web/{timestamp}/{original}")
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn is_local(&self) -> bool {
        true
    }
}

/// What an archive in files is called: by a hash of where it lies, since two folders are two archives, of which neither can
/// play what the other lists. The path itself stays out of the database: databases are passed on.
fn name_of(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    format!("file-{}", HEXLOWER.encode(&digest[..4]))
}

/// The memento nearest to a moment, archived redirects followed.
fn follow(
    collection: &Collection,
    query: &MementoQuery,
    max_body_bytes: u64,
) -> Result<Memento, ArchiveError> {
    let mut row = nearest(collection, query)?;
    let mut redirects: Vec<Redirect> = Vec::new();
    let mut visited: Vec<&Row> = Vec::new();
    loop {
        visited.push(row);
        let capture = &row.capture;
        let found = replay(collection, row, max_body_bytes)?;
        match found.status {
            300..=399 => {
                let to = target_of(&found, capture)?;
                redirects.push(Redirect {
                    from: capture.original.clone(),
                    timestamp: capture.timestamp,
                    status: found.status,
                    to: to.clone(),
                });
                row = next_hop(collection, row, &to, query.window)?;
                if redirects.len() > MAX_REDIRECTS || visited.contains(&row) {
                    return Err(ArchiveError::RedirectLoop {
                        url: shown(&query.original),
                    });
                }
            }
            200..=299 | 400..=999 => return finish(query, capture, found, redirects),
            status => {
                let detail = format!("a response of status {status} is none");
                return Err(ArchiveError::Damaged {
                    url: shown(&capture.original),
                    detail,
                });
            }
        }
    }
}

fn finish(
    query: &MementoQuery,
    capture: &Capture,
    found: Replay,
    redirects: Vec<Redirect>,
) -> Result<Memento, ArchiveError> {
    // The digest of the row asked for says nothing about a page that redirects led to.
    let expected = query
        .expected_digest
        .as_ref()
        .filter(|_| redirects.is_empty());
    if found.has_no_payload && expected.is_some_and(|digest| *digest != PayloadDigest::of(b"")) {
        return Err(ArchiveError::LostPayload {
            url: shown(&capture.original),
        });
    }
    Ok(Memento {
        timestamp: capture.timestamp,
        original: capture.original.clone(),
        status: found.status,
        content_type: found.content_type,
        body: found.body,
        redirects,
    })
}

/// The capture nearest to the moment asked for; of several as near, the one with the same spelling of the URL, then the
/// one with the digest expected (one second can hold http and https, and one URL with two digests).
fn nearest<'a>(collection: &'a Collection, query: &MementoQuery) -> Result<&'a Row, ArchiveError> {
    let (url, timestamp) = (query.original.as_str(), query.timestamp);
    let rows = rows_of(collection, url)?;
    let order = |row: &&Row| {
        let capture = &row.capture;
        (
            capture.timestamp.distance_seconds(timestamp),
            capture.original != url,
            capture.digest != query.expected_digest,
        )
    };
    inside(&rows, query.window)
        .min_by_key(order)
        .ok_or_else(|| outside(&rows, url, timestamp))
}

/// The capture that an archived redirect leads to: nearest to the redirect in time, but any with the same spelling of
/// the URL before others, because a redirect from http to https has one key with its target.
fn next_hop<'a>(
    collection: &'a Collection,
    from: &Row,
    url: &str,
    window: (Timestamp, Timestamp),
) -> Result<&'a Row, ArchiveError> {
    let timestamp = from.capture.timestamp;
    let rows = rows_of(collection, url)?;
    let order = |row: &&Row| {
        (
            row.capture.original != url,
            row.capture.timestamp.distance_seconds(timestamp),
        )
    };
    let others = inside(&rows, window).filter(|row| *row != from);
    if let Some(row) = others.min_by_key(order) {
        return Ok(row);
    }
    if inside(&rows, window).next().is_some() {
        // Only the redirect itself is there, and it points at itself.
        return Err(ArchiveError::RedirectLoop { url: shown(url) });
    }
    Err(outside(&rows, url, timestamp))
}

fn rows_of<'a>(collection: &'a Collection, url: &str) -> Result<Vec<&'a Row>, ArchiveError> {
    let rows = UrlKey::of(url)
        .map(|key| collection.catalogue.rows_of(&key))
        .unwrap_or_default();
    if rows.is_empty() {
        Err(ArchiveError::NotArchived { url: shown(url) })
    } else {
        Ok(rows)
    }
}

fn inside<'a, 'b>(
    rows: &'b [&'a Row],
    window: (Timestamp, Timestamp),
) -> impl Iterator<Item = &'a Row> + use<'a, 'b> {
    rows.iter()
        .copied()
        .filter(move |row| (window.0..=window.1).contains(&row.capture.timestamp))
}

fn outside(rows: &[&Row], url: &str, timestamp: Timestamp) -> ArchiveError {
    match rows
        .iter()
        .min_by_key(|row| row.capture.timestamp.distance_seconds(timestamp))
    {
        Some(row) => ArchiveError::Displaced {
            url: shown(&row.capture.original),
            timestamp: row.capture.timestamp,
        },
        None => ArchiveError::NotArchived { url: shown(url) },
    }
}

/// The absolute URL that a redirect names, on the original web.
fn target_of(found: &Replay, capture: &Capture) -> Result<String, ArchiveError> {
    let damaged = |detail: &str| ArchiveError::Damaged {
        url: shown(&capture.original),
        detail: format!("a redirect of status {} {detail}", found.status),
    };
    let location = found
        .location
        .as_deref()
        .ok_or_else(|| damaged("without Location"))?;
    let base =
        Url::parse(&capture.original).map_err(|_| damaged("from an address that is none"))?;
    let mut target = base
        .join(location)
        .map_err(|_| damaged("to an address that is none"))?;
    if UrlKey::of_url(&target).is_err() || target.as_str().len() > 4096 {
        return Err(damaged("to something that is no web page"));
    }
    target.set_fragment(None);
    Ok(target.into())
}
