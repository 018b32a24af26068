//! Facts derived from a text: title, language, dates, hash, number of words, reason to drop the page.

mod calendar;
mod date_lines;
mod dates;
mod drop_reason;
mod language;
mod text_hash;
mod title;
mod word_count;

pub use dates::{StatedDates, stated_dates};
pub(in crate::extract) use drop_reason::{PageFacts, reject_non_policy};
pub(in crate::extract) use language::{detect_language, has_vocabulary};
pub use text_hash::text_hash;
pub(in crate::extract) use title::{document_title, without_site_name};
pub(in crate::extract) use word_count::word_count;
