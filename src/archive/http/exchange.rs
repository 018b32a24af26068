//! One playback exchange: the head's meaning, the body, and whose memento it is.

use futures_util::StreamExt as _;

use super::address::Target;
use super::courier::{Call, clean};
use super::patience::Trouble;
use super::playback::Playback;
use super::settings::Dialect;
use super::transport::Answer;
use super::usage::{Endpoint, Outcome};
use super::verdict::{Failure, Seen, Verdict, Words, decide, is_refusal};
use crate::archive::encoding::{BodyError, decode_body};
use crate::archive::{ArchiveError, Memento, Redirect};
use crate::model::{PayloadDigest, Timestamp, UrlKey};

/// Of a body that is not wanted (a redirect's, an error page's) this much is read, to keep the connection.
const MAX_PEEK_BYTES: usize = 256 * 1024;
/// Bodies larger than this are decoded on a thread of their own.
const INLINE_BYTES: usize = 256 * 1024;
/// Longest `Content-Type` kept.
const MAX_CONTENT_TYPE_CHARS: usize = 500;

/// A capture that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) timestamp: Timestamp,
    pub(super) original: String,
}

/// What one answered request brought.
pub(super) enum Step {
    Page(Memento),
    Redirect(Redirect, Asked),
    Jump(Asked),
}

/// How one exchange ended.
pub(super) enum End {
    Step(Step, Outcome),
    /// Final.
    Final(ArchiveError, Outcome),
    /// Final if it comes a second time.
    Doubtful(ArchiveError),
    /// Broke off after so many bytes of the body, or never began.
    Trouble(Trouble, Option<usize>),
}

