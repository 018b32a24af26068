//! The failures of an archive.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

/// How an archive fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    /// Never.
    None,
    /// One request in five is answered as an overloaded archive does: 503, 504, an error page with 200, an index answer that
    /// is a Java error, silence with 200.
    Overloaded,
    /// Two requests in five: also index answers that end inside a row, with a length that fits, and connections that end
    /// inside a page.
    Truncating,
}

/// A failed answer, in turn each kind.
pub fn fault(number: usize, path: &str) -> Response {
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

/// The length at which a text is cut off: before the end of one of its rows.
pub fn cut_at(text: &str, number: usize) -> usize {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let Some(last) = ends.last() else {
        return text.len();
    };
    let place = match number % 3 {
        0 => last.saturating_sub(1 + number % 40),
        1 => *last,
        _ => ends[number % ends.len()].saturating_sub(1),
    };
    // Nobody can see that whole rows are missing.
    text[..place].trim_end_matches('\n').len()
}

/// A replayed page whose connection ends before the page does.
pub fn cut_connection() -> Response {
    Response::builder()
        .header("content-type", "text/html")
        .header("content-length", "4000")
        .header("memento-datetime", "Thu, 01 Jan 2015 00:00:00 GMT")
        .body(axum::body::Body::from_stream(futures_util::stream::iter([
            Ok("<html><body><h1>Privacy Policy</h1>"),
            Err("the connection ends"),
        ])))
        .unwrap()
}
