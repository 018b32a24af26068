//! Runs the present extractor over stored pages and derives the histories anew; nothing is fetched.
//!
//! A page at a time, each result committed by itself: a kill loses one page's work, and the next run goes on after it.

use tokio_util::sync::CancellationToken;

use super::look::extract_stored;
use super::{CrawlError, PdfReader, histories};
use crate::archive::ArchiveError;
use crate::config::CrawlSettings;
use crate::extract::EXTRACTOR_VERSION;
use crate::store::{Difference, PolicyAddress, Store};

/// One policy after its pages were extracted anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reextracted {
    /// Which.
    pub policy: PolicyAddress,
    /// Pages extracted in this run.
    pub pages: u64,
    /// Versions before this run.
    pub versions_before: u64,
    /// Versions now.
    pub versions_after: u64,
    /// How the texts differ from those of the extractor before.
    pub difference: Difference,
}

/// Extracts one stored page anew and stores the result.
pub(super) fn extract_capture(
    store: &Store,
    pdf: &PdfReader,
    capture_id: i64,
) -> Result<(), CrawlError> {
    if let Some(page) = store.stored_page(capture_id)? {
        store.add_extraction(capture_id, EXTRACTOR_VERSION, &extract_stored(&page, pdf))?;
    }
    Ok(())
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
    stop: &CancellationToken,
    mut tell: impl FnMut(&Reextracted),
) -> Result<Vec<Reextracted>, CrawlError> {
    let mut done = Vec::with_capacity(policies.len());
    for policy in policies {
        let versions_before = store.version_count(policy.policy_id)?;
        let mut pages = 0;
        for capture_id in store.unextracted(policy.policy_id, EXTRACTOR_VERSION)? {
            if stop.is_cancelled() {
                return Err(ArchiveError::Interrupted.into());
            }
            extract_capture(store, pdf, capture_id)?;
            pages += 1;
        }
        histories::derive(store, crawl, policy.policy_id)?;
        let report = Reextracted {
            pages,
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
