//! A WARC file of a test's own pages.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use super::program::{policytrail, succeeds};
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

/// A folder with the directory `archive` of these captures, and a database of the policies of a site at these addresses.
pub fn crawled_archive<'a>(
    site: &str,
    urls: &[&str],
    captures: impl IntoIterator<Item = (&'a str, &'a str, &'a str, Vec<u8>)>,
) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    std::fs::create_dir(&archive).unwrap();
    write_warc(&archive.join("captures.warc.gz"), captures);
    let mut arguments = vec!["backfill", site, "--archive", "archive"];
    arguments.extend(urls.iter().flat_map(|url| ["--url", *url]));
    succeeds(policytrail(folder.path(), &arguments));
    folder
}
