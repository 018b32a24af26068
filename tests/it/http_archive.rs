//! The HTTP client over real sockets on loopback: pace, connections, faults, memory, headers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{
    Dialect, Endpoint, Freeze, FreezeLedger, HttpArchive, HttpSettings, MemoryLedger,
    RequestOutcome, RequestRecord,
};
use policytrail::archive::{Archive, ArchiveError, CaptureQuery, MementoQuery};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::http_server::{Limit, Reply, Request, Server};

fn settings(server: &Server) -> HttpSettings {
    HttpSettings {
        base_url: Url::parse(&server.url()).unwrap(),
        cdx_per_minute: 60_000.0,
        playback_per_second: 1000.0,
        contact: Some("https://example.org/contact".to_owned()),
        retry_pause: Duration::from_millis(10),
        read_timeout: Duration::from_secs(5),
        ..HttpSettings::default()
    }
}

fn client(settings: HttpSettings) -> Arc<HttpArchive> {
    client_with(settings, Arc::new(MemoryLedger::default()))
}

fn client_with(settings: HttpSettings, ledger: Arc<dyn FreezeLedger>) -> Arc<HttpArchive> {
    Arc::new(
        HttpArchive::new(
            settings,
            ledger,
            Arc::new(SystemClock),
            CancellationToken::new(),
        )
        .unwrap(),
    )
}

fn query(i: usize) -> MementoQuery {
    MementoQuery {
        original: format!("http://a.com/{i}"),
        timestamp: "20120611040411".parse().unwrap(),
        window: (
            "20120101000000".parse().unwrap(),
            "20121231235959".parse().unwrap(),
        ),
        expected_digest: None,
    }
}

