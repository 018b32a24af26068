//! Imports the archived pages of a WARC export into a database that was made from the JSON Lines beside it.

use super::dataset_import::DatasetReadError;
use crate::archive::warc::WarcArchive;
use crate::archive::{ArchiveError, MementoQuery};
use crate::store::{MissingPage, Store};

/// Numbers of archived pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportedPages {
    /// Captures whose page is in the database now.
    pub stored: u64,
    /// Captures whose page the dataset names and the archive does not have.
    pub missing: u64,
}

/// Stores the pages that the dataset names and the archive has. Each must have the SHA-256 that the dataset gives.
///
/// # Errors
/// If the database fails.
pub fn import_pages(
    archive: &WarcArchive,
    store: &Store,
) -> Result<ImportedPages, DatasetReadError> {
    let mut imported = ImportedPages::default();
    let mut last = None;
    loop {
        let pages = store.missing_pages(last)?;
        let Some(newest) = pages.last() else {
            return Ok(imported);
        };
        last = Some(newest.capture_id);
        for page in &pages {
            let is_stored = match body(archive, page) {
                Some(body) => store.import_page(page, &body)?,
                None => false,
            };
            imported.stored += u64::from(is_stored);
            // Without a hash, nobody knows whether there was a page.
            imported.missing += u64::from(!is_stored && page.sha256.is_some());
        }
    }
}

/// The bytes of a page; `None` if the archive does not have this capture, or cannot read it.
fn body(archive: &WarcArchive, page: &MissingPage) -> Option<Vec<u8>> {
    let query = MementoQuery {
        original: page.original.clone(),
        timestamp: page.timestamp,
        window: (page.timestamp, page.timestamp),
        expected_digest: None,
    };
    let memento = match archive.read(&query) {
        Ok(memento) => memento,
        Err(error) => {
            if !matches!(
                error,
                ArchiveError::NotArchived { .. } | ArchiveError::Displaced { .. }
            ) {
                tracing::warn!("cannot read an archived page: {error}");
            }
            return None;
        }
    };
    let is_same = memento.timestamp == page.timestamp && memento.original == page.original;
    (is_same || page.sha256.is_some()).then_some(memento.body)
}
