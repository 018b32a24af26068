//! Opening of a database: which files are taken, the checks before the first statement, and the schema brought up to date.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::Migrations;

use super::error::StoreError;
use super::migrations::{MIGRATIONS, newest_schema};
use super::store::Store;
use super::{place, schema};

/// Marks a file as this program's (`PRAGMA application_id`): "Ptrl".
pub(in crate::store) const APPLICATION_ID: i32 = 0x5074_726c;
/// How long a writer waits for another process to finish its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
/// No value or row of SQLite's is larger: that of a payload which cannot be packed at all, with room for the rest of its row.
const MAX_VALUE_BYTES: i32 = (256 + 16) << 20;

impl Store {
    /// Opens a database for reading and writing; makes it where there is none.
    ///
    /// # Errors
    /// When the folder is missing or read-only, or what stands there is no file, another program's, a newer version's, or
    /// damaged. A file that is not this program's is left untouched.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        if let Ok(found) = fs::metadata(path) {
            place::check(path, &found)?;
        } else {
            let folder = path
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or_else(|| Path::new("."));
            if !folder.is_dir() {
                return Err(StoreError::NoFolder {
                    path: path.into(),
                    folder: folder.into(),
                });
            }
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::open_with(path, flags)
    }

    /// Opens an existing database for reading and writing.
    ///
    /// # Errors
    /// As [`Store::open_or_create`], and when there is no such file, or an empty one.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let found = fs::metadata(path).map_err(|_| StoreError::Missing { path: path.into() })?;
        place::check(path, &found)?;
        if found.len() == 0 {
            return Err(StoreError::Empty { path: path.into() });
        }
        Self::open_with(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
    }

    /// Opens an existing database to read it: from a place that cannot be written to as well, where nothing is left to
    /// be written.
    ///
    /// # Errors
    /// As [`Store::open`]; a database that cannot be written is refused when its schema is an older one or a write-ahead
    /// log stands beside it.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        match Self::open(path) {
            Err(StoreError::NotWritable { detail, .. }) => Self::open_unwritable(path, detail),
            other => other,
        }
    }

    /// Opens a file that nobody can write to: SQLite then needs no files beside it.
    pub(in crate::store) fn open_unwritable(
        path: &Path,
        detail: String,
    ) -> Result<Self, StoreError> {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log_bytes = fs::metadata(PathBuf::from(log)).map_or(0, |m| m.len());
        let (true, Ok(url)) = (
            log_bytes == 0,
            url::Url::from_file_path(std::path::absolute(path).unwrap_or_default()),
        ) else {
            return Err(StoreError::NotWritable {
                path: path.into(),
                detail,
            });
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(format!("{url}?immutable=1"), flags)
            .map_err(|e| StoreError::of(path, e))?;
        Self::prepare(connection, path)
    }

    /// A database in memory, for tests.
    ///
    /// # Errors
    /// When SQLite itself fails.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?, Path::new(":memory:"))
    }

    fn open_with(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let connection =
            Connection::open_with_flags(path, flags).map_err(|e| StoreError::of(path, e))?;
        Self::prepare(connection, path)
    }

    fn prepare(mut connection: Connection, path: &Path) -> Result<Self, StoreError> {
        let fail = |e| StoreError::of(path, e);
        connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
        let application_id: i32 = connection
            .query_row("PRAGMA application_id", [], |r| r.get(0))
            .map_err(fail)?;
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))
            .map_err(fail)?;
        if application_id != APPLICATION_ID && (tables > 0 || application_id != 0) {
            return Err(StoreError::OtherProgram { path: path.into() });
        }
        // A database may come from a stranger: nothing in its schema may call into the program or take all memory.
        connection
            .set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
            .map_err(fail)?;
        for (pragma, value) in [("trusted_schema", false), ("cell_size_check", true)] {
            connection
                .pragma_update(None, pragma, value)
                .map_err(fail)?;
        }
        let (current, fault) = Self::examine(&mut connection, path)?;
        if let Some(detail) = fault {
            return Err(StoreError::ForeignSchema {
                path: path.into(),
                detail,
            });
        }
        if current < newest_schema() {
            connection
                .pragma_update(None, "journal_mode", "WAL")
                .map_err(fail)?;
            connection
                .pragma_update(None, "application_id", APPLICATION_ID)
                .map_err(fail)?;
            // A table can only be made anew while nothing watches the references to it.
            connection
                .pragma_update(None, "foreign_keys", false)
                .map_err(fail)?;
            let migrated = Migrations::from_slice(&*MIGRATIONS).to_latest(&mut connection);
            // Another process may have been faster: what this one tried then is undone as one, and nothing is left to do.
            if let Err(e) = migrated
                && Self::examine(&mut connection, path)? != (newest_schema(), None)
            {
                return Err(StoreError::Migration {
                    path: path.into(),
                    detail: e.to_string(),
                });
            }
        }
        connection
            .pragma_update(None, "foreign_keys", true)
            .map_err(fail)?;
        // WAL with NORMAL survives a kill of the process; a power cut may lose the last transactions, never the file.
        connection
            .pragma_update(None, "synchronous", "NORMAL")
            .map_err(fail)?;
        Ok(Self::new(connection, path))
    }

    /// Number of the schema, and what is wrong with it: on one state of the database, which another process may be
    /// bringing up to date.
    fn examine(
        connection: &mut Connection,
        path: &Path,
    ) -> Result<(i64, Option<String>), StoreError> {
        let fail = |e| StoreError::of(path, e);
        let state = connection.transaction().map_err(fail)?;
        let number: i64 = state
            .query_row("PRAGMA user_version", [], |r| r.get(0))
            .map_err(fail)?;
        if number > newest_schema() {
            return Err(StoreError::TooNew {
                path: path.into(),
                schema: number,
            });
        }
        let migrations = usize::try_from(number)
            .ok()
            .and_then(|n| MIGRATIONS.get(..n));
        let Some(migrations) = migrations else {
            return Ok((number, Some(format!("there is no schema {number}"))));
        };
        match schema::fault(&state, migrations) {
            Ok(fault) => Ok((number, fault)),
            Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(fail(err)),
            Err(e) => Err(StoreError::Migration {
                path: path.into(),
                detail: e.to_string(),
            }),
        }
    }

    /// Returns the number of the newest schema that this program knows.
    #[must_use]
    pub fn schema_version() -> i64 {
        newest_schema()
    }
}
