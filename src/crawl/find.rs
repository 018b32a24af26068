//! Where a site's policies are: asks the index and the archived home pages, and stores every piece of evidence.

use std::collections::BTreeSet;

use url::Url;

use super::home_looks;
use super::questions::IndexStart;
use super::site::SiteLook;
use super::{CrawlError, Until};
use crate::archive::{Archive, ArchiveError, IndexAnswer};
use crate::config::CrawlSettings;
use crate::discover::{self, Candidate, HomeLook, HomeSpan, Limits, PolicyKind, Source};
use crate::model::{Capture, DropReason, Dropped, IndexCounts, Site, Timestamp, UrlKey};
use crate::store::{DiscoveryRow, IndexQueryKey};

/// The first web page is of 1991, the first archived one of 1996.
const FIRST_ARCHIVED_YEAR: &str = "1996";

/// The span in which home pages are looked at by a look that began at `since`, and how many.
pub(super) fn home_pages(crawl: &CrawlSettings, since: Timestamp) -> (HomeSpan, Limits) {
    let from = crawl
        .from
        .or_else(|| Timestamp::earliest(FIRST_ARCHIVED_YEAR).ok());
    let span = HomeSpan {
        from: from.unwrap_or(since),
        to: crawl.to.unwrap_or(since),
    };
    let limits = Limits {
        home_pages: crawl.home_pages_per_site,
        ..Limits::default()
    };
    (span, limits)
}

impl<A: Archive> SiteLook<'_, '_, A> {
    /// Finds candidates by every source and stores them. Gives the reason when the archive excludes the whole site.
    pub(super) async fn find(&mut self, until: Until) -> Result<Option<Dropped>, CrawlError> {
        self.store_given()?;
        // Home pages first: what they link to is asked for in the one question to the index. They are playback, and a
        // look at the index alone does without.
        let by_link = self.context.discover.by_link && until != Until::Index;
        if by_link && self.context.crawl.home_pages_per_site > 0 {
            self.find_by_link().await?;
        }
        self.check_stop()?;
        if self.context.discover.by_path
            && let Some(dropped) = self.find_by_path().await?
        {
            return Ok(Some(dropped));
        }
        if by_link {
            self.find_by_hubs().await?;
        }
        Ok(None)
    }

    fn store_given(&self) -> Result<(), CrawlError> {
        let given: Vec<Candidate> = self
            .request
            .policy_urls
            .iter()
            .filter_map(|url| discover::given(url, self.kind_of_given(url), &self.request.site))
            .collect();
        self.store_candidates(&given)
    }

    /// A known address is a privacy policy's unless its own words say otherwise.
    fn kind_of_given(&self, url: &str) -> PolicyKind {
        let verdict =
            UrlKey::of(url).map(|key| discover::judge_path(&key, self.context.vocabulary));
        verdict
            .ok()
            .filter(|v| v.score >= discover::PLAUSIBLE_SCORE)
            .map_or(PolicyKind::Privacy, |v| v.kind)
    }

    async fn find_by_path(&mut self) -> Result<Option<Dropped>, CrawlError> {
        let key = self.domain_key();
        let known = self.known_addresses()?;
        let (from, expects_none) = match self.index_start(&key)? {
            IndexStart::Answered => {
                self.domain_filter = discover::index_filter(self.context.vocabulary, &[]);
                return Ok(None);
            }
            IndexStart::From { from, expects_none } => (from, expects_none),
        };
        let span = (from, self.context.crawl.to);
        let answer = discover::by_path(
            self.context.archive,
            &self.request.site,
            span,
            self.context.vocabulary,
            &known,
            expects_none,
        )
        .await;
        match answer {
            Ok(found) => {
                // Candidates first: rows without a discovery would never be looked at again after a kill between the two.
                self.store_candidates(&found.candidates)?;
                let named = known.iter().filter(|k| found.filter.names(k));
                let whole: BTreeSet<&UrlKey> = found
                    .candidates
                    .iter()
                    .map(|c| &c.urlkey)
                    .chain(named)
                    .filter(|k| !found.rows_left_out.contains(k))
                    .collect();
                let from_the_beginning = from == self.context.crawl.from;
                let mut covered: Vec<IndexQueryKey> = Vec::new();
                for key in whole.into_iter().map(|k| self.exact_key(k)) {
                    // An answer that begins later holds the past of none that is new to it.
                    if from_the_beginning || self.was_asked(&key)? {
                        covered.push(key);
                    }
                }
                self.store_rows(&key, &covered, &found.captures, found.answer)?;
                tracing::info!(site = %self.request.site, candidates = found.candidates.len(), captures = found.captures.len(), "index looked at");
                self.domain_filter = found.filter;
                Ok(None)
            }
            Err(error) => Ok(self
                .settle(error)?
                .filter(|dropped| dropped.reason == DropReason::Excluded)),
        }
    }

    /// Addresses of the site that the index is asked for whatever their words are: those that other sources named, and
    /// hubs, whose captures it tells apart.
    pub(super) fn known_addresses(&self) -> Result<Vec<UrlKey>, CrawlError> {
        // There is room for some: for policies first, and of both for the shortest.
        let short_first = |keys: &mut Vec<UrlKey>| {
            keys.sort_unstable_by(|a, b| (a.path().len(), a).cmp(&(b.path().len(), b)));
        };
        let mut known = self.candidate_addresses()?;
        let mut hubs: Vec<UrlKey> = self.hubs()?.into_iter().map(|hub| hub.urlkey).collect();
        short_first(&mut known);
        short_first(&mut hubs);
        known.append(&mut hubs);
        Ok(known)
    }

