//! The files of one capture, and what they prove: its bytes as kept, its records, its text.

use serde::Serialize;

use super::super::failure::Failure;
use super::bundle::{Bundle, sha256};
use crate::archive::warc::{digest_of_same_kind, record_facts};
use crate::export::{KeptResponse, REBUILT, rebuilt_warc};
use crate::model::{PayloadDigest, RecordRole};
use crate::store::{CaptureEvidence, Rendition, Store, StoredRecord, VersionEntry};

/// Two line ends that follow a record in a WARC file.
const RECORD_END: &[u8] = b"\r\n\r\n";

/// One side of the evidence.
#[derive(Debug, Serialize)]
pub(super) struct Side {
    /// Directory of its files: `old`, `new` or `capture`.
    pub(super) folder: &'static str,
    /// Number of the version.
    pub(super) version: u32,
    /// SHA-256 of the normalised text.
    pub(super) text_sha256: String,
    /// The extractor that read the text from the page.
    pub(super) extractor_version: String,
    /// The capture.
    pub(super) capture: CaptureEvidence,
    /// Its bytes without content encodings; `None` if the database does not hold them.
    pub(super) page: Option<BundledFile>,
    /// Its WARC records: original ones, or a rebuilt one.
    pub(super) warc: Option<BundledWarc>,
    /// Whether the archive's digest is that of the bytes in this bundle, or why this is not known.
    pub(super) archive_digest: DigestResult,
    /// What is missing in this bundle, and why.
    pub(super) missing: Vec<String>,
}

/// A file of the bundle.
#[derive(Debug, Serialize)]
pub(super) struct BundledFile {
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) size_bytes: usize,
}

/// A WARC file of the bundle.
#[derive(Debug, Serialize)]
pub(super) struct BundledWarc {
    #[serde(flatten)]
    pub(super) file: BundledFile,
    /// True if it holds the records of the archive byte for byte.
    pub(super) is_original: bool,
    /// Why it is rebuilt, and what a rebuilt record lacks.
    pub(super) note: Option<String>,
    /// The original records, in the order in which they were read.
    pub(super) records: Vec<BundledRecord>,
}

/// An original record.
#[derive(Debug, Serialize)]
pub(super) struct BundledRecord {
    pub(super) role: &'static str,
    /// Name of the WARC file that it comes from.
    pub(super) file: String,
    pub(super) offset: u64,
    pub(super) skipped_bytes: u64,
    pub(super) record_id: Option<String>,
    pub(super) sha256: Option<String>,
    pub(super) size_bytes: Option<usize>,
}

/// The result of computing the archive's digest again.
#[derive(Debug, Serialize)]
pub(super) struct DigestResult {
    pub(super) digest: Option<String>,
    pub(super) is_reproduced: bool,
    pub(super) explanation: String,
}

/// Adds the files of a capture to the bundle, and returns what they are.
pub(super) fn add_capture(
    bundle: &mut Bundle,
    store: &Store,
    folder: &'static str,
    (version, rendition): (&VersionEntry, &Rendition),
    capture: CaptureEvidence,
) -> Result<Side, Failure> {
    let mut missing = Vec::new();
    let body = store.archived_bytes(capture.fetched_capture_id)?;
    if body.is_none() {
        missing.push(
            "the bytes of the page: this database holds its text only, because it was imported without pages. They are \
             missing here; nothing says that the page was removed"
                .to_owned(),
        );
    }
    let records = store.records_of(capture.fetched_capture_id)?;
    let page = body.as_deref().map(|body| {
        let name = format!(
            "{folder}/page.{}",
            extension(capture.content_type.as_deref())
        );
        add_file(bundle, name, body)
    });
    let warc = add_warc(bundle, folder, &capture, &records, body.as_deref())?;
    let archive_digest = digest_result(&capture, &records, body.as_deref());
    bundle.add(format!("{folder}/text.txt"), rendition.text.as_bytes());
    bundle.add(format!("{folder}/text.md"), rendition.markdown.as_bytes());
    Ok(Side {
        folder,
        version: version.version,
        text_sha256: version.text_sha256.clone(),
        extractor_version: version.extractor_version.clone(),
        capture,
        page,
        warc,
        archive_digest,
        missing,
    })
}

fn add_file(bundle: &mut Bundle, name: String, bytes: &[u8]) -> BundledFile {
    bundle.add(name.as_str(), bytes);
    BundledFile {
        name,
        sha256: sha256(bytes),
        size_bytes: bytes.len(),
    }
}

