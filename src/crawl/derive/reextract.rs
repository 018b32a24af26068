//! Extracts stored pages again with the present extractor and derives the histories; nothing is fetched.
//!
//! Each result is committed by itself: a killed process loses the work on one page, and the next run continues with
//! that page.

use tokio_util::sync::CancellationToken;

use super::history::{derive_pending, derive_policy};
use crate::config::CrawlSettings;
use crate::crawl::error::{CrawlError, check_stop};
use crate::crawl::fetch::extraction::extract_stored;
use crate::crawl::fetch::pdf_reader::PdfReader;
use crate::extract::EXTRACTOR_VERSION;
use crate::model::Timestamp;
use crate::store::{
    Announce, AnnouncementRule, Difference, DroppedOld, PendingExtraction, PolicyAddress, Store,
    StoreError,
};

/// One policy after its pages were extracted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReextractedPolicy {
    /// The policy.
    pub policy: PolicyAddress,
    /// Pages extracted in this run.
    pub pages: u64,
    /// Pages that could not be extracted this time, one line each.
    pub failures: Vec<String>,
    /// Versions before this run.
    pub versions_before: u64,
    /// Versions now.
    pub versions_after: u64,
    /// How the texts differ from those of the previous extractor.
    pub difference: Difference,
}

/// Extracts one stored page and stores the result. Returns a message when this machine cannot extract the page now (its
/// PDF reader does not start); the page stays as it is.
pub(crate) fn extract_page(
    store: &Store,
    pdf: Option<&PdfReader>,
    page: &PendingExtraction,
) -> Result<Option<String>, StoreError> {
    match extract_stored(page, pdf) {
        Ok(extracted) => {
            store.add_extraction(page.capture_id, EXTRACTOR_VERSION, &extracted)?;
            Ok(None)
        }
        Err(error) => Ok(Some(format!("{}: {error}", page.original))),
    }
}

/// A run of the present extractor over pages that are stored.
#[derive(Debug, Clone, Copy)]
pub struct Reextraction<'a> {
    /// The database.
    pub store: &'a Store,
    /// Reads PDFs. Without it, each PDF is a failure and keeps its old result.
    pub pdf: Option<&'a PdfReader>,
    /// Settings of the sampling strategy.
    pub crawl: &'a CrawlSettings,
    /// Present time.
    pub now: Timestamp,
    /// Cancelled when the user wants to stop.
    pub stop: &'a CancellationToken,
}

impl Reextraction<'_> {
    /// Extracts every stored page of some policies that the present extractor has not read yet and then derives their
    /// histories. Calls `notify` after the pages of each policy.
    ///
    /// # Errors
    /// When the database fails, and [`crate::archive::ArchiveError::Interrupted`] when `stop` was cancelled: everything
    /// done by then is stored.
    pub fn run(
        &self,
        policies: Vec<PolicyAddress>,
        mut notify: impl FnMut(&ReextractedPolicy),
    ) -> Result<Vec<ReextractedPolicy>, CrawlError> {
        let Self {
            store,
            pdf,
            crawl,
            now,
            stop,
        } = *self;
        // All pages come before any history, because one page may be the text of captures of several policies.
        let mut reports = Vec::with_capacity(policies.len());
        for policy in policies {
            let mut report = ReextractedPolicy {
                pages: 0,
                failures: Vec::new(),
                versions_before: store.version_count(policy.policy_id)?,
                versions_after: 0,
                difference: Difference::default(),
                policy,
            };
            for capture_id in store.unextracted(report.policy.policy_id, EXTRACTOR_VERSION)? {
                check_stop(stop)?;
                let Some(page) = store.stored_page(capture_id)? else {
                    continue;
                };
                match extract_page(store, pdf, &page)? {
                    None => report.pages += 1,
                    Some(failure) => report.failures.push(failure),
                }
            }
            notify(&report);
            reports.push(report);
        }
        let announcement = AnnouncementRule {
            noticed_at: now,
            announce: Announce::Nothing,
        };
        for report in &mut reports {
            let policy_id = report.policy.policy_id;
            derive_policy(store, crawl, policy_id, announcement)?;
            report.versions_after = store.version_count(policy_id)?;
            report.difference = store.difference(policy_id, EXTRACTOR_VERSION)?;
        }
        derive_pending(store, crawl, announcement)?;
        Ok(reports)
    }
}

/// Drops the results of older extractors ([`Store::drop_old_extractions`]), and derives the histories again whose
/// changes were measured on a dropped rendition.
///
/// # Errors
/// When the database fails.
pub fn drop_old_extractions(
    store: &Store,
    crawl: &CrawlSettings,
    now: Timestamp,
) -> Result<DroppedOld, CrawlError> {
    let dropped = store.drop_old_extractions(EXTRACTOR_VERSION)?;
    let announcement = AnnouncementRule {
        noticed_at: now,
        announce: Announce::Nothing,
    };
    derive_pending(store, crawl, announcement)?;
    Ok(dropped)
}
