//! A Wayback Machine on loopback over a folder of WARCs with CDXJ. It speaks the index and replay protocols of the real
//! one and reads the files with its own code, so that it can contradict the program.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

pub use super::archive_faults::Faults;
use super::archive_faults::{cut_at, cut_connection, fault};
use super::archive_rows::{Row, rows};

/// The running server; it ends with the test process.
pub struct ArchiveServer {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
    pages: Arc<Mutex<Vec<String>>>,
    state: Arc<Mutex<ArchiveState>>,
}

/// The present state of the archive.
#[derive(Debug, Clone, Default)]
pub struct ArchiveState {
    /// Captures after this time do not exist yet; empty: all exist.
    pub until: String,
    /// The archive refuses every request (429).
    pub refuses: bool,
}

#[derive(Clone)]
struct Shelf {
    rows: Arc<Vec<Row>>,
    requests: Arc<Mutex<Vec<String>>>,
    pages: Arc<Mutex<Vec<String>>>,
    state: Arc<Mutex<ArchiveState>>,
    delay_ms: u64,
    faults: Faults,
}

/// Index rows in one answer; few, so that resume keys are needed.
const PAGE_ROWS: usize = 7;

impl ArchiveServer {
    /// Serves a folder on a free port of 127.0.0.1, each answer after a delay.
    pub fn start(folder: &Path, delay_ms: u64) -> Self {
        Self::serve(folder, delay_ms, Faults::None)
    }

    /// The same with failures.
    pub fn start_faulty(folder: &Path, faults: Faults) -> Self {
        Self::serve(folder, 0, faults)
    }

    fn serve(folder: &Path, delay_ms: u64, faults: Faults) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let pages = Arc::new(Mutex::new(Vec::new()));
        let state = Arc::new(Mutex::new(ArchiveState::default()));
        let shelf = Shelf {
            rows: Arc::new(rows(folder)),
            requests: Arc::clone(&requests),
            pages: Arc::clone(&pages),
            state: Arc::clone(&state),
            delay_ms,
            faults,
        };
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let app = Router::new().fallback(answer).with_state(shelf);
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        });
        let url = format!("http://{}", receiver.recv().unwrap());
        Self {
            url,
            requests,
            pages,
            state,
        }
    }

    /// Changes the state of the archive.
    pub fn set_state(&self, state: ArchiveState) {
        *self.state.lock().unwrap() = state;
    }

    /// Paths and queries requested since the last call.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// The number of requests since the last call of [`Self::take_requests`].
    pub fn number_of_requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// The addresses whose page was given whole more than once.
    pub fn pages_given_twice(&self) -> Vec<String> {
        let mut pages = self.pages.lock().unwrap().clone();
        pages.sort();
        let twice = pages.windows(2).filter(|two| two[0] == two[1]);
        twice.map(|two| two[0].clone()).collect()
    }
}

