//! Queries to the archive's index: which ones a site needs, where they begin, and which are sent again.

mod query_keys;
mod repeat;
mod site_index;

pub(super) use query_keys::QueryKeys;
pub(super) use repeat::{RepeatRule, scopes_to_repeat};
pub(super) use site_index::{IndexSource, IndexStart, SiteIndex, StoredAnswer};
