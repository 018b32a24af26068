//! Reads the body of an archived page that is not a redirect, within the size limit, and removes its encodings.

use futures_util::StreamExt as _;

use super::capture_address::{CaptureAddress, ExpectedPayload};
use crate::archive::encoding::{BodyError, decode_body};
use crate::archive::error::ArchiveError;
use crate::archive::http::answer_meaning::TransportFailure;
use crate::archive::http::scheduler::SentRequest;
use crate::archive::http::transport::ArchiveResponse;

/// Larger bodies are decoded on a separate thread.
const INLINE_BYTES: usize = 256 * 1024;

/// Why there is no body.
pub(super) enum PageBodyError {
    /// Final.
    Final(ArchiveError),
    /// Final if it happens a second time.
    Doubtful(ArchiveError),
    /// The transfer broke off after this many bytes.
    BrokeOff(TransportFailure, usize),
}

/// Reads the body of an archived page, at most `limit` bytes as transferred and as decoded.
pub(super) async fn read_body(
    request: &mut SentRequest<'_>,
    response: &mut ArchiveResponse,
    capture: &CaptureAddress,
    expected: ExpectedPayload<'_>,
    limit: usize,
) -> Result<Vec<u8>, PageBodyError> {
    let raw = read_raw(request, response, capture, limit).await?;
    let may_be_empty = matches!(expected, ExpectedPayload::MayBeEmpty)
        || response
            .header("x-archive-orig-content-length")
            .is_some_and(|length| length.trim() == "0");
    if raw.is_empty() && (200..300).contains(&response.status) && !may_be_empty {
        return Err(PageBodyError::Doubtful(ArchiveError::LostPayload {
            url: capture.original.clone(),
        }));
    }
    if raw.trim_ascii() == b"Invalid URI" && !expected.is_met_by(&raw) {
        return Err(PageBodyError::Doubtful(
            capture.damaged("the body is only the text `Invalid URI`"),
        ));
    }
    // The encoding of the origin, or its copy if the archive dropped the header (brotli cannot be detected).
    let encoding = response
        .header("content-encoding")
        .or_else(|| response.header("x-archive-orig-content-encoding"));
    match decode(raw, encoding, limit).await {
        Ok(body) => Ok(body),
        Err(BodyError::TooLarge) => Err(too_large(capture, limit)),
        // Without a length, a truncated transfer seems complete.
        Err(BodyError::Damaged(detail)) if !response.is_framed() => {
            Err(PageBodyError::Doubtful(capture.damaged(&detail)))
        }
        Err(BodyError::Damaged(detail)) => Err(PageBodyError::Final(capture.damaged(&detail))),
    }
}

async fn read_raw(
    request: &mut SentRequest<'_>,
    response: &mut ArchiveResponse,
    capture: &CaptureAddress,
    limit: usize,
) -> Result<Vec<u8>, PageBodyError> {
    let promised = response
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    if promised.is_some_and(|length| length > limit as u64) {
        return Err(too_large(capture, limit));
    }
    let mut raw = Vec::new();
    loop {
        let piece = request.within(response.body.next()).await;
        let piece = piece.unwrap_or(Some(Err(TransportFailure::Timeout)));
        match piece {
            Some(Ok(piece)) => {
                request.bytes = request.bytes.saturating_add(piece.len() as u64);
                if raw.len().saturating_add(piece.len()) > limit {
                    return Err(too_large(capture, limit));
                }
                raw.extend_from_slice(&piece);
            }
            Some(Err(failure)) => return Err(PageBodyError::BrokeOff(failure, raw.len())),
            None => return Ok(raw),
        }
    }
}

fn too_large(capture: &CaptureAddress, limit: usize) -> PageBodyError {
    PageBodyError::Final(ArchiveError::TooLarge {
        url: capture.original.clone(),
        limit_bytes: limit as u64,
    })
}

async fn decode(
    raw: Vec<u8>,
    encoding: Option<String>,
    limit: usize,
) -> Result<Vec<u8>, BodyError> {
    if raw.len() <= INLINE_BYTES {
        return decode_body(raw, encoding.as_deref(), limit);
    }
    tokio::task::spawn_blocking(move || decode_body(raw, encoding.as_deref(), limit))
        .await
        .unwrap_or_else(|error| Err(BodyError::Damaged(format!("decoding stopped: {error}"))))
}
