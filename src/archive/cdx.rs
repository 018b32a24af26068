//! Parses index rows, which are text lines or JSON, into `Capture`. Pure. An unreadable row causes an error for that
//! row only.
//!
//! Written for the rows that archives really send (`fl=urlkey,timestamp,original,mimetype,statuscode,digest,length`, pywb's
//! and Common Crawl's objects, `OutbackCDX`'s arrays): see the tests.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, percent_encode};
use serde_json::Value;

use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey, visible_url};

/// Why a row is not a capture of a web page. Such a row is counted and skipped. It never ends a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BadRow {
    /// Fewer than seven fields, or a required field is missing.
    #[error("fields are missing")]
    TooFewFields,
    /// The key is empty, too long, or contains control characters.
    #[error("the urlkey cannot be read")]
    UrlKey,
    /// Not 14 digits, or not a date.
    #[error("the timestamp is not a date")]
    Timestamp,
    /// No address, or longer than 4,096 bytes.
    #[error("the original is not a web address")]
    Original,
    /// An address that is not of the web: `mailto:`, `data:`, `dns:` and the like.
    #[error("the original is not an http or https address")]
    OtherScheme,
    /// Longer than 255 bytes.
    #[error("the MIME type is too long")]
    Mimetype,
    /// Neither a number of up to three digits nor `-`.
    #[error("the status is not a number")]
    Statuscode,
    /// Neither a number nor `-`.
    #[error("the length is not a number")]
    Length,
    /// A line of more than 64 KiB.
    #[error("the line is too long")]
    LineTooLong,
    /// Not a JSON array or object, or a field that is neither text nor a number.
    #[error("the row is not a JSON array")]
    Json,
}

/// Longest line that is read. Some crawls contain kilobytes of `data:` as a URL, but no line of this size.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

const MAX_ORIGINAL_BYTES: usize = 4096;
const MAX_MIMETYPE_BYTES: usize = 255;

/// Parses a text line `urlkey timestamp original mimetype statuscode digest length [more...]`, with or without line end.
///
/// Single spaces separate the fields, and `-` means "none". Further fields are ignored, except in the classic format
/// with 11 fields (`CDX N b a m s k r M S V g`), whose length is the ninth.
///
/// # Errors
/// [`BadRow`] names the field that is wrong.
pub fn parse_line(line: &[u8]) -> Result<Capture, BadRow> {
    if line.len() > MAX_LINE_BYTES {
        return Err(BadRow::LineTooLong);
    }
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut fields = line.split(|byte| *byte == b' ');
    let mut next = || fields.next().ok_or(BadRow::TooFewFields);
    let (urlkey, timestamp, original, mimetype) = (next()?, next()?, next()?, next()?);
    let (statuscode, digest, length) = (next()?, next()?, next()?);
    Ok(Capture {
        urlkey: parse_urlkey(urlkey)?,
        timestamp: parse_timestamp(timestamp)?,
        original: parse_original(original)?,
        mimetype: parse_mimetype(mimetype)?,
        statuscode: parse_statuscode(statuscode)?,
        digest: parse_digest(digest),
        length: match (parse_length(length), fields.nth(1), fields.nth(1)) {
            (Ok(Some(length)), ..) => Some(length),
            // Eleven fields: the seventh is a redirect or `-`, the ninth is the length.
            (_, Some(ninth), Some(_)) => parse_length(ninth)?,
            (length, ..) => length?,
        },
    })
}

/// Sort key of a text line: its first two fields and the space between them.
pub(crate) fn sort_key(line: &[u8]) -> &[u8] {
    let mut spaces = line
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b' ')
        .map(|(at, _)| at);
    let end = spaces.nth(1).unwrap_or(line.len());
    line.get(..end).unwrap_or(line)
}

/// Parses a JSON row: an array with the same order of fields (Wayback; `OutbackCDX` with numbers), or an object with the
/// names of Wayback (`original`, `mimetype`, `statuscode`), of pywb or of Common Crawl (`url`, `mime`, `status`).
///
/// A missing status, digest, MIME type or length is read as "none". An object without `urlkey` gets the key of its URL.
///
/// # Errors
/// The errors of [`parse_line`], and [`BadRow::Json`] for any other JSON. A header row is an error, because its
/// timestamp is not a date.
pub fn parse_json_row(row: &[u8]) -> Result<Capture, BadRow> {
    if row.len() > MAX_LINE_BYTES {
        return Err(BadRow::LineTooLong);
    }
    capture_of_json(&serde_json::from_slice(row).map_err(|_| BadRow::Json)?)
}

