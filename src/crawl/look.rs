//! One capture: ask for its memento, extract, store, all that it gave in one transaction.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::json;
use url::Url;

use super::{CrawlError, Session, readers};
use crate::archive::{Archive, Memento, MementoQuery};
use crate::extract::{self, EXTRACTOR_VERSION, Options, PageInput};
use crate::model::{Capture, Document, DropReason, Dropped, Timestamp, UrlKey};
use crate::page::Page;
use crate::store::{Fetched, PendingExtraction};

/// How far from the wanted capture the archive may jump, in seconds. Within a day the page that comes is kept under its
/// own time; further off it would answer another question.
const JUMP_SECONDS: i64 = 86_400;
/// Where `<link rel=canonical>` is looked for: the head of a page ends before that.
const HEAD_BYTES: usize = 64 * 1024;

/// What became of asking.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Looked {
    /// The answer is stored.
    Stored,
    /// Another look stored it meanwhile.
    PassedOver,
    /// No answer this time; the next run asks again.
    Unanswered(String),
}

/// Asks for a capture and stores what came.
pub(super) async fn look<A: Archive>(
    context: &Session<'_, A>,
    capture_id: i64,
    capture: &Capture,
) -> Result<Looked, CrawlError> {
    let query = MementoQuery {
        original: capture.original.clone(),
        timestamp: capture.timestamp,
        window: around(capture.timestamp),
        expected_digest: capture.digest.clone(),
    };
    let answer = context.archive.memento(&query).await;
    context.progress.capture_fetched();
    let memento = match answer {
        Ok(memento) => memento,
        Err(error) => match error.as_drop() {
            Some(dropped) => {
                let fetched = Fetched {
                    dropped: Some(dropped),
                    ..Fetched::default()
                };
                context
                    .store
                    .add_memento(capture_id, &fetched, None, context.clock.now())?;
                return Ok(Looked::Stored);
            }
            None if error.ends_run() => return Err(error.into()),
            None => return Ok(Looked::Unanswered(error.to_string())),
        },
    };
    let (store, pdf, now) = (
        Arc::clone(&context.store),
        context.pdf.clone(),
        context.clock.now(),
    );
    let stored = readers::read(&capture.original, move || {
        let (fetched, extracted) = understand(memento, &pdf);
        // A page that this machine cannot read now is kept all the same: the next run reads it from the database.
        let (extracted, looked) = match extracted {
            Ok(extracted) => (extracted, Looked::Stored),
            Err(error) => (None, Looked::Unanswered(error.to_string())),
        };
        store.add_memento(
            capture_id,
            &fetched,
            extracted.as_ref().map(|e| (EXTRACTOR_VERSION, e)),
            now,
        )?;
        Ok(looked)
    });
    stored.await?
}

fn around(moment: Timestamp) -> (Timestamp, Timestamp) {
    let seconds = moment.unix_seconds();
    (
        Timestamp::from_unix_seconds(seconds - JUMP_SECONDS),
        Timestamp::from_unix_seconds(seconds + JUMP_SECONDS),
    )
}

/// What a memento means: a page with its words, an archived error, or a redirect to somewhere. The error is the machine's,
/// not the page's.
fn understand(
    memento: Memento,
    pdf: &super::PdfReader,
) -> (Fetched, io::Result<Option<Result<Document, Dropped>>>) {
    let redirects: Vec<serde_json::Value> = memento
        .redirects
        .iter()
        .map(|r| json!({ "from": r.from, "timestamp": r.timestamp.to_string(), "status": r.status, "to": r.to }))
        .collect();
    let url = Url::parse(&memento.original).ok();
    let came_from = UrlKey::of(&memento.original)
        .ok()
        .map(|key| (key, memento.timestamp, memento.original.clone()));
    let mut fetched = Fetched {
        came_from,
        statuscode: Some(memento.status),
        content_type: memento.content_type,
        redirects: Some(serde_json::Value::from(redirects).to_string()),
        ..Fetched::default()
    };
    if !(200..300).contains(&memento.status) {
        fetched.dropped = Some(Dropped::new(
            DropReason::ArchivedError,
            format!("the archived response has status {}", memento.status),
        ));
        fetched.body = Some(memento.body);
        return (fetched, Ok(None));
    }
    let input = PageInput {
        bytes: &memento.body,
        content_type: fetched.content_type.as_deref(),
        url: url.as_ref(),
    };
    let (canonical, extracted) = (unless_it_panics(|| canonical(&input)), words(&input, pdf));
    let extracted = canonical.and_then(|canonical| {
        fetched.canonical = canonical;
        extracted
    });
    fetched.body = Some(memento.body);
    (fetched, extracted.map(Some))
}

/// Extracts a page that is stored already; the error is the machine's, not the page's.
pub(super) fn extract_stored(
    page: &PendingExtraction,
    pdf: &super::PdfReader,
) -> io::Result<Result<Document, Dropped>> {
    let url = Url::parse(&page.original).ok();
    words(
        &PageInput {
            bytes: &page.body,
            content_type: page.content_type.as_deref(),
            url: url.as_ref(),
        },
        pdf,
    )
}

fn words(input: &PageInput<'_>, pdf: &super::PdfReader) -> io::Result<Result<Document, Dropped>> {
    if extract::is_pdf(input.bytes) {
        pdf.read_blocking(input)
    } else {
        unless_it_panics(|| extract::extract(input, &Options::default()))
    }
}

/// A page over which this program fails is kept and told, and keeps no run from the others.
fn unless_it_panics<T>(work: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic.downcast_ref::<&str>().copied();
        let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let words = words.unwrap_or("no words");
        io::Error::other(format!("internal error: {words}; please report it"))
    })
}

fn canonical(input: &PageInput<'_>) -> Option<String> {
    let head = &input.bytes[..input.bytes.len().min(HEAD_BYTES)];
    let url = Page::parse(head, input.content_type, input.url).canonical()?;
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_over_a_page_is_a_failure_that_can_be_told() {
        let bytes = 7;
        let error = unless_it_panics(|| assert!(bytes == 8, "of {bytes} bytes")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "internal error: of 7 bytes; please report it"
        );
        assert_eq!(unless_it_panics(|| bytes).unwrap(), 7);
    }
}
