//! Code that these tests share: a site, its archive, and a run of the search.

use std::sync::LazyLock;

use super::super::super::tests::memory_archive::{MemoryArchive, at};
use crate::archive::{ArchiveError, MemoryBudget};
use crate::discover::{ByLink, HomeSpan, PageScan, PageScanner, ScanLimits, Vocabulary, by_link};
use crate::model::Site;

pub(super) fn site() -> Site {
    Site::parse("example.com").unwrap()
}

pub(super) fn span() -> HomeSpan {
    HomeSpan {
        from: at("2000"),
        to: at("2020"),
    }
}

pub(super) fn home(link: &str) -> String {
    format!("<p>Welcome</p><footer><a href='{link}'>Privacy Policy</a></footer>")
}

pub(super) fn scanner<'a>(
    archive: &'a MemoryArchive,
    site: &'a Site,
    limits: &'a ScanLimits,
) -> PageScanner<'a, MemoryArchive> {
    PageScanner {
        archive,
        site,
        vocabulary: Vocabulary::built_in(),
        limits,
        memory: memory(),
    }
}

fn memory() -> &'static MemoryBudget {
    static MEMORY: LazyLock<MemoryBudget> = LazyLock::new(MemoryBudget::default);
    &MEMORY
}

/// A capture every month; the link changes from A to B in May 2007 and to C in March 2015.
pub(super) fn moving() -> MemoryArchive {
    let mut archive = MemoryArchive::default();
    for year in 2000..2020 {
        for month in 1..=12 {
            let link = match (year, month) {
                (..2007, _) | (2007, ..5) => "/a.html",
                (..2015, _) | (2015, ..3) => "/b.html",
                _ => "/c.html",
            };
            archive.put(
                &format!("{year}-{month:02}"),
                "http://www.example.com/",
                200,
                &home(link),
            );
        }
    }
    archive
}

pub(super) async fn run(
    archive: &MemoryArchive,
    known: &[PageScan],
) -> (Result<ByLink, ArchiveError>, Vec<PageScan>) {
    run_until(archive, known, span()).await
}

pub(super) async fn run_until(
    archive: &MemoryArchive,
    known: &[PageScan],
    span: HomeSpan,
) -> (Result<ByLink, ArchiveError>, Vec<PageScan>) {
    let mut stored = known.to_vec();
    let mut store = async |scan: &PageScan| stored.push(scan.clone());
    let (site, limits) = (site(), ScanLimits::default());
    let scanner = scanner(archive, &site, &limits);
    let found = by_link(&scanner, span, known, &mut store).await;
    (found, stored)
}

pub(super) fn urls(found: &ByLink) -> Vec<&str> {
    found.candidates.iter().map(|c| c.url.as_str()).collect()
}
