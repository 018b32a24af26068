//! Extracts the text of a policy from one archived page: bytes in, [`Document`](crate::model::Document) or
//! [`Dropped`](crate::model::Dropped) out. Pure.
//!
//! ```text
//! decode ─▶ dom ─▶ main_content ─▶ block_builder ─▶ structure ─▶ facts ─▶ render
//! format    flat   boilerplate     block tree       lines,       title,   Markdown
//!           list   out, text in                     headings,    dates,   and plain
//!                                                   template     drop     text
//! ```
//!
//! The page is parsed once and walked a fixed number of times. Sums over subtrees (sentences, policy words, links)
//! decide, not the class names of one site. So the text is still found if the frame of the page changes.

mod article_page;
mod block_builder;
mod blocks;
mod characters;
mod decode;
mod dom;
mod embedded;
mod extracted_content;
mod extraction;
mod fact_faults;
mod facts;
mod input;
mod main_content;
mod policy_page;
mod render;
mod structure;
mod vocabulary;

pub(crate) use decode::CANNOT_READ_PDFS;
pub use decode::{CAN_READ_PDFS, is_pdf};
pub use extraction::{explain, extract};
pub use fact_faults::fact_faults;
pub use facts::{PageWording, StatedDates, page_wording, stated_dates, text_hash};
pub use input::{DocumentType, EXTRACTOR_VERSION, ExplainedDocument, Options, PageInput};
pub use render::{markdown_fault, wrapped_text};
pub(crate) use vocabulary::{
    TitleTopic, cookie_words, names_document, policy_words, says_log_in, says_not_found,
    title_topic,
};

#[cfg(test)]
mod tests;
