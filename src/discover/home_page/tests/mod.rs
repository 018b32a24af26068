//! Tests of the scans of home pages and hubs.

mod linked_pages;
mod search;
mod shared;
