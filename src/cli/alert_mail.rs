//! An alert as a mail (RFC 5322), without `From` and `To`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::report::safe_line;
use crate::store::ChangeRow;

/// Longest line of a quoted-printable body (RFC 2045).
const MAX_LINE: usize = 76;

/// Writes the mail about new versions, each with a description of its change.
pub(super) fn alert_mail(changes: &[(String, &ChangeRow)]) -> String {
    let mut body = String::new();
    for (what, change) in changes {
        body += &paragraph(what, change);
    }
    format!(
        "Subject: {}\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: quoted-printable\n\n{}",
        subject(changes),
        quoted_printable(&body)
    )
}

fn subject(changes: &[(String, &ChangeRow)]) -> String {
    let sites: BTreeSet<&str> = changes.iter().map(|(_, c)| c.site.as_str()).collect();
    let text = match changes {
        [(_, change)] => format!(
            "{}: new version {} of the {} policy{}",
            change.site,
            change.version,
            change.kind,
            size(change)
        ),
        _ => format!(
            "{} new versions of policies at {} site{}",
            changes.len(),
            sites.len(),
            if sites.len() == 1 { "" } else { "s" }
        ),
    };
    let is_plain = |c: char| matches!(c, ' '..='~');
    let plain: String = text
        .chars()
        .map(|c| if is_plain(c) { c } else { '?' })
        .collect();
    format!("[policytrail] {plain}")
}

/// ` (substantive change)`; nothing for a first version.
fn size(change: &ChangeRow) -> String {
    let kind = change.change_kind.as_ref();
    kind.map(|kind| format!(" ({kind} change)"))
        .unwrap_or_default()
}

/// The lines about one version.
fn paragraph(what: &str, change: &ChangeRow) -> String {
    let mut lines = vec![format!(
        "{}: version {} of the {} policy{}",
        change.site,
        change.version,
        change.kind,
        size(change)
    )];
    lines.push(format!("  policy:        {}", change.policy_url));
    let first_seen = change.first_seen.date_text();
    lines.push(match change.changed_after {
        Some(before) => format!(
            "  changed:       between {} and {first_seen}",
            before.date_text()
        ),
        None => format!("  first seen:    {first_seen}"),
    });
    lines.push(format!("  what changed:  {what}"));
    lines.push(format!("  archived page: {}", change.proof.text()));
    let mut text = String::new();
    for line in lines {
        let indent = if line.starts_with(' ') { "  " } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{indent}{}", safe_line(&line));
    }
    text + "\n"
}

/// Encodes a body, so that no line is long, begins with a dot or has characters outside ASCII.
fn quoted_printable(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for line in body.lines() {
        let mut column = 0;
        let bytes = line.as_bytes();
        for (i, byte) in bytes.iter().enumerate() {
            let is_end = i + 1 == bytes.len();
            let is_plain =
                matches!(byte, b' '..=b'~') && *byte != b'=' && !(*byte == b' ' && is_end);
            if column + if is_plain { 1 } else { 3 } > MAX_LINE - 1 {
                out.push_str("=\n");
                column = 0;
            }
            // Mail programs change lines that begin with `.` or `From `.
            if is_plain && !(column == 0 && matches!(byte, b'.' | b'F')) {
                out.push(char::from(*byte));
                column += 1;
            } else {
                let _ = write!(out, "={byte:02X}");
                column += 3;
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_a_mail_has_short_lines_of_plain_characters() {
        let body = format!(
            ".\nFrom x=y \u{e4}\n{}\n{}.F\n",
            "\u{4e2d}".repeat(60),
            "x".repeat(75)
        );
        let coded = quoted_printable(&body);
        for line in coded.lines() {
            assert!(line.len() <= 76 && line.is_ascii(), "{line}");
            assert!(
                !line.starts_with('.') && !line.starts_with("From"),
                "{line}"
            );
        }
        assert!(coded.starts_with("=2E\n=46rom x=3Dy =C3=A4\n"), "{coded}");
        assert!(coded.ends_with("=\n=2EF\n"), "{coded}");
    }
}
