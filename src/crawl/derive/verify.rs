//! Checks whether a database is intact: recomputes hashes, follows references, and derives histories again.

use super::history::history_of;
use crate::archive::warc::record_facts;
use crate::discover::PageScan;
use crate::extract::{EXTRACTOR_VERSION, fact_faults, markdown_fault, text_hash};
use crate::model::{CaptureId, PayloadId, PolicyId, RenditionId, SiteId, TextFacts};
use crate::store::{
    CheckedRendition, Store, StoreError, StoredHistory, StoredRecord, VersionRecord,
};

/// Counts of what was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct VerifyReport {
    /// Payloads unpacked and hashed.
    pub payloads: u64,
    /// Of these, payloads whose bytes also have the archive's digest.
    pub digests: u64,
    /// Renditions hashed.
    pub renditions: u64,
    /// Renditions whose text was hashed too: those of the present extractor, because another one may normalise texts
    /// differently.
    pub texts: u64,
    /// Policies whose history was derived again.
    pub policies: u64,
    /// Records from WARC files that state a digest which their bytes do not have. The archive has them so, and tools count
    /// other bytes than the standard says: no fault.
    pub contradicted_records: u64,
    /// Policies for which something was stored after their history was derived, because a crawl was interrupted. The
    /// next run or `reextract` derives them. Not counted above.
    pub pending: u64,
    /// Faults found.
    pub faults: u64,
}

/// Checks everything, one payload, text and policy at a time, and calls `notify` with each fault.
///
/// # Errors
/// When the database cannot be read at all; rows that cannot be read are faults.
pub fn verify(store: &Store, notify: &mut dyn FnMut(&str)) -> Result<VerifyReport, StoreError> {
    let mut check = Check {
        store,
        report: VerifyReport::default(),
        notify,
    };
    match store.structural_faults() {
        Ok(lines) => lines.iter().for_each(|line| check.fault(line)),
        Err(error) => check.fault(&error.to_string()),
    }
    check.each(Store::payloads_after, Check::payload)?;
    check.each(Store::recorded_after, Check::records)?;
    check.each(Store::renditions_after, Check::rendition)?;
    check.each(Store::policies_after, Check::policy)?;
    check.each(Store::sites_after, Check::page_scans)?;
    Ok(check.report)
}

/// A check in progress.
struct Check<'a> {
    store: &'a Store,
    report: VerifyReport,
    notify: &'a mut dyn FnMut(&str),
}

impl Check<'_> {
    fn fault(&mut self, fault: &str) {
        self.report.faults += 1;
        (self.notify)(fault);
    }

    /// Checks every row of a table, in the order of ids; `after` returns the next ids.
    fn each<I: Copy>(
        &mut self,
        after: fn(&Store, Option<I>) -> Result<Vec<I>, StoreError>,
        check: fn(&mut Self, I),
    ) -> Result<(), StoreError> {
        let mut last = None;
        loop {
            let ids = after(self.store, last)?;
            let Some(&newest) = ids.last() else {
                return Ok(());
            };
            for id in ids {
                check(self, id);
            }
            last = Some(newest);
        }
    }

    fn payload(&mut self, id: PayloadId) {
        self.report.payloads += 1;
        match self.store.check_payload(id) {
            Ok(payload) => {
                self.report.digests += u64::from(payload.has_archive_digest);
                payload.faults.iter().for_each(|fault| self.fault(fault));
            }
            Err(error) => self.fault(&format!("payload {id}: {error}")),
        }
    }

    fn records(&mut self, id: CaptureId) {
        match self.store.records_of(id) {
            Ok(records) => {
                let damaged = |stored: &StoredRecord| {
                    stored.sha256.is_some() && stored.record.bytes.is_none()
                };
                for record in records.iter().filter(|stored| damaged(stored)) {
                    self.fault(&format!(
                        "record of capture {id} in {}, byte {}: its bytes do not have its SHA-256",
                        record.record.file, record.record.offset
                    ));
                }
                let contradicted = records.iter().filter(|stored| {
                    let bytes = stored.record.bytes.as_deref();
                    bytes
                        .and_then(record_facts)
                        .is_some_and(|facts| facts.contradicts_itself())
                });
                self.report.contradicted_records += contradicted.count() as u64;
            }
            Err(error) => self.fault(&format!("records of capture {id}: {error}")),
        }
    }

    fn rendition(&mut self, id: RenditionId) {
        self.report.renditions += 1;
        match self.store.check_rendition(id, EXTRACTOR_VERSION) {
            Ok(Some(rendition)) => {
                rendition.faults.iter().for_each(|fault| self.fault(fault));
                if let Some(fault) = markdown_fault(&rendition.markdown, &rendition.text) {
                    self.fault(&format!("rendition {id}: {fault}"));
                }
                if rendition.by_extractor {
                    self.report.texts += 1;
                    for fault in text_faults(&rendition) {
                        self.fault(&format!("rendition {id}: {fault}"));
                    }
                }
            }
            Ok(None) => self.fault(&format!("rendition {id} has no document")),
            Err(error) => self.fault(&format!("rendition {id}: {error}")),
        }
    }

    fn policy(&mut self, id: PolicyId) {
        let fault = match self.store.pending(id) {
            Ok(pending) if pending > 0 => {
                self.report.pending += 1;
                Ok(None)
            }
            Ok(_) => {
                self.report.policies += 1;
                policy_fault(self.store, id)
            }
            Err(error) => Err(error),
        };
        match fault {
            Ok(fault) => fault.iter().for_each(|fault| self.fault(fault)),
            Err(error) => self.fault(&format!("policy {id}: {error}")),
        }
    }

    fn page_scans(&mut self, id: SiteId) {
        match scans_of_site(self.store, id) {
            Ok(scans) => {
                let unreadable = scans
                    .iter()
                    .filter(|scan| PageScan::from_json(scan).is_none());
                for _ in unreadable {
                    self.fault(&format!(
                        "site {id}: the scan of its home page or of a hub cannot be read"
                    ));
                }
            }
            Err(error) => self.fault(&format!("site {id}: {error}")),
        }
    }
}

