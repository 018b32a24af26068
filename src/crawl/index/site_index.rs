//! The archive's index as one site's crawl uses it: sends each query once and stores the answers.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use url::Url;

use super::query_keys::QueryKeys;
use super::repeat::INDEX_LAG_SECONDS;
use crate::archive::clock::Clock;
use crate::archive::{Archive, CaptureQuery, IndexAnswer, KeyFilter};
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::failures::Failures;
use crate::crawl::site::CrawledSite;
use crate::model::{ArchiveId, Capture, IndexCounts, Timestamp, UrlKey};
use crate::store::{AnsweredQuery, IndexQueryKey, PastQuery, Store, StoreError};

/// Where an index query begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexStart {
    /// It is not sent: this crawl has the answer already.
    Answered,
    /// At this capture time; at the first capture when `None`.
    From {
        /// First capture time.
        from: Option<Timestamp>,
        /// True if the last answer was empty.
        expects_none: bool,
    },
}

/// The archive whose index is queried, and where the answers are stored.
pub(crate) struct IndexSource<'a, A> {
    /// The archive.
    pub(crate) archive: &'a A,
    /// Its row in the database.
    pub(crate) archive_id: ArchiveId,
    /// The database.
    pub(crate) store: &'a Arc<Store>,
    /// Time of day.
    pub(crate) clock: &'a dyn Clock,
}

/// An answer of the index, to be stored.
pub(crate) struct StoredAnswer {
    /// The query.
    pub(crate) key: IndexQueryKey,
    /// Queries for single URLs that the answer covers too.
    pub(crate) covered: Vec<IndexQueryKey>,
    /// The rows.
    pub(crate) rows: Vec<Capture>,
    /// Counts of the answer.
    pub(crate) counts: IndexAnswer,
}

/// The index of an archive, for the crawl of one site.
pub(crate) struct SiteIndex<'a, A> {
    source: IndexSource<'a, A>,
    site: &'a CrawledSite,
    keys: QueryKeys,
    /// Scopes of the queries that this crawl has sent.
    answered: HashSet<String>,
    /// Scopes of the answered queries that may be sent again; all of them when `None`.
    repeated: Option<BTreeSet<String>>,
    /// What the query for the whole site covered, if this crawl has its answer; otherwise the empty filter, which
    /// matches no key.
    domain_filter: KeyFilter,
}

impl<'a, A: Archive> SiteIndex<'a, A> {
    /// Prepares the queries of a site; `repeated` limits which answered queries may be sent again.
    pub(crate) fn new(
        source: IndexSource<'a, A>,
        site: &'a CrawledSite,
        keys: QueryKeys,
        repeated: Option<BTreeSet<String>>,
    ) -> Self {
        Self {
            source,
            site,
            keys,
            answered: HashSet::new(),
            repeated,
            domain_filter: KeyFilter::default(),
        }
    }

    /// The archive's row in the database.
    pub(crate) fn archive_id(&self) -> ArchiveId {
        self.source.archive_id
    }

    /// The keys of the site's queries.
    pub(crate) fn keys(&self) -> &QueryKeys {
        &self.keys
    }

    /// Sets what the query for the whole site covered.
    pub(crate) fn set_domain_filter(&mut self, filter: KeyFilter) {
        self.domain_filter = filter;
    }

    /// Returns those of the keys whose queries were ever answered.
    pub(crate) async fn answered_ever(
        &self,
        keys: Vec<IndexQueryKey>,
    ) -> Result<Vec<IndexQueryKey>, CrawlError> {
        let archive_id = self.source.archive_id;
        let call = move |store: &Store| {
            let mut answered = Vec::new();
            for key in keys {
                if store.past_query(archive_id, &key)?.is_some() {
                    answered.push(key);
                }
            }
            Ok(answered)
        };
        store_call(self.source.store, call).await
    }

    /// Returns where the query of a key begins.
    pub(crate) async fn start_of(&self, key: &IndexQueryKey) -> Result<IndexStart, CrawlError> {
        let past = self.past_query(key).await?;
        Ok(self.start_after(key, past))
    }

    /// Returns the last answer to the query of a key.
    pub(crate) async fn past_query(
        &self,
        key: &IndexQueryKey,
    ) -> Result<Option<PastQuery>, CrawlError> {
        let (archive_id, key) = (self.source.archive_id, key.clone());
        store_call(self.source.store, move |store: &Store| {
            store.past_query(archive_id, &key)
        })
        .await
    }

