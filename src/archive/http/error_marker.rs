//! Finds the error texts by which archives say what a live answer means.

/// The known error text that a live answer (header and body) contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorMarker {
    /// No known error text.
    Unknown,
    /// The site is excluded: `This URL has been excluded from the Wayback Machine.`, `AccessControlException`.
    Excluded,
    /// The stub `Invalid URI`.
    InvalidUri,
    /// pywb's `Self Redirect <key> -> <key>`: the capture redirects to its own URL, and there is no other capture.
    SelfRedirect,
    /// pywb's and Common Crawl's `{"message": "No Captures found for: …"}`.
    NoCaptures,
}

impl ErrorMarker {
    /// Finds the marker in a live answer: in the old server's error header and in the start of the decoded body.
    pub(super) fn of(runtime_error: &str, body: &[u8]) -> Self {
        let has = |needle: &str| {
            runtime_error.contains(needle)
                || body
                    .windows(needle.len())
                    .any(|window| window == needle.as_bytes())
        };
        // The index answers for an excluded site with 403 and `…AdministrativeAccessControlException: Blocked Site
        // Error` in header and body, or with `…RobotAccessControlException: Blocked By Robots` as the body. Playback
        // answers with 403 (2023) or 200 (2020) and an HTML page of 58 KB that contains the sentence, without
        // `Memento-Datetime`.
        if has("AccessControlException")
            || has("This URL has been excluded from the Wayback Machine")
        {
            Self::Excluded
        } else if body.trim_ascii_start().starts_with(b"Invalid URI") {
            Self::InvalidUri
        } else if has("Self Redirect ") {
            Self::SelfRedirect
        } else if is_no_captures(body) {
            Self::NoCaptures
        } else {
            Self::Unknown
        }
    }
}

/// True for the message with which a pywb index says that it has no captures. pywb writes it as JSON, in some versions
/// escaped for HTML, and as bare text.
fn is_no_captures(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).replace("&#34;", "\"");
    let message = serde_json::from_str::<serde_json::Value>(text.trim())
        .ok()
        .and_then(|json| Some(json.get("message")?.as_str()?.to_owned()))
        .unwrap_or(text);
    message
        .trim_start()
        .get(..17)
        .is_some_and(|start| start.eq_ignore_ascii_case("no captures found"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_texts_of_archives_are_told_apart() {
        for (body, expected) in [
            ("", ErrorMarker::Unknown),
            ("<h1>Not Found</h1>", ErrorMarker::Unknown),
            (
                "<p>This URL has been excluded from the Wayback Machine.</p>",
                ErrorMarker::Excluded,
            ),
            (
                "org.archive.util.io.RuntimeIOException: RobotAccessControlException: Blocked",
                ErrorMarker::Excluded,
            ),
            (" Invalid URI: http://", ErrorMarker::InvalidUri),
            ("an Invalid URI", ErrorMarker::Unknown),
            (
                "Self Redirect com,example)/ -> com,example)/",
                ErrorMarker::SelfRedirect,
            ),
            (
                r#"{"message": "No Captures found for: example.com"}"#,
                ErrorMarker::NoCaptures,
            ),
            (
                "{&#34;message&#34;: &#34;No captures found for: x&#34;}",
                ErrorMarker::NoCaptures,
            ),
            ("No Captures found for: x", ErrorMarker::NoCaptures),
            (r#"{"message": "No handler"}"#, ErrorMarker::Unknown),
        ] {
            assert_eq!(ErrorMarker::of("", body.as_bytes()), expected, "{body}");
        }
        let header = "AdministrativeAccessControlException: Blocked Site Error";
        assert_eq!(ErrorMarker::of(header, b""), ErrorMarker::Excluded);
    }
}