fn row(i: usize) -> String {
    format!(
        "com,a)/privacy?page={i:09} 20120611040411 http://a.com/privacy?page={i} text/html 200 OSSAPWJ23L56IYVRW3GFEAR4MCJMGPTB 1234\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_enforces_exactly_the_allowed_rate_never_has_to_answer_429() {
    let limit = Limit {
        requests: 40,
        within: Duration::from_secs(1),
    };
    let server = Server::start(Some(limit), Duration::from_millis(20), |_| {
        Reply::page("words")
    })
    .await;
    let client = client(HttpSettings {
        playback_per_second: 40.0,
        ..settings(&server)
    });
    let mut tasks = JoinSet::new();
    for i in 0..200 {
        let client = Arc::clone(&client);
        tasks.spawn(async move { client.memento(&query(i)).await.map(|m| m.body) });
    }
    while let Some(done) = tasks.join_next().await {
        assert_eq!(done.unwrap().unwrap(), b"words");
    }
    assert_eq!(server.seen.refused.load(Ordering::SeqCst), 0);
    let arrivals = server.seen.arrivals.lock().unwrap().clone();
    let rate = 199.0 / (arrivals[199] - arrivals[0]).as_secs_f64();
    eprintln!("rate used: {:.1} % of 40 a second", rate / 0.4);
    assert!(rate <= 40.0, "{rate}");
    // A test in virtual time holds 97 %; on a busy machine this one may wake late.
    assert!(rate >= 36.0, "{rate}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_most_four_connections_are_open_and_they_are_reused() {
    let server = Server::start(None, Duration::from_millis(3), |request| {
        if request.target.starts_with("/cdx/") {
            Reply::text(200, row(1))
        } else {
            Reply::page("words ".repeat(request.number % 50))
        }
    })
    .await;
    let client = client(settings(&server));
    let mut tasks = JoinSet::new();
    for i in 0..400 {
        let client = Arc::clone(&client);
        tasks.spawn(async move {
            if i % 10 == 0 {
                client
                    .captures(&CaptureQuery::exact("http://a.com/"), &mut |_| ())
                    .await
                    .unwrap();
            } else {
                client.memento(&query(i)).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let (most, ever) = (
        server.seen.most_connections.load(Ordering::SeqCst),
        server.seen.connections_ever.load(Ordering::SeqCst),
    );
    eprintln!("connections: {most} at once, {ever} ever");
    assert!(most <= 4 && ever <= 10, "{most} at once, {ever} ever");
}

/// The answers of a faultless server.
fn truth(request: &Request) -> Reply {
    if !request.target.starts_with("/cdx/") {
        return Reply::page(format!("<p>{}</p>", request.target));
    }
    let url = Url::parse(&format!("http://x{}", request.target)).unwrap();
    let parameter = |name: &str| {
        url.query_pairs()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.into_owned())
    };
    if parameter("output").is_some() {
        return Reply::text(200, r#"[["urlkey"],["com,a)/"]]"#);
    }
    let start: usize = parameter("resumeKey").map_or(0, |key| key.parse().unwrap());
    let rows: String = (start.saturating_sub(1)..start + 30).map(row).collect();
    Reply::text(
        200,
        if start < 90 {
            format!("{rows}\n{}\n", start + 30)
        } else {
            rows
        },
    )
}

async fn crawl(is_faulty: bool) -> (Vec<String>, Vec<Vec<u8>>) {
    let turn = AtomicU64::new(0);
    let server = Server::start(None, Duration::ZERO, move |request| {
        let good = truth(request);
        // A step coprime to 20 visits every fault, 5 % each.
        let fault = if is_faulty {
            turn.fetch_add(7, Ordering::SeqCst) % 20
        } else {
            20
        };
        match (fault, good) {
            (0, _) => Reply::text(503, "No server is available"),
            (1, _) => Reply::text(504, "Gateway Time-out"),
            (2, Reply::Whole(status, headers, body)) => {
                let at = body.len() / 2;
                Reply::Cut(status, headers, body, at)
            }
            (3, Reply::Whole(status, headers, body)) => {
                let at = body.len() - 1;
                Reply::Cut(status, headers, body, at)
            }
            (4, _) => Reply::Nothing,
            (5, _) if request.target.starts_with("/cdx/") => Reply::text(200, ""),
            (_, good) => good,
        }
    })
    .await;
    let client = client(HttpSettings {
        retry_pause: Duration::from_millis(2),
        ..settings(&server)
    });
    let mut rows = Vec::new();
    for i in 0..10 {
        client
            .captures(
                &CaptureQuery::exact(&format!("http://a.com/{i}")),
                &mut |capture| rows.push(capture.original),
            )
            .await
            .unwrap();
    }
    let mut tasks = JoinSet::new();
    for i in 0..150 {
        let client = Arc::clone(&client);
        tasks.spawn(async move { (i, client.memento(&query(i)).await.unwrap().body) });
    }
    let mut pages: Vec<_> = tasks.join_all().await;
    pages.sort();
    assert_eq!(client.usage().retries > 20, is_faulty);
    (rows, pages.into_iter().map(|(_, body)| body).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_server_gives_the_same_results_as_a_faultless_one() {
    let good = crawl(false).await;
    assert_eq!((good.0.len(), good.1.len()), (1200, 150));
    assert!(good == crawl(true).await);
}

#[tokio::test]
async fn responses_with_hundreds_of_headers_are_read() {
    let server = Server::start(None, Duration::ZERO, |_| {
        let mut headers: Vec<(String, String)> = (0..700)
            .map(|i| (format!("X-Archive-Orig-X{i}"), "value ".repeat(20)))
            .collect();
        headers.push(("X-Archive-Orig-Bytes".into(), "caf\u{e9}".into()));
        headers.push((
            "MEMENTO-DATETIME".into(),
            "Mon, 11 Jun 2012 04:04:11 GMT".into(),
        ));
        headers.push(("X-Archive-Orig bad name".into(), "dropped".into()));
        Reply::Whole(200, headers, b"words".to_vec())
    })
    .await;
    assert_eq!(
        client(settings(&server))
            .memento(&query(1))
            .await
            .unwrap()
            .body,
        b"words"
    );
}

#[tokio::test]
async fn requests_carry_the_user_agent_and_bodies_arrive_undecoded() {
    let heads: Arc<Mutex<Vec<Request>>> = Arc::default();
    let server = Server::start(None, Duration::ZERO, {
        let heads = Arc::clone(&heads);
        move |request| {
            heads.lock().unwrap().push(request.clone());
            Reply::page("words")
        }
    })
    .await;
    let records: Arc<Mutex<Vec<RequestRecord>>> = Arc::default();
    let log = Arc::clone(&records);
    let client = client(HttpSettings {
        request_log: Some(Box::new(move |r| log.lock().unwrap().push(r.clone()))),
        ..settings(&server)
    });
    client
        .memento(&MementoQuery {
            original: "http://a.com:80/x y?u=http://b.com/&v=[1]".to_owned(),
            ..query(0)
        })
        .await
        .unwrap();
    let heads = heads.lock().unwrap();
    assert_eq!(
        heads[0].target,
        "/web/20120611040411id_/http://a.com:80/x%20y?u=http://b.com/&v=%5B1%5D"
    );
    let agent = format!(
        "user-agent: policytrail/{} (+https://example.org/contact)",
        env!("CARGO_PKG_VERSION")
    );
    assert!(
        heads[0]
            .headers
            .iter()
            .any(|h| h.eq_ignore_ascii_case(&agent)),
        "{:?}",
        heads[0].headers
    );
    assert!(
        heads[0]
            .headers
            .iter()
            .any(|h| h.eq_ignore_ascii_case("accept-encoding: identity")),
        "{:?}",
        heads[0].headers
    );
    let records = records.lock().unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(
        (
            records[0].endpoint,
            records[0].status,
            records[0].bytes,
            records[0].outcome
        ),
        (Endpoint::Playback, Some(200), 5, RequestOutcome::Ok)
    );
    assert!(records[0].url.ends_with("%5B1%5D"));
}

#[tokio::test]
async fn an_unreachable_server_is_reported_at_once_and_the_freeze_is_recorded() {
    let server = Server::start(None, Duration::ZERO, |_| Reply::Nothing).await;
    let gone = settings(&server);
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let ledger = Arc::new(MemoryLedger::default());
    let began = Instant::now();
    let error = client_with(gone, ledger.clone())
        .memento(&query(1))
        .await
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Unreachable { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(ledger.read().unwrap().refusals_in_a_row, 1);
}

#[tokio::test]
async fn a_429_stops_the_next_process_too() {
    let server = Server::start(None, Duration::ZERO, |_| {
        Reply::text(429, "Too Many Requests")
    })
    .await;
    let ledger = Arc::new(MemoryLedger::default());
    let first = client_with(settings(&server), ledger.clone());
    let waiting = tokio::time::timeout(Duration::from_millis(500), first.memento(&query(1))).await;
    assert!(waiting.is_err(), "it waits for the end of the freeze");
    let Freeze {
        until,
        refusals_in_a_row,
    } = ledger.read().unwrap();
    assert!(until.is_some() && refusals_in_a_row == 1);
    let second = client_with(settings(&server), ledger);
    assert!(
        tokio::time::timeout(Duration::from_millis(500), second.memento(&query(1)))
            .await
            .is_err()
    );
    assert_eq!(
        server.seen.requests.load(Ordering::SeqCst),
        1,
        "the second process has sent nothing"
    );
}

#[tokio::test]
async fn an_endless_body_is_cut_off_and_a_silent_server_times_out() {
    let server = Server::start(None, Duration::ZERO, |_| {
        let archived = vec![(
            "Memento-Datetime".to_owned(),
            "Mon, 11 Jun 2012 04:04:11 GMT".to_owned(),
        )];
        Reply::Chunks(
            archived,
            Box::new(std::iter::repeat_with(|| vec![b'a'; 65_536])),
        )
    })
    .await;
    let client = client(HttpSettings {
        max_body_bytes: 1 << 20,
        ..settings(&server)
    });
    assert!(matches!(
        client.memento(&query(1)).await,
        Err(ArchiveError::TooLarge { .. })
    ));
    assert!(client.usage().playback.bytes_received < 3 << 20);

    let silent = Server::start(None, Duration::from_mins(1), |_| Reply::page("late")).await;
    let client = client_with(
        HttpSettings {
            read_timeout: Duration::from_millis(100),
            ..settings(&silent)
        },
        Arc::new(MemoryLedger::default()),
    );
    let began = Instant::now();
    assert!(matches!(
        client.memento(&query(1)).await,
        Err(ArchiveError::Unavailable { .. })
    ));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn the_client_can_query_a_pywb() {
    let server = Server::start(None, Duration::ZERO, |request| {
        if request.target.starts_with("/coll/cdx?") {
            Reply::text(200, "{\"urlkey\": \"com,a)/\", \"timestamp\": \"20120611040411\", \"url\": \"http://a.com/\", \"mime\": \"text/html\", \"status\": \"200\"}\n")
        } else {
            assert_eq!(request.target, "/coll/20120611040411id_/http://a.com/1");
            Reply::page("words")
        }
    }).await;
    let base_url = Url::parse(&format!("{}/coll/", server.url())).unwrap();
    let client = client(HttpSettings {
        base_url,
        dialect: Dialect::Pywb,
        ..settings(&server)
    });
    assert_eq!(
        client
            .captures(&CaptureQuery::exact("http://a.com/"), &mut |_| ())
            .await
            .unwrap()
            .rows,
        1
    );
    assert_eq!(client.memento(&query(1)).await.unwrap().body, b"words");
}

#[test]
fn settings_over_a_limit_are_refused() {
    let over = HttpSettings {
        playback_per_second: 9.0,
        ..HttpSettings::default()
    };
    let made = HttpArchive::new(
        over,
        Arc::new(MemoryLedger::default()),
        Arc::new(SystemClock),
        CancellationToken::new(),
    );
    assert!(made.err().unwrap().to_string().contains("limit of 8"));
}