    /// Returns where a query begins whose last answer is `past`.
    fn start_after(&self, key: &IndexQueryKey, past: Option<PastQuery>) -> IndexStart {
        let (from, _) = self.keys.span();
        let from_the_first = IndexStart::From {
            from,
            expects_none: false,
        };
        let Some(past) = past else {
            return from_the_first;
        };
        let start = self.site.start;
        let may_repeat = |repeated: &BTreeSet<String>| repeated.contains(&key.scope);
        if !self.repeated.as_ref().is_none_or(may_repeat)
            || self.answered.contains(&key.scope)
            || (start.resumed && past.queried_at >= start.since)
        {
            return IndexStart::Answered;
        }
        if self.source.archive.is_local() {
            return from_the_first;
        }
        // A row may have a time in the future.
        let newest = past
            .newest_capture
            .map(|newest| newest.min(past.queried_at).unix_seconds() - INDEX_LAG_SECONDS)
            .map(Timestamp::from_unix_seconds);
        IndexStart::From {
            from: from.max(newest),
            expects_none: past.always_empty,
        }
    }

    /// Makes sure that the index rows of a URL are stored. The answer for the whole site may hold them; otherwise the
    /// URL gets its own query.
    pub(crate) async fn ensure_rows(
        &mut self,
        url: &str,
        urlkey: &UrlKey,
        failures: &mut Failures,
    ) -> Result<(), CrawlError> {
        let key = self.keys.exact(urlkey);
        let past = self.past_query(&key).await?;
        let own = Url::parse(url).is_ok_and(|url| self.site.site.owns(&url));
        if past.is_some() && own && self.domain_filter.names(urlkey) {
            return Ok(());
        }
        let IndexStart::From { from, expects_none } = self.start_after(&key, past) else {
            return Ok(());
        };
        let (_, to) = self.keys.span();
        let query = CaptureQuery {
            from,
            to,
            expects_none,
            ..CaptureQuery::exact(url)
        };
        let (mut rows, mut foreign) = (Vec::new(), 0_u64);
        let mut take = |mut row: Capture| {
            // The archive answers with this URL's rows, so they are this page's, whatever it leaves out of its keys. Only
            // the host must be the same: archives give the pages of www1355.com and www7788.com one key.
            if UrlKey::of(&row.original).is_ok_and(|own| own.host() == urlkey.host()) {
                row.urlkey = urlkey.clone();
                rows.push(row);
            } else {
                foreign += 1;
            }
        };
        let answer = self.source.archive.captures(&query, &mut take).await;
        if foreign > 0 {
            tracing::warn!(site = %self.site.site, url, rows = foreign, "skipped index rows of other sites");
        }
        match answer {
            Ok(counts) => {
                let covered = Vec::new();
                self.store_answer(StoredAnswer {
                    key,
                    covered,
                    rows,
                    counts,
                })
                .await
            }
            Err(error) => failures
                .add_unless_final(&self.site.site, error)
                .map(|_| ()),
        }
    }

    /// True for an answer with unreadable rows, unless the last answer had as many: what they would show is unknown, so
    /// the next query begins where this one began.
    async fn is_doubtful(
        &self,
        key: &IndexQueryKey,
        counts: IndexAnswer,
    ) -> Result<bool, CrawlError> {
        if counts.bad_rows == 0 || self.source.archive.is_local() {
            return Ok(false);
        }
        let past = self.past_query(key).await?;
        Ok(past.is_none_or(|past| past.bad_rows != counts.bad_rows))
    }

    /// Stores a complete answer of the index.
    pub(crate) async fn store_answer(&mut self, answer: StoredAnswer) -> Result<(), CrawlError> {
        let StoredAnswer {
            key,
            covered,
            rows,
            counts,
        } = answer;
        let is_doubtful = self.is_doubtful(&key, counts).await?;
        let newest = rows.iter().map(|c| c.timestamp).max();
        let counts = IndexCounts {
            rows: counts.rows,
            repeated_rows: counts.repeated_rows,
            bad_rows: counts.bad_rows,
            newest: newest.filter(|_| !is_doubtful),
        };
        if counts.bad_rows > 0 {
            let what_next = if is_doubtful {
                "; the next run requests them again"
            } else {
                ""
            };
            tracing::warn!(site = %self.site.site, scope = key.scope, rows = counts.bad_rows, "skipped unreadable index rows{what_next}");
        }
        let scopes: Vec<String> = covered
            .iter()
            .chain([&key])
            .map(|k| k.scope.clone())
            .collect();
        let now = self.source.clock.now().max(self.site.start.since);
        let archive_id = self.source.archive_id;
        let call = move |store: &Store| -> Result<(), StoreError> {
            let answer = AnsweredQuery {
                key: &key,
                covered: &covered,
                captures: &rows,
                counts,
            };
            store.add_captures(archive_id, answer, now)
        };
        store_call(self.source.store, call).await?;
        self.answered.extend(scopes);
        Ok(())
    }
}
