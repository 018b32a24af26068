//! The database file: opening, schema, transactions, lock and errors.

mod error;
pub(super) mod full_text;
mod lock;
pub(super) mod migrations;
mod open;
mod place;
mod schema;
pub(super) mod sql;
mod store;

pub use error::StoreError;
pub use lock::CrawlLock;
pub(super) use open::APPLICATION_ID;
pub use store::Store;
