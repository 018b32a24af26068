//! Exports the database as a dataset: files that have the same bytes every time.
//!
//! The tables are described once, in [`crate::store::tables`]. A [`RowWriter`] turns the rows of any of them into bytes and
//! never opens a file: `folder` opens all files in a hidden directory and moves them to their places when the last one is
//! complete. Nothing here reads a clock: the date of a dataset is that of the newest run, or capture, in the database.
//!
//! To add a format of tables, write a [`RowWriter`] in a file of its own and name it in `options` and `table_files`.

mod archive_links;
mod atom_feed;
mod citation;
mod clusters;
mod compression;
mod croissant;
mod csv;
mod data_card;
mod dataset;
mod dataset_import;
mod drop_meanings;
mod error;
mod export_file;
mod file_names;
mod folder;
mod git_history;
mod jsonl;
mod markdown_text;
mod options;
mod page;
mod page_import;
mod pages;
mod panel;
#[cfg(feature = "parquet")]
mod parquet;
mod policy_path;
mod previous_export;
mod rebuilt_warc;
mod row_writer;
mod table_files;
mod timestamp_form;
mod warc;
mod warc_head;

pub use atom_feed::{FeedEntry, FeedVersion, atom_feed};
pub use citation::{Author, Citation, Doi, InvalidCitation, Licence, Title};
pub use compression::Compression;
pub use data_card::dictionary_line;
pub use dataset::{Exported, export};
pub use dataset_import::{DatasetReadError, ImportedRows, import_dataset};
pub use drop_meanings::drop_meaning;
pub use error::ExportError;
pub use export_file::WrittenFile;
pub use file_names::{SITE_LIST, counted};
pub use options::{ExportOptions, LinkTarget, PageFormat, PageLayout, TableFormat};
pub use page_import::{ImportedPages, import_pages};
pub use panel::Period;
pub use rebuilt_warc::{KeptResponse, REBUILT, rebuilt_warc};
pub use row_writer::RowWriter;
pub use table_files::WrittenTable;
pub use timestamp_form::TimestampForm;
