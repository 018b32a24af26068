//! The links of a page: all of them with their words, and those that lead to a policy or a hub.
//!
//! ```text
//! find ─┬▶ collect ─▶ labels            links that are elements of the tree
//!       ├▶ unshown ─┬▶ script_markup    links in `<noscript>`, and in markup that scripts write
//!       │           └▶ script_data      links in JSON and in objects of scripts
//!       └▶ judge ─▶ owner               the verdict on one link
//! ```

mod address;
mod collect;
mod element;
mod find;
mod judge;
mod labels;
mod owner;
mod raw_link;
mod script_data;
mod script_markup;
mod script_tokens;
mod unshown;

pub(super) use address::script_redirect;
pub(super) use collect::links_of;
pub use find::judge_links;
pub use judge::LinkCandidate;
