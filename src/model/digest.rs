//! The two digests: the archive's of a payload, and ours of a text.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// The archive's digest of a payload, usually 32 letters of base32 SHA-1 of the payload *as stored*.
///
/// A hint, not a fixity check: the stored payload may still be compressed, and some old ARC digests count a trailing
/// newline. Equal digests of captures with equal status mean equal bytes; a different digest proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadDigest(String);

/// Error: a CDX digest field that is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a payload digest")]
pub struct InvalidDigest;

impl PayloadDigest {
    /// Parses a digest as CDX and WARC spell it: `OSSAPWJ2…` or `sha1:OSSAPWJ2…`; up to 64 letters, digits and `=`.
    ///
    /// # Errors
    /// When the text is empty, too long or has other characters (`-` means "none" in CDX).
    pub fn parse(text: &str) -> Result<Self, InvalidDigest> {
        let bare = text.strip_prefix("sha1:").unwrap_or(text);
        let fits = (1..=64).contains(&bare.len())
            && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'=');
        if fits {
            Ok(Self(bare.to_owned()))
        } else {
            Err(InvalidDigest)
        }
    }

    /// Base32 SHA-1 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(BASE32_NOPAD.encode(&Sha1::digest(bytes)))
    }

    /// The digest as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PayloadDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// SHA-256 of a document's normalised words: equal hashes mean the same words, whatever the mark-up around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextHash([u8; 32]);

impl TextHash {
    /// Hash of an already normalised text.
    #[must_use]
    pub fn of_normalised(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for TextHash {
    type Err = InvalidDigest;
    /// Parses 64 lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = HEXLOWER
            .decode(text.as_bytes())
            .map_err(|_| InvalidDigest)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidDigest)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_payload_has_its_well_known_digest() {
        assert_eq!(
            PayloadDigest::of(b"").as_str(),
            crate::model::EMPTY_PAYLOAD_DIGEST
        );
        assert_eq!(
            PayloadDigest::parse("sha1:ABC").unwrap(),
            PayloadDigest::parse("ABC").unwrap()
        );
        assert!(PayloadDigest::parse("-").is_err());
    }

    #[test]
    fn a_text_hash_reads_back() {
        let hash = TextHash::of_normalised("words");
        assert_eq!(hash.to_string().parse::<TextHash>().unwrap(), hash);
        assert!("zz".parse::<TextHash>().is_err());
    }
}
