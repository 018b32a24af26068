//! One budget of memory for everything that is in flight: bodies that are received or wait, and the work on them.
//!
//! The budget has two shares. Whoever fetches a page reserves memory for its body first, holds it until the body is
//! dropped, and reserves memory for the work while it works. Work never waits for the memory of a body, so nothing waits in
//! a circle. Both shares are given out in the order in which they were requested.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::interface::DEFAULT_MAX_BODY_BYTES;
use super::query::MAX_KEPT_BYTES;

/// Default size of the budget.
pub const DEFAULT_MEMORY_BYTES: u64 = 512 << 20;
/// The parse of the largest page (`tests/it/extraction_memory.rs`). A PDF needs less. Only storing a body of more than 75
/// MB needs more.
pub const LARGEST_PARSE_BYTES: u64 = 320 << 20;

/// Memory for the work on a page of any size: buffers of the compression, the statements of the database.
pub(crate) const LEAST_WORK_BYTES: u64 = 4 << 20;
/// Storing takes the size of a page and its records for each prefix and for the result.
const COPIES_TO_STORE: u64 = 4;
/// A body takes twice its size while a layer of its encoding, or its chunks, are removed.
const COPIES_OF_BODY: u64 = 2;
/// Unit in which memory is reserved.
const UNIT_BYTES: u64 = 1024;

/// A budget of memory. A clone is the same budget.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    bodies: Share,
    work: Share,
    /// One permit, for the work that is done one after the other.
    turn: Arc<Semaphore>,
    /// What a body may take before its size is known.
    body_bytes: u64,
}

/// Memory that is reserved until this is dropped.
#[derive(Debug)]
#[must_use = "dropping it gives the memory back"]
pub struct ReservedMemory {
    units: Option<OwnedSemaphorePermit>,
    /// The turn of work that is done one after the other.
    _turn: Option<OwnedSemaphorePermit>,
}

/// A part of the budget.
#[derive(Debug, Clone)]
struct Share {
    free: Arc<Semaphore>,
    units: u32,
}

impl Default for MemoryBudget {
    /// The budget of the default settings.
    fn default() -> Self {
        Self::new(DEFAULT_MEMORY_BYTES, DEFAULT_MAX_BODY_BYTES)
    }
}

impl MemoryBudget {
    /// A budget for an archive whose bodies have at most `max_body_bytes`. It has at least the size that one page needs:
    /// twice the largest body, and [`LARGEST_PARSE_BYTES`] or what storing the largest body takes.
    #[must_use]
    pub fn new(bytes: u64, max_body_bytes: u64) -> Self {
        let largest = max_body_bytes.saturating_add(MAX_KEPT_BYTES);
        let body_bytes = max_body_bytes.saturating_mul(COPIES_OF_BODY).max(largest);
        let one_page = LARGEST_PARSE_BYTES.max(memory_of_storing(largest));
        // Work takes more memory than bodies: a page of 8 MB takes 320 MB, and a body that waits only its size.
        let work = (bytes / 8 * 5).max(one_page);
        let bodies = bytes.saturating_sub(work).max(body_bytes);
        Self {
            bodies: Share::of(bodies),
            work: Share::of(work),
            turn: Arc::new(Semaphore::new(1)),
            body_bytes,
        }
    }

    /// Reserves memory for a body whose size is not known yet.
    pub async fn body(&self) -> ReservedMemory {
        self.bodies.reserve(self.body_bytes).await
    }

    /// Reserves memory for the work on one page. Work that needs more than the whole share gets the whole share.
    pub async fn work(&self, bytes: u64) -> ReservedMemory {
        self.work.reserve(bytes).await
    }

    /// Reserves memory for work that is done one piece after the other. So the other pieces do not wait for their memory in
    /// front of small work, and all but the memory of one piece stays for that.
    pub async fn work_in_turn(&self, bytes: u64) -> ReservedMemory {
        // The semaphore is never closed, so this always gives a permit.
        let turn = Arc::clone(&self.turn).acquire_owned().await.ok();
        ReservedMemory {
            _turn: turn,
            ..self.work(bytes).await
        }
    }
}

