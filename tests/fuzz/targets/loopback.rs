//! A server in this process that sends prepared bytes, and the program's client of archives, both in virtual time.
//!
//! The clock of tokio is paused, and moves only when neither side does anything. So pauses of minutes take no time, and the
//! same bytes always have the same result.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use policytrail::archive::clock::Clock;
use policytrail::archive::http::{Dialect, HttpArchive, HttpSettings, MemoryLedger};
use policytrail::model::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Largest body that the client accepts. Small, so that the fuzzer can exceed it.
pub const LIMIT: u64 = 4096;
/// Line between two answers of an input.
const ANSWER_MARK: &[u8] = b"\n==NEXT==\n";
/// Number of times that both sides get a turn without doing anything, after which the clock moves.
const QUIET_TURNS: u32 = 8;
/// First and longest step of the clock. The client waits at most half a minute before it looks again.
const STEPS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_secs(30));
/// Requests and virtual time after which a query counts as endless.
const MOST_REQUESTS: usize = 5_000;
const LONGEST: Duration = Duration::from_hours(48);

/// What the server does when it gets a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Sends these bytes and closes the connection.
    Raw(&'a [u8]),
    /// Sends this body with status 200 and its length.
    Body(&'a [u8]),
    /// Sends nothing.
    Silence,
}

impl<'a> Answer<'a> {
    /// The answers of an input.
    pub fn all(bytes: &'a [u8]) -> Vec<Self> {
        let mut answers = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest
            .windows(ANSWER_MARK.len())
            .position(|part| part == ANSWER_MARK)
        {
            answers.push(Self::of(&rest[..at]));
            rest = &rest[at + ANSWER_MARK.len()..];
        }
        answers.push(Self::of(rest));
        answers
    }

    fn of(part: &'a [u8]) -> Self {
        if part.starts_with(b"HTTP/") {
            Self::Raw(part)
        } else if part == b"SILENCE" {
            Self::Silence
        } else {
            Self::Body(part)
        }
    }
}

/// Lets the client query a server that sends the answers in turn, the first again after the last. Returns what `query`
/// returns.
pub fn exchange<T>(
    answers: &[Answer<'_>],
    dialect: Dialect,
    query: impl AsyncFnOnce(&HttpArchive) -> T,
) -> T {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let began = Instant::now();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let archive = client(listener.local_addr().unwrap(), dialect, began);
        let activity = Arc::new(AtomicU64::new(0));
        let server = Server {
            answers: answers.iter().map(Answer::message).collect(),
            requests: AtomicUsize::new(0),
            activity: Arc::clone(&activity),
        };
        tokio::spawn(Arc::new(server).accept(listener));
        tokio::select! {
            biased;
            result = query(&archive) => result,
            never = move_clock(&activity, began) => match never {},
        }
    })
}

impl Answer<'_> {
    /// The bytes to send, and whether the connection is closed after them.
    fn message(&self) -> Option<(Vec<u8>, bool)> {
        match self {
            Self::Raw(bytes) => Some((bytes.to_vec(), true)),
            Self::Body(body) => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                Some(([head.as_bytes(), body].concat(), false))
            }
            Self::Silence => None,
        }
    }
}

fn client(server: SocketAddr, dialect: Dialect, began: Instant) -> HttpArchive {
    let settings = HttpSettings {
        base_url: Url::parse(&format!("http://{server}")).unwrap(),
        dialect,
        cdx_per_minute: 60_000_000.0,
        playback_per_second: 1_000_000.0,
        max_body_bytes: LIMIT,
        ..HttpSettings::default()
    };
    let (ledger, clock) = (
        Arc::new(MemoryLedger::default()),
        Arc::new(VirtualClock(began)),
    );
    HttpArchive::new(settings, ledger, clock, CancellationToken::new()).unwrap()
}

/// A wall clock that follows the virtual time.
struct VirtualClock(Instant);

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "20261122000000".parse().unwrap();
        let seconds = i64::try_from(self.0.elapsed().as_secs()).unwrap();
        Timestamp::from_unix_seconds(start.unix_seconds() + seconds)
    }
}

/// Moves the clock whenever nothing happens. While a blocking task runs, tokio does not move it by itself.
async fn move_clock(activity: &AtomicU64, began: Instant) -> std::convert::Infallible {
    let (mut seen, mut quiet, mut step) = (0, 0, STEPS.0);
    loop {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        let now = activity.load(Ordering::Relaxed);
        if now != seen {
            (seen, quiet, step) = (now, 0, STEPS.0);
            continue;
        }
        quiet += 1;
        if quiet == QUIET_TURNS {
            assert!(
                began.elapsed() < LONGEST,
                "the query takes {:?}",
                began.elapsed()
            );
            tokio::time::advance(step).await;
            (quiet, step) = (0, (step * 4).min(STEPS.1));
        }
    }
}

/// The server.
struct Server {
    answers: Vec<Option<(Vec<u8>, bool)>>,
    requests: AtomicUsize,
    /// Counts everything that the server does.
    activity: Arc<AtomicU64>,
}

impl Server {
    async fn accept(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            self.note();
            tokio::spawn(Arc::clone(&self).serve(stream));
        }
    }

    fn note(&self) {
        self.activity.fetch_add(1, Ordering::Relaxed);
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        let mut request = Vec::new();
        loop {
            let mut part = [0; 4096];
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => return,
                Ok(count) => request.extend_from_slice(&part[..count]),
            }
            self.note();
            if request.ends_with(b"\r\n\r\n") {
                request.clear();
                if !self.answer(&mut stream).await {
                    return;
                }
            }
        }
    }

    /// Sends the next answer. False if the connection is closed after it.
    async fn answer(&self, stream: &mut TcpStream) -> bool {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        assert!(number < MOST_REQUESTS, "the query does not end");
        let Some((message, closes)) = &self.answers[number % self.answers.len()] else {
            std::future::pending::<()>().await;
            return false;
        };
        for part in message.chunks(8192) {
            if stream.write_all(part).await.is_err() {
                return false;
            }
            self.note();
        }
        !closes
    }
}
