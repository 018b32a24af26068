//! The scheduled job: which sites are due, and their turns.

mod due;
mod turns;

pub use due::{due_at, is_due};
pub use turns::ScheduledRun;
pub(super) use turns::run_due_sites;
