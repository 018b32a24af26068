//! Whether a database still is what it was made: hashes recomputed, references followed, histories derived anew.

use super::histories::history_of;
use super::home_looks;
use crate::extract::{EXTRACTOR_VERSION, language_and_words, stated_dates, text_hash};
use crate::store::{CheckedRendition, Store, StoreError, StoredHistory, VersionRecord};

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Payloads restored and hashed.
    pub payloads: u64,
    /// Payloads whose bytes have the archive's digest, too.
    pub digests: u64,
    /// Renditions hashed.
    pub renditions: u64,
    /// Renditions whose words were hashed too: those that the present extractor made, since another may fold texts
    /// otherwise.
    pub texts: u64,
    /// Policies whose history was derived anew.
    pub policies: u64,
    /// Policies for whose history something was stored since it was derived: a look was cut short, and the next run or
    /// `reextract` derives them. Not counted above.
    pub pending: u64,
    /// Faults told.
    pub faults: u64,
}

/// Checks everything, one payload, text and policy at a time, and tells each fault.
///
/// # Errors
/// When the database cannot be read at all; rows that cannot be read are faults.
pub fn verify(store: &Store, tell: &mut dyn FnMut(&str)) -> Result<VerifyReport, StoreError> {
    let mut checked = VerifyReport::default();
    let mut faults = 0_u64;
    let mut tell = |fault: &str| {
        faults += 1;
        tell(fault);
    };
    match store.structural_faults() {
        Ok(lines) => lines.iter().for_each(|line| tell(line)),
        Err(error) => tell(&error.to_string()),
    }
    each(&|after| store.payloads_after(after), &mut |id| {
        checked.payloads += 1;
        match store.check_payload(id) {
            Ok(payload) => {
                checked.digests += u64::from(payload.has_archive_digest);
                payload.faults.iter().for_each(|fault| tell(fault));
            }
            Err(error) => tell(&format!("payload {id}: {error}")),
        }
    })?;
    each(&|after| store.renditions_after(after), &mut |id| {
        checked.renditions += 1;
        match store.check_rendition(id, EXTRACTOR_VERSION) {
            Ok(Some(rendition)) => {
                rendition.faults.iter().for_each(|fault| tell(fault));
                if rendition.by_extractor {
                    checked.texts += 1;
                    for fault in text_faults(&rendition) {
                        tell(&format!("rendition {id}: {fault}"));
                    }
                }
            }
            Ok(None) => tell(&format!("rendition {id} has no document")),
            Err(error) => tell(&format!("rendition {id}: {error}")),
        }
    })?;
    each(&|after| store.policies_after(after), &mut |id| {
        let fault = store.pending(id).and_then(|pending| {
            if pending > 0 {
                checked.pending += 1;
                return Ok(None);
            }
            checked.policies += 1;
            policy_fault(store, id)
        });
        match fault {
            Ok(fault) => fault.iter().for_each(|fault| tell(fault)),
            Err(error) => tell(&format!("policy {id}: {error}")),
        }
    })?;
    each(
        &|after| store.sites_after(after),
        &mut |id| match looks_of_site(store, id) {
            Ok(looks) => {
                for _ in looks
                    .iter()
                    .filter(|look| home_looks::from_json(look).is_none())
                {
                    tell(&format!(
                        "site {id}: a look at its home page or a hub cannot be read"
                    ));
                }
            }
            Err(error) => tell(&format!("site {id}: {error}")),
        },
    )?;
    checked.faults = faults;
    Ok(checked)
}

fn looks_of_site(store: &Store, site_id: i64) -> Result<Vec<String>, StoreError> {
    let mut looks = store.home_looks(site_id)?;
    looks.extend(store.hub_looks(site_id)?.into_iter().map(|(_, look)| look));
    Ok(looks)
}

fn each(
    after: &dyn Fn(i64) -> Result<Vec<i64>, StoreError>,
    check: &mut dyn FnMut(i64),
) -> Result<(), StoreError> {
    let mut last = i64::MIN;
    loop {
        let ids = after(last)?;
        let Some(&newest) = ids.last() else {
            return Ok(());
        };
        ids.into_iter().for_each(&mut *check);
        last = newest;
    }
}

/// What is stored of a rendition's words and is not what the present extractor says of them.
fn text_faults(rendition: &CheckedRendition) -> Vec<String> {
    let mut faults = Vec::new();
    let found = text_hash(&rendition.text).to_string();
    if found != rendition.text_sha256 {
        faults.push(format!(
            "its words have SHA-256 {found}, not {}",
            rendition.text_sha256
        ));
    }
    let (language, words) = language_and_words(&rendition.text);
    if (language, words) != (rendition.language.as_str(), rendition.word_count) {
        faults.push(format!(
            "its text is in `{language}` and has {words} words, not in `{}` with {}",
            rendition.language, rendition.word_count
        ));
    }
    let dates = stated_dates(&rendition.text, language);
    if (&dates.effective, &dates.last_updated) != (&rendition.effective, &rendition.last_updated) {
        faults.push("the dates stored with it are not those that its text states".to_owned());
    }
    faults
}

/// How a policy's stored history differs from what its captures say.
fn policy_fault(store: &Store, policy_id: i64) -> Result<Option<String>, StoreError> {
    let stored = store.stored_history(policy_id)?;
    let Some(extractor) = store.derived_by(policy_id)? else {
        // An import brings histories without the pages that they were made of.
        let empty = stored.versions.is_empty() && stored.drops.is_empty() || store.is_imported()?;
        return Ok(
            (!empty).then(|| format!("policy {policy_id} has a history that no extractor made"))
        );
    };
    let history = history_of(store, policy_id, &extractor, true)?;
    let mut derived = StoredHistory {
        versions: history.versions,
        drops: history.drops,
    };
    derived.drops.sort_by_key(|d| d.capture_id);
    for version in &mut derived.versions {
        sort_looks(version);
    }
    let mut stored = stored;
    for version in &mut stored.versions {
        sort_looks(version);
    }
    if derived == stored {
        return Ok((!store.has_its_sightings(policy_id)?).then(|| {
            format!("policy {policy_id}: its sightings are not what its observations give")
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
                    "{} versions and {} drops where its captures give {} and {}",
                    stored.versions.len(),
                    stored.drops.len(),
                    derived.versions.len(),
                    derived.drops.len()
                )
            },
            |(s, _)| format!("version {} is not what its captures give", s.number),
        );
    Ok(Some(format!("policy {policy_id}: {differing}")))
}

/// Captures of one second have no order of their own.
fn sort_looks(version: &mut VersionRecord) {
    version.looks.sort_by_key(|look| look.capture_id);
}
