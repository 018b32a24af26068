//! The block tree of the chosen part of a page.

mod builder;
mod containers;
mod indents;
mod inline_layout;
mod links;
mod notes;
mod numbering;
mod page_conventions;
mod preformatted;
mod style;
mod tables;
mod text_run;
mod time_element;

pub(in crate::extract) use builder::build_blocks;
pub(in crate::extract) use links::{LinkResolver, limit_link_targets};
