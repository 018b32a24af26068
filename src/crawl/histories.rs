//! What is known of a policy's captures, as the sampler, the history and the table of drops need it.

use std::collections::HashMap;

use super::CrawlError;
use super::versions::version_records;
use crate::config::{CrawlSettings, Sampling};
use crate::extract::EXTRACTOR_VERSION;
use crate::history::Observation;
use crate::model::{Capture, DropReason, Dropped, PayloadDigest, Timestamp};
use crate::sample::{self, Grid, Known, Shortfall, Sighting, Strategy};
use crate::store::{Derived, DropRow, Noticed, Store, StoreError, StoredCapture, VersionRecord};

/// What one capture is worth for a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worth {
    /// It may show a page; nobody has looked.
    Unknown,
    /// It is a redirect: it shows where the policy is, not what it says.
    Redirect,
    /// It gives no version.
    Dropped(Dropped),
    /// It showed these words.
    Text(crate::model::TextHash),
}

/// Judges a stored capture by what is known of it.
pub(super) fn worth(stored: &StoredCapture) -> Worth {
    if let Some(text_hash) = stored.text_hash {
        return Worth::Text(text_hash);
    }
    if let Some(dropped) = &stored.extraction_dropped {
        return Worth::Dropped(dropped.clone());
    }
    if let Some(asked) = &stored.asked {
        if let Some(dropped) = &asked.dropped {
            return Worth::Dropped(dropped.clone());
        }
        if asked.redirects != "[]" {
            return Worth::Redirect;
        }
        if asked.timestamp != Some(stored.capture.timestamp) {
            let came = asked.timestamp.map_or_else(
                || "another capture".to_owned(),
                |t| format!("the capture of {t}"),
            );
            return Worth::Dropped(Dropped::new(
                DropReason::Displaced,
                format!("the archive played {came} instead"),
            ));
        }
    }
    by_index(&stored.capture)
}

/// What the index row alone tells.
fn by_index(capture: &Capture) -> Worth {
    if capture.is_redirect() {
        return Worth::Redirect;
    }
    match capture.statuscode {
        Some(status) if !(200..300).contains(&status) => {
            return Worth::Dropped(Dropped::new(
                DropReason::ArchivedError,
                format!("the index has status {status}"),
            ));
        }
        _ => {}
    }
    if !may_be_page(&capture.mimetype) {
        return Worth::Dropped(Dropped::new(
            DropReason::NotAPage,
            format!("the index has type {}", capture.mimetype),
        ));
    }
    if capture.may_show_page() {
        Worth::Unknown
    } else {
        Worth::Redirect
    }
}

/// True for the types under which indexes list HTML, text and PDF; `unk`, `-` and `warc/revisit` may hide any.
fn may_be_page(mimetype: &str) -> bool {
    let name = mimetype.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "" | "-"
            | "unk"
            | "warc/revisit"
            | "no-type"
            | "application/pdf"
            | "application/octet-stream"
    ) || name.starts_with("text/")
        || name.contains("html")
        || name.contains("pdf")
}

/// True for a drop that says what the page is; the others say that it could not be had or read, and the page next to
/// it may be a policy.
fn is_judgement(reason: DropReason) -> bool {
    matches!(
        reason,
        DropReason::ArchivedError
            | DropReason::NotAPage
            | DropReason::Soft404
            | DropReason::Parked
            | DropReason::LoginWall
            | DropReason::EmptyShell
            | DropReason::NotAPolicy
    )
}

/// The captures that may show a page, for the sampler, with their places in `stored`.
pub(super) fn sightings(
    stored: &[StoredCapture],
    unanswered: &dyn Fn(i64) -> bool,
) -> (Vec<usize>, Vec<Sighting>) {
    let lengths = page_lengths(stored);
    stored
        .iter()
        .enumerate()
        .filter_map(|(place, s)| {
            let known = match worth(s) {
                Worth::Redirect => return None,
                Worth::Dropped(_) if s.asked.is_none() && s.fetched_capture_id.is_none() => {
                    return None;
                }
                Worth::Dropped(dropped) if is_judgement(dropped.reason) => Known::NoText,
                Worth::Dropped(_) => Known::Lost,
                Worth::Text(text_hash) => Known::Text(text_hash),
                // What was asked for, or lies in the database unread, is never asked for again: no answer can make a run
                // without end.
                Worth::Unknown
                    if s.asked.is_some()
                        || s.fetched_capture_id.is_some()
                        || unanswered(s.capture_id) =>
                {
                    Known::Lost
                }
                Worth::Unknown => Known::Nothing,
            };
            let digest = s.capture.page_digest();
            let own_length = s.capture.length.filter(|_| !s.capture.is_revisit());
            Some((
                place,
                Sighting {
                    timestamp: s.capture.timestamp,
                    payload: digest.map(ToString::to_string),
                    length: digest.and_then(|d| lengths.get(d).copied()).or(own_length),
                    words: s.word_count,
                    known,
                },
            ))
        })
        .unzip()
}

