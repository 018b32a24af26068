//! Limits the number of connections. Each pauses briefly before it is used again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Maximum number of connections. The archive refuses new ones after about 15 in a row (hartator #264 #267 #273).
pub(super) const MAX_CONNECTIONS: usize = 4;

/// Pause of a connection after an answer, so that it is back in the pool before the next request needs one.
const CONNECTION_REST: Duration = Duration::from_millis(2);

pub(super) struct Connections {
    permits: Semaphore,
    /// When the pause of each free connection ends.
    rested: Mutex<VecDeque<Instant>>,
}

/// A connection that is in use until this is dropped.
pub(super) struct Connection<'a> {
    connections: &'a Connections,
    _permit: SemaphorePermit<'a>,
}

impl Connections {
    pub(super) fn new() -> Self {
        Self {
            permits: Semaphore::new(MAX_CONNECTIONS),
            rested: Mutex::new(std::iter::repeat_n(Instant::now(), MAX_CONNECTIONS).collect()),
        }
    }

    /// Waits for a connection. Never `None`, because the semaphore is never closed.
    pub(super) async fn take(&self) -> Option<Connection<'_>> {
        let permit = self.permits.acquire().await.ok()?;
        let rested = self
            .rested
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let connection = Connection {
            connections: self,
            _permit: permit,
        };
        if let Some(rested) = rested.filter(|rested| *rested > Instant::now()) {
            tokio::time::sleep_until(rested).await;
        }
        Some(connection)
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.connections
            .rested
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(Instant::now() + CONNECTION_REST);
    }
}
