//! Discovery by path: one index query for the whole site.

use std::collections::BTreeSet;

use super::known_addresses::{candidate_addresses, home_key, known_addresses};
use super::search::SiteSearch;
use crate::archive::Archive;
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::failures::Failures;
use crate::crawl::index::{IndexStart, SiteIndex, StoredAnswer};
use crate::discover::{self, ByPath, PathQuery};
use crate::model::{Capture, DropReason, Dropped, Timestamp, UrlKey};
use crate::store::{IndexQueryKey, Store};

/// Number of rows of a home page that are kept without selection.
const MAX_HOME_ROWS: usize = 500;
const WEEK_SECONDS: i64 = 7 * 86_400;

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
    if found.foreign_rows > 0 {
        tracing::warn!(site = %search.site.site, rows = found.foreign_rows, "skipped index rows of other sites");
    }
    let mut covered = covered_keys(index, (known, from == search.crawl.from), &found).await?;
    let queried_alone = given_without_rows(search, index, &found);
    covered.retain(|key| !queried_alone.contains(key));
    tracing::info!(site = %search.site.site, candidates = found.candidates.len(), captures = found.captures.len(), "index queried");
    let rows = thin_home_rows(search, found.captures).await?;
    // Candidates come first: if the process is killed between the two writes, rows without a discovery would never be
    // used.
    search.store(found.candidates).await?;
    index
        .store_answer(StoredAnswer {
            key: index.keys().domain(),
            covered,
            rows,
            counts: found.answer,
        })
        .await?;
    index.set_domain_filter(found.filter);
    Ok(())
}

/// Returns the rows with at most one of the home page for each week, if it has very many: only its links matter. All are
/// kept if the home page is a candidate itself.
async fn thin_home_rows<A>(
    search: &SiteSearch<'_, A>,
    mut rows: Vec<Capture>,
) -> Result<Vec<Capture>, CrawlError> {
    let Some(home) = home_key(&search.site.site) else {
        return Ok(rows);
    };
    if rows.iter().filter(|row| row.urlkey == home).count() <= MAX_HOME_ROWS {
        return Ok(rows);
    }
    let (site_id, site) = (search.site.site_id, search.site.site.clone());
    let call = move |store: &Store| candidate_addresses(store, site_id, &site);
    if store_call(search.store, call).await?.contains(&home) {
        return Ok(rows);
    }
    let mut weeks = BTreeSet::new();
    rows.retain(|row| {
        row.urlkey != home || weeks.insert(row.timestamp.unix_seconds().div_euclid(WEEK_SECONDS))
    });
    Ok(rows)
}

/// Returns the keys of the single-URL queries for the URLs that the user named and that the answer has no row of. The
/// archive may have them under a key that nobody expects, so each gets its own query.
fn given_without_rows<A: Archive>(
    search: &SiteSearch<'_, A>,
    index: &SiteIndex<'_, A>,
    found: &ByPath,
) -> Vec<IndexQueryKey> {
    let given = search.site.policy_urls.iter();
    given
        .filter_map(|url| UrlKey::of(url).ok())
        .filter(|key| found.captures.iter().all(|row| row.urlkey != *key))
        .map(|key| index.keys().exact(&key))
        .collect()
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
