//! Keys under which the database keeps the index queries of one site. Pure.

use crate::config::CrawlSettings;
use crate::discover::Vocabulary;
use crate::model::{Site, Timestamp, UrlKey};
use crate::store::IndexQueryKey;

/// Makes the keys of a site's index queries.
#[derive(Debug, Clone)]
pub(crate) struct QueryKeys {
    site: Site,
    /// Fingerprint of the vocabulary.
    words: String,
    /// First capture of interest.
    from: Option<Timestamp>,
    /// Last capture of interest.
    to: Option<Timestamp>,
}

impl QueryKeys {
    /// The keys of a site under these settings.
    pub(crate) fn new(site: &Site, vocabulary: &Vocabulary, crawl: &CrawlSettings) -> Self {
        Self {
            site: site.clone(),
            words: vocabulary.fingerprint().to_owned(),
            from: crawl.from,
            to: crawl.to,
        }
    }

    /// First and last capture of interest.
    pub(crate) fn span(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.from, self.to)
    }

    /// The key of the query for the whole site.
    pub(crate) fn domain(&self) -> IndexQueryKey {
        self.key(format!("domain {}", self.site), &self.words)
    }

    /// The key of the query for one URL.
    pub(crate) fn exact(&self, urlkey: &UrlKey) -> IndexQueryKey {
        self.key(format!("exact {urlkey}"), "")
    }

    /// True for a URL on a host of the site.
    pub(crate) fn is_own(&self, urlkey: &UrlKey) -> bool {
        self.site.has_key(urlkey)
    }

    fn key(&self, scope: String, words: &str) -> IndexQueryKey {
        let text = |t: Option<Timestamp>| t.map(|t| t.to_string()).unwrap_or_default();
        IndexQueryKey {
            scope,
            words_hash: words.to_owned(),
            span_from: text(self.from),
            span_to: text(self.to),
        }
    }
}
