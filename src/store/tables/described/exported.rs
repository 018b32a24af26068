//! The list of tables that an export has.

use super::captures::{CAPTURES, DROPS};
use super::sites::{DISCOVERIES, POLICIES, REVIEWS, SITES};
use super::versions::VERSIONS;
use crate::store::tables::table::Table;

/// The tables of every export, in order.
pub const TABLES: [Table; 7] = [
    VERSIONS,
    CAPTURES,
    POLICIES,
    SITES,
    DISCOVERIES,
    DROPS,
    REVIEWS,
];
