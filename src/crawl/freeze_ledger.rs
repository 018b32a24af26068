//! Stores the freeze of an archive in the database, so that a restarted process obeys it.

use std::sync::Arc;

use super::blocking::run_in_place;
use crate::archive::http::{Freeze, FreezeLedger};
use crate::model::Timestamp;
use crate::store::Store;

/// The freeze of one archive, kept in a database.
#[derive(Debug)]
pub struct StoredFreeze {
    store: Arc<Store>,
    archive: String,
}

impl StoredFreeze {
    /// Opens the freeze of the archive with this name (see [`crate::archive::Archive::name`]).
    #[must_use]
    pub fn new(store: Arc<Store>, archive: String) -> Self {
        Self { store, archive }
    }
}

impl FreezeLedger for StoredFreeze {
    fn read(&self) -> Result<Freeze, String> {
        let stored =
            run_in_place(|| self.store.freeze(&self.archive)).map_err(|e| e.to_string())?;
        Ok(Freeze {
            until: stored.until,
            refusals_in_a_row: stored.refusals_in_a_row,
        })
    }

    fn write(&self, freeze: &Freeze) -> Result<(), String> {
        run_in_place(|| {
            self.store
                .set_freeze(&self.archive, freeze.until, freeze.refusals_in_a_row)
        })
        .map_err(|e| e.to_string())
    }

    fn last_index_request(&self) -> Result<Option<Timestamp>, String> {
        run_in_place(|| self.store.last_index_request(&self.archive)).map_err(|e| e.to_string())
    }

    fn note_index_request(&self, at: Timestamp) -> Result<(), String> {
        run_in_place(|| self.store.note_index_request(&self.archive, at)).map_err(|e| e.to_string())
    }
}
