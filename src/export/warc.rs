//! The payloads held, as WARC 1.1 with a CDXJ index and a list of the sites: an archive that `--archive` and pywb replay.
//!
//! The database keeps bodies with their content encodings taken off, statuses, content types and redirects, not the
//! headers as they were received; so each response is rebuilt of these, and the file says so in its `warcinfo`. Captures
//! that share a payload are `revisit` records.

use std::collections::HashSet;
use std::io::Write;

use sha1::{Digest as _, Sha1};

use super::folder::{Compression, Folder};
use super::{ExportError, ExportOptions};
use crate::archive::warc::writer::{
    CapturedResponse, EarlierCapture, RecordPlace, WarcWriter, cdxj_line,
};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};
use crate::store::tables::{HeldCapture, Snapshot};

/// The archive, its index, and the sites with their policies' addresses, as `--sites` reads them.
pub(super) const WARC: &str = "policies.warc.gz";
pub(super) const INDEX: &str = "policies.cdxj";
/// Sites and addresses of the policies whose pages a WARC export holds, as a site list.
pub const SITE_LIST: &str = "policies.sites.csv";

const DESCRIPTION: &str = "Privacy policies as kept by policytrail. Status, Content-Type, Location and body are those that the archive \
                           played; content encodings are taken off, Content-Length is computed, and all other headers of the \
                           responses are not kept and so not here. There are no request records.";

/// The response at hand, for the captures that share its payload.
struct Current {
    capture_id: i64,
    url: String,
    timestamp: Timestamp,
    head: Vec<u8>,
    payload: Vec<u8>,
}

struct Records<'a, W: Write> {
    warc: WarcWriter<W>,
    snapshot: &'a Snapshot<'a>,
    /// What was written: the first 16 bytes of the hash of time and address.
    seen: HashSet<[u8; 16]>,
    written: u64,
}

/// Writes the three files; gives the number of records that are captures.
pub(super) fn write_warc(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut Folder,
) -> Result<u64, ExportError> {
    let sink = folder.create(WARC, Compression::None)?;
    let path = sink.path().to_path_buf();
    let fail = |e| ExportError::write(&path, e);
    let mut warc = WarcWriter::new(sink);
    let dated = snapshot
        .dated()?
        .unwrap_or_else(|| Timestamp::from_unix_seconds(0));
    let fields = [
        (
            "software",
            concat!("policytrail/", env!("CARGO_PKG_VERSION")),
        ),
        ("format", "WARC File Format 1.1"),
        ("description", DESCRIPTION),
    ];
    warc.warcinfo(WARC, dated, &fields).map_err(fail)?;
    let mut records = Records {
        warc,
        snapshot,
        seen: HashSet::new(),
        written: 0,
    };
    let mut current: Option<Current> = None;
    let lines = snapshot.line_sorter()?;
    snapshot.each_held_capture(&options.filter, |held| {
        for (capture, place) in records.write(&held, &mut current, &fail)? {
            lines.add(&cdxj_line(&capture, place, WARC))?;
        }
        Ok::<_, ExportError>(())
    })?;
    let written = records.written;
    let sink = records.warc.finish().map_err(fail)?;
    folder.close(sink)?;

    let mut index = folder.create(INDEX, Compression::None)?;
    let path = index.path().to_path_buf();
    lines.each(|line| writeln!(index, "{line}").map_err(|e| ExportError::write(&path, e)))?;
    folder.close(index)?;
    write_site_list(snapshot, options, folder)?;
    Ok(written)
}

impl<W: Write> Records<'_, W> {
    /// Writes the records of a held capture: its redirects, and itself as response or revisit.
    fn write(
        &mut self,
        held: &HeldCapture,
        current: &mut Option<Current>,
        fail: &dyn Fn(std::io::Error) -> ExportError,
    ) -> Result<Vec<(Capture, RecordPlace)>, ExportError> {
        let mut rows = Vec::new();
        for hop in hops(&held.redirects) {
            rows.extend(self.redirect(&hop).map_err(fail)?);
        }
        if held.is_revisit {
            let earlier = current
                .as_ref()
                .filter(|c| c.capture_id == held.fetched_capture_id);
            if let Some(earlier) = earlier {
                rows.extend(self.revisit(held, earlier).map_err(fail)?);
            }
        } else if held.has_payload {
            let payload = self.snapshot.payload(held.fetched_capture_id)?;
            let response = Current {
                capture_id: held.fetched_capture_id,
                url: held.original.clone(),
                timestamp: held.timestamp,
                head: head(
                    held.statuscode.unwrap_or(200),
                    ("Content-Type", held.content_type.as_deref()),
                    payload.len(),
                ),
                payload,
            };
            rows.extend(self.response(held, &response).map_err(fail)?);
            *current = Some(response);
        }
        Ok(rows)
    }

    fn response(
        &mut self,
        held: &HeldCapture,
        response: &Current,
    ) -> std::io::Result<Option<(Capture, RecordPlace)>> {
        let Some(urlkey) = self.take(&response.url, response.timestamp) else {
            return Ok(None);
        };
        let place = self.warc.response(&response.captured())?;
        let mimetype = held.content_type.as_deref().and_then(essence);
        let capture = Capture {
            urlkey,
            timestamp: response.timestamp,
            original: response.url.clone(),
            mimetype: mimetype.unwrap_or_else(|| "unk".to_owned()),
            statuscode: Some(held.statuscode.unwrap_or(200)),
            digest: Some(PayloadDigest::of(&response.payload)),
            length: Some(place.length),
        };
        Ok(Some((capture, place)))
    }

    fn revisit(
        &mut self,
        held: &HeldCapture,
        earlier: &Current,
    ) -> std::io::Result<Option<(Capture, RecordPlace)>> {
        let Some(urlkey) = self.take(&held.original, held.timestamp) else {
            return Ok(None);
        };
        let captured = CapturedResponse {
            url: &held.original,
            timestamp: held.timestamp,
            ..earlier.captured()
        };
        let place = self.warc.revisit(
            &captured,
            EarlierCapture {
                url: &earlier.url,
                timestamp: earlier.timestamp,
            },
        )?;
        let capture = Capture {
            urlkey,
            timestamp: held.timestamp,
            original: held.original.clone(),
            mimetype: "warc/revisit".to_owned(),
            statuscode: None,
            digest: Some(PayloadDigest::of(&earlier.payload)),
            length: Some(place.length),
        };
        Ok(Some((capture, place)))
    }

    fn redirect(&mut self, hop: &Hop) -> std::io::Result<Option<(Capture, RecordPlace)>> {
        let Some(urlkey) = self.take(&hop.from, hop.timestamp) else {
            return Ok(None);
        };
        let place = self.warc.response(&CapturedResponse {
            url: &hop.from,
            timestamp: hop.timestamp,
            head: &head(hop.status, ("Location", Some(&hop.to)), 0),
            payload: b"",
        })?;
        let capture = Capture {
            urlkey,
            timestamp: hop.timestamp,
            original: hop.from.clone(),
            mimetype: "unk".to_owned(),
            statuscode: Some(hop.status),
            digest: Some(PayloadDigest::of(b"")),
            length: Some(place.length),
        };
        Ok(Some((capture, place)))
    }

    /// The key of a capture that was not written yet; `None` when it was, or has an address that cannot be indexed.
    fn take(&mut self, url: &str, timestamp: Timestamp) -> Option<UrlKey> {
        let urlkey = UrlKey::of(url).ok()?;
        // An address that breaks a header line would be another one in the file.
        if url.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let hash = Sha1::digest(format!("{timestamp} {url}"));
        let mut name = [0; 16];
        name.copy_from_slice(&hash[..16]);
        if !self.seen.insert(name) {
            return None;
        }
        self.written += 1;
        Some(urlkey)
    }
}

