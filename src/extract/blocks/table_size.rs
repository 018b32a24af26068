//! How large a table may be for the cells that it has.

/// A table has at most so many places for each cell that is in it, and [`LEAST_PLACES`] more: a few cells that span
/// hundreds of columns would make megabytes of nothing.
const PLACES_PER_CELL: usize = 16;
/// Places that every table may have.
const LEAST_PLACES: usize = 200;

/// True when a table of so many cells may have so many places, empty ones included.
pub(in crate::extract) fn is_filled(places: usize, cells: usize) -> bool {
    places <= LEAST_PLACES + PLACES_PER_CELL * cells
}
