//! Measures the CPU time that the HTTP client needs for each memento, not counting the bytes of the body. The goal is
//! less than half a millisecond. Run with `cargo bench --bench client` (Linux only). The server is this program in a
//! separate process.
#![expect(clippy::print_stdout, reason = "a bench prints its result")]
#![expect(
    clippy::unwrap_used,
    reason = "a bench that fails has nothing to print"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::archive::{Archive as _, MementoQuery};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The argument that makes this program the server.
const SERVE: &str = "--serve";
/// Number of requests that the client sends at once.
const AT_ONCE: usize = 4;
const SMALL_BODY: usize = 2_000;
const LARGE_BODY: usize = 200_000;

fn main() {
    if std::env::args().any(|argument| argument == SERVE) {
        return serve();
    }
    if cpu_time().is_none() {
        println!(
            "SKIPPED: this system does not tell the CPU time of threads (/proc/self/task/*/schedstat)"
        );
        return;
    }
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let small = runtime.block_on(measured(&server.url, SMALL_BODY, 8_000));
    let large = runtime.block_on(measured(&server.url, LARGE_BODY, 1_000));
    // The cost of a byte, from which the cost of a memento without a body follows.
    let per_byte = (large - small) / f64::from(u32::try_from(LARGE_BODY - SMALL_BODY).unwrap());
    let own = small - per_byte * f64::from(u32::try_from(SMALL_BODY).unwrap());
    println!(
        "CPU time per memento beside its bytes: {own:.3} ms (goal: under 0.5); per megabyte of body: {:.3} ms",
        per_byte * 1e6
    );
}

/// Returns the CPU time per memento, in milliseconds, for `count` mementos with a body of `body_bytes` bytes.
async fn measured(server: &str, body_bytes: usize, count: usize) -> f64 {
    let settings = HttpSettings {
        base_url: Url::parse(server).unwrap(),
        contact: Some("bench@example.org".to_owned()),
        playback_per_second: 1_000_000.0,
        ..HttpSettings::default()
    };
    let (ledger, clock) = (Arc::new(MemoryLedger::default()), Arc::new(SystemClock));
    let client =
        Arc::new(HttpArchive::new(settings, ledger, clock, CancellationToken::new()).unwrap());
    // Connections and threads are created once and not counted.
    ask(&client, body_bytes, 100).await;
    let (cpu, began) = (cpu_time().unwrap(), Instant::now());
    ask(&client, body_bytes, count).await;
    let each = cpu_time().unwrap().saturating_sub(cpu).as_secs_f64() * 1e3
        / f64::from(u32::try_from(count).unwrap());
    println!(
        "{count} mementos of {body_bytes} bytes: {each:.3} ms of CPU time each, {:.1} s in all",
        began.elapsed().as_secs_f64()
    );
    each
}

async fn ask(client: &Arc<HttpArchive>, body_bytes: usize, count: usize) {
    let mut tasks = JoinSet::new();
    for worker in 0..AT_ONCE {
        let client = Arc::clone(client);
        tasks.spawn(async move {
            for i in (worker..count).step_by(AT_ONCE) {
                let query = MementoQuery {
                    original: format!("http://www.example.com/privacy?bytes={body_bytes}&page={i}"),
                    timestamp: "20120611040411".parse().unwrap(),
                    window: (
                        "20120101000000".parse().unwrap(),
                        "20121231235959".parse().unwrap(),
                    ),
                    expected_digest: None,
                };
                assert_eq!(client.memento(&query).await.unwrap().body.len(), body_bytes);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Returns the CPU time, in user and system mode, of all threads of this process so far.
fn cpu_time() -> Option<Duration> {
    let mut nanoseconds = 0_u64;
    for task in fs::read_dir("/proc/self/task").ok()? {
        // A thread may end after it was listed and before its file is read.
        let Ok(text) = fs::read_to_string(task.ok()?.path().join("schedstat")) else {
            continue;
        };
        nanoseconds += text.split(' ').next()?.parse::<u64>().ok()?;
    }
    (nanoseconds > 0).then(|| Duration::from_nanos(nanoseconds))
}

/// The server's process, which is killed when this value is dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut process = command.arg(SERVE).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            process,
            url: format!("http://{}", address.trim()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Answers every request with a memento of as many bytes as its URL says. Uses one thread per connection.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        std::thread::spawn(move || answer(&stream.unwrap()));
    }
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    let mut body_bytes = 0_usize;
    while lines.read_line(&mut line)? > 0 {
        if let Some((_, number)) = line.split_once("bytes=") {
            body_bytes = number
                .split('&')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or_default();
        }
        if line == "\r\n" {
            let mut reply = format!(
                "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {body_bytes}\r\n\
                 Memento-Datetime: Mon, 11 Jun 2012 04:04:11 GMT\r\nx-archive-orig-server: Apache\r\nx-archive-orig-connection: close\r\n\r\n"
            )
            .into_bytes();
            reply.resize(reply.len() + body_bytes, b'x');
            stream.write_all(&reply)?;
        }
        line.clear();
    }
    Ok(())
}
