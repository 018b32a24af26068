//! Few pages are read at a time, whatever the number of sites: what a page takes of memory is a multiple of its bytes.

use std::num::NonZero;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use super::CrawlError;

/// Pages read at a time, on a machine with so many processors. A page takes at most forty times its bytes
/// (`tests/it/extraction_memory.rs`), 320 MB for the largest that is parsed; those that wait for their turn take their bytes.
const MOST: usize = 8;

static TURNS: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new(processors.min(MOST))
});

/// Does the work of reading a page, on a thread of its own, when its turn has come. `what` names it, should it panic.
pub(super) async fn read<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CrawlError> {
    // Never closed, so that there always is a turn.
    let _turn = TURNS.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| CrawlError::Panicked {
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
    async fn few_pages_are_read_at_a_time() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let pages = (0..40).map(|_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            read("a page", move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        let read = futures_util::future::join_all(pages).await;
        assert_eq!(read.iter().filter(|page| page.is_ok()).count(), 40);
        let most = most.load(Ordering::SeqCst);
        assert!((1..=MOST).contains(&most), "{most}");
    }
}
