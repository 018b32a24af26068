//! Web archives over HTTP: the protocols of the Wayback Machine and of pywb, with pace, freeze and retries inside.
//!
//! ```text
//! archive ─┬▶ index ────┐             pages of rows as they stream, repeated rows left out
//!          └▶ playback ─┤             Memento-Datetime first, jumps and redirects inside the window
//!                       ├▶ retry      after a failed attempt: pause and try again, freeze, or give up
//!                       └▶ scheduler ─▶ transport   queue, pace, freeze, four connections
//!                            ├── connections     at most four, each rests before it is used again
//!                            ├── pace            even permits by governor on tokio's clock
//!                            ├── freeze_control  the deadline after a refusal, in a ledger (`freeze`)
//!                            ├── retry_budget    the retries that a run may spend
//!                            ├── failure_streak  failures in a row, which pause all requests and then end the run
//!                            ├── answer_meaning  what every status and failure means: one function (`error_marker`)
//!                            └── usage           counts of requests and how they ended
//! ```
//!
//! Facts about the protocols, with their evidence, are next to the code that needs them. The default rates and limits
//! are in [`HttpSettings::default`].

mod address;
mod answer_meaning;
mod archive;
mod body;
mod connections;
mod error_marker;
mod error_text;
mod failed_attempt;
mod failure_streak;
mod freeze;
mod freeze_control;
mod index;
mod pace;
mod playback;
mod retry;
mod retry_budget;
mod scheduler;
mod settings;
mod transport;
mod usage;

#[cfg(test)]
mod tests;

pub use archive::HttpArchive;
pub use freeze::{Freeze, FreezeLedger, MemoryLedger};
pub use settings::{DEFAULT_BASE_URL, Dialect, HttpSettings, RequestLog};
pub use usage::{ArchiveUsage, Endpoint, EndpointUsage, RequestOutcome, RequestRecord};
