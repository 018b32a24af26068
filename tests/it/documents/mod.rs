//! The documents: README.md, docs/, CONTRIBUTING.md, CHANGELOG.md, config/README.md, CITATION.cff.
//!
//! `UPDATE_DOCS=1 cargo test --test it documents:: -- --test-threads=1` writes the generated parts and the output of the commands anew.

#[cfg(unix)]
mod commands;
mod generated;
mod links;
mod page;
mod schema;

use std::fs;
use std::path::PathBuf;

use crate::support::paths::root;
use page::Page;

/// Largest README, in bytes.
const README_BYTES: usize = 12 * 1024;

/// True when the pages are to be written anew instead of compared.
fn update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1")
}

/// The pages of the book, by name.
fn book() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| path.strip_prefix(root()).unwrap().to_owned())
        .collect();
    pages.sort();
    pages
}

/// Every document for people.
fn documents() -> Vec<Page> {
    let others = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "config/README.md",
    ];
    let paths = others.iter().map(PathBuf::from).chain(book());
    paths.map(Page::read).collect()
}

#[test]
fn the_readme_is_short() {
    let size = Page::read("README.md".into()).text.len();
    assert!(
        size <= README_BYTES,
        "README.md has {size} bytes; at most {README_BYTES} are allowed"
    );
}

#[test]
fn the_summary_lists_every_page_of_the_book_once() {
    let summary = Page::read("docs/SUMMARY.md".into());
    let mut listed: Vec<PathBuf> = links::targets(&summary.text)
        .into_iter()
        .map(|target| PathBuf::from("docs").join(target))
        .collect();
    listed.sort();
    let mut pages = book();
    pages.retain(|path| !path.ends_with("SUMMARY.md"));
    assert_eq!(listed, pages);
}

#[test]
fn the_citation_names_the_version_of_the_program() {
    let citation = fs::read_to_string(root().join("CITATION.cff")).unwrap();
    let version = concat!("\nversion: ", env!("CARGO_PKG_VERSION"), "\n");
    assert!(
        citation.contains(version),
        "CITATION.cff: expected{version}"
    );
    let changelog = Page::read("CHANGELOG.md".into()).text;
    let section = concat!("\n## ", env!("CARGO_PKG_VERSION"));
    assert!(changelog.contains(section), "CHANGELOG.md: no{section}");
}
