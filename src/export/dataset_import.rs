//! Imports an earlier JSON Lines export into a database.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::store::{ImportError, PresentTables, Store, StoreError, TextChecks};

/// Most rows stored in one transaction.
const MAX_BATCH_ROWS: usize = 500;
/// Most bytes stored in one transaction. Texts can be large.
const MAX_BATCH_BYTES: usize = 32 << 20;
/// Longest line that is read. A line holds a version with its text twice.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// Why a dataset cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetReadError {
    /// There is no table of versions.
    #[error("`{}` contains no `versions.jsonl` (or .gz, .zst); give a directory or file that `policytrail export --format jsonl` wrote", folder.display())]
    NoVersions {
        /// The directory.
        folder: PathBuf,
    },
    /// A table exists in two forms, and one of them may be older.
    #[error("both `{}` and `{}` exist; remove one of them", one.display(), other.display())]
    Twice {
        /// One file.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`: {cause}; give a complete file that `policytrail export --format jsonl` wrote, or download it again", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A line is not a row of its table.
    #[error("`{}`, {}: {what}; give a complete export, or download it again", path.display(), lines(*first, *last))]
    Line {
        /// The file.
        path: PathBuf,
        /// First line of the batch.
        first: u64,
        /// Last line of the batch.
        last: u64,
        /// What is wrong.
        what: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Numbers of imported rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportedRows {
    /// Of `versions`.
    pub versions: u64,
    /// Of the other tables.
    pub others: u64,
    /// Of `captures`: rows with a version that the dataset does not contain.
    pub without_version: u64,
}

/// Imports `versions.jsonl` (the file itself, or its directory) and the other tables in the same directory. A text is
/// checked against its hash if this version of the extractor made it.
///
/// # Errors
/// See [`DatasetReadError`]; the database is then incomplete and must be deleted.
pub fn import_dataset(
    from: &Path,
    store: &Store,
    checks: TextChecks,
) -> Result<ImportedRows, DatasetReadError> {
    let folder = if from.is_dir() {
        from
    } else {
        from.parent().unwrap_or_else(|| Path::new("."))
    };
    let versions = if from.is_dir() {
        table(folder, "versions")?.ok_or_else(|| DatasetReadError::NoVersions {
            folder: folder.into(),
        })?
    } else {
        from.to_path_buf()
    };
    let mut others = 0;
    if let Some(path) = table(folder, "sites")? {
        others += each_batch(&path, |rows| store.import_sites(rows))?;
    }
    if let Some(path) = table(folder, "policies")? {
        others += each_batch(&path, |rows| store.import_policies(rows))?;
    }
    let discoveries = table(folder, "discoveries")?;
    if let Some(path) = &discoveries {
        others += each_batch(path, |rows| store.import_discoveries(rows))?;
    }
    if let Some(path) = table(folder, "reviews")? {
        others += each_batch(&path, |rows| store.import_reviews(rows))?;
    }
    let captures = table(folder, "captures")?;
    if let Some(path) = &captures {
        others += each_batch(path, |rows| store.import_captures(rows))?;
    }
    let present = PresentTables {
        captures: captures.is_some(),
        discoveries: discoveries.is_some(),
    };
    let versions = each_batch(&versions, |rows| {
        store.import_versions(rows, present, checks)
    })?;
    let mut without_version = 0;
    if let Some(path) = &captures {
        // Observations refer to versions, so the captures are read a second time after the versions.
        each_batch(path, |rows| {
            without_version += store.import_observations(rows)?;
            Ok(())
        })?;
    }
    store.import_ended()?;
    Ok(ImportedRows {
        versions,
        others,
        without_version,
    })
}

fn lines(first: u64, last: u64) -> String {
    if first == last {
        format!("line {first}")
    } else {
        format!("lines {first} to {last}")
    }
}

/// The error in a line, without the parser's line number: the parser sees one line only.
fn error_in_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let what = message
        .rsplit_once(" at line ")
        .map_or(&*message, |(what, _)| what);
    format!("{what} at byte {}", error.column())
}

/// The file of a table; `None` if there is none.
fn table(folder: &Path, name: &str) -> Result<Option<PathBuf>, DatasetReadError> {
    let mut forms = ["", ".zst", ".gz"]
        .into_iter()
        .map(|suffix| folder.join(format!("{name}.jsonl{suffix}")))
        .filter(|path| path.is_file());
    match (forms.next(), forms.next()) {
        (Some(one), Some(other)) => Err(DatasetReadError::Twice { one, other }),
        (form, _) => Ok(form),
    }
}

/// Reads a file in batches of rows and stores each; returns the number of lines.
fn each_batch<R: DeserializeOwned>(
    path: &Path,
    mut store: impl FnMut(&[R]) -> Result<(), ImportError>,
) -> Result<u64, DatasetReadError> {
    let fail = |cause| DatasetReadError::Read {
        path: path.into(),
        cause,
    };
    let mut reader = open(path).map_err(fail)?;
    let (mut rows, mut bytes, mut line) = (Vec::new(), 0, 0_u64);
    let mut stored = 0_u64;
    let mut text = Vec::new();
    loop {
        text.clear();
        (&mut reader)
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut text)
            .map_err(fail)?;
        let ended = text.is_empty();
        if !ended {
            line += 1;
            bytes += text.len();
            let row = serde_json::from_slice(&text).map_err(|e| DatasetReadError::Line {
                path: path.into(),
                first: line,
                last: line,
                what: error_in_line(&e),
            })?;
            rows.push(row);
        }
        if ended || rows.len() >= MAX_BATCH_ROWS || bytes >= MAX_BATCH_BYTES {
            store(&rows).map_err(|e| match e {
                ImportError::Store(error) => DatasetReadError::Store(error),
                other => DatasetReadError::Line {
                    path: path.into(),
                    first: stored + 1,
                    last: line,
                    what: other.to_string(),
                },
            })?;
            rows.clear();
            (bytes, stored) = (0, line);
        }
        if ended {
            return Ok(line);
        }
    }
}

/// Opens a file, decompressing it if its extension says so.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = File::open(path)?;
    let ending = path.extension().unwrap_or_default();
    let bytes: Box<dyn Read> = if ending == "gz" {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else if ending == "zst" {
        Box::new(zstd::stream::read::Decoder::new(file)?)
    } else {
        Box::new(file)
    };
    Ok(Box::new(BufReader::with_capacity(1 << 16, bytes)))
}
