//! Runs blocking work (the database, derivation, sampling) on the runtime's blocking threads, so that no async worker
//! waits for it.

use std::panic::resume_unwind;
use std::sync::Arc;

use tokio::runtime::{Handle, RuntimeFlavor};

use super::error::CrawlError;
use crate::archive::ArchiveError;
use crate::store::{Store, StoreError};

/// Runs work on a blocking thread. A panic there continues here.
///
/// # Errors
/// With [`ArchiveError::Interrupted`] when the runtime shuts down before the work starts.
pub(super) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CrawlError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Ok(value),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(ArchiveError::Interrupted.into()),
        },
    }
}

/// Runs blocking work that has to stay in the middle of synchronous code: the worker's other tasks move to another thread
/// meanwhile. A runtime with one thread cannot do that; there the work runs as it is.
pub(super) fn run_in_place<T>(work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    if matches!(flavor, Ok(RuntimeFlavor::MultiThread)) {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}

/// Runs a call of the database on a blocking thread.
///
/// # Errors
/// Same as [`run_blocking`], and with the error of the call.
pub(super) async fn store_call<T: Send + 'static>(
    store: &Arc<Store>,
    call: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, CrawlError> {
    let store = Arc::clone(store);
    Ok(run_blocking(move || call(&store)).await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[should_panic(expected = "over a row")]
    async fn a_panic_on_a_blocking_thread_is_not_lost() {
        let _ = run_blocking(|| panic!("over a row")).await;
    }

    #[tokio::test]
    async fn a_call_returns_what_the_database_answers() {
        let store = Arc::new(Store::open_in_memory().unwrap());
        let policies = store_call(&store, Store::pending_policies).await;
        assert!(policies.unwrap().is_empty());
    }
}
