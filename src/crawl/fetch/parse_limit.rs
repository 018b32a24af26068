//! Limits how many pages are parsed at once, whatever the number of sites: a page can need 40 times its size in memory.

use std::num::NonZero;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use crate::crawl::error::CrawlError;

/// Maximum number of pages parsed at once, on a machine with at least this many processors. A page needs at most 40
/// times its size in memory (`tests/it/extraction_memory.rs`), 320 MB for the largest that is parsed. A page that waits
/// needs only its own size.
const MAX_PARSES: usize = 8;

static PERMITS: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new(processors.min(MAX_PARSES))
});

/// Parses a page on a blocking thread, once one of the permits is free. `what` names the page in the error about a
/// panic.
pub(crate) async fn run_parse<T: Send + 'static>(
    what: &str,
    parse: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CrawlError> {
    // The semaphore is never closed, so this always gives a permit.
    let _permit = PERMITS.acquire().await;
    let parsed = tokio::task::spawn_blocking(parse).await;
    parsed.map_err(|e| CrawlError::Panicked {
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

    #[tokio::test]
    async fn few_pages_are_parsed_at_once() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pages = (0..40).map(|_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            run_parse("a page", move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        let parsed = futures_util::future::join_all(pages).await;
        assert_eq!(parsed.iter().filter(|page| page.is_ok()).count(), 40);
        let most = most.load(Ordering::SeqCst);
        assert!((1..=MAX_PARSES).contains(&most), "{most}");
    }
}
