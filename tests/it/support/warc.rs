//! A WARC file of a test's own pages.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use policytrail::archive::warc::writer::{CapturedResponse, WarcWriter};
use policytrail::model::Timestamp;

/// Writes a file of captures: year, URL, content type, body.
pub fn write_warc<'a>(
    file: &Path,
    captures: impl IntoIterator<Item = (&'a str, &'a str, &'a str, Vec<u8>)>,
) {
    let mut writer = WarcWriter::new(BufWriter::new(File::create(file).unwrap()));
    for (year, url, content_type, body) in captures {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
        );
        let response = CapturedResponse {
            url,
            timestamp: Timestamp::earliest(year).unwrap(),
            head: head.as_bytes(),
            payload: &body,
        };
        writer.response(&response).unwrap();
    }
}
