//! Answers of archives over HTTP.

use super::EXAMPLE_DIGEST;
use super::bodies::gzip;

const MARK: &str = "\n==NEXT==\n";

/// Flags of a query and the answers to it.
type Seed = (u8, String);

fn row(time: &str, path: &str) -> String {
    format!(
        "com,example)/{path} {time} http://example.com/{path} text/html 200 {EXAMPLE_DIGEST} 1234\n"
    )
}

fn json_row(time: &str) -> String {
    format!(
        r#"{{"urlkey":"com,example)/privacy","timestamp":"{time}","url":"http://example.com/privacy","mime":"text/html","status":"200","digest":"{EXAMPLE_DIGEST}","length":"1234"}}"#
    ) + "\n"
}

fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

fn joined(seeds: Vec<Seed>) -> impl Iterator<Item = Vec<u8>> {
    let bytes = |(flags, text): Seed| [&[flags], text.as_bytes()].concat();
    seeds.into_iter().map(bytes)
}

/// Index answers, after the flags of the query.
pub(super) fn index_answers() -> Vec<Vec<u8>> {
    let rows = row("20050101000000", "privacy") + &row("20120611040411", "privacy");
    let packed = gzip(rows.as_bytes());
    let mut seeds: Vec<Vec<u8>> = joined(rows_and_keys())
        .chain(joined(doubtful_rows()))
        .chain(joined(other_statuses()))
        .collect();
    seeds.push([&[0], &packed[..]].concat());
    seeds.push([&[0], &packed[..packed.len() - 9]].concat());
    seeds
}

/// Whole answers.
fn rows_and_keys() -> Vec<Seed> {
    let (one, two) = (
        row("20050101000000", "privacy"),
        row("20120611040411", "privacy"),
    );
    let three = row("20190101000000", "privacy");
    let pages = format!("{one}{two}\ncom%2Cexample%29%2Fprivacy+20120611040412\n{MARK}{three}");
    let paths = row("20050101000000", "about") + &row("20050101000000", "legal/privacy");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncom,e\r\n0\r\n\r\n";
    vec![
        (0, format!("{one}{two}{three}")),
        (16, format!("{two}{one}{one}")),
        (32, pages.clone()),
        (34, format!("{pages}{MARK}")),
        (4, paths),
        (32, format!("{MARK}[]")),
        (8, "[]".to_owned()),
        (8, format!("{MARK}[[\"urlkey\",\"timestamp\"]]")),
        (33, json_row("20050101000000") + &json_row("20120611040411")),
        (1, String::new()),
        (0, format!("HTTP/1.0 200 OK\r\n\r\n{one}")),
        (0, chunked.to_owned()),
    ]
}

/// Answers that are cut off or damaged.
fn doubtful_rows() -> Vec<Seed> {
    let (one, two) = (
        row("20050101000000", "privacy"),
        row("20120611040411", "privacy"),
    );
    let three = row("20190101000000", "privacy");
    let slow =
        "org.archive.util.io.RuntimeIOException: ConnectTimeoutException: timeout of 2000 ms\n";
    vec![
        (0, format!("{one}{two}{}", three.trim_end())),
        (0, format!("{one}{two}{}", &three[..40])),
        (
            0,
            format!("{one}com,example)/privacy 2012 damaged\n{three}"),
        ),
        (0, format!("{one}{slow}{MARK}{one}{two}")),
        (
            0,
            format!("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{one}"),
        ),
        (0, format!("SILENCE{MARK}{one}")),
    ]
}

