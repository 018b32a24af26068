//! A Wayback Machine on loopback over a folder of WARCs with CDXJ. It speaks the index and replay protocols of the real
//! one and reads the files with its own code, so that it can contradict the program.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

/// One row of the CDXJ with the archived response it names.
#[derive(Debug, Clone)]
struct Row {
    urlkey: String,
    timestamp: String,
    original: String,
    mimetype: String,
    status: String,
    digest: String,
    length: String,
    response: Stored,
}

#[derive(Debug, Clone, Default)]
struct Stored {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// The running server; it ends with the test process.
pub struct ArchiveServer {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
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
    state: Arc<Mutex<ArchiveState>>,
    delay_ms: u64,
    faulty: bool,
}

/// Index rows in one answer; few, so that resume keys are needed.
const PAGE_ROWS: usize = 7;

impl ArchiveServer {
    /// Serves a folder on a free port of 127.0.0.1, each answer after a delay.
    pub fn start(folder: &Path, delay_ms: u64) -> Self {
        Self::serve(folder, delay_ms, false)
    }

    /// The same with one request in five answered as an overloaded archive does: 503, 504, an error page with 200, an
    /// index answer that is a Java error, silence with 200.
    pub fn start_faulty(folder: &Path) -> Self {
        Self::serve(folder, 0, true)
    }

    fn serve(folder: &Path, delay_ms: u64, faulty: bool) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let state = Arc::new(Mutex::new(ArchiveState::default()));
        let shelf = Shelf {
            rows: Arc::new(rows(folder)),
            requests: Arc::clone(&requests),
            state: Arc::clone(&state),
            delay_ms,
            faulty,
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
}

async fn answer(State(shelf): State<Shelf>, uri: Uri, RawQuery(query): RawQuery) -> Response {
    shelf.requests.lock().unwrap().push(uri.to_string());
    let number = shelf.requests.lock().unwrap().len();
    if shelf.faulty && number % 5 == 2 {
        return fault(number / 5, uri.path());
    }
    tokio::time::sleep(std::time::Duration::from_millis(shelf.delay_ms)).await;
    let state = shelf.state.lock().unwrap().clone();
    if state.refuses {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let there = |r: &&Row| state.until.is_empty() || r.timestamp <= state.until;
    let rows: Vec<&Row> = shelf.rows.iter().filter(there).collect();
    let full = uri.to_string();
    match full.strip_prefix("/web/") {
        Some(rest) => replay(&rows, rest),
        None if uri.path() == "/cdx/search/cdx" => index(&rows, &query.unwrap_or_default()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn fault(number: usize, path: &str) -> Response {
    let page = "<html><body><h1>503 Service Unavailable</h1></body></html>";
    match number % 5 {
        0 => (StatusCode::SERVICE_UNAVAILABLE, page).into_response(),
        1 => (StatusCode::GATEWAY_TIMEOUT, page).into_response(),
        2 => ([("content-type", "text/html")], page).into_response(),
        3 if path.starts_with("/cdx/") => {
            "org.archive.util.io.RuntimeIOException: x\n".into_response()
        }
        _ => "".into_response(),
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

fn index(rows: &[&Row], query: &str) -> Response {
    let query = Query::parse(query);
    let found = query.rows(rows);
    if query.get("output") == "json" {
        return if found.is_empty() {
            "[]".into_response()
        } else {
            "[[\"urlkey\"],[\"x\"]]".into_response()
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
    text.into_response()
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

fn rows(folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "cdxj") {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let mut parts = line.splitn(3, ' ');
                let (urlkey, timestamp) = (
                    parts.next().unwrap().to_owned(),
                    parts.next().unwrap().to_owned(),
                );
                let json: serde_json::Value = serde_json::from_str(parts.next().unwrap()).unwrap();
                let get = |name: &str| json[name].as_str().unwrap_or("-").to_owned();
                let warc = fs::read(folder.join(get("filename"))).unwrap();
                let offset: usize = get("offset").parse().unwrap();
                rows.push((
                    get("mime") == "warc/revisit",
                    record(&warc[offset..]),
                    Row {
                        urlkey,
                        timestamp,
                        original: get("url"),
                        mimetype: get("mime"),
                        status: get("status"),
                        digest: get("digest"),
                        length: get("length"),
                        response: Stored::default(),
                    },
                ));
            }
        }
    }
    let payloads: BTreeMap<String, Stored> = rows
        .iter()
        .filter(|(revisit, ..)| !revisit)
        .map(|(_, stored, row)| (row.digest.clone(), stored.clone()))
        .collect();
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(revisit, stored, row)| {
            let response = if revisit {
                payloads[&row.digest].clone()
            } else {
                stored
            };
            Row { response, ..row }
        })
        .collect();
    rows.sort_by(|a, b| {
        (&a.urlkey, &a.timestamp, &a.original).cmp(&(&b.urlkey, &b.timestamp, &b.original))
    });
    rows
}

/// The HTTP response of the WARC record at the start of these bytes.
fn record(bytes: &[u8]) -> Stored {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .unwrap();
    let (head, block) = split(&plain);
    let length = header(&head, "content-length")
        .unwrap()
        .parse::<usize>()
        .unwrap();
    let (http, body) = split(&block[..length]);
    if http.is_empty() {
        return Stored::default();
    }
    let status = http[0]
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    let headers = http[1..]
        .iter()
        .filter_map(|l| l.split_once(": "))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let chunked =
        header(&http, "transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    let body = if chunked {
        dechunked(body)
    } else {
        body.to_vec()
    };
    let mut stored = Stored {
        status,
        headers,
        body,
    };
    stored.headers.retain(|(n, _)| {
        !matches!(
            n.to_ascii_lowercase().as_str(),
            "transfer-encoding" | "content-length" | "connection"
        )
    });
    stored
}

fn split(bytes: &[u8]) -> (Vec<String>, &[u8]) {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        return (Vec::new(), bytes);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    (
        head.split("\r\n").map(str::to_owned).collect(),
        &bytes[end + 4..],
    )
}

fn header(lines: &[String], name: &str) -> Option<String> {
    let line = lines
        .iter()
        .find(|l| l.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
    Some(line[name.len() + 1..].trim().to_owned())
}

fn dechunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = bytes.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(
            std::str::from_utf8(&bytes[..end])
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .trim(),
            16,
        )
        .unwrap();
        if size == 0 {
            break;
        }
        out.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    out
}
