//! An archive in memory for the tests of this module: pages, redirects, and the requests that it received.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::archive::{
    Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery, Redirect, Scope,
};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};

#[derive(Default)]
pub(crate) struct MemoryArchive {
    /// By key, in order of time: time, URL, status, and body or redirect target.
    pub(crate) pages: BTreeMap<UrlKey, Vec<(Timestamp, String, u16, String)>>,
    pub(crate) requested: Mutex<Vec<String>>,
    /// The captures that were sent.
    pub(crate) fetched: Mutex<Vec<String>>,
    /// The archive fails for good after this many mementos.
    pub(crate) fails_after: Option<usize>,
    pub(crate) excluded: bool,
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::earliest(text).unwrap()
}

impl MemoryArchive {
    pub(crate) fn page(mut self, time: &str, url: &str, body: &str) -> Self {
        self.put(time, url, 200, body);
        self
    }

    pub(crate) fn put(&mut self, time: &str, url: &str, status: u16, body: &str) {
        let captures = self.pages.entry(UrlKey::of(url).unwrap()).or_default();
        captures.push((at(time), url.to_owned(), status, body.to_owned()));
        captures.sort();
    }

    pub(crate) fn count(&self) -> usize {
        self.requested.lock().unwrap().len()
    }
}

impl MemoryArchive {
    /// The capture at the end of the redirects.
    fn follow(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let url = query.original.clone();
        let mut redirects = Vec::new();
        let mut target = url.clone();
        loop {
            let captures = UrlKey::of(&target)
                .ok()
                .and_then(|key| self.pages.get(&key));
            let nearest = captures.and_then(|all| {
                all.iter()
                    .min_by_key(|c| c.0.distance_seconds(query.timestamp))
            });
            let Some((timestamp, original, status, body)) = nearest else {
                return Err(ArchiveError::NotArchived { url });
            };
            if *timestamp < query.window.0 || *timestamp > query.window.1 {
                return Err(ArchiveError::Displaced {
                    url,
                    timestamp: *timestamp,
                });
            }
            if (300..400).contains(status) {
                redirects.push(Redirect {
                    from: original.clone(),
                    timestamp: *timestamp,
                    status: *status,
                    to: body.clone(),
                });
                if redirects.len() > 10 {
                    return Err(ArchiveError::RedirectLoop { url });
                }
                target.clone_from(body);
                continue;
            }
            self.fetched
                .lock()
                .unwrap()
                .push(format!("{timestamp} {original}"));
            return Ok(Memento {
                timestamp: *timestamp,
                original: original.clone(),
                status: *status,
                content_type: Some("text/html; charset=utf-8".to_owned()),
                body: body.clone().into_bytes(),
                redirects,
                records: Vec::new(),
            });
        }
    }
}

impl Archive for MemoryArchive {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let Scope::Domain(site) = &query.scope else {
            panic!("only domains are queried")
        };
        if self.excluded {
            return Err(ArchiveError::Excluded {
                archive: self.name(),
                what: site.to_string(),
                detail: String::new(),
            });
        }
        let mut answer = IndexAnswer::default();
        for (key, captures) in &self.pages {
            if !query.filter.is_empty() && !query.filter.names(key) {
                continue;
            }
            for (timestamp, original, status, body) in captures {
                answer.rows += 1;
                sink(Capture {
                    urlkey: key.clone(),
                    timestamp: *timestamp,
                    original: original.clone(),
                    mimetype: "text/html".to_owned(),
                    statuscode: Some(*status),
                    digest: Some(PayloadDigest::of(body.as_bytes())),
                    length: Some(1),
                });
            }
        }
        Ok(answer)
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        self.requested
            .lock()
            .unwrap()
            .push(format!("{} {}", query.timestamp, query.original));
        let url = query.original.clone();
        if self.fails_after.is_some_and(|limit| self.count() > limit) {
            return Err(ArchiveError::Unavailable {
                archive: self.name(),
                what: url,
                detail: "503".to_owned(),
            });
        }
        if self.excluded {
            return Err(ArchiveError::Excluded {
                archive: self.name(),
                what: url,
                detail: String::new(),
            });
        }
        self.follow(query)
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        Some(format!("http://archive.example/{timestamp}/{original}"))
    }

    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn is_local(&self) -> bool {
        true
    }
}
