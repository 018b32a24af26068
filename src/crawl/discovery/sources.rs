//! Searches for a site's policies in every source, one after the other.

use super::by_path::query_domain;
use super::home_pages::{scan_home_pages, scan_newest_home_page};
use super::hub_pages::scan_hubs;
use super::search::SiteSearch;
use crate::archive::Archive;
use crate::crawl::error::{CrawlError, check_stop};
use crate::crawl::failures::Failures;
use crate::crawl::index::SiteIndex;
use crate::discover::{self, Candidate, Vocabulary};
use crate::model::{Dropped, PolicyKind, UrlKey};

/// The sources that are searched, besides the URLs that the user named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources {
    /// Links on archived home pages and hub pages.
    pub(crate) by_link: bool,
    /// Paths in the archive's index.
    pub(crate) by_path: bool,
}

/// Finds candidates by every source and stores them. Returns the reason when the archive excludes the whole site.
pub(crate) async fn find_candidates<A: Archive>(
    search: &SiteSearch<'_, A>,
    sources: Sources,
    index: &mut SiteIndex<'_, A>,
    failures: &mut Failures,
) -> Result<Option<Dropped>, CrawlError> {
    store_given(search).await?;
    // The newest home page comes first, because the index query for the whole site includes the URLs that it links to. The
    // others come after that query, which lists their captures: no request is then redirected to the nearest one.
    let with_home_pages = sources.by_link && search.crawl.home_pages_per_site > 0;
    if with_home_pages && sources.by_path {
        scan_newest_home_page(search).await?;
    }
    check_stop(search.stop)?;
    if sources.by_path
        && let Some(dropped) = query_domain(search, index, failures).await?
    {
        return Ok(Some(dropped));
    }
    check_stop(search.stop)?;
    if with_home_pages {
        scan_home_pages(search, index, failures).await?;
    }
    if sources.by_link {
        scan_hubs(search, index, failures).await?;
    }
    Ok(None)
}

/// Stores the URLs that the user named.
async fn store_given<A>(search: &SiteSearch<'_, A>) -> Result<(), CrawlError> {
    let site = search.site;
    let given: Vec<Candidate> = site
        .policy_urls
        .iter()
        .filter_map(|url| {
            discover::given_candidate(url, kind_of_given(url, search.vocabulary), &site.site)
        })
        .collect();
    search.store(given).await
}

/// Returns the kind of policy at a URL that the user named: privacy, unless the words in the URL say otherwise.
fn kind_of_given(url: &str, vocabulary: &Vocabulary) -> PolicyKind {
    let verdict = UrlKey::of(url).map(|key| discover::judge_path(&key, vocabulary));
    verdict
        .ok()
        .filter(|v| v.score >= discover::PLAUSIBLE_SCORE)
        .map_or(PolicyKind::Privacy, |v| v.kind)
}
