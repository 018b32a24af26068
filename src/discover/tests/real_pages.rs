//! Measures what `judge_links` finds on real pages, with lower bounds for the numbers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use crate::model::Site;
use crate::page::{Page, unarchived};

use crate::discover::{LinkCandidate, LinkKind, PolicyKind, Vocabulary, judge_links};

fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("POLICYTRAIL_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")),
        PathBuf::from,
    );
    let found = path.join("extraction").is_dir();
    if !found {
        eprintln!(
            "SKIPPED: no real pages at {}; set POLICYTRAIL_SHARED",
            path.display()
        );
    }
    found.then_some(path)
}

#[derive(Deserialize)]
struct Row {
    id: String,
    #[serde(default)]
    html: String,
    #[serde(default)]
    wayback_url: Option<String>,
}

/// The page's own address: from its archive address, otherwise from its canonical link or `og:url`.
fn address(row: &Row, html: &str) -> Option<Url> {
    if let Some(archived) = &row.wayback_url {
        let plain = archived.replace("%3A", ":").replace("%3F", "?");
        return unarchived(&Url::parse(&plain).ok()?);
    }
    let page = Page::from_html(html, None);
    let selector = scraper::Selector::parse("meta[property='og:url']").ok()?;
    let og = page
        .html
        .select(&selector)
        .find_map(|e| Url::parse(e.attr("content")?).ok());
    page.canonical().or(og).or_else(|| most_linked(&page))
}

/// The site to which most absolute links of a page lead. On nearly every page this is the page's own site.
fn most_linked(page: &Page) -> Option<Url> {
    let mut counts: BTreeMap<Site, usize> = BTreeMap::new();
    for link in crate::discover::links::links_of(page) {
        let Some(site) = Url::parse(&link.href)
            .ok()
            .and_then(|url| Site::of_url(&url).ok())
        else {
            continue;
        };
        *counts.entry(site).or_default() += 1;
    }
    let (site, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    Url::parse(&format!("https://{site}/")).ok()
}

fn judged(set: &str, root: &std::path::Path) -> BTreeMap<String, (String, Vec<LinkCandidate>)> {
    let folder = root.join("extraction").join(set);
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let mut pages = BTreeMap::new();
    for line in manifest.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let Ok(bytes) = std::fs::read(folder.join(&row.html)) else {
            continue;
        };
        let text = crate::page::decode(&bytes, None).text;
        let found = address(&row, &text).and_then(|url| {
            let site = Site::of_url(&url).ok()?;
            // Judged as if on another page of the site, because most of these pages are policies that link to
            // themselves.
            let mut seen_from = url.clone();
            seen_from.set_query(Some("seen-from"));
            let page = Page::from_html(&text, Some(&seen_from));
            Some(judge_links(&page, Vocabulary::built_in(), &site))
        });
        pages.extend(found.map(|links| (row.id, (text, links))));
    }
    pages
}

/// True when the tag of a link contains a privacy word. A crude search that shares no code with the judge.
fn seems_to_have_a_link(html: &str) -> bool {
    let words = ["privacy", "datenschutz", "confidentialit", "vie-privee"];
    html.split("<a ").skip(1).any(|rest| {
        let link = rest.split("</a>").next().unwrap_or_default();
        let tag = link.split('>').next().unwrap_or_default().to_lowercase();
        let href = tag
            .split("href=")
            .nth(1)
            .unwrap_or_default()
            .trim_start_matches(['"', '\'']);
        let outside = ["http", "//", "mailto", "#", "javascript"]
            .iter()
            .any(|start| href.starts_with(start));
        !outside && !href.is_empty() && words.iter().any(|word| href.contains(word))
    })
}

#[test]
fn nearly_every_real_page_with_a_privacy_link_gives_it() {
    let Some(root) = shared() else { return };
    let (mut pages, mut missed) = (0, Vec::new());
    for set in ["ota", "princeton"] {
        for (id, (html, links)) in judged(set, &root) {
            if seems_to_have_a_link(&html) {
                pages += 1;
                if !links
                    .iter()
                    .any(|link| link.kind == LinkKind::Policy(PolicyKind::Privacy))
                {
                    missed.push(id);
                }
            }
        }
    }
    println!("{pages} pages with a privacy link, missed {missed:?}");
    assert!(pages >= 40, "{pages}");
    assert!(missed.len() * 10 <= pages, "{missed:?}");
}

#[test]
fn nearly_no_real_page_gives_the_policy_of_somebody_else() {
    let Some(root) = shared() else { return };
    let (mut found, mut others) = (0, Vec::new());
    for set in ["ota", "princeton"] {
        for (id, (_, links)) in judged(set, &root) {
            found += links.len();
            let foreign = links
                .into_iter()
                .filter(|link| link.cross_domain && !link.in_footer);
            others.extend(foreign.map(|link| format!("{id}: {} {}", link.url, link.text)));
        }
    }
    println!("{found} links found, of other sites outside footers: {others:#?}");
    assert!(others.len() * 50 <= found, "{others:#?}");
}
