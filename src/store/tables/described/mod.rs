//! What stands in each table of the dataset.

mod captures;
mod clusters;
mod columns;
mod exported;
mod sites;
mod versions;

pub use captures::{CAPTURES, DROPS};
pub use clusters::CLUSTERS;
pub use exported::TABLES;
pub use sites::{DISCOVERIES, POLICIES, REVIEWS, SITES};
pub use versions::{PANEL, VERSIONS};
