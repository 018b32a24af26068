//! The captures in a folder of WARCs with CDXJ, read without the program's own code.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

/// One row of the CDXJ with the archived response it names.
#[derive(Debug, Clone)]
pub struct Row {
    pub urlkey: String,
    pub timestamp: String,
    pub original: String,
    pub mimetype: String,
    pub status: String,
    pub digest: String,
    pub length: String,
    pub response: Stored,
}

#[derive(Debug, Clone, Default)]
pub struct Stored {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The rows of all indexes, sorted, each with the response that it or its revisited capture has.
pub fn rows(folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "cdxj") {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let mut parts = line.splitn(3, ' ');
                let (urlkey, timestamp) = (
                    parts.next().unwrap().to_owned(),
                    parts.next().unwrap().to_owned(),
                );
                let json: serde_json::Value = serde_json::from_str(parts.next().unwrap()).unwrap();
                let get = |name: &str| json[name].as_str().unwrap_or("-").to_owned();
                let warc = fs::read(folder.join(get("filename"))).unwrap();
                let offset: usize = get("offset").parse().unwrap();
                rows.push((
                    get("mime") == "warc/revisit",
                    record(&warc[offset..]),
                    Row {
                        urlkey,
                        timestamp,
                        original: get("url"),
                        mimetype: get("mime"),
                        status: get("status"),
                        digest: get("digest"),
                        length: get("length"),
                        response: Stored::default(),
                    },
                ));
            }
        }
    }
    let payloads: BTreeMap<String, Stored> = rows
        .iter()
        .filter(|(revisit, ..)| !revisit)
        .map(|(_, stored, row)| (row.digest.clone(), stored.clone()))
        .collect();
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(revisit, stored, row)| {
            let response = if revisit {
                payloads[&row.digest].clone()
            } else {
                stored
            };
            Row { response, ..row }
        })
        .collect();
    rows.sort_by(|a, b| {
        (&a.urlkey, &a.timestamp, &a.original).cmp(&(&b.urlkey, &b.timestamp, &b.original))
    });
    rows
}

/// The HTTP response of the WARC record at the start of these bytes.
fn record(bytes: &[u8]) -> Stored {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .unwrap();
    let (head, block) = split(&plain);
    let length = header(&head, "content-length")
        .unwrap()
        .parse::<usize>()
        .unwrap();
    let (http, body) = split(&block[..length]);
    if http.is_empty() {
        return Stored::default();
    }
    let status = http[0]
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    let headers = http[1..]
        .iter()
        .filter_map(|l| l.split_once(": "))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let chunked =
        header(&http, "transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    let body = if chunked {
        dechunked(body)
    } else {
        body.to_vec()
    };
    let mut stored = Stored {
        status,
        headers,
        body,
    };
    stored.headers.retain(|(n, _)| {
        !matches!(
            n.to_ascii_lowercase().as_str(),
            "transfer-encoding" | "content-length" | "connection"
        )
    });
    stored
}

fn split(bytes: &[u8]) -> (Vec<String>, &[u8]) {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        return (Vec::new(), bytes);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    (
        head.split("\r\n").map(str::to_owned).collect(),
        &bytes[end + 4..],
    )
}

fn header(lines: &[String], name: &str) -> Option<String> {
    let line = lines
        .iter()
        .find(|l| l.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
    Some(line[name.len() + 1..].trim().to_owned())
}

fn dechunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = bytes.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(
            std::str::from_utf8(&bytes[..end])
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .trim(),
            16,
        )
        .unwrap();
        if size == 0 {
            break;
        }
        out.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    out
}
