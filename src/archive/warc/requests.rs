//! Finds the answers to requests that sent data (POST): they are not what a visitor of the URL sees.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::record::{RecordHead, RecordKind};

/// Maximum number of requests that are remembered, in one file.
const MAX_REQUESTS: usize = 1_000_000;

/// URL and date of an exchange.
type Exchange = u64;

/// The requests and responses of one file. Texts are kept as hashes.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    hasher: RandomState,
    /// For each row: its record id, and its URL and date.
    rows: Vec<(u64, Exchange)>,
    /// Record ids of requests that send data, and of the records that they name.
    sending: HashSet<u64>,
    /// Positions among the rows of requests that send data and name no other record.
    alone: HashMap<Exchange, Vec<usize>>,
}

impl Exchanges {
    /// Adds a request with its first line: `POST /form HTTP/1.1`.
    pub(super) fn add_request(&mut self, head: &RecordHead, first_line: &str) {
        let method = first_line.split(' ').next().unwrap_or_default();
        let sends = ["POST", "PUT", "PATCH", "DELETE"].contains(&method);
        if !sends || self.sending.len() >= MAX_REQUESTS {
            return;
        }
        let mut is_alone = true;
        for other in head.concurrent_to() {
            self.sending.insert(self.hasher.hash_one(other));
            is_alone = false;
        }
        if let Some(id) = head.id() {
            self.sending.insert(self.hasher.hash_one(id));
        }
        if is_alone {
            let exchange = self.exchange(head);
            self.alone
                .entry(exchange)
                .or_default()
                .push(self.rows.len());
        }
    }

    /// Adds the next row.
    pub(super) fn add_row(&mut self, head: &RecordHead) {
        let id = self.hasher.hash_one(head.id().unwrap_or_default());
        let exchange = self.exchange(head);
        // A response may name its request instead of the other way round.
        let named = head.concurrent_to().map(|id| self.hasher.hash_one(id));
        if head.kind == RecordKind::Response && named.into_iter().any(|id| self.is_request(id)) {
            self.sending.insert(id);
        }
        self.rows.push((id, exchange));
    }

    /// Removes the last row.
    pub(super) fn remove_last_row(&mut self) {
        self.rows.pop();
    }

    /// The positions of the rows that are answers to requests that sent data.
    pub(super) fn answers_to_post(&self) -> HashSet<usize> {
        let mut found: HashSet<usize> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, (id, _))| self.sending.contains(id))
            .map(|(place, _)| place)
            .collect();
        if self.alone.is_empty() {
            return found;
        }
        let mut places: HashMap<Exchange, Vec<usize>> = HashMap::new();
        for (place, (_, exchange)) in self.rows.iter().enumerate() {
            if self.alone.contains_key(exchange) {
                places.entry(*exchange).or_default().push(place);
            }
        }
        for (exchange, requests) in &self.alone {
            let responses = places.get(exchange).map_or(&[][..], Vec::as_slice);
            for request in requests {
                // The response follows its request, or precedes it.
                let after = responses.partition_point(|place| place < request);
                let nearest = responses
                    .get(after)
                    .or_else(|| responses.get(after.checked_sub(1)?));
                found.extend(nearest);
            }
        }
        found
    }

    fn is_request(&self, id: u64) -> bool {
        self.sending.contains(&id)
    }

    fn exchange(&self, head: &RecordHead) -> Exchange {
        self.hasher
            .hash_one((head.target().unwrap_or_default(), head.date_text()))
    }
}
