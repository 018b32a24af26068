//! The open database: one connection, and the transactions on it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::place::Identity;

/// The database of one collection of histories.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    path: PathBuf,
    /// The file that was at `path` when it was opened.
    identity: Option<Identity>,
}

impl Store {
    /// Wraps a connection to the database at `path`, whose schema is checked and up to date.
    pub(super) fn new(connection: Connection, path: &Path) -> Self {
        Self {
            connection: Mutex::new(connection),
            path: path.into(),
            identity: Identity::of(path),
        }
    }

    /// Returns the path of the database.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Locks the connection.
    pub(in crate::store) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic rolls its transaction back when it unwinds, so the connection stays usable.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails when the file was removed or replaced since it was opened: what is written to a removed file is lost, and its
    /// lock is gone too.
    fn check_in_place(&self) -> Result<(), StoreError> {
        if self.identity.is_some() && Identity::of(&self.path) != self.identity {
            return Err(StoreError::Removed {
                path: self.path.clone(),
            });
        }
        Ok(())
    }

    /// Runs one writing transaction, begun with `BEGIN IMMEDIATE`.
    pub(in crate::store) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.check_in_place()?;
        let mut connection = self.lock();
        let fail = |e| StoreError::of(&self.path, e);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(fail)?;
        let value = work(&transaction).map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(value)
    }

    /// Runs reading statements in one transaction, so that all of them see the same state of the database.
    pub(in crate::store) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let fail = |e| StoreError::of(&self.path, e);
        let transaction = connection.transaction().map_err(fail)?;
        work(&transaction).map_err(fail)
    }
}
