//! The limit of a table's size, by the number of its cells.

/// Most places that a table may have for each of its cells, with [`LEAST_PLACES`] added. A few cells that span hundreds
/// of columns would take megabytes.
const PLACES_PER_CELL: usize = 16;
/// The number of places that every table may have.
const LEAST_PLACES: usize = 200;

/// True when a table with this number of cells may have this number of places, empty ones included.
pub(in crate::extract) fn is_filled(places: usize, cells: usize) -> bool {
    places <= LEAST_PLACES + PLACES_PER_CELL * cells
}