    /// Addresses of the site that some source named as a policy's.
    pub(super) fn candidate_addresses(&self) -> Result<Vec<UrlKey>, CrawlError> {
        let site = &self.request.site;
        let own = |url: &str| Url::parse(url).is_ok_and(|url| site.owns(&url));
        let rows = self.context.store.discoveries(self.site_id)?;
        Ok(rows
            .into_iter()
            .filter(|r| own(&r.url))
            .map(|r| r.urlkey)
            .collect())
    }

    async fn find_by_link(&mut self) -> Result<(), CrawlError> {
        let context = self.context;
        let known = self.home_looks()?;
        let (span, limits) = home_pages(&context.crawl, self.since);
        let mut failed = None;
        let (store, site_id) = (&context.store, self.site_id);
        let mut on_look = |look: &HomeLook| {
            if let Err(error) = store.add_home_look(site_id, look.asked, &home_looks::to_json(look))
            {
                failed.get_or_insert(error);
            }
        };
        let found = discover::by_link(
            context.archive,
            &self.request.site,
            span,
            context.vocabulary,
            &limits,
            &known,
            &mut on_look,
        )
        .await;
        if let Some(error) = failed {
            return Err(error.into());
        }
        match found {
            Ok(found) => {
                tracing::info!(site = %self.request.site, home_pages = found.looks.len(), candidates = found.candidates.len(), "home pages looked at");
                self.store_candidates(&found.candidates)
            }
            Err(error) => {
                self.settle(error)?;
                Ok(())
            }
        }
    }

    /// What was seen on the site's home pages; what is unreadable of it is left out.
    pub(super) fn home_looks(&self) -> Result<Vec<HomeLook>, CrawlError> {
        let stored = self.context.store.home_looks(self.site_id)?;
        Ok(stored
            .iter()
            .filter_map(|look| home_looks::from_json(look))
            .collect())
    }

    /// Stores an answer; `covered` are questions for single addresses that it answers as well.
    pub(super) fn store_rows(
        &mut self,
        key: &IndexQueryKey,
        covered: &[IndexQueryKey],
        rows: &[Capture],
        answer: IndexAnswer,
    ) -> Result<(), CrawlError> {
        let counts = IndexCounts {
            rows: answer.rows,
            repeated_rows: answer.repeated_rows,
            bad_rows: answer.bad_rows,
            newest: rows.iter().map(|c| c.timestamp).max(),
        };
        if answer.bad_rows > 0 {
            tracing::warn!(site = %self.request.site, scope = key.scope, rows = answer.bad_rows, "unreadable index rows were skipped");
        }
        let now = self.context.clock.now().max(self.since);
        self.context.store.add_captures(
            self.context.archive_id,
            key,
            covered,
            rows,
            counts,
            now,
        )?;
        self.answered
            .extend(covered.iter().chain([key]).map(|k| k.scope.clone()));
        Ok(())
    }

    /// Decides what an error of the index or of a home page means for the site: the reason when it is final, a failure
    /// to be made good by the next run when it is not.
    pub(super) fn settle(&mut self, error: ArchiveError) -> Result<Option<Dropped>, CrawlError> {
        if error.ends_run() {
            return Err(error.into());
        }
        let dropped = error.as_drop();
        if dropped.is_none() {
            self.failures
                .push(format!("{}: {error}", self.request.site));
        }
        Ok(dropped)
    }

    pub(super) fn store_candidates(&self, candidates: &[Candidate]) -> Result<(), CrawlError> {
        let rows: Vec<DiscoveryRow> = candidates.iter().flat_map(discovery_rows).collect();
        self.context.store.add_discoveries(self.site_id, &rows)?;
        Ok(())
    }
}

/// A row for each piece of evidence.
fn discovery_rows(candidate: &Candidate) -> impl Iterator<Item = DiscoveryRow> {
    candidate.evidence.iter().map(|e| {
        let page = e.page.as_ref().or(e.home.as_ref());
        DiscoveryRow {
            urlkey: candidate.urlkey.clone(),
            url: candidate.url.clone(),
            kind: candidate.kind.code().to_owned(),
            source: e.source.code().to_owned(),
            score: i64::from(e.score),
            home_timestamp: page
                .map(|(timestamp, _)| timestamp.to_string())
                .unwrap_or_default(),
            home_original: page
                .map(|(_, original)| original.clone())
                .unwrap_or_default(),
            link_text: e.link_text.clone().unwrap_or_default(),
            reasons: e.reasons.clone(),
        }
    })
}

/// The candidates that stored evidence makes; what is unreadable in it is left out.
pub(super) fn candidates_of(rows: &[DiscoveryRow], site: &Site) -> Vec<Candidate> {
    let pieces = rows.iter().filter_map(|row| {
        let kind = PolicyKind::from_code(&row.kind)?;
        let evidence = discover::Evidence {
            source: Source::from_code(&row.source)?,
            kind,
            score: u8::try_from(row.score.clamp(0, 100)).unwrap_or(0),
            home: row
                .home_timestamp
                .parse()
                .ok()
                .map(|t: Timestamp| (t, row.home_original.clone())),
            page: None,
            link_text: Some(row.link_text.clone()).filter(|t| !t.is_empty()),
            rank: None,
            fragment: None,
            reasons: row.reasons.clone(),
        };
        Candidate::new(&row.url, kind, site, evidence)
    });
    discover::merge(pieces.collect())
}
