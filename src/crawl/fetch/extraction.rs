//! Extraction of one fetched page; it blocks.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use super::pdf_reader::PdfReader;
use crate::archive::Memento;
use crate::extract::{self, Options, PageInput};
use crate::model::{Document, DropReason, Dropped, UrlKey};
use crate::page::Page;
use crate::store::{Fetched, PendingExtraction, ReceivedCapture};

/// Bytes at the start of a page that are searched for `<link rel=canonical>`. The head of a page is shorter.
const HEAD_BYTES: usize = 64 * 1024;

/// Message about a PDF if no reader is set.
const NO_PDF_READER: &str = "cannot read the PDF: no PDF reader is set; give `PdfReader::new(PATH)` to \
                             `CrawlBuilder::pdf_reader`, where PATH is a program `policytrail`";

/// The document of a page, or the reason why it has none. An error is about this machine, not about the page; the next
/// run extracts the page from the database.
pub(super) type Extraction = io::Result<Result<Document, Dropped>>;

/// Turns a memento into what is stored: a page with its document, an archived error, or a redirect. The extraction is
/// `None` for an archived error.
pub(super) fn extract_memento(
    memento: Memento,
    pdf: Option<&PdfReader>,
) -> (Fetched, Option<Extraction>) {
    let url = Url::parse(&memento.original).ok();
    let received = UrlKey::of(&memento.original)
        .ok()
        .map(|urlkey| ReceivedCapture {
            urlkey,
            timestamp: memento.timestamp,
            original: memento.original.clone(),
        });
    let mut fetched = Fetched {
        received,
        statuscode: Some(memento.status),
        content_type: memento.content_type,
        redirects: memento.redirects,
        records: memento.records,
        ..Fetched::default()
    };
    if !(200..300).contains(&memento.status) {
        fetched.dropped = Some(Dropped::new(
            DropReason::ArchivedError,
            format!("the archived response has status {}", memento.status),
        ));
        fetched.body = Some(memento.body);
        return (fetched, None);
    }
    let input = PageInput {
        bytes: &memento.body,
        content_type: fetched.content_type.as_deref(),
        url: url.as_ref(),
    };
    let (canonical, extracted) = (catch_panic(|| canonical(&input)), extract_page(&input, pdf));
    let extracted = canonical.and_then(|canonical| {
        fetched.canonical = canonical;
        extracted
    });
    fetched.body = Some(memento.body);
    (fetched, Some(extracted))
}

/// Extracts a page that is stored already.
pub(crate) fn extract_stored(page: &PendingExtraction, pdf: Option<&PdfReader>) -> Extraction {
    let url = Url::parse(&page.original).ok();
    extract_page(
        &PageInput {
            bytes: &page.body,
            content_type: page.content_type.as_deref(),
            url: url.as_ref(),
        },
        pdf,
    )
}

fn extract_page(input: &PageInput<'_>, pdf: Option<&PdfReader>) -> Extraction {
    if extract::is_pdf(input.bytes) {
        pdf.map_or_else(
            || Err(io::Error::other(NO_PDF_READER)),
            |reader| reader.read_blocking(input),
        )
    } else {
        catch_panic(|| extract::extract(input, &Options::default()))
    }
}

/// Turns a panic into an error. A page on which this program panics is stored and reported, and the run continues.
fn catch_panic<T>(work: impl FnOnce() -> T) -> io::Result<T> {
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
    fn a_panic_on_a_page_becomes_an_error_with_its_message() {
        let bytes = 7;
        let error = catch_panic(|| assert!(bytes == 8, "of {bytes} bytes")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "internal error: of 7 bytes; please report it"
        );
        assert_eq!(catch_panic(|| bytes).unwrap(), 7);
    }
}
