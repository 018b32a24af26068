//! The table at the end of a crawl: what was left out, and why.

use std::collections::BTreeMap;

use super::table::{Align, table};
use crate::archive::warc::Skipped;

/// What was left out, one line per reason; empty when there was nothing. `drops` are captures without a version, by the
/// code of the reason.
pub(super) fn left_out_table(skipped: &Skipped, drops: &BTreeMap<String, u64>) -> String {
    let header = [("left out", Align::Left), ("number", Align::Right)];
    let captures = drops
        .iter()
        .map(|(reason, count)| vec![format!("captures: {reason}"), count.to_string()]);
    let of_archive = skipped
        .counts()
        .map(|(reason, count)| vec![reason.name().to_owned(), count.to_string()]);
    let rows: Vec<Vec<String>> = captures.chain(of_archive).collect();
    if rows.is_empty() {
        String::new()
    } else {
        format!("\n{}", table(&header, &rows))
    }
}
