//! Reads the start of a body that is not needed in full: an error page, the page of a redirect, a short proof that
//! there are no captures.

use futures_util::StreamExt as _;

use super::answer_meaning::TransportFailure;
use super::scheduler::SentRequest;
use super::transport::ArchiveResponse;
use crate::archive::encoding::decode_body;

/// Maximum number of bytes read of a body that is not needed in full. A short body is read to its end, so that the
/// connection can be used again.
const MAX_START_BYTES: usize = 256 * 1024;

/// Reads the start of a body, decoded where possible.
pub(super) async fn read_start(
    request: &mut SentRequest<'_>,
    response: &mut ArchiveResponse,
) -> Vec<u8> {
    read_start_or_failure(request, response).await.0
}

/// Reads the start of a body, and reports why the body broke off, if it did.
pub(super) async fn read_start_or_failure(
    request: &mut SentRequest<'_>,
    response: &mut ArchiveResponse,
) -> (Vec<u8>, Option<TransportFailure>) {
    let mut raw = Vec::new();
    let mut failure = None;
    while raw.len() <= MAX_START_BYTES {
        match request.within(response.body.next()).await {
            Some(Some(Ok(piece))) => {
                request.bytes = request.bytes.saturating_add(piece.len() as u64);
                raw.extend_from_slice(&piece);
            }
            Some(None) => break,
            Some(Some(Err(error))) => {
                failure = Some(error);
                break;
            }
            None => {
                failure = Some(TransportFailure::Timeout);
                break;
            }
        }
    }
    let encoding = response.header("content-encoding");
    let body = decode_body(&raw, encoding.as_deref(), 4 * MAX_START_BYTES).unwrap_or(raw);
    (body, failure)
}
