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
    /// True if the digest that it states of its block is not that of the block.
    has_other_block: bool,
    /// Its payload, as archives count it: with content encodings, without and with the lines between chunks.
    payloads: Vec<Vec<u8>>,
}

impl RecordFacts {
    /// True if the record states a digest of its payload or of its block that its bytes do not have.
    #[must_use]
    pub fn contradicts_itself(&self) -> bool {
        let stated = self.stated_digest.as_ref();
        self.has_other_block || stated.and_then(|digest| self.has_payload_of(digest)) == Some(false)
    }

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
    let stated_block = head.block_digest();
    let own_block = stated_block
        .as_ref()
        .and_then(|digest| digest_of_same_kind(digest, rest));
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
        has_other_block: own_block.is_some() && own_block != stated_block,
        payloads,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_contradicts_itself_if_its_bytes_do_not_have_a_digest_that_it_states() {
        let right = PayloadDigest::of(b"page");
        let other = PayloadDigest::of(b"another");
        let block = "HTTP/1.1 200 OK\r\n\r\npage";
        let own_block = PayloadDigest::of(block.as_bytes());
        let record = |headers: String| {
            let text = format!(
                "WARC/1.1\r\nWARC-Type: response\r\n{headers}Content-Length: {}\r\n\r\n{block}",
                block.len()
            );
            record_facts(text.as_bytes()).unwrap().contradicts_itself()
        };
        let payload = |digest: &str| format!("WARC-Payload-Digest: {digest}\r\n");
        let whole = |digest: &str| format!("WARC-Block-Digest: {digest}\r\n");
        assert!(!record(String::new()));
        assert!(!record(
            payload(right.as_str()) + &whole(own_block.as_str())
        ));
        assert!(!record(payload("blake3:00")));
        assert!(record(payload(other.as_str())));
        assert!(record(whole(right.as_str())));
    }
}
