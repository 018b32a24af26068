//! The words of a policy out of one archived page: bytes in, [`Document`] or [`Dropped`] out. Pure.
//!
//! ```text
//! payload ▶ page ─▶ view ─▶ boilerplate ─▶ candidates ─▶ build ─▶ lines, headings, slice, trim, title ─▶ markdown, text
//! is it   one     flat     what is        where the      block    what the tree should look like            the two
//! a page  parse   list     never text     text is        tree                                               forms
//! ```
//!
//! The page is parsed once and walked a fixed number of times. What decides is sums over subtrees (sentences, policy words,
//! links), not one site's class names, so that a page that changes its frame keeps its text.

mod article_page;
mod blocks;
mod build;
mod characters;
mod decode;
mod dom;
mod embedded;
mod extraction;
mod facts;
mod input;
mod main_content;
mod page_content;
mod policy_page;
mod render;
mod structure;
mod vocabulary;

pub use decode::is_pdf;
pub use extraction::{explain, extract, language_and_words};
pub use facts::{StatedDates, stated_dates, text_hash};
pub use input::{DocumentType, EXTRACTOR_VERSION, Extraction, Options, PageInput};
pub use render::wrapped_text;

#[cfg(test)]
mod tests;
