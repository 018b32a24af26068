//! The limit of a table's size, by the number of its cells.

/// Maximum number of positions in a table for each of its cells, in addition to [`LEAST_PLACES`]. Without this limit, a
/// few cells that span hundreds of columns would take megabytes.
const PLACES_PER_CELL: usize = 16;
/// Number of positions that every table may have.
const LEAST_PLACES: usize = 200;

/// True if a table with this number of cells may have this number of positions, including empty ones.
pub(in crate::extract) fn is_filled(places: usize, cells: usize) -> bool {
    places <= LEAST_PLACES + PLACES_PER_CELL * cells
}
