//! Builds the answers of the commands as data (`--format json`): read from the database, made for machines, the same
//! for every interface of the program.
//!
//! A report never prints. Text from outside passes through [`safe_text`], [`safe_line`] or [`safe_json`] before it
//! reaches a terminal.

mod change;
mod changes;
mod classification;
mod clusters;
mod diff;
mod discover;
mod error;
mod excerpt;
mod extract;
mod plan;
mod reextract;
mod requests;
mod review;
mod run;
mod safe;
mod search;
mod similar;
mod status;
mod verify;
mod version;

pub use change::{change_notification, change_summary};
pub use changes::{change_answer, what_changed};
pub use classification::classification_answer;
pub use clusters::{ClusterReport, cluster_reports};
pub use diff::{
    ComparedVersion, Comparison, DiffAnswer, compare, comparison_warnings, merged_pieces,
};
pub use discover::{CandidateAnswer, EvidenceAnswer, LinkAnswer};
pub use error::ReportError;
pub use excerpt::{Excerpt, excerpt};
pub use extract::{document_answer, drop_answer};
pub use plan::{PlanAnswer, PlanSeconds, Rates, SitePlanAnswer};
pub use reextract::{DroppedAnswer, PolicyReextractionAnswer, ReextractionAnswer};
pub use requests::{EndpointCounts, RequestCounts};
pub use review::{review_answer, version_before};
pub use run::RunReport;
pub use safe::{escape_json, safe_json, safe_line, safe_text, write_safe_json};
pub use search::{
    IntervalProofs, first_version, interval_proofs, phrase_answer, phrase_summary, ranges,
};
pub use similar::{SimilarPolicy, similar_policies};
pub use status::{Growth, SiteSchedule, StatusAnswer, count_due, growth};
pub use verify::fault_answer;
pub use version::{version_answer, version_text_answer};
