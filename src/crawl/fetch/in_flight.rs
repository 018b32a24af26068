//! Claims on the pages that are being fetched, so that two sites that share a page do not both fetch it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::model::{Capture, CaptureId};

/// The pages that are being fetched, over all sites that are crawled at once.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    keys: Mutex<HashSet<String>>,
    released: Notify,
}

/// The claim on a page; dropping it releases the page.
pub(super) struct Claim<'a> {
    in_flight: &'a InFlight,
    key: String,
}

impl InFlight {
    /// Waits until nobody else fetches this page, and claims it.
    pub(super) async fn claim(&self, capture_id: CaptureId, capture: &Capture) -> Claim<'_> {
        // The same payload is the same page, whatever its URL.
        let key = capture
            .page_digest()
            .map_or_else(|| capture_id.to_string(), ToString::to_string);
        loop {
            let released = self.released.notified();
            tokio::pin!(released);
            // From here on, no release is missed.
            released.as_mut().enable();
            if self.keys().insert(key.clone()) {
                return Claim {
                    in_flight: self,
                    key,
                };
            }
            released.await;
        }
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.in_flight.keys().remove(&self.key);
        self.in_flight.released.notify_waiters();
    }
}
