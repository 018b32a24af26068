//! The dataset: files made of the database, the same bytes every time.
//!
//! The tables are described once, in [`crate::store::tables`]; a [`RowWriter`] turns the rows of any of them into bytes and
//! never opens a file. `folder` opens them all, out of sight, and moves them to their place when the last is whole.
//! Nothing here reads a clock: the date of a dataset is that of the newest run, or capture, in the database.

mod atom;
mod columnar;
mod comma;
mod folder;
mod jsonl;
mod rows;

use std::io;
use std::path::{Path, PathBuf};

pub use atom::atom_feed;
use folder::Folder;
pub use folder::{Compression, Written};
pub use rows::{TableFormat, TableRows};

use crate::store::tables::{Cell, Filter};
use crate::store::{Store, StoreError};

/// Turns the rows of one table into bytes.
pub trait RowWriter {
    /// Writes one row, its cells in the order of the columns.
    ///
    /// # Errors
    /// When the output fails.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;

    /// Writes what comes after the last row.
    ///
    /// # Errors
    /// When the output fails.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What to export, and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportOptions {
    /// Forms of the tables.
    pub tables: Vec<TableFormat>,
    /// What is wanted.
    pub filter: Filter,
    /// Leave out the words of the policies.
    pub no_text: bool,
    /// Of JSON Lines and CSV.
    pub compression: Compression,
}

/// What an export made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The tables, with their rows.
    pub tables: Vec<TableRows>,
    /// What was left out or could not be done, in words.
    pub notes: Vec<String>,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A file cannot be written.
    #[error("cannot write `{}`: {cause}; check the folder given with --out and the room on its disk", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Another export writes there.
    #[error("another export writes to `{}`; wait until it ends, or name another folder with --out", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder holds something else than a dataset.
    #[error("`{}` is not of an export and would be replaced; name another folder with --out", path.display())]
    Foreign {
        /// What would be replaced.
        path: PathBuf,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write {
            path: path.into(),
            cause,
        }
    }
}

/// Writes a dataset into a folder, which is made if it is not there. All of it shows one state of the database.
///
/// # Errors
/// See [`ExportError`]; the files of an earlier export are then still whole.
pub fn export(
    store: &Store,
    options: &ExportOptions,
    target: &Path,
) -> Result<Exported, ExportError> {
    let mut folder = Folder::open(target)?;
    let exported = store.snapshot(|snapshot| {
        let mut exported = Exported::default();
        exported.tables = rows::write_tables(snapshot, options, &mut folder)?;
        for table in exported.tables.iter().filter(|t| t.left_out > 0) {
            exported.notes.push(format!(
                "{} rows of {} have unreadable values and were left out; the database was changed by other hands",
                table.left_out, table.table.name
            ));
        }
        Ok::<_, ExportError>(exported)
    })?;
    folder.commit()?;
    Ok(exported)
}
