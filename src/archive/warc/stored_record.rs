//! Reads one record from its file: the head, the HTTP head and the payload.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::block::{BlockEnd, BlockReader};
use super::catalogue::CatalogueRow;
use super::chunked::unchunked;
use super::collection::{Collection, WarcFile, file_error};
use super::head_reader::HeadReader;
use super::http_message::ResponseHead;
use super::lines::{HeadError, HeaderFields, shown};
use super::members::{MemberReader, RecordLocation};
use super::record::{RecordHead, RecordKind};
use crate::archive::ArchiveError;
use crate::model::{PayloadDigest, Timestamp, UrlKey};

/// Bytes that may follow a record in its gzip member. Reading them makes the decompressor verify the check sum.
const MAX_TRAILING_BYTES: u64 = 64 * 1024;

/// Why a record cannot be read.
pub(super) enum RecordError {
    /// The file does not exist.
    Missing,
    /// The system cannot read the file.
    System(io::Error),
    /// The record is damaged.
    Damaged(String),
    /// The payload exceeds the limit.
    TooLarge,
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        // Errors of the system have a number. Those of decompressors and parsers have none.
        if error.raw_os_error().is_some() {
            Self::System(error)
        } else {
            Self::Damaged(error.to_string())
        }
    }
}

impl From<HeadError> for RecordError {
    fn from(error: HeadError) -> Self {
        match error {
            HeadError::Io(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// The parts of a record that are read.
pub(super) struct StoredRecord {
    pub(super) is_revisit: bool,
    /// URL and time of the capture that a revisit names.
    pub(super) refers_to: (Option<String>, Option<Timestamp>),
    pub(super) digest: Option<PayloadDigest>,
    /// `None` for a revisit without a block.
    pub(super) response: Option<ResponseHead>,
    pub(super) payload: Vec<u8>,
    pub(super) has_no_payload: bool,
}

/// Reads the record of a row.
pub(super) fn read_record(
    collection: &Collection,
    row: &CatalogueRow,
    max_body_bytes: u64,
) -> Result<StoredRecord, ArchiveError> {
    let Some(file) = collection.files.get(row.file as usize) else {
        return Err(damaged(collection, row, "its file is unknown"));
    };
    read_record_of(file, row, max_body_bytes).map_err(|error| match error {
        RecordError::Missing => ArchiveError::Unavailable {
            archive: "file".to_owned(),
            what: shown(&row.capture.original),
            detail: format!(
                "its WARC file `{}` does not exist; put it in the directory of its index and run the command again",
                shown(&file.name)
            ),
        },
        RecordError::System(error) => {
            let path = file.path.as_deref().unwrap_or(Path::new(&file.name));
            file_error(
                path,
                format!(
                    "{error}, at byte {}; make the file readable and run the command again",
                    row.place.offset
                ),
            )
        }
        RecordError::Damaged(detail) => damaged(collection, row, &detail),
        RecordError::TooLarge => too_large(row, max_body_bytes),
    })
}

/// The error for a damaged record.
pub(super) fn damaged(collection: &Collection, row: &CatalogueRow, detail: &str) -> ArchiveError {
    let name = collection
        .files
        .get(row.file as usize)
        .map_or("?", |file| file.name.as_str());
    let detail = format!("byte {} of `{}`: {detail}", row.place.offset, shown(name));
    ArchiveError::Damaged {
        url: shown(&row.capture.original),
        detail,
    }
}

/// The error for a payload over the limit.
pub(super) fn too_large(row: &CatalogueRow, limit_bytes: u64) -> ArchiveError {
    ArchiveError::TooLarge {
        url: shown(&row.capture.original),
        limit_bytes,
    }
}

fn read_record_of(
    file: &WarcFile,
    row: &CatalogueRow,
    max_body_bytes: u64,
) -> Result<StoredRecord, RecordError> {
    let path = file.path.as_deref().ok_or(RecordError::Missing)?;
    let mut reader = open_at(path, row.place)?;
    let head = RecordHead::read(&mut HeadReader::new(&mut reader))?;
    check_head(&head, row)?;
    let length = row.place.block_bytes.unwrap_or(head.content_length);
    let is_empty = length == 0;
    let mut block = BlockReader::new(&mut reader, length);
    let refers_to = head.refers_to();
    let mut record = StoredRecord {
        is_revisit: head.kind == RecordKind::Revisit,
        refers_to: (refers_to.0.map(str::to_owned), refers_to.1),
        digest: head.payload_digest(),
        response: None,
        payload: Vec::new(),
        has_no_payload: false,
    };
    if head.kind == RecordKind::Resource {
        record.response = Some(ResponseHead {
            status: 200,
            headers: HeaderFields::of("content-type", head.content_type()),
        });
    } else if !(record.is_revisit && is_empty) {
        record.response = match ResponseHead::read(&mut block) {
            Ok(response) => Some(response),
            Err(_) if record.is_revisit => None,
            Err(error) => return Err(error.into()),
        };
    }
    let status = record.response.as_ref().map(|response| response.status);
    if status.is_some_and(|status| (300..400).contains(&status)) {
        // The page of a redirect is not needed, even if it is incomplete. It can be long: that of an archived 301 of
        // census.gov has 138 KB.
        return Ok(record);
    }
    if !record.is_revisit {
        record.has_no_payload = block.is_at_end()?;
        record.payload = read_payload(&mut block, record.response.as_ref(), max_body_bytes)?;
    }
    // Skips excess bytes of a revisit.
    let (end, _) = block.finish()?;
    // In a gzip member for itself, a record that ends as a record does is whole.
    let is_whole = row.place.block_bytes.is_some()
        || (end == BlockEnd::RecordEnd && reader.is_in_member_of(row.place));
    if matches!(end, BlockEnd::FileEnd | BlockEnd::RecordEnd) && !is_whole {
        return Err(RecordError::Damaged("the record is cut off".to_owned()));
    }
    if end != BlockEnd::Stated {
        // The stated length reached over the line ends after the record.
        for line_ends in [&b"\r\n\r\n"[..], b"\n\n"] {
            let bare = record.payload.strip_suffix(line_ends).map(<[u8]>::len);
            record.payload.truncate(bare.unwrap_or(usize::MAX));
        }
    }
    if end != BlockEnd::NextRecord {
        io::copy(&mut reader.take(MAX_TRAILING_BYTES), &mut io::sink())?;
    }
    Ok(record)
}

/// Reads a payload and removes its chunks.
fn read_payload(
    block: &mut impl Read,
    response: Option<&ResponseHead>,
    max_body_bytes: u64,
) -> Result<Vec<u8>, RecordError> {
    if !response.is_some_and(ResponseHead::is_chunked) {
        return read_capped(block, max_body_bytes);
    }
    // The lines between the chunks count too.
    let raw = read_capped(block, max_body_bytes.saturating_mul(2))?;
    let payload = unchunked(raw).map_err(|detail| RecordError::Damaged(detail.to_owned()))?;
    if payload.len() as u64 > max_body_bytes {
        Err(RecordError::TooLarge)
    } else {
        Ok(payload)
    }
}

fn check_head(head: &RecordHead, row: &CatalogueRow) -> Result<(), RecordError> {
    if !head.kind.is_capture() {
        return Err(RecordError::Damaged(format!(
            "the record is not a response but `{}`",
            shown(head.type_name())
        )));
    }
    // The index may belong to another file of the same name. Then a page would appear under the address of another
    // page.
    let target = head.target().unwrap_or_default();
    let (wanted, found) = (UrlKey::of(&row.capture.original), UrlKey::of(target));
    if target != row.capture.original && (found.is_err() || wanted != found) {
        return Err(RecordError::Damaged(format!(
            "the record is of `{}`; create the index again",
            shown(target)
        )));
    }
    match head.incomplete() {
        Some(reason) if head.kind != RecordKind::Revisit => Err(RecordError::Damaged(reason)),
        _ => Ok(()),
    }
}

fn read_capped(reader: impl Read, max_bytes: u64) -> Result<Vec<u8>, RecordError> {
    let mut payload = Vec::new();
    reader
        .take(max_bytes.saturating_add(1))
        .read_to_end(&mut payload)?;
    if payload.len() as u64 > max_bytes {
        Err(RecordError::TooLarge)
    } else {
        Ok(payload)
    }
}

/// Opens a file at a record, compressed or not.
pub(super) fn open_at(
    path: &Path,
    place: RecordLocation,
) -> Result<MemberReader<File>, RecordError> {
    let file = File::open(path).map_err(|e| {
        if e.kind() == io::ErrorKind::NotFound {
            RecordError::Missing
        } else {
            e.into()
        }
    })?;
    let size = file.metadata()?.len();
    if place.offset >= size {
        return Err(RecordError::Damaged(format!(
            "the file ends at byte {size}"
        )));
    }
    let mut reader = MemberReader::new(file, 0);
    reader.go_to(place)?;
    Ok(reader)
}
