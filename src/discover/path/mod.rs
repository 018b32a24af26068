//! Judges an index key by its words: is it the address of a policy, or of a page that only talks about privacy?

mod judge;
mod name;
mod segment;

pub use judge::{PathVerdict, judge_path};
