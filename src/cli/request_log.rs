//! The log of requests: one line of JSON per request.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::failure::Failure;
use crate::archive::http::RequestLog;

/// Opens the log. If a line cannot be written, a warning is logged once and the log ends.
pub(super) fn open_request_log(path: &Path) -> Result<RequestLog, Failure> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|e| {
            let path = path.display();
            Failure::usage(anyhow::anyhow!(
                "cannot write the request log `{path}`: {e}; give another file with --log-requests"
            ))
        })?;
    let file = Mutex::new(Some(file));
    Ok(Box::new(move |record| {
        let line: Value = json!({
            "time": record.at, "endpoint": record.endpoint.name(), "url": record.url, "status": record.status,
            "bytes": record.bytes, "ms": record.ms, "outcome": record.outcome.name(),
        });
        if let Ok(mut slot) = file.lock()
            && let Some(file) = slot.as_mut()
            && let Err(e) = writeln!(file, "{line}")
        {
            tracing::warn!("cannot write the request log, so it ends here: {e}");
            *slot = None;
        }
    }))
}
