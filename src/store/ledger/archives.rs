//! Archives: when they may be requested again.

use rusqlite::{OptionalExtension as _, params};

use crate::model::{ArchiveId, Timestamp};
use crate::store::database::sql::timestamp;
use crate::store::database::{Store, StoreError};

/// Pause of all requests to an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchiveFreeze {
    /// End of the pause; `None` without one.
    pub until: Option<Timestamp>,
    /// Refusals since the last success.
    pub refusals_in_a_row: u32,
}

impl Store {
    /// The row of an archive, made when new. The link to a capture is `memento_url_prefix`, its time, `/` and its URL;
    /// `None` if no archive is known to show the captures.
    ///
    /// # Errors
    /// When the database fails.
    pub fn archive(
        &self,
        name: &str,
        memento_url_prefix: Option<&str>,
    ) -> Result<ArchiveId, StoreError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO archives (archive, memento_url_prefix) VALUES (?1, ?2)
                 ON CONFLICT (archive) DO UPDATE SET memento_url_prefix = excluded.memento_url_prefix",
                params![name, memento_url_prefix],
            )?;
            t.query_row("SELECT archive_id FROM archives WHERE archive = ?1", [name], |r| r.get(0))
        })
    }

    /// Returns the freeze of an archive; that of an unknown archive is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub fn freeze(&self, archive: &str) -> Result<ArchiveFreeze, StoreError> {
        let row = self.read(|t| {
            t.query_row(
                "SELECT frozen_until, refusals_in_a_row FROM archives WHERE archive = ?1",
                [archive],
                |r| {
                    Ok(ArchiveFreeze {
                        until: timestamp(r.get("frozen_until")?),
                        refusals_in_a_row: r.get("refusals_in_a_row")?,
                    })
                },
            )
            .optional()
        })?;
        Ok(row.unwrap_or_default())
    }

    /// Stores the freeze of an archive, whose row is made before the first request to it.
    ///
    /// # Errors
    /// When the database fails or does not know the archive.
    pub fn set_freeze(
        &self,
        archive: &str,
        until: Option<Timestamp>,
        refusals: u32,
    ) -> Result<(), StoreError> {
        let changed = self.write(|t| {
            t.execute(
                "UPDATE archives SET frozen_until = ?2, refusals_in_a_row = ?3 WHERE archive = ?1",
                params![archive, until.map(|u| u.to_string()), refusals],
            )
        })?;
        if changed == 1 {
            Ok(())
        } else {
            Err(StoreError::Sqlite(rusqlite::Error::QueryReturnedNoRows))
        }
    }

    /// When the last request to the index of an archive was sent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_index_request(&self, archive: &str) -> Result<Option<Timestamp>, StoreError> {
        let row = self.read(|t| {
            t.query_row(
                "SELECT last_index_request FROM archives WHERE archive = ?1",
                [archive],
                |r| Ok(timestamp(r.get(0)?)),
            )
            .optional()
        })?;
        Ok(row.flatten())
    }

    /// Notes when a request is sent to the index of an archive, whose row is made before the first request to it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_index_request(&self, archive: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE archives SET last_index_request = ?2 WHERE archive = ?1",
                params![archive, at.to_string()],
            )
        })?;
        Ok(())
    }
}
