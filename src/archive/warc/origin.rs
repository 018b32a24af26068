//! Finds the record whose payload a revisit repeats.
//!
//! Crawlers name it in different ways (webrecorder/pywb#802, browsertrix-crawler#532, iipc/openwayback#224,
//! xroche/httrack#778): by URL and date, by the digest of the payload alone, or not at all, when the server only said
//! that nothing was modified since the visit before.

use super::catalogue::{Catalogue, CatalogueRow};
use super::stored_record::StoredRecord;
use crate::archive::ArchiveError;
use crate::model::{Capture, EMPTY_PAYLOAD_DIGEST, PayloadDigest, UrlKey, visible_url};

/// Maximum number of revisits that may refer to each other.
const MAX_REVISITS: usize = 8;

/// Reads the record of a row.
type ReadRecord<'f> = dyn Fn(&CatalogueRow) -> Result<StoredRecord, ArchiveError> + 'f;

/// The record whose payload a revisit repeats. In this order: the capture that it names by URL and date; any with the same
/// digest; the one that a named revisit repeats; and, if it names neither a date nor a digest, the capture of its URL
/// before it.
pub(super) fn origin_of(
    catalogue: &Catalogue,
    row: &CatalogueRow,
    revisit: &StoredRecord,
    read: &ReadRecord<'_>,
) -> Result<Option<StoredRecord>, ArchiveError> {
    let mut named = search(catalogue, row, revisit);
    let mut visited = vec![row];
    while let Found::Revisit(other) = named {
        if visited.len() > MAX_REVISITS || visited.contains(&other) {
            return Ok(None);
        }
        visited.push(other);
        named = search(catalogue, other, &read(other)?);
    }
    let Found::Payload(origin) = named else {
        return Ok(None);
    };
    let stored = read(origin)?;
    Ok((!stored.is_revisit).then_some(stored))
}

/// The row that a revisit leads to.
enum Found<'a> {
    Payload(&'a CatalogueRow),
    Revisit(&'a CatalogueRow),
    Nothing,
}

fn search<'a>(catalogue: &'a Catalogue, row: &CatalogueRow, revisit: &StoredRecord) -> Found<'a> {
    let capture = &row.capture;
    let (url, date) = (revisit.refers_to.0.as_deref(), revisit.refers_to.1);
    let url = visible_url(url.unwrap_or(&capture.original));
    let rows = UrlKey::of(&url).map(|key| catalogue.rows_of(&key));
    let rows = rows.unwrap_or_default();
    let at_date: Vec<&CatalogueRow> = rows
        .iter()
        .copied()
        .filter(|other| Some(other.capture.timestamp) == date && !is_same(&other.capture, capture))
        // http and https in one second are two rows. The exact URL comes first.
        .collect();
    let nearest_url = |other: &&CatalogueRow| other.capture.original != url;
    let holds_payload = |other: &&CatalogueRow| may_hold_page(&other.capture);
    if let Some(named) = at_date
        .iter()
        .copied()
        .filter(holds_payload)
        .min_by_key(nearest_url)
    {
        return Found::Payload(named);
    }
    let digest = revisit.digest.as_ref().or(capture.digest.as_ref());
    let digest = digest.filter(|digest| digest.as_str() != EMPTY_PAYLOAD_DIGEST);
    if let Some(same) = digest.and_then(|digest| catalogue.row_with_payload(digest, capture)) {
        return Found::Payload(same);
    }
    if let Some(named) = at_date.into_iter().min_by_key(nearest_url) {
        return Found::Revisit(named);
    }
    if date.is_some() {
        return Found::Nothing;
    }
    let earlier = rows.into_iter().filter(|other| {
        other.capture.timestamp <= capture.timestamp
            && may_hold_page(&other.capture)
            && digest.is_none_or(|digest| may_be_equal(digest, other.capture.digest.as_ref()))
    });
    earlier
        .max_by_key(|other| other.capture.timestamp)
        .map_or(Found::Nothing, Found::Payload)
}

/// True for the row of the revisit itself.
fn is_same(a: &Capture, b: &Capture) -> bool {
    (a.timestamp, &a.original, a.is_revisit()) == (b.timestamp, &b.original, b.is_revisit())
}

/// True for a capture that may hold the page of a revisit: neither a revisit itself, nor an answer without a page.
fn may_hold_page(capture: &Capture) -> bool {
    !capture.is_revisit() && !capture.is_redirect() && capture.statuscode != Some(304)
}

/// False for digests of one algorithm, which were compared already. Others cannot be compared.
fn may_be_equal(digest: &PayloadDigest, other: Option<&PayloadDigest>) -> bool {
    other.is_none_or(|other| other.algorithm() != digest.algorithm())
}
