//! The data that the search for a site's policies uses.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::evidence::store_candidates;
use crate::archive::MemoryBudget;
use crate::config::CrawlSettings;
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::site::CrawledSite;
use crate::discover::{Candidate, Vocabulary};
use crate::store::Store;

/// The data that the search for a site's policies uses.
pub(crate) struct SiteSearch<'a, A> {
    /// The archive.
    pub(crate) archive: &'a A,
    /// The database.
    pub(crate) store: &'a Arc<Store>,
    /// Words by which policies are recognised.
    pub(crate) vocabulary: &'a Vocabulary,
    /// Settings of the crawl.
    pub(crate) crawl: &'a CrawlSettings,
    /// The memory that pages may take.
    pub(crate) memory: &'a MemoryBudget,
    /// The site.
    pub(crate) site: &'a CrawledSite,
    /// Cancelled when the crawl must stop.
    pub(crate) stop: &'a CancellationToken,
}

impl<A> SiteSearch<'_, A> {
    /// Stores candidates with their evidence.
    pub(super) async fn store(&self, candidates: Vec<Candidate>) -> Result<(), CrawlError> {
        let site_id = self.site.site_id;
        let call = move |store: &Store| store_candidates(store, site_id, &candidates);
        store_call(self.store, call).await
    }
}
