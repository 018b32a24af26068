//! The log of who had the bytes when, as CSV.

use std::io;

use super::capture_files::Side;
use crate::model::Timestamp;
use crate::store::RunEntry;

/// Name of the file.
pub(super) const CUSTODY: &str = "custody.csv";

/// One line of the log.
struct Step {
    time: Timestamp,
    side: &'static str,
    holder: String,
    event: String,
    known_from: String,
}

/// The log: for each capture the crawler of the archive, the archive or its file, this program, and the database.
pub(super) fn custody_log(
    sides: &[(Side, Option<RunEntry>)],
    dated: Option<Timestamp>,
) -> io::Result<Vec<u8>> {
    let mut steps: Vec<Step> = Vec::new();
    for (side, run) in sides {
        steps.extend(steps_of(side, run.as_ref()));
        if let Some(time) = dated {
            let sha256 = side.page.as_ref().map(|page| page.sha256.as_str());
            steps.push(Step {
                time,
                side: side.folder,
                holder: "policytrail database".to_owned(),
                event: match sha256 {
                    Some(sha256) => format!("holds the bytes with SHA-256 {sha256}; copied to this bundle after this time"),
                    None => "holds the text, not the bytes of the page".to_owned(),
                },
                known_from: "end of the last run; the hash was computed for this bundle".to_owned(),
            });
        }
    }
    steps.sort_by_key(|step| step.time);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["time", "capture", "holder", "event", "known_from"])?;
    for step in steps {
        out.write_record([
            step.time.rfc3339().as_str(),
            step.side,
            &step.holder,
            &step.event,
            &step.known_from,
        ])?;
    }
    out.into_inner()
        .map_err(|e| io::Error::other(e.to_string()))
}

fn steps_of(side: &Side, run: Option<&RunEntry>) -> Vec<Step> {
    let capture = &side.capture;
    let is_file = capture.proof.archive == "file";
    let holder = match (&capture.proof.warc_file, is_file) {
        (Some(file), _) => format!("file {file}"),
        (None, true) => "WARC file whose name is not stored".to_owned(),
        (None, false) => format!("archive {}", capture.proof.archive),
    };
    let read = capture.read_timestamp.unwrap_or(capture.fetched_timestamp);
    let mut steps = vec![Step {
        time: capture.timestamp,
        side: side.folder,
        holder: "crawler of the archive".to_owned(),
        event: format!(
            "received the response of the server for {}",
            capture.original
        ),
        known_from: "index of the archive".to_owned(),
    }];
    if read != capture.timestamp {
        steps.push(Step {
            time: read,
            side: side.folder,
            holder: "crawler of the archive".to_owned(),
            event: format!(
                "received the bytes that were read for this capture, from {} (same digest in the index, or target of a redirect)",
                capture.read_url.as_deref().unwrap_or(&capture.fetched_original)
            ),
            known_from: "index of the archive".to_owned(),
        });
    }
    let program = run.map_or_else(
        || "policytrail (the run is not recorded, or was imported)".to_owned(),
        |run| {
            format!(
                "policytrail {}, command {}",
                run.program_version, run.command
            )
        },
    );
    steps.push(Step {
        time: capture.fetched_at,
        side: side.folder,
        holder: format!("{holder}, then {program}"),
        event: "the bytes were read from the archive and stored".to_owned(),
        known_from: "database of policytrail".to_owned(),
    });
    steps
}
