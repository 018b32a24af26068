//! Limits how many pages are parsed at once, whatever the number of sites: by their memory, and by the processors.

use std::num::NonZero;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use super::pdf_child::MAX_ANSWER_BYTES;
use super::pdf_sandbox::MEMORY_LIMIT_BYTES;
use crate::archive::MemoryBudget;
use crate::crawl::error::CrawlError;
use crate::extract;
use crate::page;

/// Memory for the work on a page of any size: buffers of the compression, the statements of the database.
const LEAST_BYTES: u64 = 4 << 20;
/// Memory for the work on a PDF: that of its reader, and the answer as it came, as JSON values and as a document.
const PDF_BYTES: u64 = MEMORY_LIMIT_BYTES + 3 * MAX_ANSWER_BYTES;

/// Memory for the comparison of two texts, per word of the longer one. Two texts of 1,078,037 words took 200 MB (`policytrail
/// diff`, November 2026).
const BYTES_PER_COMPARED_WORD: u64 = 200;

static PERMITS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

/// Returns the memory that extracting and storing a page takes at most, besides its bytes.
pub(crate) fn memory_of_work(body: &[u8]) -> u64 {
    let parse = if extract::is_pdf(body) {
        PDF_BYTES
    } else {
        page::memory_of_parse(body.len())
    };
    // A page is parsed before it is stored, not meanwhile. Storing it takes its size for each prefix and for the result.
    parse.max(LEAST_BYTES + 4 * body.len() as u64)
}

/// Returns the memory that deriving a history takes, whose longest text has so many words: it compares two texts at a time.
pub(crate) fn memory_of_comparison(words: u64) -> u64 {
    words.saturating_mul(BYTES_PER_COMPARED_WORD)
}

/// Works on a page on a blocking thread, once there is memory for it and a processor is free. `what` names the page in the
/// error about a panic.
pub(crate) async fn run_parse<T: Send + 'static>(
    memory: &MemoryBudget,
    memory_bytes: u64,
    what: &str,
    parse: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CrawlError> {
    let reserved = memory.work(memory_bytes).await;
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
    use crate::archive::LARGEST_WORK_BYTES;

    /// Parses pages that need this memory, and returns how many were parsed at once.
    async fn most_at_once(memory_bytes: u64) -> usize {
        let memory = MemoryBudget::default();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pages = (0..40).map(|_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            run_parse(&memory, memory_bytes, "a page", move || {
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
        assert!((1..=processors).contains(&most_at_once(1).await));
    }

    #[tokio::test]
    async fn one_large_page_is_parsed_at_a_time() {
        assert_eq!(most_at_once(LARGEST_WORK_BYTES).await, 1);
    }

    #[test]
    fn no_work_needs_more_than_the_largest() {
        let page = vec![b' '; 32 << 20];
        assert_eq!(memory_of_work(&page), LARGEST_WORK_BYTES);
        assert!(memory_of_work(b"%PDF-1.4") <= LARGEST_WORK_BYTES);
        assert!(memory_of_work(b"") >= LEAST_BYTES);
    }
}
