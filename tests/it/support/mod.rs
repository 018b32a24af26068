//! Servers, databases and datasets that the integration tests share.

pub mod archive_faults;
pub mod archive_rows;
pub mod archive_server;
pub mod crawl;
pub mod database;
pub mod dataset;
pub mod hostile_pdf;
pub mod http_server;
pub mod old_database;
pub mod own_process;
pub mod paths;
pub mod program;
pub mod pywb_server;
pub mod warc;
