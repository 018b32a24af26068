//! Rebuilds one stored response as WARC, where the original record is not kept.

use std::io;

use super::warc::{DESCRIPTION, WARCINFO_FIELDS};
use super::warc_head::response_head;
use crate::archive::warc::writer::{CapturedResponse, WarcWriter};
use crate::model::{Redirect, Timestamp};

/// A response as the database keeps it.
#[derive(Debug, Clone, Copy)]
pub struct KeptResponse<'a> {
    /// URL of the capture that the archive returned.
    pub url: &'a str,
    /// Its time.
    pub timestamp: Timestamp,
    /// HTTP status that came with it.
    pub status: u16,
    /// Content type that came with it.
    pub content_type: Option<&'a str>,
    /// Archived redirects that led to it.
    pub redirects: &'a [Redirect],
    /// Its bytes, without content encodings.
    pub body: &'a [u8],
}

/// What a rebuilt record lacks.
pub const REBUILT: &str = DESCRIPTION;

/// A WARC file with a record for each redirect and one for the response. Its first record says that it is rebuilt.
///
/// # Errors
/// If writing to memory fails.
pub fn rebuilt_warc(response: &KeptResponse<'_>, filename: &str) -> io::Result<Vec<u8>> {
    let mut warc = WarcWriter::new(Vec::new());
    warc.warcinfo(filename, response.timestamp, &WARCINFO_FIELDS)?;
    for hop in response.redirects {
        warc.response(&CapturedResponse {
            url: &hop.from,
            timestamp: hop.timestamp,
            head: &response_head(hop.status, ("Location", Some(&hop.to)), 0),
            payload: b"",
        })?;
    }
    let content_type = ("Content-Type", response.content_type);
    warc.response(&CapturedResponse {
        url: response.url,
        timestamp: response.timestamp,
        head: &response_head(response.status, content_type, response.body.len()),
        payload: response.body,
    })?;
    warc.finish()
}
