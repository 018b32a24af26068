//! An archive in files, as an implementation of the trait of all archives.

use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::collection::{Collection, file_error};
use super::folder;
use super::lines::shown;
use super::memento::read_memento;
use super::skipped::{SkipReason, Skipped};
use crate::archive::allowance::Allowance;
use crate::archive::error::ArchiveError;
use crate::archive::interface::Archive;
use crate::archive::query::{CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, Timestamp};

/// An archive in files.
#[derive(Debug, Clone)]
pub struct WarcArchive {
    name: String,
    pub(super) collection: Arc<Collection>,
    max_body_bytes: u64,
    allowance: Allowance,
    memento_prefix: Option<String>,
}

impl WarcArchive {
    /// Opens a WARC file or a folder of `.warc` and `.warc.gz` files, without sub-folders. Reads the indexes next to
    /// them (`.cdxj`, `.cdx`). Files that no index names are read from end to end, which takes a while. Blocks.
    ///
    /// A body of more than `max_body_bytes`, before or after decoding, leads to [`ArchiveError::TooLarge`].
    ///
    /// # Errors
    /// [`ArchiveError::File`] when there is nothing to open, when none of the files that an index names exists, and when
    /// nothing can be read. Damaged parts of files end nothing: [`WarcArchive::skipped`] tells them.
    pub fn open(path: &Path, max_body_bytes: u64) -> Result<Self, ArchiveError> {
        let collection = Arc::new(folder::open(path)?);
        Ok(Self {
            name: name_of(path),
            collection,
            max_body_bytes,
            allowance: Allowance::unlimited(),
            memento_prefix: None,
        })
    }

    /// Requires that the archive does not consist of texts that a tool made from captures (`.warc.wet.gz` of Common Crawl),
    /// so that such a file is not mistaken for an archive in which no site was captured.
    ///
    /// # Errors
    /// [`ArchiveError::File`] when there is nothing else.
    pub fn require_captures(&self, path: &Path) -> Result<(), ArchiveError> {
        let has = |reasons: &[SkipReason]| {
            let mut counts = self.skipped().counts();
            counts.any(|(reason, _)| reasons.contains(&reason))
        };
        if self.row_count() > 0 {
            return Ok(());
        }
        let is_conversion = has(&[SkipReason::Conversion])
            && !has(&[SkipReason::NoUrlOrDate, SkipReason::AnswerToPost]);
        if !is_conversion {
            tracing::warn!(path = %path.display(), "the archive has no capture of a page");
            return Ok(());
        }
        let skipped = self.skipped().counts();
        let reasons: Vec<String> = skipped
            .map(|(reason, count)| format!("{reason}: {count}"))
            .collect();
        let detail = format!(
            "it has {} records, but no capture of a page (left out: {}); give WARC files with responses",
            self.collection.records,
            reasons.join(", ")
        );
        Err(file_error(path, detail))
    }

    /// The same archive with a limited number of queries.
    #[must_use]
    pub fn with_allowance(self, allowance: Allowance) -> Self {
        Self { allowance, ..self }
    }

    /// The same archive with links: the captures are shown at this prefix, followed by `<timestamp>/<url>`
    /// (`https://web.archive.org/web/`).
    #[must_use]
    pub fn with_memento_prefix(self, memento_prefix: Option<String>) -> Self {
        Self {
            memento_prefix,
            ..self
        }
    }

    fn take_request(&self) -> Result<(), ArchiveError> {
        let allowed = self.allowance.take();
        allowed.then_some(()).ok_or(ArchiveError::Interrupted)
    }

    /// The archived response nearest to a moment, as [`Archive::memento`] gives it. Blocks, and counts as no query.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn read(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        read_memento(&self.collection, query, self.max_body_bytes)
    }

    /// Number of index rows, repeated ones included.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.collection.catalogue.len()
    }

    /// What was left out when the archive was opened, and why.
    #[must_use]
    pub fn skipped(&self) -> &Skipped {
        &self.collection.skipped
    }

    /// Number of index rows that could not be read, in the whole archive.
    #[must_use]
    pub fn bad_row_count(&self) -> u64 {
        self.collection.catalogue.bad_rows()
    }
}

impl Archive for WarcArchive {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        self.take_request()?;
        Ok(self.collection.catalogue.answer(query, sink))
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        self.take_request()?;
        let (collection, query, max_body_bytes) = (
            Arc::clone(&self.collection),
            query.clone(),
            self.max_body_bytes,
        );
        let what = shown(&query.original);
        let reading =
            tokio::task::spawn_blocking(move || read_memento(&collection, &query, max_body_bytes));
        match reading.await {
            Ok(answer) => answer,
            Err(error) if error.is_cancelled() => Err(ArchiveError::Interrupted),
            Err(error) => Err(ArchiveError::Unavailable {
                archive: self.name(),
                what,
                detail: error.to_string(),
            }),
        }
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        let prefix = self.memento_prefix.as_deref()?;
        Some(format!("{prefix}{timestamp}/{original}"))
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn is_local(&self) -> bool {
        true
    }
}

/// Name of an archive in files: a hash of its path, because two folders are two archives, and neither can replay the
/// captures of the other. The path itself is not stored, because databases are passed on.
fn name_of(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    format!("file-{}", HEXLOWER.encode(&digest[..4]))
}
