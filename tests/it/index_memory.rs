//! Peak memory of a long index answer, measured in a process of its own (Linux only).

use std::sync::Arc;
use std::time::{Duration, Instant};

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::archive::{Archive, CaptureQuery};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::http_server::{Reply, Server};
use crate::support::own_process::{number_after, peak_bytes, run_alone, task};

/// Upper limit of what an answer of any length adds to the peak.
const MOST_BYTES: u64 = 24 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_index_answer_streams_in_constant_memory() {
    if task().is_some() {
        read_long_answer().await;
        return;
    }
    if peak_bytes().is_none() {
        eprintln!("SKIPPED: this system does not report the peak memory of a process");
        return;
    }
    let test = "index_memory::a_long_index_answer_streams_in_constant_memory";
    let report = run_alone(test, "read");
    let bytes = number_after("added to the peak: ", &report);
    assert!(bytes < MOST_BYTES, "{report}");
}

/// Reads an answer and prints the time and the memory it took.
async fn read_long_answer() {
    // 5,000,000 rows were measured with POLICYTRAIL_ROWS; the default is smaller because a debug build parses slowly.
    let rows: u64 = std::env::var("POLICYTRAIL_ROWS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400_000);
    let server = Server::start(None, Duration::ZERO, move |_| {
        Reply::Chunks(Vec::new(), Box::new((0..rows / 1000).map(block_of_rows)))
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
    let before = peak_bytes().unwrap();
    let began = Instant::now();
    let mut counted = 0_u64;
    let answer = client
        .captures(&CaptureQuery::exact("http://a.com/"), &mut |_| counted += 1)
        .await
        .unwrap();
    assert_eq!((counted, answer.rows, answer.bad_rows), (rows, rows, 0));
    eprintln!(
        "{rows} rows in {:.1} s\nadded to the peak: {}",
        began.elapsed().as_secs_f64(),
        peak_bytes().unwrap() - before
    );
}

/// A thousand rows of an index.
fn block_of_rows(block: u64) -> Vec<u8> {
    let mut text = String::new();
    for i in block * 1000..block * 1000 + 1000 {
        text.extend([
            format!("com,a)/privacy?page={i:09} 20120611040411 http://a.com/privacy?page={i}"),
            " text/html 200 OSSAPWJ23L56IYVRW3GFEAR4MCJMGPTB 1234\n".to_owned(),
        ]);
    }
    text.into_bytes()
}
