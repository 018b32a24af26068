//! A redline as one HTML page: without scripts, without anything to load, with every text of strangers escaped.

use std::fmt::Write as _;

use pulldown_cmark::HeadingLevel;

use super::super::wording::date;
use super::markdown_roles::{MarkdownRoles, Role};
use super::wording::{change_date, observed};
use crate::history::{LineChange, Redline, RedlineLine, TextSide};
use crate::report::{ComparedVersion, Comparison, merged_pieces, safe_line, safe_text};

/// Forbids the browser to load or run anything except the style below.
pub(in super::super) const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "
:root { color-scheme: light; }
body { font: 17px/1.55 Georgia, 'Times New Roman', serif; color: #1a1a1a; background: #fff; max-width: 46rem; margin: 2.5rem auto; padding: 0 1.5rem; }
header { font-family: system-ui, sans-serif; font-size: 15px; border-bottom: 2px solid #1a1a1a; padding-bottom: 1rem; margin-bottom: 2rem; }
header h1 { font-size: 21px; line-height: 1.3; margin: 0 0 .25rem; overflow-wrap: anywhere; }
header p { margin: .4rem 0; }
table { border-collapse: collapse; margin: .8rem 0; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-top: 1px solid #ccc; overflow-wrap: anywhere; }
th { white-space: nowrap; font-weight: 600; }
h2.b, h3.b { font-family: system-ui, sans-serif; line-height: 1.3; margin: 1.8rem 0 .5rem; }
h2.b { font-size: 19px; } h3.b { font-size: 17px; }
.b { margin: .7rem 0; padding-left: .9rem; border-left: 3px solid transparent; overflow-wrap: anywhere; }
.item { margin: .3rem 0; padding-left: 2.4rem; text-indent: -1.1rem; } .item::before { content: '•'; display: inline-block; width: 1.1rem; text-indent: 0; }
.added { border-left-color: #1a7f37; } .removed { border-left-color: #cf222e; } .changed { border-left-color: #9a6700; }
ins { color: #0b5a26; background: #dcf5e3; text-decoration: underline; text-decoration-thickness: 1px; }
del { color: #9b1c26; background: #fde4e4; text-decoration: line-through; }
details, .hidden { color: #57606a; font: 14px system-ui, sans-serif; margin: .7rem 0; padding-left: .9rem; } details > .b { font: 17px/1.55 Georgia, 'Times New Roman', serif; color: #1a1a1a; margin-left: -.9rem; }
nav { float: right; margin-left: .8rem; font: 13px system-ui, sans-serif; }
nav a { color: #57606a; text-decoration: none; }
footer { font: 13px system-ui, sans-serif; color: #57606a; border-top: 1px solid #ccc; margin-top: 3rem; padding-top: .8rem; }
@media print {
  body { font-size: 10.5pt; max-width: none; margin: 0; padding: 0; }
  nav, summary { display: none; } details::details-content { content-visibility: visible; }
  ins, del, .b { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2.b, h3.b { break-after: avoid; } .b { orphans: 3; widows: 3; }
}
";

/// How much of the text a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Extent {
    /// All of it. What is unchanged before the first change is folded, so that the change is on the first screen.
    Whole,
    /// The changes, each with the paragraph before and after it.
    ChangesOnly,
}

/// Unchanged paragraphs shown on each side of a change where others are folded or left out.
const CONTEXT: usize = 1;

/// The page.
pub(in super::super) fn page(c: &Comparison<'_>, redline: &Redline<'_>, extent: Extent) -> String {
    let title = format!(
        "{}: versions {} and {}",
        safe_line(&c.policy.policy_url),
        c.old.version.version,
        c.new.version.version
    );
    let changes = runs_of_changes(&redline.lines);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{CONTENT_POLICY}\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n",
        language = language(&c.new),
        title = escaped(&title),
    );
    header(&mut out, c, redline, changes);
    out.push_str("<main>\n");
    text(&mut out, c, redline, (extent, changes));
    out.push_str("</main>\n");
    footer(&mut out, c);
    out.push_str("</body>\n</html>\n");
    out
}

/// The paragraphs, as many as wanted.
fn text(
    out: &mut String,
    c: &Comparison<'_>,
    redline: &Redline<'_>,
    (extent, changes): (Extent, usize),
) {
    let roles = MarkdownRoles::read([&c.old.rendition.markdown, &c.new.rendition.markdown]);
    let is_same = |block: &RedlineLine<'_>| block.change == LineChange::Same;
    let mut change = 0;
    for run in redline.lines.chunk_by(|a, b| is_same(a) == is_same(b)) {
        if !is_same(&run[0]) {
            change += 1;
            navigation(out, change, changes);
            paragraphs(out, run, &roles);
            continue;
        }
        // What is shown at both ends of the run, next to a change.
        let before = if change > 0 { CONTEXT } else { 0 };
        let after = if change < changes { CONTEXT } else { 0 };
        let hidden = run.len().saturating_sub(before + after);
        let is_whole = extent == Extent::Whole && (change > 0 || changes == 0);
        if is_whole || hidden < 2 {
            paragraphs(out, run, &roles);
            continue;
        }
        let (start, rest) = run.split_at(before);
        let (middle, end) = rest.split_at(hidden);
        paragraphs(out, start, &roles);
        let what = format!("⋯ {hidden} unchanged paragraphs");
        // Writing to a string cannot fail.
        if extent == Extent::ChangesOnly {
            let _ = writeln!(out, "<p class=\"hidden\">{what}</p>");
        } else {
            let _ = writeln!(out, "<details>\n<summary>{what}</summary>");
            paragraphs(out, middle, &roles);
            out.push_str("</details>\n");
        }
        paragraphs(out, end, &roles);
    }
}

/// The head of the page: what changed and when, and the two captures that show it.
fn header(out: &mut String, c: &Comparison<'_>, redline: &Redline<'_>, changes: usize) {
    let places = match changes {
        0 => "both versions have the same text".to_owned(),
        1 => "<a href=\"#c1\">1 change</a>".to_owned(),
        n => format!("<a href=\"#c1\">{n} changes</a>"),
    };
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<header>\n<h1>{}</h1>\n<p>{}; {places} ({}): {} words added, {} removed, {} kept. \
         Marks: <ins>added words</ins>, <del>removed words</del>.</p>\n\
         <table>\n<tr><th scope=\"row\">Old: version {}</th><td>{}</td></tr>\n<tr><th scope=\"row\">New: version {}</th><td>{}</td></tr>\n\
         </table>\n</header>\n",
        escaped(&safe_line(&c.policy.policy_url)),
        escaped(&change_date(c)),
        c.change.kind.code(),
        c.change.words_added,
        c.change.words_removed,
        redline.words_kept,
        c.old.version.version,
        proof_link(&c.old, "last"),
        c.new.version.version,
        proof_link(&c.new, "first"),
    );
}

/// The foot of the page: how often each version was seen, and its hashes.
fn footer(out: &mut String, c: &Comparison<'_>) {
    out.push_str("<footer>\n<table>\n");
    for side in [&c.old, &c.new] {
        let version = side.version;
        let captures = if version.captures == 1 {
            "1 capture".to_owned()
        } else {
            format!("{} captures", version.captures)
        };
        let payload = side
            .capture
            .as_ref()
            .and_then(|capture| capture.proof.payload_sha256.as_deref());
        let payload = payload.map_or_else(String::new, |sha256| {
            format!("<br>payload SHA-256 {}", escaped(&safe_line(sha256)))
        });
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">Version {}</th><td>seen {} in {captures}, {} words<br>text SHA-256 {}{payload}</td></tr>",
            version.version,
            escaped(&observed(version)),
            version.word_count,
            escaped(&safe_line(&version.text_sha256)),
        );
    }
    out.push_str("</table>\n<p>Generated by policytrail from archived captures. The text of the policy belongs to its authors.</p>\n</footer>\n");
}

/// The capture that stands for a version: its address in full as a link; for a capture from files its record and the hash
/// of its payload.
fn proof_link(side: &ComparedVersion<'_>, which: &str) -> String {
    let Some(capture) = &side.capture else {
        return "no capture in the database".to_owned();
    };
    let proof = &capture.proof;
    let place = proof.memento_url.as_deref().map_or_else(
        || {
            format!(
                "{} ({})",
                escaped(&safe_line(&capture.original)),
                escaped(&safe_line(&proof.text()))
            )
        },
        link,
    );
    format!("{which} captured {}: {place}", date(capture.timestamp))
}

/// A URL as a link to itself if it is a web address; else its text only (a foreign database may hold `javascript:`).
fn link(url: &str) -> String {
    let text = escaped(&safe_line(url));
    if url.starts_with("https://") || url.starts_with("http://") {
        format!("<a href=\"{text}\" rel=\"noreferrer noopener\">{text}</a>")
    } else {
        text
    }
}

/// Links to the changes before and after this one.
fn navigation(out: &mut String, change: usize, changes: usize) {
    let _ = write!(out, "<nav id=\"c{change}\">{change} of {changes}");
    if change > 1 {
        let _ = write!(
            out,
            " <a href=\"#c{}\" title=\"previous change\">↑</a>",
            change - 1
        );
    }
    if change < changes {
        let _ = write!(
            out,
            " <a href=\"#c{}\" title=\"next change\">↓</a>",
            change + 1
        );
    }
    out.push_str("</nav>\n");
}

/// Paragraphs in a row.
fn paragraphs(out: &mut String, blocks: &[RedlineLine<'_>], roles: &MarkdownRoles) {
    for block in blocks {
        paragraph(out, block, roles);
    }
}

/// One paragraph with its added and removed words.
fn paragraph(out: &mut String, block: &RedlineLine<'_>, roles: &MarkdownRoles) {
    let class = match block.change {
        LineChange::Same => "",
        LineChange::Added => " added",
        LineChange::Removed => " removed",
        LineChange::Changed => " changed",
    };
    let side = |without: TextSide| -> String {
        block
            .pieces
            .iter()
            .filter(|(p, _)| *p != without)
            .map(|(_, text)| *text)
            .collect()
    };
    let new_words = side(TextSide::Removed);
    let role = roles
        .of(&new_words)
        .or_else(|| roles.of(&side(TextSide::Added)));
    let (tag, item) = match role {
        Some(Role::Heading(HeadingLevel::H1 | HeadingLevel::H2)) => ("h2", ""),
        Some(Role::Heading(_)) => ("h3", ""),
        Some(Role::Item) => ("p", " item"),
        None => ("p", ""),
    };
    let _ = write!(out, "<{tag} class=\"b{item}{class}\" dir=\"auto\">");
    for (piece, text) in merged_pieces(&block.pieces) {
        let text = escaped(&text);
        let bare = text.trim_end();
        let space = &text[bare.len()..];
        let _ = match piece {
            TextSide::Same => write!(out, "{text}"),
            TextSide::Added => write!(out, "<ins>{bare}</ins>{space}"),
            TextSide::Removed => write!(out, "<del>{bare}</del>{space}"),
        };
    }
    let _ = writeln!(out, "</{tag}>");
}

/// Number of places that changed: paragraphs in a row are one place.
fn runs_of_changes(blocks: &[RedlineLine<'_>]) -> usize {
    let runs =
        blocks.chunk_by(|a, b| (a.change == LineChange::Same) == (b.change == LineChange::Same));
    runs.filter(|run| run[0].change != LineChange::Same).count()
}

/// The language for the page's `lang`; empty if it is unknown or not a code.
fn language(side: &ComparedVersion<'_>) -> String {
    let known = side
        .version
        .language
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-')
        && side.version.language != "und";
    if known {
        side.version.language.clone()
    } else {
        String::new()
    }
}

/// Escapes text for HTML.
pub(in super::super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in safe_text(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
