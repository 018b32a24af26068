//! Reads index files next to WARC files: CDXJ, and CDX with a header line of letters.
//!
//! CDXJ is `urlkey timestamp {json}` (pywb). CDX is a line of letters, ` CDX N b a m s k r M S V g`, that names the
//! columns below it (Internet Archive, "CDX and DAT legend"); files without that line have 9, 10 or 11 columns in
//! pywb's order. Lines that begin with `!` are CDXJ's own headers.

use std::io::{self, BufRead};

use serde_json::Value;

use super::cdx_columns::CdxColumns;
use super::lines::{LineRead, read_line};
use super::record_row::digest_of_revisit;
use super::skipped::SkipReason;
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey, visible_url};

/// Longest line that is accepted. A longer one is an unreadable row. Rows of the Wayback Machine stay under 8 KiB.
pub(super) const MAX_LINE_BYTES: usize = 64 * 1024;

/// A row of an index file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexRow {
    /// The capture.
    pub(super) capture: Capture,
    /// Offset of the record in its file, in bytes.
    pub(super) offset: u64,
    /// Base name of the WARC file; `None` for an index without such a column.
    pub(super) filename: Option<String>,
}

/// Summary of an index file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct IndexReport {
    /// Rows that could not be read.
    pub(super) bad_rows: u64,
    /// False for a CDX whose header names no offset (`V`): it does not give the locations of records.
    pub(super) has_offsets: bool,
}

/// One line of an index file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum IndexLine<'a> {
    /// A row.
    Row(IndexRow),
    /// A row that is no capture of a page.
    Skipped(SkipReason),
    /// A row that cannot be read; at most the first 64 KiB of its line.
    Unreadable(&'a str),
}