/// Returns the memory that storing a page takes at most, which has this size with its records.
pub(crate) fn memory_of_storing(bytes: u64) -> u64 {
    LEAST_WORK_BYTES.saturating_add(bytes.saturating_mul(COPIES_TO_STORE))
}

impl Share {
    fn of(bytes: u64) -> Self {
        let units = units(bytes);
        Self {
            free: Arc::new(Semaphore::new(units as usize)),
            units,
        }
    }

    async fn reserve(&self, bytes: u64) -> ReservedMemory {
        let wanted = units(bytes).min(self.units);
        // The semaphore is never closed, so this always gives a permit.
        ReservedMemory {
            units: Arc::clone(&self.free).acquire_many_owned(wanted).await.ok(),
            _turn: None,
        }
    }
}

impl ReservedMemory {
    /// Gives back what is more than this.
    pub fn shrink_to(&mut self, bytes: usize) {
        let Some(permit) = &mut self.units else {
            return;
        };
        let surplus = permit
            .num_permits()
            .saturating_sub(units(bytes as u64) as usize);
        drop(permit.split(surplus));
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn the_parts_of_a_budget_add_up_to_it() {
        for (bytes, most) in [(512, 32), (384, 32), (4096, 256), (2048, 256)] {
            let budget = MemoryBudget::new(bytes * MIB, most * MIB);
            let parts = budget.bodies.units + budget.work.units;
            assert_eq!(u64::from(parts) * UNIT_BYTES, bytes * MIB);
        }
    }

    #[test]
    fn a_small_budget_has_room_for_one_page() {
        for most in [1, 32, 79, 256] {
            let budget = MemoryBudget::new(1, most * MIB);
            let needed = memory_of_storing(most * MIB + MAX_KEPT_BYTES);
            for needed in [needed, LARGEST_PARSE_BYTES] {
                assert!(u64::from(budget.work.units) * UNIT_BYTES >= needed);
            }
            assert!(budget.body_bytes >= most * MIB + MAX_KEPT_BYTES);
        }
        let budget = MemoryBudget::new(1, 256 * MIB);
        let body = budget.body().now_or_never().unwrap();
        let work = budget.work(u64::MAX).now_or_never().unwrap();
        assert!(budget.body().now_or_never().is_none());
        assert!(budget.work(1).now_or_never().is_none());
        drop((body, work));
        assert!(budget.body().now_or_never().is_some());
    }

    #[test]
    fn a_received_body_keeps_only_its_size() {
        let budget = MemoryBudget::default();
        let mut bodies = Vec::new();
        for _ in 0..10_000 {
            let mut body = budget.body().now_or_never().unwrap();
            body.shrink_to(1000);
            bodies.push(body);
        }
        bodies[0].shrink_to(5000);
        assert_eq!(bodies[0].units.as_ref().unwrap().num_permits(), 1);
    }

    #[test]
    fn small_work_passes_what_is_done_one_after_the_other() {
        let budget = MemoryBudget::default();
        let large = LARGEST_PARSE_BYTES / 3 * 2;
        let first = budget.work_in_turn(large).now_or_never().unwrap();
        let mut second = Box::pin(budget.work_in_turn(large));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(budget.work(MIB).now_or_never().is_some());
        drop(first);
        assert!(second.now_or_never().is_some());
    }

    #[test]
    fn work_beyond_the_share_gets_the_whole_share() {
        let budget = MemoryBudget::default();
        let all = budget.work(u64::MAX).now_or_never().unwrap();
        assert!(budget.work(1).now_or_never().is_none());
        drop(all);
        assert!(budget.work(u64::MAX).now_or_never().is_some());
    }
}
