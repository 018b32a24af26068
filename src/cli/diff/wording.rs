//! Dates of compared versions, in words.

use std::cmp::Ordering;

use super::super::wording::date;
use crate::model::Timestamp;
use crate::report::Comparison;
use crate::store::VersionEntry;

/// When a version was observed: `2004-05-02 to 2005-01-01`.
pub(super) fn observed(version: &VersionEntry) -> String {
    span(version.first_seen, " to ", version.last_seen)
}

/// When the new version replaced the old one.
pub(in super::super) fn change_date(c: &Comparison<'_>) -> String {
    let (old, new) = (c.old.version, c.new.version);
    if old.last_seen < new.first_seen && new.previous_version == Some(old.version) {
        let dates = span(old.last_seen, " and ", new.first_seen);
        let word = if dates.contains(' ') { "between" } else { "on" };
        return format!("changed {word} {dates}");
    }
    let words = match old.first_seen.cmp(&new.first_seen) {
        Ordering::Less => "not consecutive: there are other versions or editions between them",
        Ordering::Equal => "the same version twice",
        Ordering::Greater => "in reverse order: the second version is the older one",
    };
    words.to_owned()
}

/// Two dates, or one if they are equal.
fn span(from: Timestamp, to: &str, until: Timestamp) -> String {
    let (first, last) = (date(from), date(until));
    if first == last {
        first
    } else {
        format!("{first}{to}{last}")
    }
}
