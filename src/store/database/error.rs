//! What can go wrong with a database file, with the cure.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no database at `{}`; give another file with --db, or create a database with `policytrail backfill`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is an empty file.
    #[error("`{}` is empty and not a database; give another file with --db, or create a database with `policytrail backfill`", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// What stands there is no file.
    #[error("`{}` is {what}, not a regular file; give another file with --db", path.display())]
    NoFile {
        /// The place.
        path: PathBuf,
        /// What stands there.
        what: &'static str,
    },
    /// The file was removed, or another was put in its place, while it was open.
    #[error("the database `{}` was removed or replaced while this command ran, and the data written since then is lost; run the same command again", path.display())]
    Removed {
        /// The file.
        path: PathBuf,
    },
    /// The folder for a new database is not there.
    #[error("cannot create the database `{}`: the directory `{}` does not exist; create it first, or give another file with --db", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("cannot write the database `{}`: {detail}; check the permissions of the file and its directory, or give another file with --db", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The file is a database of another program, or no database.
    #[error("`{}` is not a policytrail database and was not changed; give another file with --db", path.display())]
    OtherProgram {
        /// The file.
        path: PathBuf,
    },
    /// A newer policytrail made the file.
    #[error("`{}` was created by a newer policytrail (schema {schema}); use that version, or give another file with --db", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Number of its schema.
        schema: i64,
    },
    /// Another process holds the database.
    #[error("the database `{}` is in use by another process ({detail}); wait until it ends, or give another file with --db", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
        /// Who, or what SQLite said.
        detail: String,
    },
    /// The disk is full; what was committed is safe.
    #[error("the disk is full, so `{}` could not grow; all data written before is safe. Free some space and run the same command again", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("the database `{}` is damaged ({detail}); restore a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The schema is not what this program makes: another's tables in the place of its own, or statements of another that
    /// would run.
    #[error("another program has changed the schema of `{}` ({detail}); undo the change, or restore a backup", path.display())]
    ForeignSchema {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// What stands in the place of a database's lock is none.
    #[error("`{}` is not a lock file of policytrail and was not changed; remove it, or give another database with --db", path.display())]
    ForeignLock {
        /// The file.
        path: PathBuf,
    },
    /// The schema could not be brought up to date.
    #[error("cannot upgrade the schema of `{}`: {detail}", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// A page could not be packed.
    #[error("cannot compress a page: {0}")]
    Packing(String),
    /// Any other failure of SQLite.
    #[error("database error: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// Names an SQLite error by what it means for this file.
    pub(in crate::store) fn of(path: &Path, error: rusqlite::Error) -> Self {
        let (path, detail) = (path.to_path_buf(), error.to_string());
        // Columns of another type than the schema says: other hands.
        if matches!(
            error,
            rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..)
        ) {
            return Self::Damaged { path, detail };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::OtherProgram { path },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { path, detail }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::InUse { path, detail }
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::TooBig) => Self::Damaged { path, detail },
            _ => Self::Sqlite(error),
        }
    }
}
