//! What an answer, or its absence, means: one function decides it for every status and failure.

use super::error_marker::ErrorMarker;
use super::settings::Dialect;
use super::usage::Endpoint;

/// Why no complete answer was received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TransportFailure {
    /// No server listens, or a firewall refuses.
    #[error("connection refused")]
    ConnectionRefused,
    /// Reset while connecting. The block of the Internet Archive has this form too (hartator #264).
    #[error("connection reset while connecting")]
    ResetAtConnect,
    /// No such host, no route, no TLS.
    #[error("cannot connect: {0}")]
    NoConnection(String),
    /// The connection was not established in time.
    #[error("the connection timed out")]
    ConnectTimeout,
    /// The answer, or its next byte, was not received in time.
    #[error("the answer timed out")]
    Timeout,
    /// The exchange broke off: reset, closed, truncated, not HTTP.
    #[error("the answer was cut off: {0}")]
    Broken(String),
}

/// Kind of address in the `Location` of a live answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RedirectTarget {
    /// No usable address.
    Nothing,
    /// A capture: `/web/<timestamp>id_/<url>`.
    Capture,
    /// `/429.html`: a 429 in the form of a redirect.
    RateLimitPage,
    /// Any other address.
    Elsewhere,
}

/// What is known about a request when it is over, or when the head of its answer has arrived.
#[derive(Debug, Clone, Copy)]
pub(super) enum AnswerFacts<'a> {
    /// A status was received.
    Answer {
        /// Endpoint of the request.
        endpoint: Endpoint,
        /// Protocol of the server.
        dialect: Dialect,
        /// HTTP status.
        status: u16,
        /// `Memento-Datetime` is present: the status is that of the origin.
        archived: bool,
        /// Kind of address in `Location`.
        location: RedirectTarget,
        /// Error text of a live answer.
        marker: ErrorMarker,
    },
    /// No complete answer was received.
    Failure {
        /// Endpoint of the request.
        endpoint: Endpoint,
        /// What happened.
        failure: &'a TransportFailure,
        /// True when an earlier request of this process was answered.
        answered_before: bool,
    },
}

/// What follows from an answer or a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum AnswerMeaning {
    /// Index rows follow in the body.
    Rows,
    /// The index has no captures.
    NoCaptures,
    /// An archived response that is not a redirect: final, whatever its status.
    Archived,
    /// An archived redirect: follow it.
    ArchivedRedirect,
    /// The archive's redirect to its nearest capture: follow it inside the window.
    Jump,
    /// Never archived: final.
    NotArchived,
    /// Excluded: final.
    Excluded,
    /// The archive cannot use the address: final.
    Damaged,
    /// An archived redirect to itself, which the archive does not replay: final.
    SelfRedirect,
    /// Send the request again after a pause.
    Retry,
    /// Send the request again after a pause, for fewer rows or a shorter range of time (index only).
    Narrow,
    /// The archive refuses this client: freeze.
    Refused,
    /// The server cannot be reached: end the run.
    Unreachable,
    /// No usable answer, and a retry would not help now.
    Failed,
}

