//! The main content of a page: boilerplate is excluded, the text is chosen.

mod article;
mod boilerplate;
mod candidates;
mod consent_notices;
mod joining;
mod left_out;
mod page_boxes;
mod repeated_boxes;
mod screen_readers;
mod sections;
mod siblings;
mod title;

pub(in crate::extract) use article::choose_article;
pub(in crate::extract) use boilerplate::{Strictness, exclude_boilerplate};
pub(in crate::extract) use candidates::{MainContent, choose_main_content};
pub(in crate::extract) use left_out::left_out;
pub(in crate::extract) use page_boxes::put_pages_in_order;
pub(in crate::extract) use repeated_boxes::exclude_repeated_boxes;
