//! The dataset: files made of the database, the same bytes every time.
//!
//! A [`Format`] turns rows into bytes and never opens a file; [`export`] opens them all, beside their final place, and
//! renames them when the last row is written, so that an interrupted export leaves the old one whole.

mod atom;
mod jsonl;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use atom::atom_feed;
pub use jsonl::Jsonl;

use crate::store::{Store, StoreError, VersionRow};

/// A form of the dataset.
pub trait Format {
    /// Name of the file it makes inside the export's folder.
    fn file_name(&self) -> &'static str;

    /// Writes one version.
    ///
    /// # Errors
    /// When `out` fails.
    fn version(&mut self, version: &VersionRow, out: &mut dyn Write) -> io::Result<()>;
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
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file that an export made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Where.
    pub path: PathBuf,
    /// Number of versions in it.
    pub versions: u64,
}

/// Writes all versions in one form into a folder, which is made if it is not there.
///
/// # Errors
/// See [`ExportError`]; a file of an earlier export is then still whole.
pub fn export(
    store: &Store,
    format: &mut dyn Format,
    folder: &Path,
) -> Result<Exported, ExportError> {
    let write_error = |path: &Path| {
        let path = path.to_path_buf();
        move |cause| ExportError::Write {
            path: path.clone(),
            cause,
        }
    };
    fs::create_dir_all(folder).map_err(write_error(folder))?;
    let path = folder.join(format.file_name());
    // The process id keeps two exports at once apart.
    let unfinished = folder.join(format!(
        ".{}.{}.part",
        format.file_name(),
        std::process::id()
    ));
    let written = write_versions(store, format, &unfinished, write_error(&unfinished));
    let versions = match written {
        Ok(versions) => versions,
        Err(error) => {
            // What is left is rubbish; if it cannot be removed, the first error is still the one to tell.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
    };
    fs::rename(&unfinished, &path).map_err(write_error(&path))?;
    Ok(Exported { path, versions })
}

fn write_versions(
    store: &Store,
    format: &mut dyn Format,
    path: &Path,
    write_error: impl Fn(io::Error) -> ExportError,
) -> Result<u64, ExportError> {
    let mut out = BufWriter::with_capacity(1 << 16, File::create(path).map_err(&write_error)?);
    let mut versions = 0;
    store.each_version(|version| {
        versions += 1;
        format.version(&version, &mut out).map_err(&write_error)
    })?;
    let file = out.into_inner().map_err(|e| write_error(e.into_error()))?;
    file.sync_all().map_err(&write_error)?;
    Ok(versions)
}
