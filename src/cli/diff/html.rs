//! A redline as one HTML page: without scripts, without anything to load, with every text of strangers escaped.

use std::fmt::Write as _;

use pulldown_cmark::HeadingLevel;

use super::super::wording::date;
use super::markdown_roles::{MarkdownRoles, Role};
use super::wording::{change_date, observed};
use crate::history::{LineChange, Redline, RedlineLine, TextSide};
use crate::report::{ComparedVersion, Comparison, merged_pieces, safe_line, safe_text};

/// Forbids the browser to load or run anything except the style below.
const POLICY: &str =
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
nav { float: right; margin-left: .8rem; font: 13px system-ui, sans-serif; }
nav a { color: #57606a; text-decoration: none; }
footer { font: 13px system-ui, sans-serif; color: #57606a; border-top: 1px solid #ccc; margin-top: 3rem; padding-top: .8rem; }
@media print {
  body { font-size: 10.5pt; max-width: none; margin: 0; padding: 0; }
  nav { display: none; }
  ins, del, .b { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2.b, h3.b { break-after: avoid; } .b { orphans: 3; widows: 3; }
}
";

/// The page.
pub(super) fn page(c: &Comparison<'_>, redline: &Redline<'_>) -> String {
    let title = format!(
        "{}: version {} and {}",
        safe_line(&c.policy.policy_url),
        c.old.version.version,
        c.new.version.version
    );
    let changes = runs_of_changes(&redline.lines);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n",
        language = language(&c.new),
        title = escaped(&title),
    );
    header(&mut out, c, redline, changes);
    out.push_str("<main>\n");
    let roles = MarkdownRoles::read([&c.old.rendition.markdown, &c.new.rendition.markdown]);
    let mut change = 0;
    for (i, block) in redline.lines.iter().enumerate() {
        let begins = block.change != LineChange::Same
            && (i == 0 || redline.lines[i - 1].change == LineChange::Same);
        if begins {
            change += 1;
            navigation(&mut out, change, changes);
        }
        paragraph(&mut out, block, &roles);
    }
    out.push_str("</main>\n<footer>Made by policytrail from archived captures. The words of the policy belong to their authors.</footer>\n</body>\n</html>\n");
    out
}

/// The head of the page: what is compared, where it was archived, how much changed.
fn header(out: &mut String, c: &Comparison<'_>, redline: &Redline<'_>, changes: usize) {
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<header>\n<h1>{}</h1>\n<p>What changed in the policy, word by word: <ins>new words</ins>, <del>words that are gone</del>.</p>\n\
         <table>\n<tr><th scope=\"row\">Old: version {}</th><td>{}</td></tr>\n<tr><th scope=\"row\">New: version {}</th><td>{}</td></tr>\n\
         <tr><th scope=\"row\">Change</th><td>{}: {} words added, {} removed, {} kept; {}</td></tr>\n</table>\n",
        escaped(&safe_line(&c.policy.policy_url)),
        c.old.version.version,
        provenance(&c.old),
        c.new.version.version,
        provenance(&c.new),
        c.change.kind.code(),
        c.change.words_added,
        c.change.words_removed,
        redline.words_kept,
        escaped(&change_date(c)),
    );
    let _ = match changes {
        0 => write!(out, "<p>The words are the same.</p>\n</header>\n"),
        1 => write!(out, "<p><a href=\"#c1\">To the change</a></p>\n</header>\n"),
        n => write!(
            out,
            "<p><a href=\"#c1\">To the first of {n} places that changed</a></p>\n</header>\n"
        ),
    };
}

/// When a version was observed, and where its capture is.
fn provenance(side: &ComparedVersion<'_>) -> String {
    let version = side.version;
    let captures = if version.captures == 1 {
        "1 capture".to_owned()
    } else {
        format!("{} captures", version.captures)
    };
    format!(
        "seen {} in {captures}, {} words; {}<br>text SHA-256 <small>{}</small>",
        escaped(&observed(version)),
        version.word_count,
        link(
            &version.memento_url,
            &format!("archived {}", date(&version.first_seen))
        ),
        escaped(&safe_line(&version.text_sha256)),
    )
}

/// A link if the URL is a web address; else its text only (a foreign database may hold `javascript:`).
fn link(url: &str, text: &str) -> String {
    if url.starts_with("https://") || url.starts_with("http://") {
        format!(
            "<a href=\"{}\" rel=\"noreferrer noopener\">{}</a>",
            escaped(&safe_line(url)),
            escaped(text)
        )
    } else {
        format!("{} ({})", escaped(text), escaped(&safe_line(url)))
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
fn escaped(text: &str) -> String {
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
