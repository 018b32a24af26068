//! An index answer of any length streams in constant memory. A process of its own, for its memory is what is measured.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[path = "support/http_server.rs"]
#[expect(dead_code, reason = "this test needs a part of it only")]
mod http_server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_server::{Reply, Server};
use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::archive::{Archive, CaptureQuery};
use tokio_util::sync::CancellationToken;
use url::Url;

/// Peak resident memory of this process in KiB; Linux only.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_index_answer_streams_in_constant_memory() {
    // 5,000,000 with POLICYTRAIL_ROWS set so; fewer by default, for a debug build reads them slowly.
    let rows: u64 = std::env::var("POLICYTRAIL_ROWS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400_000);
    let server = Server::start(None, Duration::ZERO, move |_| {
        let chunks = (0..rows / 1000).map(|block| {
            let mut text = String::new();
            for i in block * 1000..block * 1000 + 1000 {
                text.extend([
                    format!(
                        "com,a)/privacy?page={i:09} 20120611040411 http://a.com/privacy?page={i}"
                    ),
                    " text/html 200 OSSAPWJ23L56IYVRW3GFEAR4MCJMGPTB 1234\n".to_owned(),
                ]);
            }
            text.into_bytes()
        });
        Reply::Chunks(Vec::new(), Box::new(chunks))
    })
    .await;
    let settings = HttpSettings {
        base_url: Url::parse(&server.url()).unwrap(),
        ..HttpSettings::default()
    };
    let client = HttpArchive::new(
        settings,
        Arc::new(MemoryLedger::default()),
        Arc::new(SystemClock),
        CancellationToken::new(),
    )
    .unwrap();
    let before = peak_kib();
    let began = Instant::now();
    let mut counted = 0_u64;
    let answer = client
        .captures(&CaptureQuery::exact("http://a.com/"), &mut |_| counted += 1)
        .await
        .unwrap();
    assert_eq!((counted, answer.rows, answer.bad_rows), (rows, rows, 0));
    match (before, peak_kib()) {
        (Some(before), Some(after)) => {
            eprintln!(
                "{rows} rows in {:.1} s, {} KiB more at the peak",
                began.elapsed().as_secs_f64(),
                after - before
            );
            assert!(after - before < 24 * 1024, "{} KiB", after - before);
        }
        _ => eprintln!("SKIPPED: this system does not tell a process its memory"),
    }
}
