//! The parsed page as a flat list with sums of text, links and policy words.

mod css;
mod element;
mod element_kind;
mod hidden_boxes;
mod style_sheets;
mod text_stats;
mod view;

pub(in crate::extract) use css::{declaration, has_word};
pub(in crate::extract) use element::{attribute, names_of, top_of_placed};
pub(in crate::extract) use element_kind::ElementKind;
pub(in crate::extract) use hidden_boxes::hide_by_style_sheets;
pub(in crate::extract) use text_stats::TextStats;
pub(in crate::extract) use view::{NodeId, PageView};
