//! Joins addresses into policies: one policy may have had many addresses, and one site may have many policies.

mod edition;
mod evidence;
mod graph;
mod join;
mod succession;

pub use evidence::{HomePageLinks, JoinEvidence, Policy, home_page_links};
pub use join::join;
