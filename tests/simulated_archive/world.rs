//! The simulated archive itself: rows and payloads in memory behind `trait Archive`, and a count of the requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery, Scope,
};
use policytrail::model::{
    Capture, EMPTY_PAYLOAD_DIGEST, PayloadDigest, Redirect, Site, Timestamp, UrlKey,
};

/// One version of one policy as the archive shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueVersion {
    pub sentences: Vec<String>,
    /// First and last capture that show it.
    pub first: Timestamp,
    pub last: Timestamp,
}

/// A policy and its versions, in order of time.
#[derive(Debug, Clone)]
pub struct TruePolicy {
    pub site: String,
    pub what: String,
    pub versions: Vec<TrueVersion>,
}

#[derive(Clone)]
enum Response {
    /// A compressed body.
    Body(Arc<Vec<u8>>),
    Redirect(String),
}

struct Stored {
    row: Capture,
    status: u16,
    response: Response,
}

/// The requests that were made.
#[derive(Debug, Default, Clone)]
pub struct Requests {
    pub cdx: usize,
    /// Playback requests, with each hop of a redirect counted.
    pub playback: usize,
    /// Those of them that were redirected to the nearest capture.
    pub jumps: usize,
    /// Every payload that was sent: its capture and digest.
    pub payloads: Vec<(UrlKey, Timestamp, String)>,
    pub queries: Vec<String>,
}

/// The archive.
#[derive(Default)]
pub struct World {
    rows: BTreeMap<UrlKey, Vec<Stored>>,
    pub sites: Vec<String>,
    pub policies: Vec<TruePolicy>,
    requests: Mutex<Requests>,
    seen: HashMap<UrlKey, BTreeSet<String>>,
}

impl World {
    /// Adds a capture of a page, as a revisit where crawlers would have made one.
    pub fn page(&mut self, url: &str, at: Timestamp, status: u16, body: &str) {
        let Ok(key) = UrlKey::of(url) else {
            panic!("{url}")
        };
        let digest = PayloadDigest::of(body.as_bytes());
        let mut packer = GzEncoder::new(Vec::new(), Compression::new(6));
        packer.write_all(body.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        let again = !self
            .seen
            .entry(key.clone())
            .or_default()
            .insert(digest.to_string());
        let revisit = again && at.year() >= 2009 && status == 200;
        let length = if revisit {
            520
        } else {
            packed.len() as u64 + 310
        };
        let row = Capture {
            urlkey: key.clone(),
            timestamp: at,
            original: url.to_owned(),
            mimetype: if revisit {
                "warc/revisit".to_owned()
            } else {
                "text/html".to_owned()
            },
            statuscode: (!revisit).then_some(status),
            digest: Some(digest),
            length: Some(length),
        };
        self.rows.entry(key).or_default().push(Stored {
            row,
            status,
            response: Response::Body(Arc::new(packed)),
        });
    }

    /// Adds a capture of a redirect.
    pub fn redirect(&mut self, url: &str, at: Timestamp, status: u16, to: &str) {
        let key = UrlKey::of(url).unwrap();
        let row = Capture {
            urlkey: key.clone(),
            timestamp: at,
            original: url.to_owned(),
            mimetype: "text/html".to_owned(),
            statuscode: Some(status),
            digest: PayloadDigest::parse(EMPTY_PAYLOAD_DIGEST).ok(),
            length: Some(430),
        };
        self.rows.entry(key).or_default().push(Stored {
            row,
            status,
            response: Response::Redirect(to.to_owned()),
        });
    }

    pub fn sort(&mut self) {
        for rows in self.rows.values_mut() {
            rows.sort_by(|a, b| a.row.cmp(&b.row));
            rows.dedup_by(|a, b| a.row == b.row);
        }
    }

    pub fn captures_in_all(&self) -> usize {
        self.rows.values().map(Vec::len).sum()
    }

    /// Returns the requests since the last call.
    pub fn take_requests(&self) -> Requests {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }

    fn nearest(&self, url: &str, at: Timestamp) -> Option<&Stored> {
        let rows = self.rows.get(&UrlKey::of(url).ok()?)?;
        rows.iter()
            .min_by_key(|s| (s.row.timestamp.distance_seconds(at), s.row.original != url))
    }
}

impl Archive for World {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        {
            let mut requests = self.requests.lock().unwrap();
            requests.cdx += 1;
            requests.queries.push(format!("cdx {:?}", query.scope));
        }
        let mut answer = IndexAnswer::default();
        let of_site = |site: &Site, key: &UrlKey| {
            let start: Vec<&str> = site.as_str().rsplit('.').collect();
            let start = start.join(",");
            key.as_str()
                .strip_prefix(&start)
                .is_some_and(|rest| rest.starts_with([')', ',']))
        };
        for (key, rows) in &self.rows {
            let wanted = match &query.scope {
                Scope::Exact(url) => UrlKey::of(url).is_ok_and(|k| k == *key),
                Scope::Host(_) => panic!("hosts are not asked for here"),
                Scope::Domain(site) => of_site(site, key),
            };
            if !wanted || !(query.filter.is_empty() || query.filter.names(key)) {
                continue;
            }
            for stored in rows {
                let at = stored.row.timestamp;
                if query.from.is_none_or(|f| f <= at) && query.to.is_none_or(|t| at <= t) {
                    answer.rows += 1;
                    sink(stored.row.clone());
                }
            }
        }
        Ok(answer)
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let mut requests = self.requests.lock().unwrap();
        requests
            .queries
            .push(format!("{} {}", query.timestamp, query.original));
        let mut redirects: Vec<Redirect> = Vec::new();
        let mut url = query.original.clone();
        loop {
            requests.playback += 1;
            let Some(stored) = self.nearest(&url, query.timestamp) else {
                return Err(ArchiveError::NotArchived { url });
            };
            let row = &stored.row;
            // The archive redirects a request for any other moment or address to the nearest capture.
            let is_exact = row.timestamp == query.timestamp && row.original == url;
            if !is_exact {
                requests.playback += 1;
                requests.jumps += 1;
            }
            if row.timestamp < query.window.0 || row.timestamp > query.window.1 {
                return Err(ArchiveError::Displaced {
                    url,
                    timestamp: row.timestamp,
                });
            }
            match &stored.response {
                Response::Redirect(to) => {
                    if redirects.len() >= 10 || redirects.iter().any(|r| r.from == row.original) {
                        return Err(ArchiveError::RedirectLoop { url });
                    }
                    redirects.push(Redirect {
                        from: row.original.clone(),
                        timestamp: row.timestamp,
                        status: stored.status,
                        to: to.clone(),
                    });
                    url.clone_from(to);
                }
                Response::Body(packed) => {
                    let body = unpacked(packed);
                    let digest = row
                        .digest
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default();
                    requests
                        .payloads
                        .push((row.urlkey.clone(), row.timestamp, digest));
                    return Ok(Memento {
                        timestamp: row.timestamp,
                        original: row.original.clone(),
                        status: stored.status,
                        content_type: Some("text/html; charset=utf-8".to_owned()),
                        body,
                        redirects,
                        records: Vec::new(),
                    });
                }
            }
        }
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        Some(format!("http://archive.example/web/{timestamp}/{original}"))
    }

    fn name(&self) -> String {
        "simulated".to_owned()
    }

    fn is_local(&self) -> bool {
        false
    }
}

/// The bytes of a packed body.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut body).unwrap();
    body
}
