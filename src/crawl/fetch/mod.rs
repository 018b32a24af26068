//! Fetching captures: requests the memento of a capture, extracts its text and stores everything in one transaction.

mod batch;
mod capture;
pub(super) mod extraction;
pub(super) mod in_flight;
pub(super) mod parse_limit;
mod pdf_child;
mod pdf_exchange;
pub(super) mod pdf_reader;
mod pdf_sandbox;

pub(super) use batch::{FetchRecord, fetch_batch};
pub(super) use capture::Fetcher;
pub use pdf_child::{PDF_COMMAND, run_pdf_child};
pub use pdf_reader::PdfReader;
