//! The status of one capture: what it contributes to a history. Pure.

use crate::model::{Capture, DropReason, Dropped, TextHash};
use crate::store::StoredCapture;

/// What one capture contributes to a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaptureStatus {
    /// It may show a page; it was not fetched.
    Unknown,
    /// It is a redirect, which shows where the policy is and not its text, or an answer without a page (304).
    Redirect,
    /// It gives no version.
    Dropped(Dropped),
    /// It showed this text.
    Text(TextHash),
}

/// Returns the status of a stored capture.
pub(crate) fn capture_status(stored: &StoredCapture) -> CaptureStatus {
    if let Some(why) = &stored.excluded {
        return CaptureStatus::Dropped(Dropped::new(DropReason::ExcludedByReview, why.clone()));
    }
    if let Some(text_hash) = stored.text_hash {
        return CaptureStatus::Text(text_hash);
    }
    if let Some(dropped) = &stored.extraction_dropped {
        return CaptureStatus::Dropped(dropped.clone());
    }
    if let Some(attempt) = &stored.attempt {
        if let Some(dropped) = &attempt.dropped {
            return CaptureStatus::Dropped(dropped.clone());
        }
        if !attempt.redirects.is_empty() {
            return CaptureStatus::Redirect;
        }
        if attempt.timestamp != Some(stored.capture.timestamp) {
            let came = attempt.timestamp.map_or_else(
                || "another capture".to_owned(),
                |t| format!("the capture of {t}"),
            );
            return CaptureStatus::Dropped(Dropped::new(
                DropReason::Displaced,
                format!("the archive played {came} instead"),
            ));
        }
    }
    status_of_row(&stored.capture)
}

/// Returns the status according to the index row alone.
fn status_of_row(capture: &Capture) -> CaptureStatus {
    if capture.is_redirect() {
        return CaptureStatus::Redirect;
    }
    match capture.statuscode {
        // "Not modified" is no error, and it has no page of its own.
        Some(304) => return CaptureStatus::Redirect,
        Some(status) if !(200..300).contains(&status) => {
            return CaptureStatus::Dropped(Dropped::new(
                DropReason::ArchivedError,
                format!("the index has status {status}"),
            ));
        }
        _ => {}
    }
    if !may_be_page(&capture.mimetype) {
        return CaptureStatus::Dropped(Dropped::new(
            DropReason::NotAPage,
            format!("the index has type {}", capture.mimetype),
        ));
    }
    if capture.may_show_page() {
        CaptureStatus::Unknown
    } else {
        CaptureStatus::Redirect
    }
}

/// True for the types under which indexes list HTML, text and PDF. A capture listed as `unk`, `-` or `warc/revisit` may
/// be of any type.
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
