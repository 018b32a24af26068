//! Policies by link: scans of archived home pages and of the hub pages ("Legal", "Impressum") that they link to.
//!
//! ```text
//! search (picks next moment) ─▶ by_link ─▶ home_scan ─▶ linked_pages ─▶ scanner (fetches and reads one page)
//!                       listed_captures ─┘    hub ────────────────────────┘
//! ```

mod by_link;
mod earlier_scans;
mod home_scan;
mod hub;
mod limits;
mod linked_pages;
mod listed_captures;
mod page_content;
mod scanner;
mod search;
#[cfg(test)]
mod tests;

pub use by_link::{ByLink, LinkSearch, by_link, by_link_search};
pub use hub::{Hub, hubs, scan_hub};
pub use limits::ScanLimits;
pub use listed_captures::HomeCaptures;
pub use scanner::PageScanner;
pub use search::{HomeSpan, next_home_page};