async fn answer(State(shelf): State<Shelf>, uri: Uri, RawQuery(query): RawQuery) -> Response {
    shelf.requests.lock().unwrap().push(uri.to_string());
    let number = shelf.requests.lock().unwrap().len();
    if shelf.faults != Faults::None && number % 5 == 2 {
        return fault(number / 5, uri.path());
    }
    let is_cut = shelf.faults == Faults::Truncating && number % 5 == 4;
    tokio::time::sleep(std::time::Duration::from_millis(shelf.delay_ms)).await;
    let state = shelf.state.lock().unwrap().clone();
    if state.refuses {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let there = |r: &&Row| state.until.is_empty() || r.timestamp <= state.until;
    let rows: Vec<&Row> = shelf.rows.iter().filter(there).collect();
    let full = uri.to_string();
    match full.strip_prefix("/web/") {
        Some(_) if is_cut => cut_connection(),
        Some(rest) => {
            let response = replay(&rows, rest);
            if response.status() == StatusCode::OK {
                shelf.pages.lock().unwrap().push(rest.to_owned());
            }
            response
        }
        None if uri.path() == "/cdx/search/cdx" => {
            let text = index(&rows, &query.unwrap_or_default());
            let length = if is_cut {
                cut_at(&text, number)
            } else {
                text.len()
            };
            text[..length].to_owned().into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The parameters of an index query.
struct Query(BTreeMap<String, String>);

impl Query {
    fn parse(query: &str) -> Self {
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The rows that match, in the order of the index.
    fn rows<'r>(&self, rows: &[&'r Row]) -> Vec<&'r Row> {
        let wanted = self.get("url");
        let with_scheme = if wanted.contains("://") {
            wanted.to_owned()
        } else {
            format!("http://{wanted}")
        };
        let key = policytrail::model::UrlKey::of(&with_scheme).unwrap();
        let host = key.as_str().split(')').next().unwrap().to_owned();
        let starts_with_host = |row: &Row, ends: &[char]| {
            row.urlkey
                .strip_prefix(&host)
                .is_some_and(|rest| rest.starts_with(ends))
        };
        let in_scope = |row: &Row| match self.get("matchType") {
            "domain" => starts_with_host(row, &[')', ',', ':']),
            "host" => starts_with_host(row, &[')', ':']),
            _ => row.urlkey == key.as_str(),
        };
        let pattern = self
            .get("filter")
            .strip_prefix("urlkey:")
            .map(|p| regex::Regex::new(&format!("^(?:{p})$")).unwrap());
        let (from, to) = (self.get("from"), self.get("to"));
        rows.iter()
            .copied()
            .filter(|r| in_scope(r) && pattern.as_ref().is_none_or(|p| p.is_match(&r.urlkey)))
            .filter(|r| from.is_empty() || r.timestamp.as_str() >= from)
            .filter(|r| to.is_empty() || r.timestamp.get(..to.len()).unwrap() <= to)
            .collect()
    }
}

fn index(rows: &[&Row], query: &str) -> String {
    let query = Query::parse(query);
    let found = query.rows(rows);
    if query.get("output") == "json" {
        return if found.is_empty() {
            "[]".to_owned()
        } else {
            "[[\"urlkey\"],[\"x\"]]".to_owned()
        };
    }
    let start: usize = query
        .get("resumeKey")
        .strip_prefix("opaque%+")
        .map_or(0, |n| n.parse().unwrap());
    let mut text = String::new();
    // As in the real index, a page after the first repeats its boundary row, and some rows come twice.
    for (place, r) in found
        .iter()
        .enumerate()
        .skip(start.saturating_sub(1))
        .take(PAGE_ROWS)
    {
        let line = format!(
            "{} {} {} {} {} {} {}\n",
            r.urlkey, r.timestamp, r.original, r.mimetype, r.status, r.digest, r.length
        );
        text.push_str(&line);
        if place % 5 == 0 {
            text.push_str(&line);
        }
    }
    let end = start.saturating_sub(1) + PAGE_ROWS;
    if query.get("showResumeKey") == "true" && end < found.len() {
        text += "\nopaque%+";
        text += &end.to_string();
        text.push('\n');
    }
    text
}

/// The archived response of a URL, or a redirect to the nearest capture of it.
fn replay(rows: &[&Row], rest: &str) -> Response {
    let (stamp, original) = rest.split_once("id_/").unwrap();
    let Ok(key) = policytrail::model::UrlKey::of(original) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let wanted: policytrail::model::Timestamp = stamp.parse().unwrap();
    let same: Vec<&Row> = rows
        .iter()
        .copied()
        .filter(|r| r.urlkey == key.as_str())
        .collect();
    let exact = same
        .iter()
        .find(|r| r.timestamp == stamp && unescaped(&r.original) == unescaped(original));
    let nearest = || {
        same.iter().min_by_key(|r| {
            let t: policytrail::model::Timestamp = r.timestamp.parse().unwrap();
            let distance = t.distance_seconds(wanted);
            (distance, r.original != original, r.original.clone())
        })
    };
    if let Some(row) = exact {
        return memento(row);
    }
    let Some(row) = nearest() else {
        let message = "Hrm. The Wayback Machine has not archived that URL.";
        return (StatusCode::NOT_FOUND, message).into_response();
    };
    Response::builder()
        .status(302)
        .header(
            "x-archive-redirect-reason",
            format!("found capture at {}", row.timestamp),
        )
        .header(
            "location",
            format!("/web/{}id_/{}", row.timestamp, row.original),
        )
        .body(axum::body::Body::empty())
        .unwrap()
}

/// An archived response as the archive replays it.
fn memento(row: &Row) -> Response {
    let t: policytrail::model::Timestamp = row.timestamp.parse().unwrap();
    let mut response = Response::builder()
        .status(row.response.status)
        .header("memento-datetime", http_date(t));
    for (name, value) in &row.response.headers {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "content-type" | "content-encoding" => response = response.header(lower, value),
            "location" => {
                let target = url::Url::parse(&row.original).unwrap().join(value).unwrap();
                response =
                    response.header("location", format!("/web/{}id_/{target}", row.timestamp));
            }
            _ => response = response.header(format!("x-archive-orig-{lower}"), value),
        }
    }
    response
        .body(axum::body::Body::from(row.response.body.clone()))
        .unwrap()
}

fn unescaped(url: &str) -> String {
    url.replace("%20", " ")
}

fn http_date(t: policytrail::model::Timestamp) -> String {
    jiff::Timestamp::from_second(t.unix_seconds())
        .unwrap()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}