impl Playback<'_> {
    pub(super) async fn exchange(
        &self,
        call: &mut Call<'_>,
        result: Result<Answer, Failure>,
        asked: &Asked,
        expected: Option<&PayloadDigest>,
    ) -> End {
        let mut answer = match result {
            Ok(answer) => answer,
            Err(failure) => {
                return End::Trouble(self.courier.trouble_of(Endpoint::Playback, &failure), None);
            }
        };
        let location = answer
            .header("location")
            .or_else(|| answer.header("x-archive-orig-location"))
            .unwrap_or_default();
        let archived = answer.headers.contains_key("memento-datetime");
        let target = self.addresses.target(&location, &asked.original);
        let (words, runtime_error) = if archived {
            (Words::Unknown, String::new())
        } else {
            said(call, &mut answer, &target).await
        };
        if archived && self.dialect == Dialect::Pywb && is_of_another_url(&answer, asked) {
            return not_archived(asked);
        }
        let verdict = decide(Seen::Answer {
            endpoint: Endpoint::Playback,
            dialect: self.dialect,
            status: answer.status,
            archived,
            toward: target.toward(),
            words,
        });
        match verdict {
            Verdict::Archived => self.page(call, answer, asked, expected).await,
            Verdict::ArchivedRedirect => {
                peek(call, &mut answer).await;
                redirect(&answer, asked, target)
            }
            Verdict::Jump => match target {
                Target::Capture {
                    timestamp,
                    original,
                } => End::Step(
                    Step::Jump(Asked {
                        timestamp,
                        original,
                    }),
                    Outcome::Redirect,
                ),
                _ => End::Final(damaged(asked, "jumps to no capture"), Outcome::Failed),
            },
            Verdict::NotArchived => not_archived(asked),
            Verdict::Excluded => {
                let detail = if runtime_error.is_empty() {
                    format!("HTTP {}", answer.status)
                } else {
                    clean(&runtime_error)
                };
                let (archive, what) = (self.courier.archive().to_owned(), asked.original.clone());
                End::Final(
                    ArchiveError::Excluded {
                        archive,
                        what,
                        detail,
                    },
                    Outcome::Excluded,
                )
            }
            Verdict::SelfRedirect => End::Final(
                ArchiveError::RedirectLoop {
                    url: asked.original.clone(),
                },
                Outcome::Redirect,
            ),
            Verdict::Damaged => End::Final(
                damaged(asked, "the archive calls the address invalid"),
                Outcome::Failed,
            ),
            verdict => {
                let what = if (200..400).contains(&answer.status) {
                    " without a Memento-Datetime"
                } else {
                    ""
                };
                let detail = clean(&format!("HTTP {}{what} {runtime_error}", answer.status));
                End::Trouble(
                    Trouble {
                        verdict,
                        detail,
                        retry_after: self.courier.retry_after(&answer),
                    },
                    None,
                )
            }
        }
    }

    /// Reads an archived response that is no redirect.
    async fn page(
        &self,
        call: &mut Call<'_>,
        mut answer: Answer,
        asked: &Asked,
        expected: Option<&PayloadDigest>,
    ) -> End {
        let (timestamp, original) = identity(&answer, asked);
        let limit = self.max_body_bytes;
        let too_large = || {
            End::Final(
                ArchiveError::TooLarge {
                    url: asked.original.clone(),
                    limit_bytes: limit as u64,
                },
                Outcome::Failed,
            )
        };
        let promised = answer
            .header("content-length")
            .and_then(|length| length.parse::<u64>().ok());
        if promised.is_some_and(|length| length > limit as u64) {
            return too_large();
        }
        let mut raw = Vec::new();
        loop {
            let piece = call.within(answer.body.next()).await;
            let piece = piece.unwrap_or(Some(Err(Failure::Timeout)));
            match piece {
                Some(Ok(piece)) => {
                    call.bytes = call.bytes.saturating_add(piece.len() as u64);
                    if raw.len().saturating_add(piece.len()) > limit {
                        return too_large();
                    }
                    raw.extend_from_slice(&piece);
                }
                Some(Err(failure)) => {
                    let mut trouble = self.courier.trouble_of(Endpoint::Playback, &failure);
                    trouble.detail =
                        format!("{} after {} bytes of the body", trouble.detail, raw.len());
                    return End::Trouble(trouble, Some(raw.len()));
                }
                None => break,
            }
        }
        if expected.is_some() && (200..300).contains(&answer.status) && raw.is_empty() {
            return End::Doubtful(ArchiveError::LostPayload {
                url: asked.original.clone(),
            });
        }
        if raw.trim_ascii() == b"Invalid URI"
            && expected.is_none_or(|digest| *digest != PayloadDigest::of(&raw))
        {
            return End::Doubtful(damaged(
                asked,
                "the stub `Invalid URI` stands in place of the page",
            ));
        }
        // The origin's encoding; when the archive dropped the header (brotli has no mark), its copy.
        let encoding = answer
            .header("content-encoding")
            .or_else(|| answer.header("x-archive-orig-content-encoding"));
        let body = match decode(raw, encoding, limit).await {
            Ok(body) => body,
            Err(BodyError::TooLarge) => return too_large(),
            // Without a length a transfer cut off looks whole.
            Err(BodyError::Damaged(detail)) if !answer.is_framed() => {
                return End::Doubtful(damaged(asked, &detail));
            }
            Err(BodyError::Damaged(detail)) => {
                return End::Final(damaged(asked, &detail), Outcome::Failed);
            }
        };
        let status = answer.status;
        if !((200..300).contains(&status) || status >= 400) {
            return End::Final(
                damaged(asked, &format!("an archived status {status} has no page")),
                Outcome::ArchivedError,
            );
        }
        let content_type = answer
            .header("content-type")
            .map(|text| text.chars().take(MAX_CONTENT_TYPE_CHARS).collect());
        let outcome = if status < 400 {
            Outcome::Ok
        } else {
            Outcome::ArchivedError
        };
        End::Step(
            Step::Page(Memento {
                timestamp,
                original,
                status,
                content_type,
                body,
                redirects: Vec::new(),
            }),
            outcome,
        )
    }
}

pub(super) fn damaged(asked: &Asked, detail: &str) -> ArchiveError {
    ArchiveError::Damaged {
        url: asked.original.clone(),
        detail: clean(detail),
    }
}

/// When and where the answer was really captured: `Memento-Datetime`, and `Link: <…>; rel="original"`.
fn identity(answer: &Answer, asked: &Asked) -> (Timestamp, String) {
    let timestamp = answer
        .header("memento-datetime")
        .and_then(|date| Timestamp::from_http_date(date.trim()));
    let original = answer
        .header("link")
        .and_then(|links| original_link(&links));
    (
        timestamp.unwrap_or(asked.timestamp),
        original.unwrap_or_else(|| asked.original.clone()),
    )
}

fn not_archived(asked: &Asked) -> End {
    let url = asked.original.clone();
    End::Final(ArchiveError::NotArchived { url }, Outcome::NotFound)
}

