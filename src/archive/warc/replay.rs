//! Reads the response of one capture from its file. A revisit gets the payload of the record that it repeats.

use std::cell::RefCell;

use super::catalogue::CatalogueRow;
use super::collection::Collection;
use super::lines::shown;
use super::members::RecordLocation;
use super::origin::origin_of;
use super::stored_record::{damaged, read_record, too_large};
use crate::archive::ArchiveError;
use crate::archive::encoding::{BodyError, decode_body};

/// A stored response.
#[derive(Debug)]
pub(super) struct StoredResponse {
    /// Status of the origin.
    pub(super) status: u16,
    /// `Content-Type` of the origin.
    pub(super) content_type: Option<String>,
    /// `Location` of the origin.
    pub(super) location: Option<String>,
    /// `Refresh` of the origin.
    pub(super) refresh: Option<String>,
    /// Body without its encodings.
    pub(super) body: Vec<u8>,
    /// True when the record has no payload.
    pub(super) has_no_payload: bool,
    /// The records that were read, in order: that of the capture, then those that a revisit led to.
    pub(super) records: Vec<RecordRef>,
}

/// Where a record is: the number of its file, and its location in it.
pub(super) type RecordRef = (u32, RecordLocation);

/// Reads the response of a capture.
pub(super) fn replay(
    collection: &Collection,
    row: &CatalogueRow,
    max_body_bytes: u64,
) -> Result<StoredResponse, ArchiveError> {
    let records = RefCell::new(vec![(row.file, row.place)]);
    let record = read_record(collection, row, max_body_bytes)?;
    // The head of a redirect is enough.
    let is_redirect = record.response.as_ref().is_some_and(|head| {
        (300..400).contains(&head.status)
            && head.status != 304
            && head.headers.get("location").is_some()
    });
    let (head, stored) = if record.is_revisit && !is_redirect {
        let lost = || ArchiveError::LostPayload {
            url: shown(&row.capture.original),
        };
        let read = |row: &CatalogueRow| {
            records.borrow_mut().push((row.file, row.place));
            read_record(collection, row, max_body_bytes)
        };
        let stored = origin_of(&collection.catalogue, row, &record, &read)?.ok_or_else(lost)?;
        // A revisit of the profile "server not modified" has the head of a 304; one without a block has none.
        let own = record.response.filter(|head| head.status != 304);
        (own.or_else(|| stored.response.clone()), stored)
    } else {
        (record.response.clone(), record)
    };
    let damaged = |detail: &str| damaged(collection, row, detail);
    let head = head.ok_or_else(|| damaged("it has no HTTP response"))?;
    if head.status == 304 {
        return Err(damaged("a response of status 304 has no page of its own"));
    }
    if let Some(range) = head.partial_range() {
        return Err(damaged(&format!(
            "the response of status 206 is only a part of the page, {range}"
        )));
    }
    let stored_headers = stored.response.as_ref().map(|r| &r.headers);
    let encoding = stored_headers
        .and_then(|headers| headers.list("content-encoding"))
        .filter(|_| !(is_redirect && stored.payload.is_empty()));
    let limit = usize::try_from(max_body_bytes).unwrap_or(usize::MAX);
    let body =
        decode_body(stored.payload, encoding.as_deref(), limit).map_err(|error| match error {
            BodyError::TooLarge => too_large(row, max_body_bytes),
            BodyError::Damaged(detail) => damaged(&detail),
        })?;
    let header = |name: &str| {
        head.headers
            .get(name)
            .or_else(|| stored_headers.and_then(|h| h.get(name)))
            .map(str::to_owned)
    };
    Ok(StoredResponse {
        status: head.status,
        content_type: header("content-type"),
        location: header("location"),
        refresh: header("refresh"),
        body,
        has_no_payload: stored.has_no_payload,
        records: records.into_inner(),
    })
}
