//! Reads an earlier JSON Lines export back into a database.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::store::{Beside, Hashing, ImportError, Store, StoreError};

/// Rows stored in one transaction.
const ROWS_A_BATCH: usize = 500;
/// Bytes stored in one transaction: texts can be large.
const BYTES_A_BATCH: usize = 32 << 20;
/// Longest line that is read; a line is a version with its text twice.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// Why a dataset cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no table of versions.
    #[error("there is no `versions.jsonl` (or .gz, .zst) in `{}`: name a folder or file of `export --format jsonl`", folder.display())]
    NoVersions {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A table is there in two forms, of which one may be older.
    #[error("there are both `{}` and `{}`, and nobody knows which of them is meant: remove one", one.display(), other.display())]
    Twice {
        /// One file.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`: {cause}; name a whole file of `export --format jsonl`, or fetch it again", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A line is no row of its table.
    #[error("`{}`, {}: {what}; name a whole export, or fetch it again", path.display(), lines(*first, *last))]
    Line {
        /// The file.
        path: PathBuf,
        /// First line of those stored together.
        first: u64,
        /// Last line of them.
        last: u64,
        /// What is wrong.
        what: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Rows that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportedRows {
    /// Of `versions`.
    pub versions: u64,
    /// Of the other tables.
    pub others: u64,
    /// Of `captures`: those that showed a version which the dataset does not hold.
    pub without_version: u64,
}

/// Imports `versions.jsonl` (the file, or the one in a folder) and the tables beside it. Words are checked against their
/// hash where the same extractor made both.
///
/// # Errors
/// See [`ReadError`]; the database is then half filled and to be thrown away.
pub fn import_dataset(
    from: &Path,
    store: &Store,
    hashing: Hashing,
) -> Result<ImportedRows, ReadError> {
    let folder = if from.is_dir() {
        from
    } else {
        from.parent().unwrap_or_else(|| Path::new("."))
    };
    let versions = if from.is_dir() {
        table(folder, "versions")?.ok_or_else(|| ReadError::NoVersions {
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
    let captures = table(folder, "captures")?;
    if let Some(path) = &captures {
        others += each_batch(path, |rows| store.import_captures(rows))?;
    }
    let beside = Beside {
        captures: captures.is_some(),
        discoveries: discoveries.is_some(),
    };
    let versions = each_batch(&versions, |rows| {
        store.import_versions(rows, beside, hashing)
    })?;
    let mut without_version = 0;
    if let Some(path) = &captures {
        // A capture can only be said to show a version that is there: the second reading.
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

/// What is wrong with a line, without the parser's count of lines, which is that of this one.
fn fault_in_line(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let what = told
        .rsplit_once(" at line ")
        .map_or(&*told, |(what, _)| what);
    format!("{what} at byte {}", error.column())
}

fn table(folder: &Path, name: &str) -> Result<Option<PathBuf>, ReadError> {
    let mut forms = ["", ".zst", ".gz"]
        .into_iter()
        .map(|suffix| folder.join(format!("{name}.jsonl{suffix}")))
        .filter(|path| path.is_file());
    match (forms.next(), forms.next()) {
        (Some(one), Some(other)) => Err(ReadError::Twice { one, other }),
        (form, _) => Ok(form),
    }
}

fn each_batch<R: DeserializeOwned>(
    path: &Path,
    mut store: impl FnMut(&[R]) -> Result<(), ImportError>,
) -> Result<u64, ReadError> {
    let fail = |cause| ReadError::Read {
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
            let row = serde_json::from_slice(&text).map_err(|e| ReadError::Line {
                path: path.into(),
                first: line,
                last: line,
                what: fault_in_line(&e),
            })?;
            rows.push(row);
        }
        if ended || rows.len() >= ROWS_A_BATCH || bytes >= BYTES_A_BATCH {
            store(&rows).map_err(|e| match e {
                ImportError::Store(error) => ReadError::Store(error),
                other => ReadError::Line {
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
