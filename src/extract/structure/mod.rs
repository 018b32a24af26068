//! Corrections of a new block tree: lines, headings, documents, template lines.

mod article;
mod boundary;
mod breadcrumbs;
mod consent_sentences;
mod date_headings;
mod dropped_lines;
mod first_lines;
mod heading_levels;
mod headings;
mod hosted;
mod lines;
mod link_rows;
mod menu_above;
mod noise;
mod numbering;
mod outline;
mod page_heading;
mod sentences_as_headings;
mod slice;
mod teasers;
mod trim;
mod volatile_lines;

pub(in crate::extract) use article::{is_article, is_teaser_of, may_be_teaser, remove_headline};
pub(in crate::extract) use dropped_lines::{dropped_lines, short_lines};
pub(in crate::extract) use heading_levels::number_heading_levels;
pub(in crate::extract) use headings::promote_headings;
pub(in crate::extract) use lines::separate_lines;
pub(in crate::extract) use page_heading::{merge_title_headings, restore_page_heading};
pub(in crate::extract) use slice::{heading_at, keep_wanted_document};
pub(in crate::extract) use teasers::drop_teasers;
pub(in crate::extract) use trim::trim_template;
