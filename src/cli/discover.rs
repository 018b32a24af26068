//! `policytrail discover`: where the policies of sites are, and why; or the links of one saved page.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use url::Url;

use super::archives;
use super::failure::{Exit, Failure};
use super::job::{Job, Work};
use super::job_options::{CrawlOptions, SiteOptions};
use super::options::{Common, Format};
use super::table::{Align, table};
use super::terminal::{harmless_json, harmless_line};
use crate::config::read_at_most;
use crate::crawl::{SiteCandidate, Until, site_candidates};
use crate::discover::{LinkCandidate, LinkKind, Vocabulary, judge_links};
use crate::model::Site;
use crate::page::{MAX_HTML_BYTES, Page};

/// Largest saved page, as of `extract`.
const MOST_PAGE_BYTES: usize = 64 << 20;

/// Find where the policies of sites are, without fetching them
///
/// What is found is kept in the database: a backfill goes on from there and does not ask again.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,

    /// Say why: every piece of evidence with its score and reasons
    #[arg(long)]
    explain: bool,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// Judge the links of this saved page instead, without any archive; its address is given by one --url
    #[arg(long, value_name = "FILE", requires = "urls")]
    page: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(page) = &arguments.page {
        return judge_page(arguments, page);
    }
    let job = Job::new("discover", &arguments.sites, &arguments.crawl, &[])?;
    let (format, explain) = (arguments.format, arguments.explain);
    job.interruptible(move |job| look(job, format, explain))
}

fn look(job: &Job, format: Format, explain: bool) -> Result<Exit, Failure> {
    let finished = job.run(Work::Look(Until::Candidates))?;
    let mut found_by_site = Vec::new();
    for site in job.site_names() {
        let site = Site::parse(&site).map_err(Failure::usage)?;
        found_by_site.extend(site_candidates(&finished.store, &site)?);
    }
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            for found in &found_by_site {
                writeln!(out, "{}", harmless_json(&candidate_json(found)))?;
            }
        }
        Format::Text => {
            out.write_all(candidates_text(&found_by_site, explain).as_bytes())?;
            out.write_all(finished.usage.text().as_bytes())?;
        }
    }
    drop(out);
    finished.exit()
}

fn candidate_json(found: &SiteCandidate) -> Value {
    let evidence: Vec<Value> = found
        .evidence
        .iter()
        .map(|e| {
            json!({
                "source": e.source, "score": e.score, "home_timestamp": e.home_timestamp, "home_original": e.home_original,
                "link_text": e.link_text, "reasons": e.reasons,
            })
        })
        .collect();
    json!({
        "site": found.site.as_str(), "url": found.url, "kind": found.kind, "score": found.score, "rank": found.rank,
        "cross_domain": found.cross_domain, "captures": found.captures, "evidence": evidence,
    })
}

fn candidates_text(found: &[SiteCandidate], explain: bool) -> String {
    let header = [
        ("site", Align::Left),
        ("rank", Align::Right),
        ("score", Align::Right),
        ("kind", Align::Left),
        ("found by", Align::Left),
        ("captures", Align::Right),
        ("URL", Align::Left),
    ];
    let row = |f: &SiteCandidate| {
        vec![
            f.site.to_string(),
            f.rank.to_string(),
            f.score.to_string(),
            if f.cross_domain {
                format!("{}, other site", f.kind)
            } else {
                f.kind.clone()
            },
            f.sources().join(" "),
            f.captures.to_string(),
            f.url.clone(),
        ]
    };
    if !explain {
        return table(&header, &found.iter().map(row).collect::<Vec<_>>());
    }
    let mut text = String::new();
    for f in found {
        let place = format!("{} #{} {}: {}, {}", f.site, f.rank, f.url, f.kind, f.score);
        text.push_str(&harmless_line(&place));
        text.push('\n');
        for e in &f.evidence {
            let words = if e.link_text.is_empty() {
                String::new()
            } else {
                format!(" “{}”", e.link_text)
            };
            let place = if e.home_original.is_empty() {
                String::new()
            } else {
                format!(" on {} of {}", e.home_original, e.home_timestamp)
            };
            let line = format!(
                "  {} {}{words}{place}: {}",
                e.source,
                e.score,
                e.reasons.join(", ")
            );
            text.push_str("  ");
            text.push_str(&harmless_line(&line));
            text.push('\n');
        }
    }
    text
}

fn judge_page(arguments: &Arguments, file: &Path) -> Result<Exit, Failure> {
    let [address] = arguments.sites.urls() else {
        return Err(Failure::usage(anyhow::anyhow!(
            "--page needs exactly one --url: the page's own address"
        )));
    };
    let url = Url::parse(address)
        .map_err(|e| Failure::usage(anyhow::anyhow!("--url is not a web address: {e}")))?;
    let site = Site::parse(address).map_err(Failure::usage)?;
    let mut bytes = read_at_most(file, MOST_PAGE_BYTES).map_err(|e| {
        Failure::usage(anyhow::anyhow!(
            "cannot read `{}`: {e}; name a saved page",
            file.display()
        ))
    })?;
    bytes.truncate(MAX_HTML_BYTES);
    let settings = Common::settings(arguments.crawl.common(), &[])?;
    let loaded = archives::vocabulary(&settings.discover)?;
    let vocabulary = loaded.as_ref().unwrap_or_else(|| Vocabulary::built_in());
    let links = judge_links(&Page::parse(&bytes, None, Some(&url)), vocabulary, &site);
    let kind = |kind: LinkKind| match kind {
        LinkKind::Policy(kind) => kind.code(),
        LinkKind::Hub => "hub",
    };
    let mut out = io::stdout().lock();
    if arguments.format == Format::Json {
        for l in &links {
            let line = json!({
                "url": l.url, "kind": kind(l.kind), "score": l.score, "link_text": l.text, "in_footer": l.in_footer,
                "cross_domain": l.cross_domain, "reasons": l.reasons,
            });
            writeln!(out, "{}", harmless_json(&line))?;
        }
        return Ok(Exit::Done);
    }
    let columns = [
        ("score", Align::Right),
        ("kind", Align::Left),
        ("link text", Align::Left),
        ("URL", Align::Left),
    ];
    let row = |l: &LinkCandidate| {
        vec![
            l.score.to_string(),
            kind(l.kind).to_owned(),
            l.text.clone(),
            l.url.clone(),
        ]
    };
    let text = table(&columns, &links.iter().map(row).collect::<Vec<_>>());
    for (place, line) in text.lines().enumerate() {
        writeln!(out, "{line}")?;
        if let Some(judged) = place
            .checked_sub(1)
            .and_then(|p| links.get(p))
            .filter(|_| arguments.explain)
        {
            let reasons = harmless_line(&judged.reasons.join(", "));
            writeln!(out, "       {reasons}")?;
        }
    }
    Ok(Exit::Done)
}
