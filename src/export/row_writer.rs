//! The interface between tables and file formats.

use std::io;

use crate::store::tables::Cell;

/// Writes the rows of one table as bytes of one format.
pub trait RowWriter {
    /// Writes one row, its cells in the order of the columns.
    ///
    /// # Errors
    /// If the output fails.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;

    /// Writes what follows the last row.
    ///
    /// # Errors
    /// If the output fails.
    fn finish(self: Box<Self>) -> io::Result<()>;
}
