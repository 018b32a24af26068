//! Path and query of a `UrlKey`, in the forms that archives write.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};

/// Bytes that `surt` encodes again after it has decoded a path or query.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'%');
/// Maximum number of times that a text is decoded: `%252541` is `A` after three.
const MAX_DECODINGS: usize = 8;
/// Length of the session id that ASP.NET writes into paths: `/(S(abcdefghijklmnopqrstuvwx))/`.
const ASPNET_SESSION_LETTERS: usize = 24;
/// Length of a session id by which `surt` recognises one.
const SESSION_LETTERS: usize = 32;
/// Arguments of this name are session ids only if they look like one: `sid=7` is a page.
const SHORT_SESSION_LETTERS: usize = 24;

/// The form by which this program compares URLs. Session ids and empty arguments are dropped.
pub(super) fn own_path(path: &str, query: Option<&str>) -> String {
    let path = normalised(path);
    let path = path
        .find(";jsessionid=")
        .map_or(path.as_str(), |at| path.get(..at).unwrap_or_default());
    let kept = path
        .split('/')
        .filter(|segment| !is_aspnet_session(segment));
    let path = collapse_slashes(&kept.collect::<Vec<_>>().join("/"));
    let query = normalised(query.unwrap_or_default());
    let arguments = query
        .split('&')
        .filter(|argument| !argument.is_empty() && !is_session(argument));
    joined(path.trim_end_matches('/'), arguments.collect())
}

/// The form of the Internet Archive's `surt`, which most archives use. It drops only session ids of a fixed length and
/// keeps empty arguments.
pub(super) fn archive_path(path: &str, query: Option<&str>) -> String {
    let path = collapse_slashes(&normalised(path));
    let is_aspx = path.contains(".aspx");
    let kept = path
        .split('/')
        .filter(|segment| !(is_aspx && is_aspnet_session(segment)));
    let path = kept.collect::<Vec<_>>().join("/");
    let query = normalised(query.unwrap_or_default());
    let arguments: Vec<&str> = query
        .split('&')
        .filter(|argument| !is_long_session(argument))
        .collect();
    joined(path.strip_suffix('/').unwrap_or(&path), arguments)
}

/// The form of archives that decode nothing.
pub(super) fn plain_path(path: &str, query: Option<&str>) -> String {
    let path = collapse_slashes(&path.to_lowercase());
    let query = query.unwrap_or_default().to_lowercase();
    let mut arguments: Vec<&str> = query.split('&').collect();
    arguments.sort_unstable();
    let path = path.trim_end_matches('/');
    with_query(path, &arguments.join("&"))
}

/// Joins a path and its arguments, which are sorted by name, then by value.
fn joined(path: &str, mut arguments: Vec<&str>) -> String {
    arguments.sort_by_key(|argument| argument.split_once('=').unwrap_or((*argument, "")));
    with_query(path, &arguments.join("&"))
}

fn with_query(path: &str, query: &str) -> String {
    let path = if path.is_empty() { "/" } else { path };
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// Decodes a text until nothing is left to decode, encodes what a key cannot contain, and lowers its case.
fn normalised(text: &str) -> String {
    let mut bytes = Cow::Borrowed(text.as_bytes());
    for _ in 0..MAX_DECODINGS {
        if !bytes.contains(&b'%') {
            break;
        }
        let decoded: Vec<u8> = percent_decode(&bytes).collect();
        if decoded == *bytes {
            break;
        }
        bytes = Cow::Owned(decoded);
    }
    percent_encode(&bytes, ENCODED)
        .to_string()
        .to_ascii_lowercase()
}

fn collapse_slashes(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if !(c == '/' && out.ends_with('/')) {
            out.push(c);
        }
    }
    out
}

/// True for a segment such as `(s(abcdefghijklmnopqrstuvwx))` or `(abcdefghijklmnopqrstuvwx)`.
fn is_aspnet_session(segment: &str) -> bool {
    let is_id = |text: &str| {
        text.len() == ASPNET_SESSION_LETTERS && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let Some(inner) = segment.strip_prefix('(').and_then(|s| s.strip_suffix(')')) else {
        return false;
    };
    let is_named_id = |part: &str| {
        let mut letters = part.chars();
        letters.next().is_some_and(|c| c.is_ascii_lowercase())
            && letters.as_str().strip_prefix('(').is_some_and(is_id)
    };
    is_id(inner)
        || inner
            .strip_suffix(')')
            .is_some_and(|ids| ids.split(')').all(is_named_id))
}

/// True for an argument that names a session.
fn is_session(argument: &str) -> bool {
    let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
    matches!(name, "phpsessid" | "jsessionid" | "cfid" | "cftoken")
        || name.starts_with("aspsessionid")
        || name == "sid"
            && value.len() >= SHORT_SESSION_LETTERS
            && value.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// True for an argument that `surt` drops as a session.
fn is_long_session(argument: &str) -> bool {
    let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
    let is_id = value.len() == SESSION_LETTERS && value.bytes().all(|b| b.is_ascii_alphanumeric());
    matches!(name, "phpsessid" | "jsessionid" | "sid") && is_id
}
