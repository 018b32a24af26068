//! What an answer, or its absence, means: one function decides it for every status and failure.

use super::settings::Dialect;
use super::usage::Endpoint;

/// Why no whole answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// Nobody listens, or a firewall says so.
    #[error("connection refused")]
    ConnectionRefused,
    /// Reset while connecting; the Internet Archive's block looks like this too (hartator #264).
    #[error("connection reset while connecting")]
    ResetAtConnect,
    /// No such host, no route, no TLS.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// The connection was not made in time.
    #[error("connecting took too long")]
    ConnectTimeout,
    /// The answer, or its next byte, did not come in time.
    #[error("the answer took too long")]
    Timeout,
    /// The exchange broke off: reset, closed, truncated, not HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
}

/// Where a live answer sends its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toward {
    /// Nowhere.
    Nothing,
    /// To a capture: `/web/<timestamp>id_/<url>`.
    Capture,
    /// To `/429.html`: a 429 in disguise.
    RateLimitPage,
    /// Anywhere else.
    Elsewhere,
}

/// What the words of a live answer (header and body) say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// Nothing that is known.
    Unknown,
    /// The site is excluded: `This URL has been excluded from the Wayback Machine.`, `AccessControlException`.
    Excluded,
    /// The stub `Invalid URI`.
    InvalidUri,
    /// pywb's `Self Redirect <key> -> <key>`: the capture redirects to its own URL, and there is no other.
    SelfRedirect,
}

/// What is known when a request is over, or its head has come.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen<'a> {
    /// A status came.
    Answer {
        /// What was asked.
        endpoint: Endpoint,
        /// How the server speaks.
        dialect: Dialect,
        /// HTTP status.
        status: u16,
        /// `Memento-Datetime` is there: the status is the origin's.
        archived: bool,
        /// Target of `Location`.
        toward: Toward,
        /// Words of a live answer.
        words: Words,
    },
    /// No whole answer came.
    Failure {
        /// What was asked.
        endpoint: Endpoint,
        /// What happened.
        failure: &'a Failure,
        /// Any answer, to any request of this process, came before.
        answered_before: bool,
    },
}

/// What to make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verdict {
    /// Read the index rows.
    Rows,
    /// The index has no captures.
    NoCaptures,
    /// An archived response that is no redirect: final, whatever its status.
    Archived,
    /// An archived redirect: follow.
    ArchivedRedirect,
    /// The archive's jump to its nearest capture: follow inside the window.
    Jump,
    /// Never archived: final.
    NotArchived,
    /// Excluded: final.
    Excluded,
    /// The archive cannot use the address: final.
    Damaged,
    /// An archived redirect to itself, which the archive does not replay: final.
    SelfRedirect,
    /// Ask again after a pause.
    Retry,
    /// Ask again after a pause, for less (index only).
    Narrow,
    /// The archive refuses this client: freeze.
    Refused,
    /// Nothing is there: end the run.
    Unreachable,
    /// No answer, and asking again would not help now.
    Failed,
}

/// The meaning of an answer or a failure. The order is that of the protocol: `Memento-Datetime` first, for an archived
/// 429 or 503 (recording 003) says nothing about the archive.
pub(super) fn decide(seen: Seen<'_>) -> Verdict {
    match seen {
        Seen::Failure {
            endpoint,
            failure,
            answered_before,
        } => match failure {
            Failure::ConnectionRefused | Failure::ResetAtConnect => Verdict::Refused,
            Failure::NoConnection(_) | Failure::ConnectTimeout if !answered_before => {
                Verdict::Unreachable
            }
            Failure::Timeout if endpoint == Endpoint::Cdx => Verdict::Narrow,
            Failure::NoConnection(_)
            | Failure::ConnectTimeout
            | Failure::Timeout
            | Failure::Broken(_) => Verdict::Retry,
        },
        Seen::Answer {
            endpoint: Endpoint::Playback,
            archived: true,
            status,
            ..
        } => match status {
            300..=303 | 305..=399 => Verdict::ArchivedRedirect,
            _ => Verdict::Archived,
        },
        Seen::Answer { status, toward, .. } if is_refusal(status, toward) => Verdict::Refused,
        // 451 is pywb's answer for an access rule of type `block`.
        Seen::Answer {
            words: Words::Excluded,
            ..
        }
        | Seen::Answer { status: 451, .. } => Verdict::Excluded,
        Seen::Answer {
            endpoint: Endpoint::Playback,
            dialect,
            status,
            toward,
            words,
            ..
        } => match (status, words) {
            (200 | 400, Words::InvalidUri) => Verdict::Damaged,
            // pywb 2.10 leaves out redirects to the same key (http to https); with no capture else it says so, with 400.
            (400, Words::SelfRedirect) if dialect == Dialect::Pywb => Verdict::SelfRedirect,
            (300..=399, _) if toward == Toward::Capture => Verdict::Jump,
            (404, _) => Verdict::NotArchived,
            // A view-mode page (recording 024) or a maintenance page: no answer to what was asked.
            (200..=399 | 408 | 425 | 500..=599, _) => Verdict::Retry,
            _ => Verdict::Failed,
        },
        Seen::Answer {
            endpoint: Endpoint::Cdx,
            dialect,
            status,
            ..
        } => match status {
            200 => Verdict::Rows,
            // pywb and Common Crawl say `No Captures found` with 404.
            404 if dialect == Dialect::Pywb => Verdict::NoCaptures,
            504 => Verdict::Narrow,
            408 | 425 | 500..=599 => Verdict::Retry,
            _ => Verdict::Failed,
        },
    }
}

