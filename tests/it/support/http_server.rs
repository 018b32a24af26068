//! A loopback HTTP/1.1 server that answers as a test says, counts connections and can enforce a rate.
//!
//! It works on the socket, because a web framework cannot send the faults that matter (truncated bodies, empty replies,
//! resets).

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub struct Request {
    /// Path and query.
    pub target: String,
    /// Header lines, as they came.
    pub headers: Vec<String>,
    /// Count of requests before this one.
    pub number: usize,
}

/// What the server sends.
pub enum Reply {
    /// Status, headers, body; length and keep-alive are added.
    Whole(u16, Vec<(String, String)>, Vec<u8>),
    /// The same with the true length, but the connection closes after so many bytes of the body.
    Cut(u16, Vec<(String, String)>, Vec<u8>, usize),
    /// The connection closes without an answer.
    Nothing,
    /// A stream of chunks until the iterator ends.
    Chunks(
        Vec<(String, String)>,
        Box<dyn Iterator<Item = Vec<u8>> + Send>,
    ),
}

impl Reply {
    /// An archived page of 11 June 2012.
    pub fn page(body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(
            200,
            vec![(
                "Memento-Datetime".into(),
                "Mon, 11 Jun 2012 04:04:11 GMT".into(),
            )],
            body.into(),
        )
    }

    /// A text with a status.
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(
            status,
            vec![("Content-Type".into(), "text/plain".into())],
            body.into(),
        )
    }
}

/// Counts of a server.
#[derive(Default)]
pub struct Seen {
    pub requests: AtomicUsize,
    pub refused: AtomicUsize,
    pub connections_ever: AtomicUsize,
    connections: AtomicUsize,
    pub most_connections: AtomicUsize,
    pub arrivals: Mutex<Vec<Instant>>,
}

/// A server; it stops when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Script = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// Most requests in any period of a length; one more is answered with 429.
#[derive(Clone, Copy)]
pub struct Limit {
    pub requests: usize,
    pub within: Duration,
}

impl Server {
    /// Starts a server on a free port.
    pub async fn start(
        limit: Option<Limit>,
        delay: Duration,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let shared = Arc::new(Shared {
            seen: Arc::clone(&seen),
            script: Arc::new(script),
            limit,
            delay,
            recent: Mutex::default(),
        });
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let seen = &shared.seen;
                    seen.connections_ever.fetch_add(1, Ordering::SeqCst);
                    let open = seen.connections.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.most_connections.fetch_max(open, Ordering::SeqCst);
                    let _ = serve(stream, &shared).await;
                    seen.connections.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// What the tasks of one server share.
struct Shared {
    seen: Arc<Seen>,
    script: Script,
    limit: Option<Limit>,
    delay: Duration,
    recent: Mutex<VecDeque<Instant>>,
}

impl Shared {
    /// Counts a request; true when it is one too many.
    fn is_over_limit(&self, now: Instant) -> bool {
        self.limit.is_some_and(|limit| {
            let mut recent = self.recent.lock().unwrap();
            while recent
                .front()
                .is_some_and(|first| now - *first >= limit.within)
            {
                recent.pop_front();
            }
            recent.push_back(now);
            recent.len() > limit.requests
        })
    }

    fn reply(&self, lines: &[String]) -> Reply {
        let now = Instant::now();
        self.seen.arrivals.lock().unwrap().push(now);
        let request = Request {
            target: lines[0].split(' ').nth(1).unwrap().to_owned(),
            headers: lines[1..].to_vec(),
            number: self.seen.requests.fetch_add(1, Ordering::SeqCst),
        };
        if self.is_over_limit(now) {
            self.seen.refused.fetch_add(1, Ordering::SeqCst);
            Reply::text(429, "Too Many Requests")
        } else {
            (self.script)(&request)
        }
    }
}

/// Answers the requests of one connection.
async fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(lines) = request_lines(&mut stream).await? {
        let reply = shared.reply(&lines);
        tokio::time::sleep(shared.delay).await;
        if send(&mut stream, reply).await? == Connection::Closed {
            break;
        }
    }
    Ok(())
}

/// The lines of a request's head; `None` at the end of the connection.
async fn request_lines(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            return Ok(Some(lines));
        }
        lines.push(line.trim_end().to_owned());
    }
}

#[derive(PartialEq, Eq)]
enum Connection {
    Open,
    Closed,
}

async fn send(stream: &mut BufReader<TcpStream>, reply: Reply) -> std::io::Result<Connection> {
    let sized = |status, headers: &[_], body: &[u8]| {
        head(status, headers, &format!("Content-Length: {}", body.len()))
    };
    match reply {
        Reply::Whole(status, headers, body) => {
            let head = sized(status, &headers, &body);
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Reply::Cut(status, headers, body, at) => {
            let head = sized(status, &headers, &body);
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body[..at]).await?;
            stream.shutdown().await?;
            return Ok(Connection::Closed);
        }
        Reply::Nothing => {
            stream.shutdown().await?;
            return Ok(Connection::Closed);
        }
        Reply::Chunks(headers, chunks) => {
            let head = head(200, &headers, "Transfer-Encoding: chunked");
            stream.write_all(head.as_bytes()).await?;
            for chunk in chunks {
                let size = format!("{:x}\r\n", chunk.len());
                stream.write_all(size.as_bytes()).await?;
                stream.write_all(&chunk).await?;
                stream.write_all(b"\r\n").await?;
            }
            stream.write_all(b"0\r\n\r\n").await?;
        }
    }
    stream.flush().await?;
    Ok(Connection::Open)
}

fn head(status: u16, headers: &[(String, String)], length: &str) -> String {
    let mut head = format!("HTTP/1.1 {status} Status\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + length + "\r\n\r\n"
}
