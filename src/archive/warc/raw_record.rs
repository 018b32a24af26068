//! Copies records as they are in their files, for evidence: heads, encodings and all.

use std::io::Read as _;

use super::block::BlockReader;
use super::collection::{Collection, WarcFile};
use super::head_reader::HeadReader;
use super::members::RecordLocation;
use super::record::RecordHead;
use super::replay::RecordRef;
use super::stored_record::{RecordError, open_at};
use crate::model::{RecordRole, WarcRecord};

/// Largest record that is kept, without compression. The largest of 866 policy pages has 2.1 MB. A larger record is named
/// by its file and its place only, so that evidence does not double the memory that a page needs.
const MAX_KEPT_BYTES: u64 = 4 << 20;

/// The records of a memento, in the order in which they were read: those of its redirects, then its own.
pub(super) fn kept_records(
    collection: &Collection,
    hops: &[RecordRef],
    own: &[RecordRef],
) -> Vec<WarcRecord> {
    let redirects = hops.iter().map(|record| (RecordRole::Redirect, record));
    let roles = [RecordRole::Capture]
        .into_iter()
        .chain(std::iter::repeat(RecordRole::Origin));
    redirects
        .chain(roles.zip(own))
        .filter_map(|(role, (file, place))| {
            let file = collection.files.get(*file as usize)?;
            Some(WarcRecord {
                role,
                file: file.name.clone(),
                offset: place.offset,
                skipped_bytes: place.skip,
                bytes: raw_record(file, *place).ok().flatten(),
            })
        })
        .collect()
}

/// The bytes of a record from its version line to the end of its block; `None` if there are too many.
fn raw_record(file: &WarcFile, place: RecordLocation) -> Result<Option<Vec<u8>>, RecordError> {
    let path = file.path.as_deref().ok_or(RecordError::Missing)?;
    let mut reader = open_at(path, place)?;
    let start = reader.bytes_read();
    let head = RecordHead::read(&mut HeadReader::new(&mut reader))?;
    let head_bytes = reader.bytes_read().saturating_sub(start);
    let block_bytes = place.block_bytes.unwrap_or(head.content_length);
    let record_bytes = head_bytes.saturating_add(block_bytes);
    if record_bytes > MAX_KEPT_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut reader = open_at(path, place)?;
    BlockReader::new(&mut reader, record_bytes).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