/// Decides what an answer or a failure means.
///
/// The order of the checks is that of the protocol. `Memento-Datetime` is checked first, because an archived 429 or 503
/// says nothing about the archive itself. The Wayback Machine replays such responses unchanged: status 429,
/// `Memento-Datetime` of 2015, the origin's page `Too Many Requests` as body, and `x-archive-orig-retry-after: 6`.
pub(super) fn meaning_of(facts: AnswerFacts<'_>) -> AnswerMeaning {
    match facts {
        AnswerFacts::Failure {
            endpoint,
            failure,
            answered_before,
        } => meaning_of_failure(endpoint, failure, answered_before),
        AnswerFacts::Answer {
            endpoint: Endpoint::Playback,
            archived: true,
            status,
            ..
        } => match status {
            300..=303 | 305..=399 => AnswerMeaning::ArchivedRedirect,
            _ => AnswerMeaning::Archived,
        },
        AnswerFacts::Answer {
            status, location, ..
        } if is_refusal(status, location) => AnswerMeaning::Refused,
        // 451 is pywb's answer for an access rule of type `block`.
        AnswerFacts::Answer {
            marker: ErrorMarker::Excluded,
            ..
        }
        | AnswerFacts::Answer { status: 451, .. } => AnswerMeaning::Excluded,
        AnswerFacts::Answer {
            endpoint: Endpoint::Playback,
            dialect,
            status,
            location,
            marker,
            ..
        } => match (status, marker) {
            (200 | 400, ErrorMarker::InvalidUri) => AnswerMeaning::Damaged,
            // pywb 2.10 leaves out redirects to the same key (http to https). If no other capture exists, it answers
            // with 400 and this marker.
            (400, ErrorMarker::SelfRedirect) if dialect == Dialect::Pywb => {
                AnswerMeaning::SelfRedirect
            }
            (300..=399, _) if location == RedirectTarget::Capture => AnswerMeaning::Jump,
            (404, _) => AnswerMeaning::NotArchived,
            // 2xx without `Memento-Datetime`: a maintenance page, or the Wayback Machine's HTML page for people with
            // status 200 ("Got an HTTP 301 response at crawl time", forwarded by a script).
            (200..=399 | 408 | 425 | 500..=599, _) => AnswerMeaning::Retry,
            _ => AnswerMeaning::Failed,
        },
        AnswerFacts::Answer {
            endpoint: Endpoint::Cdx,
            dialect,
            status,
            marker,
            ..
        } => match status {
            200 => AnswerMeaning::Rows,
            // pywb and Common Crawl send `No Captures found` with 404. Any other 404 shows that the address is not that
            // of an index: `No handler for "/wrongname/cdx"`, or the HTML page of a proxy.
            404 if dialect == Dialect::Pywb && marker == ErrorMarker::NoCaptures => {
                AnswerMeaning::NoCaptures
            }
            504 => AnswerMeaning::Narrow,
            408 | 425 | 500..=599 => AnswerMeaning::Retry,
            _ => AnswerMeaning::Failed,
        },
    }
}

fn meaning_of_failure(
    endpoint: Endpoint,
    failure: &TransportFailure,
    answered_before: bool,
) -> AnswerMeaning {
    match failure {
        TransportFailure::ConnectionRefused | TransportFailure::ResetAtConnect => {
            AnswerMeaning::Refused
        }
        TransportFailure::NoConnection(_) | TransportFailure::ConnectTimeout
            if !answered_before =>
        {
            AnswerMeaning::Unreachable
        }
        TransportFailure::Timeout if endpoint == Endpoint::Cdx => AnswerMeaning::Narrow,
        TransportFailure::NoConnection(_)
        | TransportFailure::ConnectTimeout
        | TransportFailure::Timeout
        | TransportFailure::Broken(_) => AnswerMeaning::Retry,
    }
}

