//! What a single WARC record says of itself, and whether its digests are right.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256, Sha512};

use super::chunked::unchunked;
use super::http_message::ResponseHead;
use super::record::{RecordHead, RecordKind};
use crate::model::{PayloadDigest, Timestamp};

/// What a record says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFacts {
    /// Its type, as it is written: `response`, `revisit` and so on.
    pub kind: String,
    /// The URL that it is about.
    pub target: Option<String>,
    /// `WARC-Date`.
    pub date: Option<Timestamp>,
    /// `WARC-Record-ID`.
    pub record_id: Option<String>,
    /// The digest that it states of its payload.
    pub stated_digest: Option<PayloadDigest>,
    /// Its payload, as archives count it: with content encodings, without and with the lines between chunks.
    payloads: Vec<Vec<u8>>,
}

impl RecordFacts {
    /// True if a digest is that of the payload. `None` if this program does not know the algorithm.
    #[must_use]
    pub fn has_payload_of(&self, digest: &PayloadDigest) -> Option<bool> {
        let mut computed = self
            .payloads
            .iter()
            .map(|payload| digest_of_same_kind(digest, payload));
        let first = computed.next()??;
        Some(first == *digest || computed.flatten().any(|other| other == *digest))
    }
}

/// The digest of bytes by the algorithm of another digest. `None` if this program does not know it.
#[must_use]
pub fn digest_of_same_kind(digest: &PayloadDigest, bytes: &[u8]) -> Option<PayloadDigest> {
    let named = |hex: String| PayloadDigest::parse(&format!("{}:{hex}", digest.algorithm())).ok();
    match digest.algorithm() {
        "sha1" => Some(PayloadDigest::of(bytes)),
        "sha256" => named(HEXLOWER.encode(&Sha256::digest(bytes))),
        "sha512" => named(HEXLOWER.encode(&Sha512::digest(bytes))),
        _ => None,
    }
}

/// Reads a record without compression; `None` if it is none.
#[must_use]
pub fn record_facts(record: &[u8]) -> Option<RecordFacts> {
    let mut rest = record;
    let head = RecordHead::read(&mut rest).ok()?;
    let mut payloads = Vec::new();
    if head.kind == RecordKind::Resource {
        payloads.push(rest.to_vec());
    } else if head.kind == RecordKind::Response
        && let Ok(response) = ResponseHead::read(&mut rest)
    {
        if response.is_chunked() {
            payloads.extend(unchunked(rest.to_vec()).ok());
        }
        payloads.push(rest.to_vec());
    }
    Some(RecordFacts {
        kind: head.type_name().to_owned(),
        target: head.target().map(str::to_owned),
        date: head.date(),
        record_id: head.id().map(str::to_owned),
        stated_digest: head.payload_digest(),
        payloads,
    })
}
