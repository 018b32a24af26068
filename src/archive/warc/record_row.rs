//! The index row of a record.

use std::io::{self, BufRead};

use data_encoding::BASE32_NOPAD;
use sha1::{Digest as _, Sha1};

use super::http_message::{ResponseHead, mimetype_of};
use super::lines::HeadError;
use super::record::{RecordHead, RecordKind};
use super::skipped::SkipReason;
use crate::model::{Capture, EMPTY_PAYLOAD_DIGEST, PayloadDigest, UrlKey, visible_url};

/// MIME type of the rows of revisits.
const REVISIT: &str = "warc/revisit";

/// The index row of a record, if it has one.
pub(super) enum RecordRow {
    Capture(Box<Capture>),
    Skipped(SkipReason),
    None,
}

/// Builds the index row of a record. Reads as much of the block as necessary.
pub(super) fn row_of(head: &RecordHead, block: &mut impl BufRead) -> Result<RecordRow, HeadError> {
    if !head.kind.is_capture() {
        return Ok(match head.kind {
            RecordKind::Conversion => RecordRow::Skipped(SkipReason::Conversion),
            _ => RecordRow::None,
        });
    }
    let target = head.target().unwrap_or_default();
    let has_other_scheme = target
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.to_ascii_lowercase().starts_with("http"));
    if has_other_scheme {
        // dns:, ftp:, urn: and similar records are not pages.
        return Ok(RecordRow::None);
    }
    let (Ok(urlkey), Some(timestamp)) = (UrlKey::of(target), head.date()) else {
        return Ok(RecordRow::Skipped(SkipReason::NoUrlOrDate));
    };
    let (mimetype, statuscode) = type_and_status(head, block)?;
    let mut digest = match head.payload_digest() {
        Some(digest) => Some(digest),
        None if head.kind == RecordKind::Revisit => None,
        None => Some(digest_of(block)?),
    };
    if head.kind == RecordKind::Revisit {
        digest = digest_of_revisit(digest);
    }
    Ok(RecordRow::Capture(Box::new(Capture {
        urlkey,
        timestamp,
        original: visible_url(target).into_owned(),
        mimetype,
        statuscode,
        digest,
        length: None,
    })))
}

/// The MIME type and the status of a record, as an index has them.
pub(super) fn type_and_status(
    head: &RecordHead,
    block: &mut impl BufRead,
) -> Result<(String, Option<u16>), HeadError> {
    if head.kind == RecordKind::Resource {
        return Ok((mimetype_of(head.content_type()), Some(200)));
    }
    let is_revisit = head.kind == RecordKind::Revisit;
    match ResponseHead::read(block) {
        Ok(response) if is_revisit => {
            // The status 304 is about the request of the crawler, not about the page. Indexes give revisits of pages no
            // status.
            let status = Some(response.status).filter(|status| !matches!(status, 200 | 304));
            Ok((REVISIT.to_owned(), status))
        }
        Ok(response) => Ok((response.mimetype(), Some(response.status))),
        Err(HeadError::Io(error)) => Err(error.into()),
        // Many revisits have no block.
        Err(_) if is_revisit => Ok((REVISIT.to_owned(), None)),
        // The row stays in the index, so that replay reports what is wrong.
        Err(HeadError::TooLong(_) | HeadError::WrongStart(_)) => Ok(("unk".to_owned(), None)),
    }
}

/// The digest in the row of a revisit. Heritrix writes the digest of nothing into revisits of the kind "not modified",
/// because it received no payload. Such a digest says nothing about the page.
pub(super) fn digest_of_revisit(digest: Option<PayloadDigest>) -> Option<PayloadDigest> {
    digest.filter(|digest| digest.as_str() != EMPTY_PAYLOAD_DIGEST)
}

fn digest_of(payload: &mut impl BufRead) -> io::Result<PayloadDigest> {
    let mut hash = Sha1::new();
    loop {
        let bytes = payload.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        hash.update(bytes);
        let count = bytes.len();
        payload.consume(count);
    }
    let letters = BASE32_NOPAD.encode(&hash.finalize());
    PayloadDigest::parse(&letters).map_err(io::Error::other)
}
