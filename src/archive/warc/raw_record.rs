//! Copies records as they are in their files, for evidence: heads, encodings and all.

use std::io::Read as _;

use super::block::BlockReader;
use super::collection::{Collection, WarcFile};
use super::members::RecordLocation;
use super::record::RecordHead;
use super::replay::RecordRef;
use super::stored_record::{RecordError, open_at};
use crate::archive::query::MAX_KEPT_BYTES;
use crate::model::{RecordRole, WarcRecord};

/// Bytes that are read first. Nearly every head of a record fits into them, and most pages do.
const FIRST_BYTES: u64 = 64 * 1024;

/// The records of a memento, in the order in which they were read: those of its redirects, then its own. Those that have
/// more than [`MAX_KEPT_BYTES`] together are named by their files and places only, so that evidence does not multiply the
/// memory that a page needs. The own records come first.
pub(super) fn kept_records(
    collection: &Collection,
    hops: &[RecordRef],
    own: &[RecordRef],
) -> Vec<WarcRecord> {
    let mut left = MAX_KEPT_BYTES;
    let mut keep = |role, (file, place): &RecordRef| {
        let file = collection.files.get(*file as usize)?;
        let bytes = raw_record(file, *place, left).ok().flatten();
        left = left.saturating_sub(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64));
        Some(WarcRecord {
            role,
            file: file.name.clone(),
            offset: place.offset,
            skipped_bytes: place.skip,
            bytes,
        })
    };
    let roles = [RecordRole::Capture]
        .into_iter()
        .chain(std::iter::repeat(RecordRole::Origin));
    let own = roles
        .zip(own)
        .filter_map(|(role, record)| keep(role, record));
    let own: Vec<WarcRecord> = own.collect();
    let hops = hops
        .iter()
        .filter_map(|record| keep(RecordRole::Redirect, record));
    hops.chain(own).collect()
}

/// The bytes of a record from its version line to the end of its block; `None` if there are more than `most`, or fewer than
/// the record states.
fn raw_record(
    file: &WarcFile,
    place: RecordLocation,
    most: u64,
) -> Result<Option<Vec<u8>>, RecordError> {
    let path = file.path.as_deref().ok_or(RecordError::Missing)?;
    let mut reader = open_at(path, place)?;
    let mut bytes = Vec::new();
    let first = most.min(FIRST_BYTES);
    BlockReader::new(&mut reader, first).read_to_end(&mut bytes)?;
    let mut rest = bytes.as_slice();
    let head = RecordHead::read(&mut rest)?;
    let head_bytes = (bytes.len() - rest.len()) as u64;
    let block_bytes = place.block_bytes.unwrap_or(head.content_length);
    let record_bytes = head_bytes.saturating_add(block_bytes);
    if record_bytes > most {
        return Ok(None);
    }
    // Fewer bytes mean that the file ended, or that another record begins.
    if bytes.len() as u64 == first && record_bytes > first {
        BlockReader::new(&mut reader, record_bytes - first).read_to_end(&mut bytes)?;
    }
    let record_bytes = usize::try_from(record_bytes).unwrap_or(usize::MAX);
    if bytes.len() < record_bytes {
        return Ok(None);
    }
    bytes.truncate(record_bytes);
    bytes.shrink_to_fit();
    Ok(Some(bytes))
}