/// Returns the stored scans of a site's home pages and hubs.
fn scans_of_site(store: &Store, site_id: SiteId) -> Result<Vec<String>, StoreError> {
    let mut scans = store.home_page_scans(site_id)?;
    scans.extend(
        store
            .hub_page_scans(site_id)?
            .into_iter()
            .map(|hub| hub.scan),
    );
    Ok(scans)
}

/// Returns the stored facts about a rendition's text that differ from the present extractor's.
fn text_faults(rendition: &CheckedRendition) -> Vec<String> {
    let mut faults = Vec::new();
    let found = text_hash(&rendition.text).to_string();
    if found != rendition.text_sha256 {
        faults.push(format!(
            "its text has the hash {found}, not {}",
            rendition.text_sha256
        ));
    }
    faults.extend(fact_faults(
        &rendition.text,
        &TextFacts {
            language: &rendition.language,
            word_count: rendition.word_count,
            effective_date: rendition.effective.as_ref(),
            last_updated: rendition.last_updated.as_ref(),
        },
    ));
    faults
}

/// Returns how a policy's stored history differs from what its captures give.
fn policy_fault(store: &Store, policy_id: PolicyId) -> Result<Option<String>, StoreError> {
    let stored = store.stored_history(policy_id)?;
    let Some(extractor) = store.derived_by(policy_id)? else {
        // An import stores histories without the pages that they were made of.
        let empty = stored.versions.is_empty() && stored.drops.is_empty() || store.is_imported()?;
        return Ok(
            (!empty).then(|| format!("policy {policy_id} has a history from an unknown extractor"))
        );
    };
    let history = history_of(store, policy_id, &extractor, true)?;
    let mut derived = StoredHistory {
        versions: history.versions,
        drops: history.drops,
    };
    derived.drops.sort_by_key(|d| d.capture_id);
    for version in &mut derived.versions {
        sort_observations(version);
    }
    let mut stored = stored;
    for version in &mut stored.versions {
        sort_observations(version);
    }
    if derived == stored {
        return Ok((!store.has_its_sightings(policy_id)?).then(|| {
            format!("policy {policy_id}: its sightings differ from those derived from its captures")
        }));
    }
    let differing = stored
        .versions
        .iter()
        .zip(&derived.versions)
        .find(|(s, d)| s != d)
        .map_or_else(
            || {
                format!(
                    "{} versions and {} dropped captures, but its captures give {} and {}",
                    stored.versions.len(),
                    stored.drops.len(),
                    derived.versions.len(),
                    derived.drops.len()
                )
            },
            |(s, _)| {
                format!(
                    "version {} differs from the version derived from its captures",
                    s.number
                )
            },
        );
    Ok(Some(format!("policy {policy_id}: {differing}")))
}

/// Sorts the observations of a version by id, because captures of one second have no order of their own.
fn sort_observations(version: &mut VersionRecord) {
    version
        .observations
        .sort_by_key(|observation| observation.capture_id);
}
