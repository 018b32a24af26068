//! The tables of the dataset: one description for their rows, their data dictionary and the conditions on them.
//!
//! A [`Table`] names its columns, and each [`Column`] the expression that yields it, so that a file, its documentation
//! and its `--where` can never disagree. Rows come one at a time, borrowed from SQLite: memory does not grow with them.

mod clusters;
mod condition;
mod described;
mod filter;
mod held;
mod snapshot;
mod table;

pub use clusters::{Cluster, ClusteredDocument, DocumentOutline, FirstVersion};
pub use condition::{Condition, InvalidCondition};
pub use described::{
    CAPTURES, CLUSTERS, DISCOVERIES, DROPS, PANEL, POLICIES, REVIEWS, SITES, TABLES, VERSIONS,
};
pub use filter::Filter;
pub use held::{HeldCapture, LineSorter};
pub use snapshot::{Body, Outline, Snapshot, VersionOrder};
pub use table::{Cell, Column, ColumnType, Table};