/// The end of the name of a page's file.
fn extension(content_type: Option<&str>) -> &'static str {
    let media_type = content_type.and_then(|t| t.split(';').next());
    match media_type.map(|t| t.trim().to_ascii_lowercase()).as_deref() {
        Some("text/html" | "application/xhtml+xml") => "html",
        Some("application/pdf") => "pdf",
        Some("text/plain") => "txt",
        _ => "bin",
    }
}

/// Adds the original records if the returned one and those that it needs are kept, otherwise a rebuilt one.
fn add_warc(
    bundle: &mut Bundle,
    folder: &str,
    capture: &CaptureEvidence,
    records: &[StoredRecord],
    body: Option<&[u8]>,
) -> Result<Option<BundledWarc>, Failure> {
    let all: Option<Vec<&[u8]>> = records.iter().map(|r| r.record.bytes.as_deref()).collect();
    let described: Vec<BundledRecord> = records.iter().map(described).collect();
    if let Some(all) = all.filter(|all| !all.is_empty()) {
        let mut bytes = Vec::new();
        for record in all {
            bytes.extend_from_slice(record);
            bytes.extend_from_slice(RECORD_END);
        }
        return Ok(Some(BundledWarc {
            file: add_file(bundle, format!("{folder}/original.warc"), &bytes),
            is_original: true,
            note: None,
            records: described,
        }));
    }
    let Some(body) = body else {
        return Ok(None);
    };
    let reason = if records.is_empty() && capture.proof.archive == "file" {
        "The original record is not kept: this database read the page with an earlier version of the program."
    } else if records.is_empty() {
        "The archive was read over HTTP, which gives pages and not records."
    } else {
        "The original record is larger than 4 MB or damaged, so it is not kept; its file and place are named."
    };
    let response = KeptResponse {
        url: capture.read_url.as_deref().unwrap_or(&capture.original),
        timestamp: capture.read_timestamp.unwrap_or(capture.timestamp),
        status: capture.read_status.unwrap_or(200),
        content_type: capture.content_type.as_deref(),
        redirects: &capture.redirects,
        body,
    };
    let warc = rebuilt_warc(&response, "rebuilt.warc.gz")?;
    Ok(Some(BundledWarc {
        file: add_file(bundle, format!("{folder}/rebuilt.warc.gz"), &warc),
        is_original: false,
        note: Some(format!("{reason} {REBUILT}")),
        records: described,
    }))
}

fn described(stored: &StoredRecord) -> BundledRecord {
    let record = &stored.record;
    let facts = record.bytes.as_deref().and_then(record_facts);
    BundledRecord {
        role: record.role.code(),
        file: record.file.clone(),
        offset: record.offset,
        skipped_bytes: record.skipped_bytes,
        record_id: facts.and_then(|facts| facts.record_id),
        sha256: stored.sha256.clone(),
        size_bytes: record.bytes.as_ref().map(Vec::len),
    }
}

/// Computes the archive's digest again, from the original records or from the kept bytes.
fn digest_result(
    capture: &CaptureEvidence,
    records: &[StoredRecord],
    body: Option<&[u8]>,
) -> DigestResult {
    let result = |is_reproduced, explanation: &str| DigestResult {
        digest: capture.digest.clone(),
        is_reproduced,
        explanation: explanation.to_owned(),
    };
    let stated = capture.digest.as_deref();
    let Some(digest) = stated.and_then(|text| PayloadDigest::parse(text).ok()) else {
        return result(
            false,
            "the archive's index gives no digest for this capture",
        );
    };
    if !capture.redirects.is_empty() {
        return result(
            false,
            "the digest is that of the archived redirect, and the page is that of its target",
        );
    }
    let kept = records
        .iter()
        .filter(|r| r.record.role != RecordRole::Redirect);
    let mut facts = kept.filter_map(|r| record_facts(r.record.bytes.as_deref()?));
    if facts.any(|facts| facts.has_payload_of(&digest) == Some(true)) {
        return result(
            true,
            "computed again from the payload of the original record",
        );
    }
    let computed = body.map(|body| digest_of_same_kind(&digest, body));
    match computed {
        None => result(false, "the bytes are not in this bundle"),
        Some(None) => result(
            false,
            "this program cannot compute digests of this algorithm",
        ),
        Some(Some(own)) if own == digest => {
            result(true, "computed again from the bytes of the page")
        }
        Some(Some(_)) if records.is_empty() => result(
            false,
            "the bytes of the page have another digest: archives compute it from the bytes as the server sent them, which are \
             often compressed (gzip), and this database keeps them decompressed",
        ),
        Some(Some(_)) => result(
            false,
            "the payload of the original record has another digest",
        ),
    }
}
