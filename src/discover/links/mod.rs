//! The links of a page: all of them with their words, and those that lead to a policy or a hub.

mod address;
mod collect;
mod element;
mod judge;
mod owner;

pub(super) use address::script_redirect;
pub(super) use collect::links_of;
pub use judge::{LinkCandidate, judge_links};