/// Reads a CDXJ or CDX file line by line and sends each row to `sink`. An unreadable row never ends the reading.
pub(super) fn read_index(
    mut reader: impl BufRead,
    sink: &mut impl FnMut(IndexLine<'_>),
) -> io::Result<IndexReport> {
    let mut report = IndexReport {
        bad_rows: 0,
        has_offsets: true,
    };
    let mut columns: Option<CdxColumns> = None;
    let mut line = Vec::new();
    loop {
        let found = read_line(&mut reader, MAX_LINE_BYTES, &mut line)?;
        if found == LineRead::End {
            return Ok(report);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() || text.starts_with('!') {
            continue;
        }
        if let Some(header) = CdxColumns::of_header(text) {
            report.has_offsets = header.has_offsets();
            columns = Some(header);
            continue;
        }
        let row = if found == LineRead::TooLong {
            None
        } else if let Some(row) = parse_cdxj(text) {
            Some(row)
        } else {
            match columns.clone().or_else(|| CdxColumns::usual(text)) {
                Some(header) if header.has_offsets() => parse_cdx(text, &header),
                Some(_) => continue,
                None => None,
            }
        };
        sink(match row {
            Some(_) if is_answer_to_post(text) => IndexLine::Skipped(SkipReason::AnswerToPost),
            Some(row) => IndexLine::Row(row),
            None => {
                report.bad_rows = report.bad_rows.saturating_add(1);
                IndexLine::Unreadable(text)
            }
        });
    }
}

/// True for the row of a request that sent data. pywb and cdxj-indexer add its method to the key.
fn is_answer_to_post(line: &str) -> bool {
    line.split(' ')
        .next()
        .is_some_and(|key| key.contains("__wb_method="))
        || (line.contains("\"method\"")
            && ["POST", "PUT", "PATCH", "DELETE"].iter().any(|method| {
                line.contains(&format!("\"method\": \"{method}\""))
                    || line.contains(&format!("\"method\":\"{method}\""))
            }))
}

fn parse_cdx(line: &str, columns: &CdxColumns) -> Option<IndexRow> {
    let fields = columns.fields(line)?;
    let field = |letter| fields.get(letter);
    row(&IndexFields {
        urlkey: field('N').or_else(|| field('A')),
        timestamp: field('b')?,
        url: field('a')?,
        mime: field('m'),
        status: field('s'),
        digest: field('k').or_else(|| field('c')),
        length: field('S'),
        offset: field('V')?,
        filename: field('g'),
    })
}

fn parse_cdxj(line: &str) -> Option<IndexRow> {
    let (urlkey, rest) = line.split_once(' ')?;
    let (timestamp, json) = rest.split_once(' ')?;
    if !json.trim_start().starts_with('{') {
        return None;
    }
    let json: Value = serde_json::from_str(json).ok()?;
    let text = |name: &str| match json.get(name)? {
        Value::String(text) if !text.is_empty() && text != "-" => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    row(&IndexFields {
        urlkey: Some(urlkey).filter(|key| !key.is_empty() && *key != "-"),
        timestamp,
        url: &text("url")?,
        mime: text("mime").as_deref(),
        status: text("status").as_deref(),
        digest: text("digest").as_deref(),
        length: text("length").as_deref(),
        offset: &text("offset")?,
        filename: text("filename").as_deref(),
    })
}

struct IndexFields<'a> {
    urlkey: Option<&'a str>,
    timestamp: &'a str,
    url: &'a str,
    mime: Option<&'a str>,
    status: Option<&'a str>,
    digest: Option<&'a str>,
    length: Option<&'a str>,
    offset: &'a str,
    filename: Option<&'a str>,
}

/// Builds a row from its fields. A key (or a URL that gives one), a time and an offset are required. Other fields may be
/// missing or invalid (pywb's sample files have rows without digest, status or MIME type).
fn row(fields: &IndexFields<'_>) -> Option<IndexRow> {
    // Some tools write plain URLs into the column of keys (`example.com/privacy` under `N`). A key contains `)`.
    let urlkey = match fields.urlkey.filter(|key| key.contains(')')) {
        Some(key) => UrlKey::from_cdx(key).ok()?,
        None => UrlKey::of(fields.url).ok()?,
    };
    let filename = match fields.filename {
        // Only the base name counts, so that no index can refer to files outside its folder.
        Some(name) => Some(
            name.rsplit(['/', '\\'])
                .next()
                .filter(|base| !base.is_empty())?
                .to_owned(),
        ),
        None => None,
    };
    let is_revisit = fields.mime == Some("warc/revisit");
    let digest = fields.digest.and_then(|d| PayloadDigest::parse(d).ok());
    let status = fields
        .status
        .and_then(|s| s.parse().ok())
        .filter(|s| (100..=999).contains(s));
    Some(IndexRow {
        capture: Capture {
            urlkey,
            timestamp: Timestamp::from_cdx(fields.timestamp).ok()?,
            original: visible_url(fields.url).into_owned(),
            mimetype: fields.mime.unwrap_or("-").to_owned(),
            // The 304 of a revisit is about the request of the crawler, not about the page.
            statuscode: status.filter(|status| !(is_revisit && *status == 304)),
            digest: if is_revisit {
                digest_of_revisit(digest)
            } else {
                digest
            },
            length: fields.length.and_then(|l| l.parse().ok()),
        },
        offset: fields.offset.parse().ok()?,
        filename,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> (Vec<IndexRow>, IndexReport) {
        let mut rows = Vec::new();
        let report = read_index(text, &mut |line| {
            if let IndexLine::Row(row) = line {
                rows.push(row);
            }
        })
        .unwrap();
        (rows, report)
    }

    #[test]
    fn the_columns_follow_the_letters_of_the_header() {
        let eleven = " CDX N b a m s k r M S V g\ncom,example)/ 20140127171200 http://example.com text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A - - 1046 334 dupes.warc.gz\n";
        let nine = " CDX N b a m s k r V g\ncom,example)/ 20140127171200 http://example.com text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A - 334 dupes.warc.gz\n";
        let seven = " CDX b a m s k V g\n20140127171200 http://example.com text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A 334 dupes.warc.gz\n";
        let tabs = "\tCDX\tg\tV\tb\ta\ndupes.warc.gz\t334\t20140127171200\thttp://example.com\n";
        let (rows, _) = read(eleven.as_bytes());
        assert_eq!(rows[0].capture.length, Some(1046));
        for text in [eleven, nine, seven, tabs] {
            let (rows, report) = read(text.as_bytes());
            assert_eq!((rows.len(), report.bad_rows), (1, 0), "{text}");
            assert_eq!(
                (rows[0].capture.urlkey.as_str(), rows[0].offset),
                ("com,example)/", 334),
                "{text}"
            );
            assert_eq!(rows[0].filename.as_deref(), Some("dupes.warc.gz"));
        }
        let headless = nine.split_once('\n').unwrap().1;
        assert_eq!(read(headless.as_bytes()), read(nine.as_bytes()));
    }

    #[test]
    fn a_plain_address_in_the_column_of_keys_is_no_key() {
        let cdx = " CDX N b a m s k r M S V g\nexample.com/privacy 20140127171200 http://www.example.com/privacy text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A - - 1046 334 dupes.warc.gz\n";
        let cdxj = "example.com/privacy 20140127171200 {\"url\": \"http://www.example.com/privacy\", \"offset\": \"334\"}\n";
        for text in [cdx, cdxj] {
            let (rows, _) = read(text.as_bytes());
            assert_eq!(rows[0].capture.urlkey.as_str(), "com,example)/privacy");
        }
    }

    #[test]
    fn a_cdx_without_offsets_is_reported() {
        let (rows, report) = read(b" CDX N b a m s k S\ncom,example)/ 20140127171200 http://example.com text/html 200 AAA 12\n");
        assert_eq!(
            (rows.len(), report.has_offsets, report.bad_rows),
            (0, false, 0)
        );
    }

    #[test]
    fn odd_rows_are_kept_and_bad_rows_counted() {
        let text = concat!(
            "!OpenWayback-CDXJ 1.0\n",
            "com,example)/a 20140103030321 {\"url\": \"http://example.com/a\", \"length\": 12, \"offset\": 333, \"filename\": \"../../etc/example.warc.gz\"}\n",
            "- 20000800241623 {\"url\": \"http://example.com/b\", \"status\": \"-\", \"digest\": \"sha256:00\", \"offset\": \"0\"}\r\n",
            "com,example)/c 20140103030321 {\"url\": \"http://example.com/c\"}\n",
            "com,example)/d 2014 {\"url\": \"http://example.com/d\", \"offset\": \"0\"}\n",
            "com,example)/e 20140103030321 {\"url\": \n",
            "com,example)/f 20140103030321 {\"url\": \"http://example.com/f\", \"offset\": \"-1\", \"filename\": \"x\"}\n",
            "\n",
        );
        let (rows, report) = read(text.as_bytes());
        assert_eq!((rows.len(), report.bad_rows), (2, 4));
        assert_eq!(rows[0].filename.as_deref(), Some("example.warc.gz"));
        assert_eq!(rows[1].capture.urlkey.as_str(), "com,example)/b");
        assert_eq!(rows[1].capture.timestamp.to_string(), "20000824162300");
        assert_eq!(
            (
                rows[1].capture.statuscode,
                rows[1].capture.digest.as_ref().map(PayloadDigest::as_str)
            ),
            (None, Some("sha256:00"))
        );
    }

    #[test]
    fn an_overlong_line_is_one_bad_row() {
        let long = format!(
            "com,example)/ 20140103030321 {{\"url\": \"http://example.com/{}\", \"offset\": \"0\"}}\n",
            "a".repeat(100_000)
        );
        let good =
            "com,example)/ 20140103030321 {\"url\": \"http://example.com/\", \"offset\": \"0\"}\n";
        let (rows, report) = read(format!("{long}{good}").as_bytes());
        assert_eq!((rows.len(), report.bad_rows), (1, 1));
    }

    #[test]
    fn deeply_nested_json_is_a_bad_row() {
        let text = format!(
            "com,example)/ 20140103030321 {{\"url\": {}\n",
            "[".repeat(60_000)
        );
        assert_eq!(read(text.as_bytes()).1.bad_rows, 1);
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_reading_of_an_index(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
            read(&raw);
        }

        #[test]
        fn no_mutation_of_a_row_ends_the_reading(at in 0_usize..160, byte in any::<u8>()) {
            let mut raw = b" CDX N b a m s k r M S V g\ncom,example)/ 20140127171200 http://example.com text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A - - 1046 334 dupes.warc.gz\n".to_vec();
            if let Some(place) = raw.get_mut(at) {
                *place = byte;
            }
            let (rows, report) = read(&raw);
            prop_assert!(rows.len() as u64 + report.bad_rows <= 3);
        }
    }
}
