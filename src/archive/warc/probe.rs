//! Completes index rows from their records: rows without a status may be of requests or metadata, and indexes of some
//! archives have neither status nor digest.

use std::fs::File;

use super::block::BlockReader;
use super::catalogue::CatalogueRow;
use super::collection::WarcFile;
use super::head_reader::HeadReader;
use super::lines::HeadError;
use super::members::MemberReader;
use super::record::{RecordHead, RecordKind};
use super::record_row::{digest_of_revisit, type_and_status};
use crate::model::UrlKey;

/// Completes the rows that need it, and removes those of records that are no captures. Returns how many it removed.
pub(super) fn complete_rows(rows: &mut Vec<CatalogueRow>, files: &[WarcFile]) -> u64 {
    let mut places: Vec<usize> = (0..rows.len())
        .filter(|place| rows.get(*place).is_some_and(is_incomplete))
        .collect();
    places.sort_by_key(|place| rows.get(*place).map(|row| (row.file, row.place)));
    let mut reader: Option<(u32, MemberReader<File>)> = None;
    let mut others = Vec::new();
    for place in places {
        let Some(row) = rows.get_mut(place) else {
            continue;
        };
        if reader.as_ref().is_none_or(|(file, _)| *file != row.file) {
            let path = files
                .get(row.file as usize)
                .and_then(|file| file.path.as_deref());
            let opened = path.and_then(|path| File::open(path).ok());
            reader = opened.map(|file| (row.file, MemberReader::new(file, 0)));
        }
        let Some((_, source)) = &mut reader else {
            continue;
        };
        // Replay reports what is wrong with a record that cannot be read.
        if let Ok(false) = complete(row, source) {
            others.push(place);
        }
    }
    others.sort_unstable();
    let mut place = 0;
    rows.retain(|_| {
        place += 1;
        others.binary_search(&(place - 1)).is_err()
    });
    others.len() as u64
}

/// True for rows whose index does not say whether they are pages.
fn is_incomplete(row: &CatalogueRow) -> bool {
    let capture = &row.capture;
    !capture.is_revisit() && matches!(capture.statuscode, None | Some(304))
}

/// Completes a row from its record. False when the record is no capture.
fn complete(row: &mut CatalogueRow, source: &mut MemberReader<File>) -> Result<bool, HeadError> {
    source.go_to(row.place)?;
    let head = RecordHead::read(&mut HeadReader::new(source))?;
    let key = head.target().map(UrlKey::of);
    if !key.is_some_and(|key| key == UrlKey::of(&row.capture.original)) {
        // The index belongs to another file. Replay reports it.
        return Ok(true);
    }
    if !head.kind.is_capture() {
        return Ok(false);
    }
    let mut block = BlockReader::new(source, head.content_length);
    let (mimetype, statuscode) = type_and_status(&head, &mut block)?;
    let capture = &mut row.capture;
    capture.statuscode = statuscode;
    if head.kind == RecordKind::Revisit || matches!(capture.mimetype.as_str(), "-" | "unk") {
        capture.mimetype = mimetype;
    }
    if capture.digest.is_none() {
        capture.digest = head.payload_digest();
    }
    if head.kind == RecordKind::Revisit {
        capture.digest = digest_of_revisit(capture.digest.take());
    }
    Ok(true)
}
