//! Few connections, each rested a moment before it is used again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Connections at most: new ones are refused after about 15 in a row (hartator #264 #267 #273).
pub(super) const MAX_CONNECTIONS: usize = 4;

/// A connection rests this long after an answer, so that the pool has it back before the next request looks for one.
const CONNECTION_REST: Duration = Duration::from_millis(2);

pub(super) struct Connections {
    permits: Semaphore,
    /// When each free connection has rested.
    rested: Mutex<VecDeque<Instant>>,
}

/// A connection in use until this is dropped.
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

    /// Waits for a connection; `None` never comes, since the semaphore is never closed.
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
