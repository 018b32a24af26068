//! Discovery by path: one index query for the whole site.

use std::collections::BTreeSet;

use super::known_addresses::known_addresses;
use super::search::SiteSearch;
use crate::archive::Archive;
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::failures::Failures;
use crate::crawl::index::{IndexStart, SiteIndex, StoredAnswer};
use crate::discover::{self, ByPath, PathQuery};
use crate::model::{DropReason, Dropped, Timestamp, UrlKey};
use crate::store::{IndexQueryKey, Store};

/// Sends the query for the whole site, unless this crawl has its answer, and stores candidates and rows. Returns the
/// reason when the archive excludes the site.
pub(super) async fn query_domain<A: Archive>(
    search: &SiteSearch<'_, A>,
    index: &mut SiteIndex<'_, A>,
    failures: &mut Failures,
) -> Result<Option<Dropped>, CrawlError> {
    let site = search.site;
    let key = index.keys().domain();
    let (site_id, name) = (site.site_id, site.site.clone());
    let known = store_call(search.store, move |store: &Store| {
        known_addresses(store, site_id, &name)
    })
    .await?;
    let (from, expects_none) = match index.start_of(&key).await? {
        IndexStart::Answered => {
            index.set_domain_filter(discover::index_filter(search.vocabulary, &[]));
            return Ok(None);
        }
        IndexStart::From { from, expects_none } => (from, expects_none),
    };
    let query = PathQuery {
        site: &site.site,
        span: (from, search.crawl.to),
        vocabulary: search.vocabulary,
        known: &known,
        expects_none,
    };
    match discover::by_path(search.archive, &query).await {
        Ok(found) => {
            store_answer(search, index, (&known, from), found).await?;
            Ok(None)
        }
        Err(error) => Ok(failures
            .add_unless_final(&site.site, error)?
            .filter(|dropped| dropped.reason == DropReason::Excluded)),
    }
}

/// Stores the results of the query for the whole site. The query included the URLs `known` and began at `from`.
async fn store_answer<A: Archive>(
    search: &SiteSearch<'_, A>,
    index: &mut SiteIndex<'_, A>,
    (known, from): (&[UrlKey], Option<Timestamp>),
    found: ByPath,
) -> Result<(), CrawlError> {
    let covered = covered_keys(index, (known, from == search.crawl.from), &found).await?;
    tracing::info!(site = %search.site.site, candidates = found.candidates.len(), captures = found.captures.len(), "index queried");
    // Candidates come first: if the process is killed between the two writes, rows without a discovery would never be
    // used.
    search.store(found.candidates).await?;
    index
        .store_answer(StoredAnswer {
            key: index.keys().domain(),
            covered,
            rows: found.captures,
            counts: found.answer,
        })
        .await?;
    index.set_domain_filter(found.filter);
    Ok(())
}

/// Returns the keys of the single-URL queries that the answer covers. An answer that does not begin with the first
/// capture covers no URL that was never queried, because its older rows are missing.
async fn covered_keys<A: Archive>(
    index: &SiteIndex<'_, A>,
    (known, from_the_first): (&[UrlKey], bool),
    found: &ByPath,
) -> Result<Vec<IndexQueryKey>, CrawlError> {
    let named = known.iter().filter(|k| found.filter.names(k));
    let whole: BTreeSet<&UrlKey> = found
        .candidates
        .iter()
        .map(|c| &c.urlkey)
        .chain(named)
        .filter(|k| !found.rows_left_out.contains(k))
        .collect();
    let keys = whole.into_iter().map(|k| index.keys().exact(k)).collect();
    if from_the_first {
        Ok(keys)
    } else {
        index.answered_ever(keys).await
    }
}
