//! Finds the record of a memento: the capture nearest in time, after following archived redirects.

use url::Url;

use super::catalogue::CatalogueRow;
use super::collection::Collection;
use super::lines::shown;
use super::raw_record::kept_records;
use super::replay::{RecordRef, StoredResponse, replay};
use crate::archive::error::ArchiveError;
use crate::archive::header_text::latin1_as_utf8;
use crate::archive::query::{Memento, MementoQuery, Redirect};
use crate::archive::refresh::refresh_target;
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
    let mut hops: Vec<RecordRef> = Vec::new();
    loop {
        visited.push(row);
        let capture = &row.capture;
        let found = replay(collection, row, max_body_bytes)?;
        let records = found.records.clone();
        match found.status {
            300..=399 => {
                let targets = targets_of(&found, capture)?;
                let hop = next_hop(collection, row, &targets, query.window)?;
                row = take(hop, (row, found.status), &mut redirects);
            }
            200..=299 | 400..=999 => {
                let hop = refresh_of(&found, capture)
                    .and_then(|to| next_hop(collection, row, &[to], query.window).ok());
                let Some(hop) = hop else {
                    let memento = finish(query, capture, found, redirects)?;
                    let records = kept_records(collection, &hops, &records);
                    return Ok(Memento { records, ..memento });
                };
                row = take(hop, (row, found.status), &mut redirects);
            }
            status => {
                let detail = format!("a response of status {status} is not a capture of a page");
                return Err(ArchiveError::Damaged {
                    url: shown(&capture.original),
                    detail,
                });
            }
        }
        hops.extend(records);
        if redirects.len() > MAX_REDIRECTS || visited.contains(&row) {
            return Err(ArchiveError::RedirectLoop {
                url: shown(&query.original),
            });
        }
    }
}

/// Where a redirect leads: the URL, and its capture.
type Hop<'a> = (String, &'a CatalogueRow);

/// Records a redirect and returns the row that it leads to.
fn take<'a>(
    (to, next): Hop<'a>,
    (row, status): (&CatalogueRow, u16),
    redirects: &mut Vec<Redirect>,
) -> &'a CatalogueRow {
    redirects.push(Redirect {
        from: row.capture.original.clone(),
        timestamp: row.capture.timestamp,
        status,
        to,
    });
    next
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
        records: Vec::new(),
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

/// The capture that an archived redirect leads to, by the first of its URLs that has one: the nearest to the redirect in
/// time. Captures with the same spelling of the URL precede others, because a redirect from http to https and its target
/// have the same key.
fn next_hop<'a>(
    collection: &'a Collection,
    from: &CatalogueRow,
    urls: &[String],
    window: (Timestamp, Timestamp),
) -> Result<Hop<'a>, ArchiveError> {
    let mut first_error = None;
    for url in urls {
        match nearest_to_redirect(collection, from, url, window) {
            Ok(row) => return Ok((url.clone(), row)),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    let url = shown(&from.capture.original);
    Err(first_error.unwrap_or(ArchiveError::NotArchived { url }))
}

fn nearest_to_redirect<'a>(
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

/// The target of a redirect as an absolute URL on the original web. Two URLs if it holds bytes of an old charset:
/// crawlers request them as they are, or as UTF-8.
fn targets_of(found: &StoredResponse, capture: &Capture) -> Result<Vec<String>, ArchiveError> {
    let damaged = |detail: &str| ArchiveError::Damaged {
        url: shown(&capture.original),
        detail: format!("a redirect of status {} {detail}", found.status),
    };
    let location = found
        .location
        .as_deref()
        .ok_or_else(|| damaged("without Location"))?;
    let base = Url::parse(&capture.original).map_err(|_| damaged("from an invalid URL"))?;
    let target = base
        .join(location)
        .map_err(|_| damaged("to an invalid URL"))?;
    let target =
        web_address(target).ok_or_else(|| damaged("to something that is not a web page"))?;
    let in_utf8 = latin1_as_utf8(&target);
    Ok([Some(target), in_utf8].into_iter().flatten().collect())
}

/// The target of a `Refresh` header, unless it is the page itself.
fn refresh_of(found: &StoredResponse, capture: &Capture) -> Option<String> {
    let target = refresh_target(found.refresh.as_deref()?, &found.body)?;
    let target = Url::parse(&capture.original).ok()?.join(&target).ok()?;
    let target = web_address(target)?;
    let is_itself = UrlKey::of(&target).ok() == UrlKey::of(&capture.original).ok();
    (!is_itself).then_some(target)
}

/// A URL without its fragment, if it is one of the web.
fn web_address(mut url: Url) -> Option<String> {
    if UrlKey::of_url(&url).is_err() || url.as_str().len() > 4096 {
        return None;
    }
    url.set_fragment(None);
    Some(url.into())
}
