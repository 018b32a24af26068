//! `README.html`: what a bundle shows, what it does not show, and how anybody checks it.

use std::fmt::Write as _;

use super::super::diff::html::{CONTENT_POLICY, escaped};
use super::bundle::CHECKSUMS;
use super::capture_files::{BundledWarc, Side};
use super::checks::{check_html, checks};
use super::contents::Evidence;
use super::custody::CUSTODY;
use crate::model::Timestamp;
use crate::report::safe_line;
use crate::store::{CaptureEvidence, Gap, PolicyDiscovery};

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 52rem; margin: 2rem auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 22px; } h2 { font-size: 18px; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-top: 1px solid #ccc; }
th { font-weight: 600; width: 12rem; }
pre { background: #f4f4f4; padding: .5rem .8rem; white-space: pre-wrap; }
.missing { border-left: 4px solid #9a6700; padding-left: .8rem; }
";

/// The page.
pub(super) fn readme(evidence: &Evidence<'_>) -> String {
    let title = format!("Evidence: {}", safe_line(&evidence.policy.policy_url));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{CONTENT_POLICY}\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        title = escaped(&title),
    );
    let sides: Vec<&Side> = evidence.sides.iter().map(|(side, _)| side).collect();
    // Writing to a string cannot fail.
    let _ = summary(&mut out, evidence);
    for side in &sides {
        let _ = capture(&mut out, side);
    }
    let _ = gaps(&mut out, evidence);
    let _ = discoveries(&mut out, &evidence.discoveries);
    out.push_str("<h2>How to check it without policytrail</h2>\n");
    for check in checks(&sides, evidence.window.is_some()) {
        out.push_str(&check_html(&check));
    }
    out.push_str(LIMITS);
    out.push_str("</body>\n</html>\n");
    out
}

const LIMITS: &str = "<h2>What it does not show</h2>\n<ul>\n\
<li>The times are those of the archive's crawler. The change happened at an unknown time between the two captures.</li>\n\
<li>A page that is missing in an archive, or a capture that shows no policy, does not prove that the policy was removed.</li>\n\
<li>The text was taken out of the page by a program. What counts is the page itself.</li>\n\
<li>The checksums show that nobody changed a file after the bundle was made, if you got the checksum of the ZIP file another way. \
They do not show who made it. A time stamp of a third party (RFC 3161) on the ZIP file adds when.</li>\n</ul>\n";

fn summary(out: &mut String, evidence: &Evidence<'_>) -> std::fmt::Result {
    writeln!(out, "<table>")?;
    row(out, "site", &evidence.policy.site)?;
    row(out, "policy", &evidence.policy.policy_url)?;
    if let Some(window) = &evidence.window {
        row(out, "change", &window.description)?;
        for warning in &window.warnings {
            row(out, "warning", warning)?;
        }
    }
    row(
        out,
        "database as of",
        &evidence.dated.map_or_else(String::new, Timestamp::rfc3339),
    )?;
    row(
        out,
        "made by",
        concat!("policytrail ", env!("CARGO_PKG_VERSION")),
    )?;
    if let Some(contact) = &evidence.contact {
        row(out, "contact in the settings", contact)?;
    }
    writeln!(out, "</table>\n<p>Files: ")?;
    if evidence.window.is_some() {
        writeln!(
            out,
            "<a href=\"changes.html\">changes.html</a> (word by word), <a href=\"changes.diff\">changes.diff</a>, "
        )?;
    }
    writeln!(
        out,
        "<a href=\"evidence.json\">evidence.json</a> (all of this for machines), <a href=\"{CUSTODY}\">{CUSTODY}</a> (who had the \
         bytes when), <a href=\"{CHECKSUMS}\">{CHECKSUMS}</a>. Do not open the archived pages in a browser with a network: they may load \
         or run things. Open them in a text editor, or open the archive's address.</p>"
    )
}

fn capture(out: &mut String, side: &Side) -> std::fmt::Result {
    writeln!(
        out,
        "<h2>{}: version {}, captured {}</h2>",
        side.folder,
        side.version,
        side.capture.timestamp.rfc3339()
    )?;
    for missing in &side.missing {
        let missing = escaped(&safe_line(missing));
        writeln!(out, "<p class=\"missing\">Missing: {missing}.</p>")?;
    }
    writeln!(out, "<table>")?;
    origin_rows(out, &side.capture, &index_text(side))?;
    file_rows(out, side)?;
    writeln!(out, "</table>")
}

/// Where a capture comes from, and how it was fetched.
fn origin_rows(out: &mut String, c: &CaptureEvidence, index: &str) -> std::fmt::Result {
    row(out, "captured URL", &c.original)?;
    row(out, "archive", &c.proof.archive)?;
    row(out, "proof", &c.proof.text())?;
    row(out, "index", index)?;
    let requested = format!("{} {}", c.fetched_timestamp.rfc3339(), c.fetched_original);
    row(out, "requested capture", &requested)?;
    if let (Some(time), Some(url)) = (c.read_timestamp, &c.read_url) {
        row(
            out,
            "returned capture",
            &format!("{} {url}", time.rfc3339()),
        )?;
    }
    for hop in &c.redirects {
        let (time, status) = (hop.timestamp.rfc3339(), hop.status);
        let text = format!("{time} {status} from {} to {}", hop.from, hop.to);
        row(out, "redirect", &text)?;
    }
    let status = c.read_status.map_or_else(String::new, |s| s.to_string());
    let content_type = c.content_type.as_deref().unwrap_or("no content type");
    row(out, "response", &format!("{status} {content_type}"))?;
    row(out, "fetched", &c.fetched_at.rfc3339())
}

/// The files of a capture, and their hashes.
fn file_rows(out: &mut String, side: &Side) -> std::fmt::Result {
    if let Some(page) = &side.page {
        let (name, bytes, sha256) = (&page.name, page.size_bytes, &page.sha256);
        let text = format!("{name}, {bytes} bytes, SHA-256 {sha256}");
        row(out, "page", &text)?;
    }
    if let Some(warc) = &side.warc {
        warc_rows(out, warc)?;
    }
    let result = &side.archive_digest;
    let word = if result.is_reproduced {
        "reproduced"
    } else {
        "not reproduced"
    };
    let digest = result.digest.as_deref().unwrap_or("none");
    let text = format!("{digest}: {word}, {}", result.explanation);
    row(out, "archive's digest", &text)?;
    let text = format!(
        "{0}/text.txt, {0}/text.md, by extractor {1}; SHA-256 of the normalised words {2}",
        side.folder, side.extractor_version, side.text_sha256
    );
    row(out, "text", &text)
}

fn index_text(side: &Side) -> String {
    let c = &side.capture;
    let status = c
        .statuscode
        .map_or_else(|| "-".to_owned(), |s| s.to_string());
    format!(
        "{} {} {} {} {status} {}",
        c.urlkey,
        c.timestamp,
        c.original,
        c.mimetype,
        c.digest.as_deref().unwrap_or("-")
    )
}

fn warc_rows(out: &mut String, warc: &BundledWarc) -> std::fmt::Result {
    let kind = if warc.is_original {
        "original records"
    } else {
        "REBUILT, not original"
    };
    row(
        out,
        "WARC",
        &format!("{}, {kind}, SHA-256 {}", warc.file.name, warc.file.sha256),
    )?;
    if let Some(note) = &warc.note {
        row(out, "about the WARC", note)?;
    }
    for record in &warc.records {
        let id = record.record_id.as_deref().unwrap_or("without an id");
        let sha256 = record.sha256.as_deref().unwrap_or("not kept");
        row(
            out,
            "record",
            &format!(
                "{} at byte {} of {}, {id}, SHA-256 {sha256}",
                record.role, record.offset, record.file
            ),
        )?;
    }
    Ok(())
}

fn gaps(out: &mut String, evidence: &Evidence<'_>) -> std::fmt::Result {
    if evidence.window.is_none() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Captures between the two that show no version</h2>"
    )?;
    if evidence.gaps.is_empty() {
        return writeln!(out, "<p>The index lists none.</p>");
    }
    writeln!(
        out,
        "<p>They are gaps in the record. They do not show that the policy was removed.</p>\n<table>"
    )?;
    for Gap {
        timestamp,
        original,
        reason,
        detail,
    } in &evidence.gaps
    {
        let reason = reason.as_deref().unwrap_or("not fetched, or a redirect");
        let detail = detail.as_deref().unwrap_or_default();
        row(
            out,
            &timestamp.rfc3339(),
            &format!("{original}: {reason} {detail}"),
        )?;
    }
    writeln!(out, "</table>")
}

fn discoveries(out: &mut String, discoveries: &[PolicyDiscovery]) -> std::fmt::Result {
    writeln!(out, "<h2>How the policy was found</h2>\n<table>")?;
    for found in discoveries {
        let home = match (&found.home_timestamp, &found.home_original) {
            (Some(time), Some(url)) => format!(" on {url} as captured {}", time.rfc3339()),
            _ => String::new(),
        };
        let text = found
            .link_text
            .as_deref()
            .map_or_else(String::new, |t| format!(" “{t}”"));
        row(out, &found.source, &format!("{}{text}{home}", found.url))?;
    }
    writeln!(out, "</table>")
}

fn row(out: &mut String, name: &str, value: &str) -> std::fmt::Result {
    writeln!(
        out,
        "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
        escaped(&safe_line(name)),
        escaped(&safe_line(value))
    )
}
