//! Every relative link leads to a file, and every anchor to a heading.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use regex::Regex;

use super::documents;
use super::page::Page;
use crate::support::paths::root;

/// Targets of the links and images of a Markdown text.
pub(super) fn targets(text: &str) -> Vec<String> {
    let inline = Regex::new(r#"\]\(([^)\s]+)(?:\s+"[^"]*")?\)|<img[^>]*\ssrc="([^"]+)""#).unwrap();
    let definition = Regex::new(r"(?m)^\[[^\]]+\]:\s+(\S+)").unwrap();
    inline
        .captures_iter(text)
        .chain(definition.captures_iter(text))
        .filter_map(|c| {
            c.iter()
                .skip(1)
                .flatten()
                .next()
                .map(|m| m.as_str().to_owned())
        })
        .collect()
}

/// The anchors of a page, as GitHub and mdBook make them of its headings.
fn anchors(page: &Page) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let prose = page.prose();
    let headings = prose.lines().filter(|line| {
        let hashes = line.len() - line.trim_start_matches('#').len();
        (1..=6).contains(&hashes) && line[hashes..].starts_with(' ')
    });
    headings
        .map(|line| {
            let slug: String = line
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter_map(|c| match c {
                    ' ' => Some('-'),
                    '-' | '_' => Some(c),
                    c if c.is_alphanumeric() => Some(c),
                    _ => None,
                })
                .collect();
            let count = seen.entry(slug.clone()).or_default();
            *count += 1;
            if *count == 1 {
                slug
            } else {
                format!("{slug}-{}", *count - 1)
            }
        })
        .collect()
}

/// A path without `.` and `..`.
fn normalised(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}

/// What is wrong with one link.
fn fault(page: &Page, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() {
        page.path.clone()
    } else {
        normalised(&page.path.parent().unwrap_or(Path::new("")).join(file))
    };
    if !root().join(&path).exists() {
        return Some(format!("`{target}` does not exist"));
    }
    if page.path.starts_with("docs") && !path.starts_with("docs") {
        return Some(format!("`{target}` leads out of the book"));
    }
    if !anchor.is_empty() && !anchors(&Page::read(path)).contains(&anchor.to_owned()) {
        return Some(format!("`{target}`: there is no such heading"));
    }
    None
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Vec::new();
    for page in documents() {
        for target in targets(&page.prose()) {
            if let Some(fault) = fault(&page, &target) {
                faults.push(format!("{}: {fault}", page.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
