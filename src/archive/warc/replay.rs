//! Reads the response of one capture from its file. A revisit gets the payload of the record that it repeats.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::GzDecoder;

use super::catalogue::{Catalogue, CatalogueRow};
use super::folder::{Collection, WarcFile, file_error};
use super::http_message::{ResponseHead, UnchunkedReader};
use super::lines::{HeadError, HeaderFields, shown};
use super::record::{RecordHead, RecordKind};
use super::scan::{BUFFER_BYTES, GZIP_MAGIC, RecordLocation};
use crate::archive::ArchiveError;
use crate::archive::encoding::{BodyError, decode_body};
use crate::model::{PayloadDigest, UrlKey};

/// Bytes that may follow a record in its gzip member. Reading them makes the decompressor verify the check sum.
const MAX_TRAILING_BYTES: u64 = 64 * 1024;

/// A stored response.
#[derive(Debug)]
pub(super) struct StoredResponse {
    /// Status of the origin.
    pub(super) status: u16,
    /// `Content-Type` of the origin.
    pub(super) content_type: Option<String>,
    /// `Location` of the origin.
    pub(super) location: Option<String>,
    /// Body without its encodings.
    pub(super) body: Vec<u8>,
    /// True when the record has no payload.
    pub(super) has_no_payload: bool,
}

/// Why a record cannot be read.
enum RecordError {
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

/// Reads the response of a capture.
pub(super) fn replay(
    collection: &Collection,
    row: &CatalogueRow,
    max_body_bytes: u64,
) -> Result<StoredResponse, ArchiveError> {
    let record = read_record(collection, row, max_body_bytes)?;
    // The head of a redirect is enough.
    let is_redirect = record.response.as_ref().is_some_and(|head| {
        (300..400).contains(&head.status)
            && head.status != 304
            && head.headers.get("location").is_some()
    });
    let (head, stored) = if record.is_revisit && !is_redirect {
        let origin = origin_of(&collection.catalogue, row, &record).ok_or_else(|| {
            ArchiveError::LostPayload {
                url: shown(&row.capture.original),
            }
        })?;
        let stored = read_record(collection, origin, max_body_bytes)?;
        if stored.is_revisit {
            return Err(ArchiveError::LostPayload {
                url: shown(&row.capture.original),
            });
        }
        // A revisit of the profile "server not modified" has the head of a 304; one without a block has none.
        let own = record.response.filter(|head| head.status != 304);
        (own.or_else(|| stored.response.clone()), stored)
    } else {
        (record.response.clone(), record)
    };
    let damaged = |detail: &str| damaged(collection, row, detail);
    let head = head.ok_or_else(|| damaged("it has no HTTP response"))?;
    let stored_headers = stored.response.as_ref().map(|r| &r.headers);
    let encoding = stored_headers
        .and_then(|headers| headers.list("content-encoding"))
        .filter(|_| !(is_redirect && stored.payload.is_empty()));
    let limit = usize::try_from(max_body_bytes).unwrap_or(usize::MAX);
    let body =
        decode_body(&stored.payload, encoding.as_deref(), limit).map_err(|error| match error {
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
        body,
        has_no_payload: stored.has_no_payload,
    })
}

/// The row whose payload a revisit repeats: the one that it names, otherwise any with the same digest.
fn origin_of<'a>(
    catalogue: &'a Catalogue,
    row: &CatalogueRow,
    revisit: &StoredRecord,
) -> Option<&'a CatalogueRow> {
    let (url, date) = (revisit.refers_to.0.as_deref(), revisit.refers_to.1);
    let named = url
        .and_then(|url| UrlKey::of(url).ok())
        .zip(date)
        .and_then(|(key, date)| {
            let same_moment = catalogue
                .rows_of(&key)
                .into_iter()
                .filter(|other| other.capture.timestamp == date && !other.capture.is_revisit());
            // http and https in one second are two rows. The exact URL comes first.
            same_moment.min_by_key(|other| Some(other.capture.original.as_str()) != url)
        });
    let digest: Option<&PayloadDigest> = revisit.digest.as_ref().or(row.capture.digest.as_ref());
    named.or_else(|| digest.and_then(|digest| catalogue.row_with_payload(digest, &row.capture)))
}

/// The parts of a record that are read.
struct StoredRecord {
    is_revisit: bool,
    refers_to: (Option<String>, Option<crate::model::Timestamp>),
    digest: Option<PayloadDigest>,
    /// `None` for a revisit without a block.
    response: Option<ResponseHead>,
    payload: Vec<u8>,
    has_no_payload: bool,
}

fn read_record(
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

fn damaged(collection: &Collection, row: &CatalogueRow, detail: &str) -> ArchiveError {
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

fn too_large(row: &CatalogueRow, limit_bytes: u64) -> ArchiveError {
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
    let head = RecordHead::read(&mut reader)?;
    check_head(&head, row)?;
    let mut block = reader.by_ref().take(head.content_length);
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
    } else if !(record.is_revisit && head.content_length == 0) {
        record.response = match ResponseHead::read(&mut block) {
            Ok(response) => Some(response),
            Err(_) if record.is_revisit => None,
            Err(error) => return Err(error.into()),
        };
    }
    if record
        .response
        .as_ref()
        .is_some_and(|response| (300..400).contains(&response.status))
    {
        // The page of a redirect is not needed, even if it is incomplete. It can be long: that of an archived 301 of
        // census.gov has 138 KB.
        return Ok(record);
    }
    if !record.is_revisit {
        record.has_no_payload = block.limit() == 0;
        let chunked = record
            .response
            .as_ref()
            .is_some_and(ResponseHead::is_chunked);
        record.payload = if chunked {
            read_capped(UnchunkedReader::new(&mut block), max_body_bytes)?
        } else {
            read_capped(&mut block, max_body_bytes)?
        };
    }
    // Skips trailers after the last chunk, or excess bytes of a revisit.
    io::copy(&mut block, &mut io::sink())?;
    if block.limit() > 0 {
        return Err(RecordError::Damaged("the record is cut off".to_owned()));
    }
    io::copy(&mut reader.take(MAX_TRAILING_BYTES), &mut io::sink())?;
    Ok(record)
}

fn check_head(head: &RecordHead, row: &CatalogueRow) -> Result<(), RecordError> {
    if head.kind == RecordKind::Other {
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
fn open_at(path: &Path, place: RecordLocation) -> Result<Box<dyn BufRead>, RecordError> {
    let mut file = File::open(path).map_err(|e| {
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
    file.seek(SeekFrom::Start(place.offset))?;
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let is_gzip = reader.fill_buf()?.starts_with(&GZIP_MAGIC);
    if !is_gzip {
        return Ok(Box::new(reader));
    }
    let mut member = BufReader::with_capacity(BUFFER_BYTES, GzDecoder::new(reader));
    let skipped = io::copy(&mut member.by_ref().take(place.skip), &mut io::sink())?;
    if skipped < place.skip {
        return Err(RecordError::Damaged(
            "the gzip member ends before the record".to_owned(),
        ));
    }
    Ok(Box::new(member))
}
