//! What is being asked for: two sites that share a page do not both ask for it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::model::Capture;

/// The pages that are on their way, over all sites worked on at once.
#[derive(Debug, Default)]
pub struct InFlight {
    keys: Mutex<HashSet<String>>,
    arrived: Notify,
}

/// A page that is on its way until this is dropped.
pub(super) struct Claim<'a> {
    in_flight: &'a InFlight,
    key: String,
}

impl InFlight {
    /// Waits until nobody else asks for this page, and keeps it.
    pub(super) async fn claim(&self, capture_id: i64, capture: &Capture) -> Claim<'_> {
        // A payload is the same page under whatever address.
        let key = capture
            .page_digest()
            .map_or_else(|| capture_id.to_string(), ToString::to_string);
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            // From here on no arrival is missed.
            arrived.as_mut().enable();
            if self.keys().insert(key.clone()) {
                return Claim {
                    in_flight: self,
                    key,
                };
            }
            arrived.await;
        }
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.in_flight.keys().remove(&self.key);
        self.in_flight.arrived.notify_waiters();
    }
}
