//! The scheduled job: which sites are due, and their turns.

mod due;
mod turns;

pub use due::{due_at, is_due};
pub use turns::{ScheduledRun, run_due_sites};
