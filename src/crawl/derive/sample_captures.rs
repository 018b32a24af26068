//! The captures of a policy as the sampler sees them. Pure.

use std::collections::HashMap;

use super::capture_status::{CaptureStatus, capture_status};
use crate::config::{CrawlSettings, Sampling};
use crate::model::{CaptureId, DropReason, PayloadDigest};
use crate::sample::{Grid, ReadState, SampleCapture, Strategy};
use crate::store::StoredCapture;

/// Returns the sampling strategy of the settings.
pub(crate) fn strategy(crawl: &CrawlSettings) -> Strategy {
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

/// True for a drop that says what the page is. All other drops say that the page was not available or not readable, so
/// the next capture may show a policy.
fn says_what_page_is(reason: DropReason) -> bool {
    matches!(
        reason,
        DropReason::ArchivedError
            | DropReason::NotAPage
            | DropReason::Soft404
            | DropReason::Parked
            | DropReason::LoginWall
            | DropReason::EmptyShell
            | DropReason::NotAPolicy
            | DropReason::ExcludedByReview
    )
}

/// Returns the captures that may show a page, for the sampler, and their positions in `stored`.
pub(crate) fn sample_captures(
    stored: &[StoredCapture],
    unanswered: &dyn Fn(CaptureId) -> bool,
) -> (Vec<usize>, Vec<SampleCapture>) {
    let lengths = page_lengths(stored);
    stored
        .iter()
        .enumerate()
        .filter_map(|(place, s)| {
            let state = match capture_status(s) {
                CaptureStatus::Redirect => return None,
                CaptureStatus::Dropped(_)
                    if s.attempt.is_none() && s.fetched_capture_id.is_none() =>
                {
                    return None;
                }
                CaptureStatus::Dropped(dropped) if says_what_page_is(dropped.reason) => {
                    ReadState::NoText
                }
                CaptureStatus::Dropped(_) => ReadState::Lost,
                CaptureStatus::Text(text_hash) => ReadState::Text(s.body_hash.unwrap_or(text_hash)),
                // A capture that was requested, or whose page is stored and not extracted, is never requested again, so
                // that every run terminates.
                CaptureStatus::Unknown
                    if s.attempt.is_some()
                        || s.fetched_capture_id.is_some()
                        || unanswered(s.capture_id) =>
                {
                    ReadState::Lost
                }
                CaptureStatus::Unknown => ReadState::Unread,
            };
            let digest = s.capture.page_digest();
            let own_length = s.capture.length.filter(|_| !s.capture.is_revisit());
            Some((
                place,
                SampleCapture {
                    timestamp: s.capture.timestamp,
                    payload: digest.map(ToString::to_string),
                    length: digest.and_then(|d| lengths.get(d).copied()).or(own_length),
                    words: s.word_count,
                    state,
                },
            ))
        })
        .unzip()
}

/// Returns the length of the record that holds each payload. The length of a revisit is not used, because its record
/// holds no page.
fn page_lengths(stored: &[StoredCapture]) -> HashMap<&PayloadDigest, u64> {
    let holds_page = |s: &&StoredCapture| !s.capture.is_revisit() && s.capture.may_show_page();
    stored
        .iter()
        .filter(holds_page)
        .filter_map(|s| Some((s.capture.page_digest()?, s.capture.length?)))
        .collect()
}
