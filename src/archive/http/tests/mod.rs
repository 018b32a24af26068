//! Tests of the whole client with a scripted transport, in virtual time.

mod bodies;
mod freeze_deadlines;
mod freezing;
mod index_errors;
mod indexing;
mod ledgers;
mod narrowing;
mod pacing;
mod playing;
mod pywb;
mod recorded_index;
mod recordings;
mod retrying;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer_meaning::TransportFailure;
use super::transport::{ArchiveResponse, Transport};
use super::*;
use crate::archive::clock::Clock;
use crate::archive::{Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, Timestamp};

/// Answer of the scripted server to one request.
pub(super) enum Reply {
    Fail(TransportFailure),
    Send {
        status: u16,
        headers: Vec<(String, String)>,
        pieces: Vec<Result<Bytes, TransportFailure>>,
        delay: Duration,
        /// Sends one byte per second endlessly, instead of the pieces.
        endless: bool,
    },
}

impl Reply {
    pub(super) fn new(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let body: Bytes = body.into();
        let mut headers: Vec<_> = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        headers.push(("content-length".to_owned(), body.len().to_string()));
        Self::Send {
            status,
            headers,
            pieces: vec![Ok(body)],
            delay: Duration::ZERO,
            endless: false,
        }
    }

    pub(super) fn rows(body: impl Into<Bytes>) -> Self {
        Self::new(200, &[("content-type", "text/plain")], body)
    }

    /// An archived page of 11 June 2012.
    pub(super) fn page(body: impl Into<Bytes>) -> Self {
        Self::new(
            200,
            &[
                ("memento-datetime", "Mon, 11 Jun 2012 04:04:11 GMT"),
                ("content-type", "text/html"),
            ],
            body,
        )
    }

    pub(super) fn after(mut self, time: Duration) -> Self {
        if let Self::Send { delay, .. } = &mut self {
            *delay = time;
        }
        self
    }

    /// Replaces the body by an endless one that arrives at one byte per second.
    pub(super) fn with_a_body_that_never_ends(mut self) -> Self {
        if let Self::Send { endless, .. } = &mut self {
            *endless = true;
        }
        self
    }

    /// Cuts the body in the middle and breaks the connection.
    pub(super) fn cut(mut self) -> Self {
        if let Self::Send { pieces, .. } = &mut self {
            let Some(Ok(body)) = pieces.pop() else {
                panic!("a body to cut")
            };
            pieces.push(Ok(body.slice(..body.len() / 2)));
            pieces.push(Err(TransportFailure::Broken("reset".to_owned())));
        }
        self
    }
}

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) at: Instant,
    pub(super) endpoint: Endpoint,
    pub(super) url: Url,
}

impl Request {
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.url
            .query_pairs()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.into_owned())
    }
}

#[derive(Default)]
pub(super) struct Log {
    pub(super) requests: Vec<Request>,
    under_way: [usize; 2],
    pub(super) most_under_way: [usize; 2],
}

pub(super) type Script = Box<dyn Fn(&Request, usize) -> Reply + Send + Sync>;
/// Makes one answer, for tables of answers, and may own data.
pub(super) type BoxedReply = Box<dyn Fn() -> Reply + Send + Sync>;
/// Makes one answer without data of its own.
pub(super) type MakeReply = fn() -> Reply;
pub(super) type Headers<'a> = Vec<(&'a str, &'a str)>;

struct Scripted {
    script: Script,
    log: Arc<Mutex<Log>>,
}

