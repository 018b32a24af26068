//! `policytrail discover`: where the policies of sites are, and why; or the links of one saved page.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use url::Url;

use super::archives::{self, request_counts_text};
use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::options::{FormatOption, OutputFormat, heading};
use super::table::{Align, table};
use crate::config::read_at_most;
use crate::crawl::{SiteCandidate, Until, site_candidates};
use crate::discover::{LinkCandidate, LinkKind, Vocabulary, judge_links};
use crate::model::Site;
use crate::page::{MAX_HTML_BYTES, Page};
use crate::report::{CandidateAnswer, EvidenceAnswer, LinkAnswer, safe_json, safe_line};

/// Largest saved page, as in `extract`.
const MAX_PAGE_BYTES: usize = 64 << 20;

/// Find the URLs of the policies of sites, without fetching the policies
///
/// The results are stored in the database, and a later backfill uses them. With --page, no archive is read: the command
/// rates the links of one saved page.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail discover example.com --explain --contact you@example.org\n  policytrail discover --page home.html --url https://www.example.com/\n\n\
        Columns:\n  \
        rank      1 for the surest policy of the site\n  \
        score     how sure it is that the URL is that of a policy, 0 to 100\n  \
        kind      privacy, cookies or children; with --page also hub, a page that leads to policies\n  \
        found by  given (--url), path (the words of the URL), link, hub, redirect, canonical\n  \
        captures  number of captures in the index\n  \
        URL       newest URL"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,

    /// Also print the evidence for each URL, with scores and reasons
    #[arg(long, help_heading = heading::OUTPUT)]
    explain: bool,

    #[command(flatten)]
    output: FormatOption,

    /// Rate the links of this saved page and read no archive; --url gives the URL of the page
    #[arg(long, value_name = "FILE", requires = "urls", help_heading = heading::INPUT)]
    page: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(page) = &arguments.page {
        return judge_page(arguments, page);
    }
    let job = Job::new("discover", &arguments.sites, &arguments.crawl, &[])?;
    let (format, explain) = (arguments.output.chosen(), arguments.explain);
    job.interruptible(move |job| discover(job, format, explain))
}

fn discover(job: &Job, format: OutputFormat, explain: bool) -> Result<Exit, Failure> {
    let finished = run_job(job, JobTask::Crawl(Until::Candidates))?;
    let mut candidates = Vec::new();
    for site in job.site_names() {
        let site = Site::parse(&site).map_err(Failure::usage)?;
        candidates.extend(site_candidates(&finished.store, &site)?);
    }
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => {
            for candidate in &candidates {
                writeln!(out, "{}", safe_json(&candidate_answer(candidate))?)?;
            }
        }
        OutputFormat::Text => {
            out.write_all(candidates_text(&candidates, explain).as_bytes())?;
            out.write_all(request_counts_text(&finished.requests).as_bytes())?;
        }
    }
    drop(out);
    finished.exit()
}

fn candidate_answer(candidate: &SiteCandidate) -> CandidateAnswer<'_> {
    let evidence = candidate.evidence.iter().map(|e| EvidenceAnswer {
        source: e.source.code(),
        score: e.score,
        home_timestamp: e.home_timestamp.parse().ok(),
        home_original: &e.home_original,
        link_text: &e.link_text,
        reasons: &e.reasons,
    });
    CandidateAnswer {
        site: candidate.site.as_str(),
        url: &candidate.url,
        kind: &candidate.kind,
        score: candidate.score,
        rank: candidate.rank,
        cross_domain: candidate.cross_domain,
        captures: candidate.captures,
        evidence: evidence.collect(),
    }
}

/// The candidates as a table, or each with its evidence.
fn candidates_text(found: &[SiteCandidate], explain: bool) -> String {
    if explain {
        return found.iter().map(explained_candidate).collect();
    }
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
    table(&header, &found.iter().map(row).collect::<Vec<_>>())
}

/// A candidate and its evidence, one line each.
fn explained_candidate(f: &SiteCandidate) -> String {
    let candidate = format!("{} #{} {}: {}, {}", f.site, f.rank, f.url, f.kind, f.score);
    let mut text = safe_line(&candidate) + "\n";
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
        text += "  ";
        text += &safe_line(&line);
        text.push('\n');
    }
    text
}

/// Judges the links of a saved page.
fn judge_page(arguments: &Arguments, file: &Path) -> Result<Exit, Failure> {
    let links = links_of_page(arguments, file)?;
    let mut out = io::stdout().lock();
    match arguments.output.chosen() {
        OutputFormat::Json => {
            for link in &links {
                writeln!(out, "{}", safe_json(&link_answer(link))?)?;
            }
        }
        OutputFormat::Text => out.write_all(links_text(&links, arguments.explain).as_bytes())?,
    }
    Ok(Exit::Done)
}

fn links_of_page(arguments: &Arguments, file: &Path) -> Result<Vec<LinkCandidate>, Failure> {
    let [address] = arguments.sites.urls() else {
        return Err(Failure::usage(anyhow::anyhow!(
            "--page needs exactly one --url, the URL of the page"
        )));
    };
    let url = Url::parse(address).map_err(|e| {
        Failure::usage(anyhow::anyhow!(
            "--url is not a valid URL: {e}; give a full URL such as https://www.example.com/"
        ))
    })?;
    let site = Site::parse(address).map_err(Failure::usage)?;
    let mut bytes = read_at_most(file, MAX_PAGE_BYTES).map_err(|e| {
        Failure::usage(anyhow::anyhow!(
            "cannot read `{}`: {e}; give the file of a saved page",
            file.display()
        ))
    })?;
    bytes.truncate(MAX_HTML_BYTES);
    let settings = arguments.crawl.common().settings(&[])?;
    let loaded = archives::vocabulary(&settings.discover)?;
    let vocabulary = loaded.as_ref().unwrap_or_else(|| Vocabulary::built_in());
    let page = Page::parse(&bytes, None, Some(&url));
    Ok(judge_links(&page, vocabulary, &site))
}

fn link_kind(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Policy(kind) => kind.code(),
        LinkKind::Hub => "hub",
    }
}

fn link_answer(link: &LinkCandidate) -> LinkAnswer<'_> {
    LinkAnswer {
        url: &link.url,
        kind: link_kind(link.kind),
        score: link.score,
        link_text: &link.text,
        in_footer: link.in_footer,
        cross_domain: link.cross_domain,
        reasons: &link.reasons,
    }
}

/// The links as a table, with the reasons under each if `explain` is true.
fn links_text(links: &[LinkCandidate], explain: bool) -> String {
    let columns = [
        ("score", Align::Right),
        ("kind", Align::Left),
        ("link text", Align::Left),
        ("URL", Align::Left),
    ];
    let row = |l: &LinkCandidate| {
        vec![
            l.score.to_string(),
            link_kind(l.kind).to_owned(),
            l.text.clone(),
            l.url.clone(),
        ]
    };
    let plain = table(&columns, &links.iter().map(row).collect::<Vec<_>>());
    if !explain {
        return plain;
    }
    let mut text = String::new();
    for (number, line) in plain.lines().enumerate() {
        text += line;
        text.push('\n');
        // The first line is the header.
        if let Some(link) = number.checked_sub(1).and_then(|n| links.get(n)) {
            text += "       ";
            text += &safe_line(&link.reasons.join(", "));
            text.push('\n');
        }
    }
    text
}