/// True for a live answer that is a refusal, whatever its body contains. The caller must not wait for the body, because
/// other requests would be sent meanwhile.
pub(super) fn is_refusal(status: u16, location: RedirectTarget) -> bool {
    status == 429 || (300..400).contains(&status) && location == RedirectTarget::RateLimitPage
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(
        endpoint: Endpoint,
        dialect: Dialect,
        archived: bool,
        location: RedirectTarget,
        marker: ErrorMarker,
    ) -> String {
        let meaning = |status| {
            meaning_of(AnswerFacts::Answer {
                endpoint,
                dialect,
                status,
                archived,
                location,
                marker,
            })
        };
        let mut lines = Vec::new();
        let mut start = 100;
        for status in 100..=599 {
            if status == 599 || meaning(status + 1) != meaning(start) {
                lines.push(if start == status {
                    format!("{start} {:?}", meaning(start))
                } else {
                    format!("{start}-{status} {:?}", meaning(start))
                });
                start = status + 1;
            }
        }
        lines.join(", ")
    }

    #[test]
    fn the_table_of_every_status_of_the_index() {
        let cdx = Endpoint::Cdx;
        let (wayback, pywb) = (Dialect::Wayback, Dialect::Pywb);
        let (nothing, unknown) = (RedirectTarget::Nothing, ErrorMarker::Unknown);
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
                "100-199 Failed, 200 Rows, 201-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-503 Retry, 504 Narrow, 505-599 Retry",
            ),
            (
                "no captures of pywb",
                table(cdx, pywb, false, nothing, ErrorMarker::NoCaptures),
                "100-199 Failed, 200 Rows, 201-403 Failed, 404 NoCaptures, 405-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-503 Retry, 504 Narrow, 505-599 Retry",
            ),
        ] {
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn the_table_of_every_status_of_playback() {
        let (cdx, playback) = (Endpoint::Cdx, Endpoint::Playback);
        let (wayback, pywb) = (Dialect::Wayback, Dialect::Pywb);
        let (nothing, unknown) = (RedirectTarget::Nothing, ErrorMarker::Unknown);
        for (name, found, expected) in [
            (
                "live playback",
                table(playback, wayback, false, nothing, unknown),
                "100-199 Failed, 200-399 Retry, 400-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
            (
                "jump",
                table(playback, wayback, false, RedirectTarget::Capture, unknown),
                "100-199 Failed, 200-299 Retry, 300-399 Jump, 400-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, 409-424 Failed, \
              425 Retry, 426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
            (
                "to /429.html",
                table(cdx, wayback, false, RedirectTarget::RateLimitPage, unknown),
                "100-199 Failed, 200 Rows, 201-299 Failed, 300-399 Refused, 400-407 Failed, 408 Retry, 409-424 Failed, 425 Retry, \
              426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-503 Retry, 504 Narrow, 505-599 Retry",
            ),
            (
                "archived",
                table(
                    playback,
                    wayback,
                    true,
                    RedirectTarget::Capture,
                    ErrorMarker::Excluded,
                ),
                "100-299 Archived, 300-303 ArchivedRedirect, 304 Archived, 305-399 ArchivedRedirect, 400-599 Archived",
            ),
            (
                "excluded",
                table(playback, wayback, false, nothing, ErrorMarker::Excluded),
                "100-428 Excluded, 429 Refused, 430-599 Excluded",
            ),
            (
                "pywb's self redirect",
                table(playback, pywb, false, nothing, ErrorMarker::SelfRedirect),
                "100-199 Failed, 200-399 Retry, 400 SelfRedirect, 401-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, \
              409-424 Failed, 425 Retry, 426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
            (
                "invalid URI",
                table(playback, wayback, false, nothing, ErrorMarker::InvalidUri),
                "100-199 Failed, 200 Damaged, 201-399 Retry, 400 Damaged, 401-403 Failed, 404 NotArchived, 405-407 Failed, 408 Retry, \
              409-424 Failed, 425 Retry, 426-428 Failed, 429 Refused, 430-450 Failed, 451 Excluded, 452-499 Failed, 500-599 Retry",
            ),
        ] {
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn the_table_of_every_failure() {
        use AnswerMeaning::{Narrow, Refused, Retry, Unreachable};
        for (failure, before_any_answer, cdx, playback) in [
            (
                TransportFailure::ConnectionRefused,
                Refused,
                Refused,
                Refused,
            ),
            (TransportFailure::ResetAtConnect, Refused, Refused, Refused),
            (
                TransportFailure::NoConnection("no such host".to_owned()),
                Unreachable,
                Retry,
                Retry,
            ),
            (TransportFailure::ConnectTimeout, Unreachable, Retry, Retry),
            (TransportFailure::Timeout, Retry, Narrow, Retry),
            (
                TransportFailure::Broken("reset".to_owned()),
                Retry,
                Retry,
                Retry,
            ),
        ] {
            let meaning = |endpoint, answered_before| {
                meaning_of(AnswerFacts::Failure {
                    endpoint,
                    failure: &failure,
                    answered_before,
                })
            };
            assert_eq!(
                meaning(Endpoint::Playback, false),
                before_any_answer,
                "{failure}"
            );
            assert_eq!(meaning(Endpoint::Cdx, true), cdx, "{failure}");
            assert_eq!(meaning(Endpoint::Playback, true), playback, "{failure}");
        }
    }
}