/// Refusals and errors.
fn other_statuses() -> Vec<Seed> {
    let (one, two) = (
        row("20050101000000", "privacy"),
        row("20120611040411", "privacy"),
    );
    let blocked = "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error\n";
    let limited = response(
        "429 Too Many Requests",
        "Retry-After: 60\r\n",
        "Too Many Requests",
    );
    let to_limit = response(
        "302 Found",
        "Location: https://web.archive.org/429.html\r\n",
        "",
    );
    let timeout = response("504 Gateway Time-out", "", "<html>504");
    let busy = response("503 Service Unavailable", "Retry-After: 5\r\n", "");
    let none = r#"{"message": "No Captures found for: example.com"}"#;
    vec![
        (0, blocked.to_owned()),
        (0, response("403 Forbidden", "", blocked)),
        (2, format!("{timeout}{MARK}{one}")),
        (2, timeout),
        (18, format!("{busy}{MARK}{two}")),
        (32, format!("{one}\nkey1\n{MARK}{limited}{MARK}{two}")),
        (0, limited),
        (0, to_limit),
        (
            1,
            response("404 Not Found", "Content-Type: application/json\r\n", none),
        ),
        (1, response("404 Not Found", "", "<html>No such collection")),
    ]
}

const ARCHIVED: &str = "Memento-Datetime: Mon, 11 Jun 2012 04:04:11 GMT\r\n";

fn page(headers: &str, body: &str) -> String {
    response("200 OK", &format!("{ARCHIVED}{headers}"), body)
}

fn redirect(headers: &str, location: &str) -> String {
    response(
        "302 Found",
        &format!("{headers}Location: {location}\r\n"),
        "",
    )
}

/// Playback answers, after the flags of the query.
pub(super) fn playback_answers() -> Vec<Vec<u8>> {
    joined(pages()).chain(joined(without_page())).collect()
}

/// Answers that end in a page.
fn pages() -> Vec<Seed> {
    let plain = page("Content-Type: text/html\r\n", "<p>words");
    let jump = redirect("", "/web/20120611040411id_/http://example.com/privacy");
    let moved = redirect(
        ARCHIVED,
        "/web/20120611040411id_/http://www.example.com/b.html",
    );
    let refresh = page(
        "Refresh: 0; url=/web/20120611040411id_/http://example.com/b\r\n",
        "",
    );
    let link = "Link: <http://example.com/privacy>; rel=\"original\", <http://127.0.0.1/web/20120611040411/http://example.com/privacy>; rel=\"memento\"; datetime=\"Mon, 11 Jun 2012 04:04:11 GMT\"\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    vec![
        (32, plain.clone()),
        (33, page(link, "<p>words")),
        (0, format!("{jump}{MARK}{plain}")),
        (32, format!("{moved}{MARK}{plain}")),
        (0, format!("{refresh}{MARK}{plain}")),
        (0, format!("SILENCE{MARK}{plain}")),
        (0, format!("HTTP/1.1 200 OK\r\n{ARCHIVED}{chunked}")),
        (0, response("404 Not Found", ARCHIVED, "gone")),
    ]
}

/// Answers that end in an error.
fn without_page() -> Vec<Seed> {
    let excluded = "X-Archive-Wayback-Runtime-Error: RobotAccessControlException: Blocked\r\n";
    let unknown = "The Wayback Machine has not archived that URL.";
    vec![
        (
            0,
            redirect("", "/web/20120611040411id_/http://example.com/privacy"),
        ),
        (
            0,
            redirect("", "/web/20250611040411id_/http://example.com/privacy"),
        ),
        (0, redirect("", "https://web.archive.org/429.html")),
        (0, redirect(ARCHIVED, "privacy2")),
        (2, page("", "")),
        (0, page("Content-Encoding: gzip\r\n", "words")),
        (0, page("", &"a".repeat(5000))),
        (
            0,
            format!("HTTP/1.1 200 OK\r\n{ARCHIVED}Content-Length: 500\r\n\r\nwords"),
        ),
        (0, response("404 Not Found", "", unknown)),
        (0, response("403 Forbidden", excluded, "")),
        (
            0,
            response("429 Too Many Requests", "Retry-After: 30\r\n", ""),
        ),
        (0, response("503 Service Unavailable", "", "")),
    ]
}
