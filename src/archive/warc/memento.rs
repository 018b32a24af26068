//! Finds the record of a memento: the capture nearest in time, after following archived redirects.

use url::Url;

use super::catalogue::CatalogueRow;
use super::folder::Collection;
use super::lines::shown;
use super::replay::{StoredResponse, replay};
use crate::archive::error::ArchiveError;
use crate::archive::query::{Memento, MementoQuery, Redirect};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};

/// Maximum number of archived redirects that are followed. The limit of browsers is 20, that of Wayback clients 10.
const MAX_REDIRECTS: usize = 10;

/// Reads the memento nearest to the moment of a query, and follows archived redirects.
pub(super) fn read_memento(
    collection: &Collection,
    query: &MementoQuery,
    max_body_bytes: u64,
) -> Result<Memento, ArchiveError> {
    let mut row = nearest(collection, query)?;
    let mut redirects: Vec<Redirect> = Vec::new();
    let mut visited: Vec<&CatalogueRow> = Vec::new();
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
                let detail = format!("a response of status {status} is not a capture of a page");
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
    found: StoredResponse,
    redirects: Vec<Redirect>,
) -> Result<Memento, ArchiveError> {
    // The digest of the requested row does not apply to the target of redirects.
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

/// The capture nearest to the requested moment. If several are equally near, the one with the same spelling of the URL
/// comes first, then the one with the expected digest (one second can have captures by http and https, and one URL with
/// two digests).
fn nearest<'a>(
    collection: &'a Collection,
    query: &MementoQuery,
) -> Result<&'a CatalogueRow, ArchiveError> {
    let (url, timestamp) = (query.original.as_str(), query.timestamp);
    let rows = rows_of(collection, url)?;
    let order = |row: &&CatalogueRow| {
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

/// The capture that an archived redirect leads to: the nearest to the redirect in time. Captures with the same spelling
/// of the URL precede others, because a redirect from http to https and its target have the same key.
fn next_hop<'a>(
    collection: &'a Collection,
    from: &CatalogueRow,
    url: &str,
    window: (Timestamp, Timestamp),
) -> Result<&'a CatalogueRow, ArchiveError> {
    let timestamp = from.capture.timestamp;
    let rows = rows_of(collection, url)?;
    let order = |row: &&CatalogueRow| {
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
        // The only capture is the redirect itself, and it leads to itself.
        return Err(ArchiveError::RedirectLoop { url: shown(url) });
    }
    Err(outside(&rows, url, timestamp))
}

fn rows_of<'a>(
    collection: &'a Collection,
    url: &str,
) -> Result<Vec<&'a CatalogueRow>, ArchiveError> {
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
    rows: &'b [&'a CatalogueRow],
    window: (Timestamp, Timestamp),
) -> impl Iterator<Item = &'a CatalogueRow> + use<'a, 'b> {
    rows.iter()
        .copied()
        .filter(move |row| (window.0..=window.1).contains(&row.capture.timestamp))
}

fn outside(rows: &[&CatalogueRow], url: &str, timestamp: Timestamp) -> ArchiveError {
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

/// The target of a redirect as an absolute URL on the original web.
fn target_of(found: &StoredResponse, capture: &Capture) -> Result<String, ArchiveError> {
    let damaged = |detail: &str| ArchiveError::Damaged {
        url: shown(&capture.original),
        detail: format!("a redirect of status {} {detail}", found.status),
    };
    let location = found
        .location
        .as_deref()
        .ok_or_else(|| damaged("without Location"))?;
    let base = Url::parse(&capture.original).map_err(|_| damaged("from an invalid URL"))?;
    let mut target = base
        .join(location)
        .map_err(|_| damaged("to an invalid URL"))?;
    if UrlKey::of_url(&target).is_err() || target.as_str().len() > 4096 {
        return Err(damaged("to something that is not a web page"));
    }
    target.set_fragment(None);
    Ok(target.into())
}
