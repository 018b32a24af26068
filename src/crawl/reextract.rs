//! Runs the present extractor over stored pages and derives the histories anew; nothing is fetched.
//!
//! A page at a time, each result committed by itself: a kill loses one page's work, and the next run goes on after it.

use tokio_util::sync::CancellationToken;

use super::look::extract_stored;
use super::{CrawlError, PdfReader, histories};
use crate::archive::ArchiveError;
use crate::config::CrawlSettings;
use crate::extract::EXTRACTOR_VERSION;
use crate::model::Timestamp;
use crate::store::{Difference, Noticed, PolicyAddress, Store, StoreError};

/// One policy after its pages were extracted anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reextracted {
    /// Which.
    pub policy: PolicyAddress,
    /// Pages extracted in this run.
    pub pages: u64,
    /// Pages that could not be read this time, a line each.
    pub failures: Vec<String>,
    /// Versions before this run.
    pub versions_before: u64,
    /// Versions now.
    pub versions_after: u64,
    /// How the texts differ from those of the extractor before.
    pub difference: Difference,
}

/// Extracts one stored page anew and stores the result. What this machine cannot read now (its PDF reader does not start)
/// comes back as a line for people, and is left for another time.
pub(super) fn extract_capture(
    store: &Store,
    pdf: &PdfReader,
    capture_id: i64,
) -> Result<Option<String>, StoreError> {
    let Some(page) = store.stored_page(capture_id)? else {
        return Ok(None);
    };
    match extract_stored(&page, pdf) {
        Ok(extracted) => {
            store.add_extraction(capture_id, EXTRACTOR_VERSION, &extracted)?;
            Ok(None)
        }
        Err(error) => Ok(Some(format!("{}: {error}", page.original))),
    }
}

/// Extracts every stored page of some policies that the present extractor has not seen, derives their histories, and tells
/// each policy as it is done.
///
/// # Errors
/// When the database fails, and [`ArchiveError::Interrupted`] when `stop` was cancelled: everything done by then is stored.
pub fn reextract(
    store: &Store,
    pdf: &PdfReader,
    crawl: &CrawlSettings,
    policies: Vec<PolicyAddress>,
    now: Timestamp,
    stop: &CancellationToken,
    mut tell: impl FnMut(&Reextracted),
) -> Result<Vec<Reextracted>, CrawlError> {
    let mut done = Vec::with_capacity(policies.len());
    for policy in policies {
        let versions_before = store.version_count(policy.policy_id)?;
        let (mut pages, mut failures) = (0, Vec::new());
        for capture_id in store.unextracted(policy.policy_id, EXTRACTOR_VERSION)? {
            if stop.is_cancelled() {
                return Err(ArchiveError::Interrupted.into());
            }
            match extract_capture(store, pdf, capture_id)? {
                None => pages += 1,
                Some(failure) => failures.push(failure),
            }
        }
        let noticed = Noticed {
            at: now,
            tell: false,
        };
        histories::derive(store, crawl, policy.policy_id, noticed)?;
        let report = Reextracted {
            pages,
            failures,
            versions_before,
            versions_after: store.version_count(policy.policy_id)?,
            difference: store.difference(policy.policy_id, EXTRACTOR_VERSION)?,
            policy,
        };
        tell(&report);
        done.push(report);
    }
    Ok(done)
}
