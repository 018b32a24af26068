//! The two digests: the archive's of a payload, and ours of a text.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// Digest of the empty payload. The index has it for every redirect of some sites (for example dw.com), so it never identifies
/// a page.
pub const EMPTY_PAYLOAD_DIGEST: &str = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ";

/// The archive's digest of a payload: usually 32 letters of base32 SHA-1 of the payload *as stored*; of another
/// algorithm with its name, `sha256:…`, as Browsertrix writes it.
///
/// A hint, not a fixity check: the stored payload may still be compressed, and some old ARC digests count a trailing
/// newline. Equal digests of captures with equal status mean equal bytes; a different digest proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadDigest(String);

/// Error: a CDX digest field that is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a payload digest")]
pub struct InvalidDigest;

/// The digests of no bytes: SHA-256, SHA-512, MD5 and BLAKE3. All of them become [`EMPTY_PAYLOAD_DIGEST`].
const EMPTY_DIGESTS: [&str; 4] = [
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    "md5:d41d8cd98f00b204e9800998ecf8427e",
    "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
];

/// Longest name of an algorithm.
const MAX_ALGORITHM_BYTES: usize = 12;
/// Longest digest: SHA-512 in hexadecimal.
const MAX_DIGEST_BYTES: usize = 128;

impl PayloadDigest {
    /// Parses a digest as CDX and WARC spell it: `OSSAPWJ2…`, `sha1:OSSAPWJ2…`, `sha256:…`. Base32 and hexadecimal
    /// spellings of one digest are equal.
    ///
    /// # Errors
    /// When the text is empty, too long or has other characters (`-` means "none" in CDX).
    pub fn parse(text: &str) -> Result<Self, InvalidDigest> {
        let Some((algorithm, letters)) = text.split_once(':') else {
            return Self::without_algorithm(text);
        };
        let algorithm = algorithm.to_ascii_lowercase().replace(['-', '_'], "");
        if algorithm == "sha1" {
            return Self::without_algorithm(letters);
        }
        let fits = (1..=MAX_ALGORITHM_BYTES).contains(&algorithm.len())
            && algorithm.bytes().all(|b| b.is_ascii_alphanumeric())
            && (1..=MAX_DIGEST_BYTES).contains(&letters.len())
            && letters.bytes().any(|b| b.is_ascii_alphanumeric())
            && letters
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"=+/_-".contains(&b));
        if !fits {
            return Err(InvalidDigest);
        }
        let digest = format!("{algorithm}:{}", hexadecimal(letters));
        if EMPTY_DIGESTS.contains(&digest.as_str()) {
            Ok(Self(EMPTY_PAYLOAD_DIGEST.to_owned()))
        } else {
            Ok(Self(digest))
        }
    }

    /// A SHA-1 in base32 or hexadecimal, or the unnamed digest of an index.
    fn without_algorithm(letters: &str) -> Result<Self, InvalidDigest> {
        let fits = (1..=64).contains(&letters.len())
            && letters
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'=');
        if !fits {
            return Err(InvalidDigest);
        }
        let bytes = HEXLOWER_PERMISSIVE.decode(letters.as_bytes()).ok();
        Ok(match (letters.len(), bytes) {
            (40, Some(bytes)) => Self(BASE32_NOPAD.encode(&bytes)),
            (64, Some(_)) => Self(format!("sha256:{}", letters.to_ascii_lowercase())),
            (32, None) => Self(letters.to_ascii_uppercase()),
            _ => Self(letters.to_owned()),
        })
    }

    /// The name of the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.0
            .split_once(':')
            .map_or("sha1", |(algorithm, _)| algorithm)
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

/// A digest in lower-case hexadecimal, if it is written in base32 or hexadecimal.
fn hexadecimal(letters: &str) -> String {
    if HEXLOWER_PERMISSIVE.decode(letters.as_bytes()).is_ok() {
        return letters.to_ascii_lowercase();
    }
    let bare = letters.trim_end_matches('=').to_ascii_uppercase();
    // SHA-256 has 52 letters of base32, SHA-512 has 103, MD5 26. Base64 of SHA-256 has 43 and of MD5 22.
    match BASE32_NOPAD.decode(bare.as_bytes()) {
        Ok(bytes) if matches!(bare.len(), 26 | 52 | 103) => HEXLOWER.encode(&bytes),
        _ => letters.to_owned(),
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
    fn spellings_of_one_digest_are_equal() {
        let hex = "sha256:2ba52a51ad5a4ab0b2ce4cc87e3d1b8a9b1f7d2f0a3c4e5d6f708192a3b4c5d6";
        let bytes = HEXLOWER.decode(hex.split_once(':').unwrap().1.as_bytes());
        let base32 = BASE32_NOPAD.encode(&bytes.unwrap());
        let upper = hex.to_ascii_uppercase();
        for spelling in [
            upper.replace("SHA256", "SHA-256"),
            format!("sha-256:{base32}===="),
            format!("sha256:{}", base32.to_lowercase()),
            hex.replace("sha256:", ""),
        ] {
            assert_eq!(PayloadDigest::parse(&spelling).unwrap().as_str(), hex);
        }
        let sha1 = "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709";
        for nothing in EMPTY_DIGESTS
            .iter()
            .chain([&sha1, &"SHA-1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj"])
        {
            let digest = PayloadDigest::parse(nothing).unwrap();
            assert_eq!(digest.as_str(), EMPTY_PAYLOAD_DIGEST, "{nothing}");
        }
        assert_eq!(PayloadDigest::parse(hex).unwrap().algorithm(), "sha256");
        assert_eq!(PayloadDigest::of(b"").algorithm(), "sha1");
        for wrong in [
            "sha256:",
            ":abc",
            "sha256:a b",
            "sha256:-",
            "a b:c",
            "é:abc",
        ] {
            assert!(PayloadDigest::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_text_hash_reads_back() {
        let hash = TextHash::of_normalised("words");
        assert_eq!(hash.to_string().parse::<TextHash>().unwrap(), hash);
        assert!("zz".parse::<TextHash>().is_err());
    }
}