/// Does the same as [`parse_json_row`] for a JSON value.
///
/// # Errors
/// The errors of [`parse_json_row`].
pub fn capture_of_json(row: &Value) -> Result<Capture, BadRow> {
    let field = |index: usize, names: [&str; 2]| -> Cow<'_, str> {
        let value = match row {
            Value::Array(fields) => fields.get(index),
            Value::Object(fields) => names.iter().find_map(|name| fields.get(*name)),
            _ => None,
        };
        match value {
            Some(Value::String(text)) => Cow::Borrowed(text),
            Some(Value::Number(number)) => Cow::Owned(number.to_string()),
            _ => Cow::Borrowed("-"),
        }
    };
    match row {
        Value::Array(fields) if fields.len() < 6 => return Err(BadRow::TooFewFields),
        Value::Array(_) | Value::Object(_) => {}
        _ => return Err(BadRow::Json),
    }
    let original = field(2, ["original", "url"]);
    let urlkey = match field(0, ["urlkey", "urlkey"]) {
        Cow::Borrowed("-") => UrlKey::of(&original).map_err(|_| BadRow::UrlKey)?,
        key => parse_urlkey(key.as_bytes())?,
    };
    // Eleven fields are the classic format, whose seventh field is a redirect.
    let length_index = if row.as_array().is_some_and(|fields| fields.len() == 11) {
        8
    } else {
        6
    };
    Ok(Capture {
        urlkey,
        timestamp: parse_timestamp(field(1, ["timestamp", "timestamp"]).as_bytes())?,
        original: parse_original(original.as_bytes())?,
        mimetype: parse_mimetype(field(3, ["mimetype", "mime"]).as_bytes())?,
        statuscode: parse_statuscode(field(4, ["statuscode", "status"]).as_bytes())?,
        digest: parse_digest(field(5, ["digest", "digest"]).as_bytes()),
        length: parse_length(field(length_index, ["length", "length"]).as_bytes())?,
    })
}

fn parse_urlkey(field: &[u8]) -> Result<UrlKey, BadRow> {
    let text = std::str::from_utf8(field).map_err(|_| BadRow::UrlKey)?;
    UrlKey::from_cdx(text).map_err(|_| BadRow::UrlKey)
}

fn parse_timestamp(field: &[u8]) -> Result<Timestamp, BadRow> {
    let text = std::str::from_utf8(field).map_err(|_| BadRow::Timestamp)?;
    Timestamp::from_cdx(text).map_err(|_| BadRow::Timestamp)
}

fn parse_original(field: &[u8]) -> Result<String, BadRow> {
    let has_scheme = |scheme: &[u8]| {
        field
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if !(has_scheme(b"http://") || has_scheme(b"https://")) {
        return Err(if is_of_other_scheme(field) {
            BadRow::OtherScheme
        } else {
            BadRow::Original
        });
    }
    if field.len() > MAX_ORIGINAL_BYTES {
        return Err(BadRow::Original);
    }
    let original = match std::str::from_utf8(field) {
        Ok(text) => visible_url(text).into_owned(),
        // The URL contains bytes of an old charset. Percent-encoding turns them into text, and the URL still names the
        // same page.
        Err(_) => visible_url(&percent_encode(field, &AsciiSet::EMPTY).to_string()).into_owned(),
    };
    // Encoded bytes are three times as long.
    if original.len() > MAX_ORIGINAL_BYTES {
        Err(BadRow::Original)
    } else {
        Ok(original)
    }
}

/// True for an address of a scheme that web archives hold besides those of the web.
fn is_of_other_scheme(field: &[u8]) -> bool {
    let scheme = field.split(|byte| *byte == b':').next().unwrap_or_default();
    [
        "about",
        "data",
        "dns",
        "ftp",
        "javascript",
        "mailto",
        "metadata",
        "news",
        "screenshot",
        "tel",
        "text",
        "urn",
        "warcinfo",
        "whois",
    ]
    .iter()
    .any(|known| scheme.len() < field.len() && scheme.eq_ignore_ascii_case(known.as_bytes()))
}

fn parse_mimetype(field: &[u8]) -> Result<String, BadRow> {
    if field.len() > MAX_MIMETYPE_BYTES {
        return Err(BadRow::Mimetype);
    }
    Ok(String::from_utf8_lossy(field).into_owned())
}

fn parse_statuscode(field: &[u8]) -> Result<Option<u16>, BadRow> {
    match field {
        b"-" | b"" => Ok(None),
        digits if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => {
            let status = digits
                .iter()
                .fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'));
            // A few old rows have 0: their response had no status line.
            Ok((status >= 100).then_some(status))
        }
        _ => Err(BadRow::Statuscode),
    }
}

/// Parses a digest. An unknown spelling gives `None`: a digest is only a hint, so the row is kept.
fn parse_digest(field: &[u8]) -> Option<PayloadDigest> {
    std::str::from_utf8(field)
        .ok()
        .and_then(|text| PayloadDigest::parse(text).ok())
}

fn parse_length(field: &[u8]) -> Result<Option<u64>, BadRow> {
    match field {
        b"-" | b"" => Ok(None),
        digits if digits.len() <= 19 && digits.iter().all(u8::is_ascii_digit) => {
            Ok(Some(digits.iter().fold(0_u64, |number, digit| {
                number * 10 + u64::from(digit - b'0')
            })))
        }
        _ => Err(BadRow::Length),
    }
}

#[cfg(test)]
mod tests;
