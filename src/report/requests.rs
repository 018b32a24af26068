//! The requests of a run, as data: stored with the run, and part of its summary.

use std::collections::BTreeMap;

use serde::Serialize;

/// The requests of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RequestCounts {
    /// Requests to the index.
    pub cdx: EndpointCounts,
    /// Requests for archived pages.
    pub playback: EndpointCounts,
    /// Requests that repeated a failed one.
    pub retries: u64,
    /// Freezes that began.
    pub freezes: u64,
}

/// The requests to one endpoint.
#[derive(Debug, Clone, Serialize)]
pub struct EndpointCounts {
    /// Requests.
    pub requests: u64,
    /// Requests by outcome.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Bytes of bodies as they were received.
    pub bytes_received: u64,
    /// Seconds in which at least one request was queued or in flight.
    pub active_seconds: f64,
    /// Requests as a share of those allowed in these seconds (0 to 1).
    pub share_of_rate: f64,
}
