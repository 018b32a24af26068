//! Commands by which anybody checks a bundle without this program.

use std::path::Path;

use super::super::diff::html::escaped;
use super::capture_files::{BundledRecord, Side};
use crate::report::safe_line;

/// A check: what it shows, and its command.
pub(super) struct Check {
    pub(super) shows: String,
    pub(super) command: String,
}

/// The checks of the whole bundle, then those of each capture.
pub(super) fn checks(sides: &[&Side], has_changes: bool) -> Vec<Check> {
    let mut checks = vec![check(
        "The files are those that were put into the bundle (in the directory with the unpacked files):",
        "sha256sum --check SHA256SUMS",
    )];
    if has_changes {
        checks.push(check(
            "The words that changed, found by another program:",
            "git diff --no-index --word-diff old/text.txt new/text.txt",
        ));
    }
    for side in sides {
        checks.extend(checks_of(side));
    }
    checks
}

fn check(shows: impl Into<String>, command: impl Into<String>) -> Check {
    Check {
        shows: shows.into(),
        command: command.into(),
    }
}

fn checks_of(side: &Side) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(warc) = &side.warc {
        checks.push(check(
            format!("The WARC file of `{}` is whole and has the digests that it states (warcio is a Python package):", side.folder),
            format!("warcio check --verbose {}", warc.file.name),
        ));
        for record in &warc.records {
            checks.extend(record_check(record));
        }
    }
    if let (Some(page), Some(digest)) = (&side.page, &side.archive_digest.digest)
        && side.archive_digest.is_reproduced
        && !digest.contains(':')
        && side.warc.as_ref().is_none_or(|warc| !warc.is_original)
    {
        checks.push(check(
            format!("The page has the digest of the archive's index, {digest}:"),
            format!("openssl dgst -sha1 -binary {} | base32", page.name),
        ));
    }
    if let Some(url) = &side.capture.proof.memento_url {
        checks.push(check(
            format!(
                "The archive shows the same page. Open this address for `{}`:",
                side.folder
            ),
            url.as_str(),
        ));
    }
    checks
}

/// How to take an original record out of its WARC file and compare it.
fn record_check(record: &BundledRecord) -> Option<Check> {
    let (sha256, size) = (record.sha256.as_ref()?, record.size_bytes?);
    let file = quoted(&record.file);
    let unpacked = if Path::new(&record.file)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("gz"))
    {
        " | gzip -dc 2>/dev/null"
    } else {
        ""
    };
    let skipped = if record.skipped_bytes > 0 {
        format!(" | tail -c +{}", record.skipped_bytes.saturating_add(1))
    } else {
        String::new()
    };
    Some(check(
        format!(
            "Whoever has {} finds the same record in it. This prints {sha256}:",
            record.file
        ),
        format!(
            "tail -c +{} {file}{unpacked}{skipped} | head -c {size} | sha256sum",
            record.offset.saturating_add(1)
        ),
    ))
}

/// A file name for a shell.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.chars().all(is_plain) && !name.starts_with('-') {
        name.to_owned()
    } else {
        format!("'./{}'", name.replace('\'', "'\\''"))
    }
}

/// A check as HTML.
pub(super) fn check_html(check: &Check) -> String {
    format!(
        "<p>{}</p>\n<pre>{}</pre>\n",
        escaped(&safe_line(&check.shows)),
        escaped(&safe_line(&check.command))
    )
}
