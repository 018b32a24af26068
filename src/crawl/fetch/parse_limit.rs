//! Limits how many pages are parsed at once, whatever the number of sites: by their memory, and by the processors.

use std::num::NonZero;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use super::pdf_child::MAX_ANSWER_BYTES;
use super::pdf_sandbox::MEMORY_LIMIT_BYTES;
use crate::archive::{LEAST_WORK_BYTES, MemoryBudget, memory_of_storing};
use crate::crawl::error::CrawlError;
use crate::extract;
use crate::page;

/// Memory for the work on a PDF: that of its reader, and the answer as it came, as JSON values and as a document.
const PDF_BYTES: u64 = MEMORY_LIMIT_BYTES + 3 * MAX_ANSWER_BYTES;

/// Memory for the comparison of two texts, per word of the longer one. Two texts of 1,078,037 words took 200 MB (`policytrail
/// diff`, November 2026).
const BYTES_PER_COMPARED_WORD: u64 = 200;

static PERMITS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

/// The work on a page: to extract and to store it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageWork {
    /// The memory that it takes at most, besides the bytes of the page.
    memory_bytes: u64,
    /// PDFs are read one after the other: any PDF may take most of the memory, and other pages must not wait for many.
    is_pdf: bool,
}

impl PageWork {
    /// The work on a page that has this size with its records.
    pub(crate) fn of(body: &[u8], size: usize) -> Self {
        let is_pdf = extract::is_pdf(body);
        let parse = if is_pdf {
            PDF_BYTES
        } else {
            page::memory_of_parse(body.len()).max(LEAST_WORK_BYTES)
        };
        // A page is parsed before it is stored, not meanwhile.
        let memory_bytes = parse.max(memory_of_storing(size as u64));
        Self {
            memory_bytes,
            is_pdf,
        }
    }
}

/// Returns the memory that deriving a history takes, whose longest text has so many words: it compares two texts at a time.
pub(crate) fn memory_of_comparison(words: u64) -> u64 {
    words.saturating_mul(BYTES_PER_COMPARED_WORD)
}

/// Works on a page on a blocking thread, once there is memory for it and a processor is free. `what` names the page in the
/// error about a panic.
pub(crate) async fn run_parse<T: Send + 'static>(
    memory: &MemoryBudget,
    work: PageWork,
    what: &str,
    parse: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CrawlError> {
    let reserved = if work.is_pdf {
        memory.work_in_turn(work.memory_bytes).await
    } else {
        memory.work(work.memory_bytes).await
    };
    // The semaphore is never closed, so this always gives a permit.
    let _permit = PERMITS.acquire().await;
    let parsed = tokio::task::spawn_blocking(move || {
        let _reserved = reserved;
        parse()
    });
    parsed.await.map_err(|e| CrawlError::Panicked {
        what: what.to_owned(),
        detail: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::archive::LARGEST_PARSE_BYTES;

    const SMALL: PageWork = PageWork {
        memory_bytes: 1,
        is_pdf: false,
    };

    /// Does this work on many pages, and returns on how many at once.
    async fn most_at_once(work: PageWork) -> usize {
        let memory = MemoryBudget::default();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pages = (0..40).map(|_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            run_parse(&memory, work, "a page", move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        let parsed = futures_util::future::join_all(pages).await;
        assert_eq!(parsed.iter().filter(|page| page.is_ok()).count(), 40);
        most.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn few_pages_are_parsed_at_once() {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        assert!((1..=processors).contains(&most_at_once(SMALL).await));
    }

    #[tokio::test]
    async fn one_large_page_or_pdf_is_parsed_at_a_time() {
        let memory_bytes = LARGEST_PARSE_BYTES;
        let large = PageWork {
            memory_bytes,
            ..SMALL
        };
        assert_eq!(most_at_once(large).await, 1);
        assert_eq!(
            most_at_once(PageWork {
                is_pdf: true,
                ..SMALL
            })
            .await,
            1
        );
    }

    #[test]
    fn no_work_needs_more_than_the_largest() {
        let page = vec![b' '; 32 << 20];
        let memory = |body: &[u8]| PageWork::of(body, body.len()).memory_bytes;
        assert_eq!(memory(&page), LARGEST_PARSE_BYTES);
        assert!(memory(b"") >= LEAST_WORK_BYTES);
        // Many ordinary pages fit beside a PDF.
        assert!(memory(b"%PDF-1.4") + (64 << 20) <= LARGEST_PARSE_BYTES);
        assert!(PageWork::of(b"", 4 << 20).memory_bytes > 16 << 20);
    }
}
