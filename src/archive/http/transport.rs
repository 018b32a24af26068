//! Sends one GET with a reqwest client that neither decodes bodies nor follows redirects. A trait lets tests replace it.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt as _};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use url::Url;

use super::answer_meaning::TransportFailure;
use super::connections::MAX_CONNECTIONS;
use super::settings::HttpSettings;
use super::usage::Endpoint;
use crate::archive::header_text::header_text;
use crate::model::Timestamp;

/// Maximum number of headers accepted in one response. Archived headers appear twice (`x-archive-orig-*`), and up to 45
/// were seen. hyper's default is 100; IA's own client accepts 1,000.
const MAX_HEADERS: usize = 1000;

/// Body of an answer, as it arrives.
pub(super) type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportFailure>> + Send>>;

/// The head of an answer, and its body as it arrives.
pub(super) struct ArchiveResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: BodyStream,
}

impl ArchiveResponse {
    /// A header's values joined by commas, as text.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .get_all(name)
            .iter()
            .map(|v| header_text(name, v.as_bytes()))
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Pause that the answer requests, in either form of `Retry-After` (RFC 9110, 10.2.3).
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let value = self.header("retry-after")?;
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
            // A number of more than 64 bits is a very long time, not an absent header.
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let until = Timestamp::from_http_date(value)?.unix_seconds();
        let seconds = until.saturating_sub(now.unix_seconds());
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    /// True when a length or chunks mark the end of the body, so that a truncated body cannot be mistaken for a
    /// complete one.
    pub(super) fn is_framed(&self) -> bool {
        self.headers.contains_key(CONTENT_LENGTH) || self.headers.contains_key(TRANSFER_ENCODING)
    }
}

/// Sends a GET. A redirect is returned like any other answer.
pub(super) trait Transport: Send + Sync {
    fn get(
        &self,
        endpoint: Endpoint,
        url: Url,
    ) -> BoxFuture<'_, Result<ArchiveResponse, TransportFailure>>;
}

/// The real network.
pub(super) struct ReqwestTransport(reqwest::Client);

impl ReqwestTransport {
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .user_agent(settings.user_agent())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .http1_max_headers(MAX_HEADERS)
            // Archived headers contain whatever origins have sent since 1996.
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .pool_max_idle_per_host(MAX_CONNECTIONS)
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .https_only(settings.is_public_archive());
        if settings.is_loopback() {
            builder = builder.no_proxy();
        }
        builder.build().map(Self).map_err(|error| causes(&error))
    }
}

impl Transport for ReqwestTransport {
    fn get(
        &self,
        endpoint: Endpoint,
        url: Url,
    ) -> BoxFuture<'_, Result<ArchiveResponse, TransportFailure>> {
        Box::pin(async move {
            // Compression reduces index rows to a sixth. Playback ignores the header and replays the origin's own
            // encoding.
            let encoding = if endpoint == Endpoint::Cdx {
                "gzip"
            } else {
                "identity"
            };
            let response = self
                .0
                .get(url)
                .header(ACCEPT_ENCODING, encoding)
                .send()
                .await
                .map_err(|e| failure_of(&e))?;
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let body = response
                .bytes_stream()
                .map(|piece| piece.map_err(|error| failure_of(&error)));
            Ok(ArchiveResponse {
                status,
                headers,
                body: Box::pin(body),
            })
        })
    }
}

fn failure_of(error: &reqwest::Error) -> TransportFailure {
    if error.is_connect() {
        if error.is_timeout() {
            return TransportFailure::ConnectTimeout;
        }
        return match io_kind(error) {
            Some(io::ErrorKind::ConnectionRefused) => TransportFailure::ConnectionRefused,
            Some(io::ErrorKind::ConnectionReset) => TransportFailure::ResetAtConnect,
            Some(io::ErrorKind::TimedOut) => TransportFailure::ConnectTimeout,
            _ => TransportFailure::NoConnection(causes(error)),
        };
    }
    if error.is_timeout() {
        TransportFailure::Timeout
    } else {
        TransportFailure::Broken(causes(error))
    }
}

fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            // hyper wraps an io::Error in another of kind `Other`.
            if io.kind() != io::ErrorKind::Other {
                return Some(io.kind());
            }
        }
        cause = error.source();
    }
    None
}

/// The innermost cause. reqwest's own message repeats the URL.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
