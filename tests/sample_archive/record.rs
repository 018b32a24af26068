//! The captured responses of the sample archive, and what each of them really shows.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use policytrail::model::{DropReason, PayloadDigest, Timestamp};

use super::layout::Chrome;
use super::policy_text::PolicyText;

/// One policy of a site, across its URLs.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Domain of the site whose policy this is.
    pub site: &'static str,
    /// `privacy` or `cookies`.
    pub kind: &'static str,
    /// ISO 639-1.
    pub language: &'static str,
    /// Every URL it had, oldest first.
    pub urls: &'static [&'static str],
    /// True if it is on another registrable domain.
    pub cross_domain: bool,
    /// Its texts.
    pub text: PolicyText,
}

/// What a capture really shows.
#[derive(Debug, Clone)]
pub enum Shows {
    /// A policy in one of its revisions, among these words of the site that are not the policy's.
    Policy(Policy, u8, Vec<String>),
    /// A page at the URL of a policy that is not a policy.
    Dropped(Policy, DropReason),
    /// A redirect that was archived.
    Redirect(String),
    /// A page that looks like a policy only from its URL.
    Decoy(DropReason),
    /// Home pages and the like.
    Other,
}

/// How the payload was sent and is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Unchanged.
    Plain,
    /// `Content-Encoding: gzip`.
    Gzip,
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// Both.
    GzipChunked,
}

/// Character encoding of a page's bytes, regardless of what the page declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bytes {
    /// UTF-8.
    Utf8,
    /// windows-1252, with quotes at 0x93 and 0x94.
    Windows1252,
    /// `Shift_JIS`.
    ShiftJis,
}

/// The response of a server.
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Value of the header; empty if there is no such header.
    pub content_type: &'a str,
    /// The bytes before any encoding.
    pub body: &'a [u8],
    /// How the bytes are sent.
    pub wire: Wire,
}

/// A captured response.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// URL as crawled.
    pub url: String,
    /// Time of the capture.
    pub timestamp: Timestamp,
    /// HTTP status.
    pub status: u16,
    /// Status line, headers, blank line.
    pub head: Vec<u8>,
    /// Payload as stored.
    pub payload: Vec<u8>,
    /// `Content-Type` without parameters, `unk` without any.
    pub mimetype: String,
    /// What it really shows.
    pub shows: Shows,
}

impl Recorded {
    /// Creates a response.
    pub fn new(url: &str, timestamp: Timestamp, shows: Shows, answer: &Answer<'_>) -> Self {
        let Answer {
            status,
            content_type,
            body,
            wire,
        } = *answer;
        let reason = match status {
            200 => "OK",
            301 => "Moved Permanently",
            302 => "Found",
            404 => "Not Found",
            _ => "Service Unavailable",
        };
        let mut payload = body.to_vec();
        let mut head = vec![
            format!("HTTP/1.1 {status} {reason}"),
            "Server: Apache".to_owned(),
        ];
        if !content_type.is_empty() {
            head.push(format!("Content-Type: {content_type}"));
        }
        if let Shows::Redirect(to) = &shows {
            head.push(format!("Location: {to}"));
        }
        if matches!(wire, Wire::Gzip | Wire::GzipChunked) {
            payload = gzip(&payload);
            head.push("Content-Encoding: gzip\r\nVary: Accept-Encoding".to_owned());
        }
        if matches!(wire, Wire::Chunked | Wire::GzipChunked) {
            payload = chunked(&payload);
            head.push("Transfer-Encoding: chunked".to_owned());
        } else {
            head.push(format!("Content-Length: {}", payload.len()));
        }
        head.push("Connection: close\r\n\r\n".to_owned());
        let head = head.join("\r\n").into_bytes();
        let mimetype = content_type.split(';').next().unwrap_or_default().trim();
        let mimetype = if mimetype.is_empty() { "unk" } else { mimetype }.to_owned();
        Self {
            url: url.to_owned(),
            timestamp,
            status,
            head,
            payload,
            mimetype,
            shows,
        }
    }

    /// Digest of the payload as stored.
    pub fn digest(&self) -> PayloadDigest {
        PayloadDigest::of(&self.payload)
    }
}

/// Encodes a page. Every character must exist in the encoding.
pub fn encode(text: &str, bytes: Bytes) -> Vec<u8> {
    let encoding = match bytes {
        Bytes::Utf8 => encoding_rs::UTF_8,
        Bytes::Windows1252 => encoding_rs::WINDOWS_1252,
        Bytes::ShiftJis => encoding_rs::SHIFT_JIS,
    };
    let (encoded, _, unmappable) = encoding.encode(text);
    assert!(
        !unmappable,
        "a character of the text is not in {}",
        encoding.name()
    );
    encoded.into_owned()
}

/// Returns a moment on a day (`20010603`), at a time that depends only on day and URL.
pub fn on(day: &str, url: &str) -> Timestamp {
    let letters = PayloadDigest::of(format!("{day} {url}").as_bytes());
    let seed = letters.as_str().bytes().take(8).fold(0_u32, |sum, b| {
        sum.wrapping_mul(31).wrapping_add(u32::from(b))
    });
    at(&format!(
        "{day}{:02}{:02}{:02}",
        seed % 24,
        seed / 24 % 60,
        seed / 1440 % 60
    ))
}

/// Returns the moment of these 14 digits.
pub fn at(digits: &str) -> Timestamp {
    digits.parse().expect("14 digits of a real date")
}

/// Writes a day for people: `3 June 2001`.
pub fn long_date(timestamp: Timestamp) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let digits = timestamp.to_string();
    let month: usize = digits[4..6].parse().expect("two digits");
    format!(
        "{} {} {}",
        digits[6..8].trim_start_matches('0'),
        MONTHS[month - 1],
        timestamp.year()
    )
}

/// The words around a policy, for [`Shows::Policy`].
pub fn shows(policy: Policy, revision: u8, chrome: &Chrome) -> Shows {
    Shows::Policy(policy, revision, chrome.phrases())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::new(6));
    out.write_all(bytes).expect("memory takes all");
    out.finish().expect("memory takes all")
}

/// Writes the body in chunks of growing size, with a chunk extension and a trailer, as some servers of the time sent
/// them.
fn chunked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    let mut size = 1000;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        let extension = if out.is_empty() { ";first=1" } else { "" };
        write!(out, "{:x}{extension}\r\n", chunk.len()).expect("memory takes all");
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
        rest = after;
        size *= 2;
    }
    out.extend_from_slice(b"0\r\nX-Served-In: 12ms\r\n\r\n");
    out
}