impl Current {
    fn captured(&self) -> CapturedResponse<'_> {
        CapturedResponse {
            url: &self.url,
            timestamp: self.timestamp,
            head: &self.head,
            payload: &self.payload,
        }
    }
}

/// An archived redirect, as the database keeps it.
#[derive(serde::Deserialize)]
struct StoredHop {
    from: String,
    timestamp: String,
    status: u16,
    to: String,
}

struct Hop {
    from: String,
    timestamp: Timestamp,
    status: u16,
    to: String,
}

fn hops(redirects: &str) -> Vec<Hop> {
    let stored: Vec<StoredHop> = serde_json::from_str(redirects).unwrap_or_default();
    let hop = |h: StoredHop| {
        let is_redirect = (300..400).contains(&h.status);
        Some(Hop {
            timestamp: h.timestamp.parse().ok()?,
            from: h.from,
            status: h.status,
            to: h.to,
        })
        .filter(|_| is_redirect)
    };
    stored.into_iter().filter_map(hop).collect()
}

/// Status line and headers of a rebuilt response, with the blank line after them.
fn head(status: u16, (name, value): (&str, Option<&str>), length: usize) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        404 => "Not Found",
        410 => "Gone",
        _ => "Status",
    };
    let header = value.map_or_else(String::new, |value| {
        // A line end would forge a header.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        format!("{name}: {value}\r\n")
    });
    format!("HTTP/1.1 {status} {reason}\r\n{header}Content-Length: {length}\r\n\r\n").into_bytes()
}

/// `text/html` of `text/html; charset=utf-8`.
fn essence(content_type: &str) -> Option<String> {
    let name = content_type.split(';').next()?.trim().to_ascii_lowercase();
    let is_type = |c: char| c.is_ascii_alphanumeric() || "/+-._".contains(c);
    (!name.is_empty() && name.chars().all(is_type)).then_some(name)
}

/// Every address of every policy: what an import looks up in the archive.
fn write_site_list(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut Folder,
) -> Result<(), ExportError> {
    let mut sink = folder.create(SITE_LIST, Compression::None)?;
    let path = sink.path().to_path_buf();
    let fail = |e: csv::Error| ExportError::write(&path, e.into());
    {
        let mut list = csv::Writer::from_writer(&mut sink);
        list.write_record(["site", "policy_url", "rank"])
            .map_err(fail)?;
        snapshot.each_policy_address(&options.filter, |site, url, rank| {
            let rank = rank.map_or_else(String::new, |r| r.to_string());
            list.write_record([site, url, &rank]).map_err(fail)
        })?;
        list.flush().map_err(|e| ExportError::write(&path, e))?;
    }
    folder.close(sink)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stored_value_can_forge_a_header() {
        let head = head(302, ("Location", Some("http://a.com/\r\nSet-Cookie: x")), 0);
        assert_eq!(
            String::from_utf8(head).unwrap(),
            "HTTP/1.1 302 Found\r\nLocation: http://a.com/Set-Cookie: x\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(
            essence("Text/HTML; charset=x").as_deref(),
            Some("text/html")
        );
        assert_eq!(essence("a b"), None);
    }

    #[test]
    fn redirects_that_cannot_be_read_are_none() {
        let stored = r#"[{"from":"http://a.com/","timestamp":"20120611040411","status":301,"to":"http://b.com/"},
            {"from":"http://a.com/","timestamp":"20120611040411","status":200,"to":"http://b.com/"},
            {"from":"http://a.com/","timestamp":"soon","status":301,"to":"http://b.com/"}]"#;
        assert_eq!(hops(stored).len(), 1);
        assert!(hops("nonsense").is_empty());
    }
}