impl Transport for Scripted {
    fn get(
        &self,
        endpoint: Endpoint,
        url: Url,
    ) -> BoxFuture<'_, Result<ArchiveResponse, TransportFailure>> {
        Box::pin(async move {
            let request = Request {
                at: Instant::now(),
                endpoint,
                url,
            };
            let number = {
                let mut log = self.log.lock().unwrap();
                log.requests.push(request.clone());
                let lane = usize::from(endpoint == Endpoint::Playback);
                log.under_way[lane] += 1;
                log.most_under_way[lane] = log.most_under_way[lane].max(log.under_way[lane]);
                log.requests.len() - 1
            };
            let reply = (self.script)(&request, number);
            if let Reply::Send { delay, .. } = &reply {
                tokio::time::sleep(*delay).await;
            }
            self.log.lock().unwrap().under_way[usize::from(endpoint == Endpoint::Playback)] -= 1;
            match reply {
                Reply::Fail(failure) => Err(failure),
                Reply::Send {
                    status,
                    headers,
                    pieces,
                    endless,
                    ..
                } => {
                    let mut map = HeaderMap::new();
                    for (name, value) in headers {
                        map.append(
                            HeaderName::try_from(name).unwrap(),
                            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                        );
                    }
                    Ok(ArchiveResponse {
                        status,
                        headers: map,
                        body: if endless {
                            Box::pin(futures_util::stream::repeat(()).then(|()| async {
                                tokio::time::sleep(Duration::from_secs(1)).await;
                                Ok(Bytes::from_static(b" "))
                            }))
                        } else {
                            Box::pin(futures_util::stream::iter(pieces))
                        },
                    })
                }
            }
        })
    }
}

/// A wall clock that follows tokio's virtual time.
#[derive(Clone)]
pub(super) struct VirtualClock {
    start: Instant,
    first: Timestamp,
}

impl VirtualClock {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            first: "20261122000000".parse().unwrap(),
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(
            self.first.unix_seconds() + i64::try_from(self.start.elapsed().as_secs()).unwrap(),
        )
    }
}

/// A client, its scripted server, and what tests read from them.
pub(super) struct Scene {
    pub(super) archive: Arc<HttpArchive>,
    pub(super) log: Arc<Mutex<Log>>,
    pub(super) clock: VirtualClock,
    pub(super) stop: CancellationToken,
}

pub(super) fn scene(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Scene {
    scene_with(
        HttpSettings::default(),
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        script,
    )
}

pub(super) fn scene_with(
    settings: HttpSettings,
    ledger: Arc<dyn FreezeLedger>,
    clock: VirtualClock,
    script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
) -> Scene {
    let log = Arc::new(Mutex::new(Log::default()));
    let transport = Scripted {
        script: Box::new(script),
        log: Arc::clone(&log),
    };
    let stop = CancellationToken::new();
    let archive = HttpArchive::over(
        Box::new(transport),
        settings,
        ledger,
        Arc::new(clock.clone()),
        stop.clone(),
    )
    .unwrap();
    Scene {
        archive: Arc::new(archive),
        log,
        clock,
        stop,
    }
}

impl Scene {
    pub(super) fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().requests.clone()
    }

    pub(super) async fn rows(
        &self,
        query: &CaptureQuery,
    ) -> (Vec<Capture>, Result<IndexAnswer, ArchiveError>) {
        let mut rows = Vec::new();
        let answer = self
            .archive
            .captures(query, &mut |capture| rows.push(capture))
            .await;
        (rows, answer)
    }

    pub(super) async fn page(&self, original: &str) -> Result<Memento, ArchiveError> {
        self.archive
            .memento(&memento_query(original, "20120611040411"))
            .await
    }
}

/// A query whose window is the year 2012.
pub(super) fn memento_query(original: &str, timestamp: &str) -> MementoQuery {
    MementoQuery {
        original: original.to_owned(),
        timestamp: timestamp.parse().unwrap(),
        window: (
            "20120101000000".parse().unwrap(),
            "20121231235959".parse().unwrap(),
        ),
        expected_digest: None,
    }
}

pub(super) fn exact() -> CaptureQuery {
    CaptureQuery::exact("http://a.com/privacy")
}

/// Row number `i` of an index: one row per day from 1 January 2012.
pub(super) fn row(i: u32) -> String {
    let day = Timestamp::from_unix_seconds(1_325_376_000 + i64::from(i) * 86_400);
    format!(
        "com,a)/privacy {day} http://a.com/privacy text/html 200 {i:032} {}\n",
        1000 + i
    )
}

pub(super) fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
