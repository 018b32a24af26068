//! Policies by path: one index query for a whole domain, filtered on policy words, judged row by row.

mod candidate_rows;
mod query;
#[cfg(test)]
mod tests;

pub use query::{ByPath, PathQuery, by_path, index_filter};
