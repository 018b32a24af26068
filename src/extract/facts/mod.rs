//! Facts derived from a text: title, language, dates, hash, number of words, reason to drop the page.

mod calendar;
mod common_words;
mod date_gaps;
mod date_lines;
mod date_parts;
mod date_statement;
mod date_words;
mod dates;
mod declared_language;
mod drop_reason;
mod language;
mod page_wording;
mod site_name;
mod text_hash;
mod title;

pub use dates::{StatedDates, stated_dates};
pub(in crate::extract) use declared_language::{declared_language, iso_language};
pub(in crate::extract) use drop_reason::{PageFacts, reject_non_policy};
pub(in crate::extract) use language::{detect_language, has_vocabulary, language_of};
pub use page_wording::{PageWording, page_wording};
pub(in crate::extract) use site_name::SiteName;
pub use text_hash::text_hash;
pub(in crate::extract) use title::{document_title, without_site_name};