/// True for a live answer that refuses, whatever its body says. The body need not be waited for: while it comes, other
/// requests would go out.
pub(super) fn is_refusal(status: u16, toward: Toward) -> bool {
    status == 429 || (300..400).contains(&status) && toward == Toward::RateLimitPage
}

impl Words {
    /// Reads the words of a live answer: the old server's error header, and the start of the decoded body.
    pub(super) fn of(runtime_error: &str, body: &[u8]) -> Self {
        let has = |needle: &str| {
            runtime_error.contains(needle)
                || body
                    .windows(needle.len())
                    .any(|window| window == needle.as_bytes())
        };
        // Recordings 052 (403), 009 (200); quoted/cdx-robots.txt.
        if has("AccessControlException")
            || has("This URL has been excluded from the Wayback Machine")
        {
            Self::Excluded
        } else if body.trim_ascii_start().starts_with(b"Invalid URI") {
            Self::InvalidUri
        } else if has("Self Redirect ") {
            Self::SelfRedirect
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(
        endpoint: Endpoint,
        dialect: Dialect,
        archived: bool,
        toward: Toward,
        words: Words,
    ) -> String {
        let verdict = |status| {
            decide(Seen::Answer {
                endpoint,
                dialect,
                status,
                archived,
                toward,
                words,
            })
        };
        let mut lines = Vec::new();
        let mut start = 100;
        for status in 100..=599 {
            if status == 599 || verdict(status + 1) != verdict(start) {
                lines.push(if start == status {
                    format!("{start} {:?}", verdict(start))
                } else {
                    format!("{start}-{status} {:?}", verdict(start))
                });
                start = status + 1;
            }
        }
        lines.join(", ")
    }

    #[test]
    fn the_table_of_every_status() {
        let (cdx, playback) = (Endpoint::Cdx, Endpoint::Playback);
        let (wayback, pywb) = (Dialect::Wayback, Dialect::Pywb);
        let (nothing, unknown) = (Toward::Nothing, Words::Unknown);
        for (name, found, expected) in [
            (
                "live index",
                table(cdx, wayback, false, nothing, unknown),
                "100-199 Failed, 200 Rows, 201-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, 426-428 Failed, 429 Refused, \
              430-450 Failed, 451 Excluded, 452-499 Failed, 500-503 Retry, 504 Narrow, 505-599 Retry",
            ),
            (
                "live index of pywb",
                table(cdx, pywb, false, nothing, unknown),
                "100-199 Failed, 200 Rows, 201-403 Failed, 404 NoCaptures, 405-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-503 Retry, 504 Narrow, 505-599 Retry",
            ),
            (
                "live playback",
                table(playback, wayback, false, nothing, unknown),
                "100-199 Failed, 200-399 Retry, 400-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
            (
                "jump",
                table(playback, wayback, false, Toward::Capture, unknown),
                "100-199 Failed, 200-299 Retry, 300-399 Jump, 400-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, 409-424 Failed, \
              425 Retry, 426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
            (
                "to /429.html",
                table(cdx, wayback, false, Toward::RateLimitPage, unknown),
                "100-199 Failed, 200 Rows, 201-299 Failed, 300-399 Refused, 400-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-503 Retry, 504 Narrow, 505-599 Retry",
            ),
            (
                "archived",
                table(playback, wayback, true, Toward::Capture, Words::Excluded),
                "100-299 Archived, 300-303 ArchivedRedirect, 304 Archived, 305-399 ArchivedRedirect, 400-599 Archived",
            ),
            (
                "excluded",
                table(playback, wayback, false, nothing, Words::Excluded),
                "100-428 Excluded, 429 Refused, 430-599 Excluded",
            ),
            (
                "pywb's self redirect",
                table(playback, pywb, false, nothing, Words::SelfRedirect),
                "100-199 Failed, 200-399 Retry, 400 SelfRedirect, 401-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, \
              409-424 Failed, 425 Retry, 426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
            (
                "invalid URI",
                table(playback, wayback, false, nothing, Words::InvalidUri),
                "100-199 Failed, 200 Damaged, 201-399 Retry, 400 Damaged, 401-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, \
              409-424 Failed, 425 Retry, 426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
        ] {
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn the_table_of_every_failure() {
        use Verdict::{Narrow, Refused, Retry, Unreachable};
        for (failure, before_any_answer, cdx, playback) in [
            (Failure::ConnectionRefused, Refused, Refused, Refused),
            (Failure::ResetAtConnect, Refused, Refused, Refused),
            (
                Failure::NoConnection("no such host".to_owned()),
                Unreachable,
                Retry,
                Retry,
            ),
            (Failure::ConnectTimeout, Unreachable, Retry, Retry),
            (Failure::Timeout, Retry, Narrow, Retry),
            (Failure::Broken("reset".to_owned()), Retry, Retry, Retry),
        ] {
            let verdict = |endpoint, answered_before| {
                decide(Seen::Failure {
                    endpoint,
                    failure: &failure,
                    answered_before,
                })
            };
            assert_eq!(
                verdict(Endpoint::Playback, false),
                before_any_answer,
                "{failure}"
            );
            assert_eq!(verdict(Endpoint::Cdx, true), cdx, "{failure}");
            assert_eq!(verdict(Endpoint::Playback, true), playback, "{failure}");
        }
    }
}