/// pywb answers for a URL that it lacks with one that it thinks alike, from whatever year (asked for `/privacy.html?a=1`
/// of 2010 it gave `/privacy.html` of 1999), and playback takes no `allowFuzzy=false` as the index does.
fn is_of_another_url(answer: &Answer, asked: &Asked) -> bool {
    let given = answer
        .header("link")
        .and_then(|links| original_link(&links))
        .and_then(|url| UrlKey::of(&url).ok());
    given.is_some_and(|key| UrlKey::of(&asked.original).is_ok_and(|wanted| wanted != key))
}

/// The URL of the link with `rel="original"` (recording 002: with the port that the request lacked).
fn original_link(links: &str) -> Option<String> {
    let mut rest = links;
    while let Some((_, after)) = rest.split_once('<') {
        let (url, after) = after.split_once('>')?;
        let parameters = after
            .split('<')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_original = parameters.split([';', ',']).any(|p| {
            p.trim().strip_prefix("rel=").is_some_and(|rel| {
                rel.trim_matches('"')
                    .split(' ')
                    .any(|rel| rel == "original")
            })
        });
        if is_original {
            let is_web = ["http://", "https://"].iter().any(|s| {
                url.get(..s.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(s))
            });
            return (is_web && url.len() <= 4096).then(|| url.to_owned());
        }
        rest = after;
    }
    None
}

fn redirect(answer: &Answer, asked: &Asked, target: Target) -> End {
    let (timestamp, from) = identity(answer, asked);
    let next = match target {
        Target::Capture {
            timestamp,
            original,
        } => Asked {
            timestamp,
            original,
        },
        Target::Original(original) => Asked {
            timestamp,
            original,
        },
        Target::RateLimitPage | Target::Nowhere => {
            let detail = format!("an archived redirect ({}) to nowhere", answer.status);
            return End::Final(damaged(asked, &detail), Outcome::Failed);
        }
    };
    let redirect = Redirect {
        from,
        timestamp,
        status: answer.status,
        to: next.original.clone(),
    };
    End::Step(Step::Redirect(redirect, next), Outcome::Redirect)
}

/// What a live answer says: its words, and the old server's error header. The body of a refusal is not waited for.
async fn said(call: &mut Call<'_>, answer: &mut Answer, target: &Target) -> (Words, String) {
    let runtime_error = answer
        .header("x-archive-wayback-runtime-error")
        .unwrap_or_default();
    let body = if is_refusal(answer.status, target.toward()) {
        Vec::new()
    } else {
        peek(call, answer).await
    };
    (Words::of(&runtime_error, &body), runtime_error)
}

/// Reads the start of a body, decoded where it can be; to its end when it is short, which keeps the connection.
pub(super) async fn peek(call: &mut Call<'_>, answer: &mut Answer) -> Vec<u8> {
    start_of_body(call, answer).await.0
}

/// As [`peek`], and why the body broke off, if it did.
pub(super) async fn start_of_body(
    call: &mut Call<'_>,
    answer: &mut Answer,
) -> (Vec<u8>, Option<Failure>) {
    let mut raw = Vec::new();
    let mut broke_off = None;
    while raw.len() <= MAX_PEEK_BYTES {
        match call.within(answer.body.next()).await {
            Some(Some(Ok(piece))) => {
                call.bytes = call.bytes.saturating_add(piece.len() as u64);
                raw.extend_from_slice(&piece);
            }
            Some(None) => break,
            Some(Some(Err(failure))) => {
                broke_off = Some(failure);
                break;
            }
            None => {
                broke_off = Some(Failure::Timeout);
                break;
            }
        }
    }
    let encoding = answer.header("content-encoding");
    let body = decode_body(&raw, encoding.as_deref(), 4 * MAX_PEEK_BYTES).unwrap_or(raw);
    (body, broke_off)
}

async fn decode(
    raw: Vec<u8>,
    encoding: Option<String>,
    limit: usize,
) -> Result<Vec<u8>, BodyError> {
    if raw.len() <= INLINE_BYTES {
        return decode_body(&raw, encoding.as_deref(), limit);
    }
    tokio::task::spawn_blocking(move || decode_body(&raw, encoding.as_deref(), limit))
        .await
        .unwrap_or_else(|error| Err(BodyError::Damaged(format!("decoding stopped: {error}"))))
}