/// The length of the record that holds each payload: that of a revisit is the length of a note.
fn page_lengths(stored: &[StoredCapture]) -> HashMap<&PayloadDigest, u64> {
    let holds_page = |s: &&StoredCapture| !s.capture.is_revisit() && s.capture.may_show_page();
    stored
        .iter()
        .filter(holds_page)
        .filter_map(|s| Some((s.capture.page_digest()?, s.capture.length?)))
        .collect()
}

/// Derives versions and drops of a policy and stores them, and says what the strategy still wants to know.
///
/// A history that another extractor made stays as it is while the present one has still to read a page of it (a machine may
/// lack the reader): its versions would be missing.
pub(super) fn derive(
    store: &Store,
    crawl: &CrawlSettings,
    policy_id: i64,
    noticed: Noticed,
) -> Result<Shortfall, CrawlError> {
    let history = history_of(store, policy_id, EXTRACTOR_VERSION, false)?;
    let wanted: Vec<StoredCapture> = history
        .stored
        .iter()
        .filter(|s| crawl.in_span(s.capture.timestamp))
        .cloned()
        .collect();
    let open = sample::shortfall(strategy(crawl), &sightings(&wanted, &|_| false).1);
    let is_of_another = store
        .derived_by(policy_id)?
        .is_some_and(|extractor| extractor != EXTRACTOR_VERSION);
    if is_of_another && !store.unextracted(policy_id, EXTRACTOR_VERSION)?.is_empty() {
        return Ok(open);
    }
    let left_open = open.open_intervals + open.unread_steps;
    store.set_history(
        policy_id,
        &history.derived(EXTRACTOR_VERSION),
        Some(left_open),
        noticed,
    )?;
    Ok(open)
}

/// Derives the histories that lack something that is stored: those of a look that was cut short, now or by a kill before,
/// and those of other sites that share what was looked at.
pub(super) fn derive_pending(
    store: &Store,
    crawl: &CrawlSettings,
    noticed: Noticed,
) -> Result<(), CrawlError> {
    for policy_id in store.pending_policies()? {
        derive(store, crawl, policy_id, noticed)?;
    }
    Ok(())
}

/// Derives anew the histories that were derived by older rules, from the results of the extractor that they were made of.
///
/// # Errors
/// When the database fails.
pub fn derive_outdated(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let noticed = Noticed {
        at: now,
        tell: false,
    };
    for (policy_id, extractor) in store.outdated_histories()? {
        let history = history_of(store, policy_id, &extractor, true)?;
        store.set_history(policy_id, &history.derived(&extractor), None, noticed)?;
    }
    Ok(())
}

/// What is derived of a policy.
pub(super) struct History {
    pub(super) versions: Vec<VersionRecord>,
    pub(super) drops: Vec<DropRow>,
    stored: Vec<StoredCapture>,
    pending: i64,
}

impl History {
    fn derived<'a>(&'a self, extractor: &'a str) -> Derived<'a> {
        Derived {
            extractor,
            versions: &self.versions,
            drops: &self.drops,
            pending: self.pending,
        }
    }
}

/// Derives versions and drops of a policy from the results of an extractor; `anew`: with nothing taken from what was
/// derived before.
pub(super) fn history_of(
    store: &Store,
    policy_id: i64,
    extractor: &str,
    anew: bool,
) -> Result<History, StoreError> {
    let pending = store.pending(policy_id)?;
    let stored = store.captures_of_policy(policy_id, extractor)?;
    let mut observations = Vec::new();
    let mut drops = Vec::new();
    let mut fetched = HashMap::new();
    for s in &stored {
        match (worth(s), s.fetched_capture_id) {
            (Worth::Text(text_hash), Some(fetched_capture_id)) => {
                observations.push(Observation {
                    capture: s.capture_id,
                    timestamp: s.capture.timestamp,
                    text_hash,
                });
                fetched.insert(s.capture_id, fetched_capture_id);
            }
            (Worth::Dropped(dropped), _) => drops.push(DropRow {
                capture_id: s.capture_id,
                dropped,
            }),
            _ => {}
        }
    }
    Ok(History {
        versions: version_records(store, policy_id, &observations, &fetched, anew)?,
        drops,
        stored,
        pending,
    })
}

/// The strategy of the settings.
pub(super) fn strategy(crawl: &CrawlSettings) -> Strategy {
    let grid = Grid::months(crawl.grid_months).unwrap_or(Grid::HALF_YEAR);
    match crawl.sampling {
        Sampling::All => Strategy::All,
        Sampling::Interval => Strategy::Interval { grid },
        Sampling::EveryChange => Strategy::EveryChange {
            grid,
            resolution_seconds: crawl.resolution_seconds,
        },
    }
}
