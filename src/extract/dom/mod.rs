//! The parsed page as a flat list with sums of text, links and policy words.

mod element;
mod element_kind;
mod text_stats;
mod view;

pub(in crate::extract) use element::{attribute, is_set_as_block};
pub(in crate::extract) use element_kind::ElementKind;
pub(in crate::extract) use text_stats::TextStats;
pub(in crate::extract) use view::{NodeId, PageView};
