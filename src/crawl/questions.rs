//! The questions to the archive's index that a site gives rise to: what to ask, from when on, and which to ask again.

use std::collections::BTreeSet;

use url::Url;

use super::CrawlError;
use super::site::SiteLook;
use crate::archive::{Archive, CaptureQuery};
use crate::discover;
use crate::model::{Timestamp, UrlKey};
use crate::store::{IndexQueryKey, PastQuery};

/// New rows may reach an index late and out of order: a look for what is new begins this long before the newest row.
const INDEX_LAG_SECONDS: i64 = 30 * 86_400;
/// A turn asks again what was not asked for so long, besides its one question.
const OLD_ANSWER_SECONDS: i64 = 30 * 86_400;

/// Where an index question begins.
pub(super) enum IndexStart {
    /// It was answered in this look already.
    Answered,
    /// At this capture time; from the first capture on when `None`.
    From {
        from: Option<Timestamp>,
        /// The answer was empty the last time.
        expects_none: bool,
    },
}

impl<A: Archive> SiteLook<'_, '_, A> {
    /// Which of the questions to the index that were asked before a turn asks again, of the site's domain and of the
    /// addresses of its policies that the answer for the domain does not hold: the most urgent one, so that a turn
    /// costs one index query, and those not asked for a month. None when this look has asked already.
    pub(super) fn questions_of_turn(&self) -> Result<BTreeSet<String>, CrawlError> {
        let (store, archive_id) = (&self.context.store, self.context.archive_id);
        let filter = discover::index_filter(self.context.vocabulary, &self.known_addresses()?);
        let mut keys = Vec::new();
        if self.context.discover.by_path {
            keys.push(self.domain_key());
        }
        for policy in store.policies_of_site(self.site_id)? {
            let elsewhere = |key: &&UrlKey| !(self.is_own(key) && filter.names(key));
            let elsewhere = policy.urlkeys.iter().filter(elsewhere);
            keys.extend(elsewhere.map(|key| self.exact_key(key)));
        }
        let mut asked = Vec::new();
        for key in keys {
            let past = store.past_query(archive_id, &key)?;
            asked.extend(past.map(|past| (past, key.scope)));
        }
        if self.resumed && asked.iter().any(|(past, _)| past.asked_at >= self.since) {
            return Ok(BTreeSet::new());
        }
        let now = self.context.clock.now();
        let most_urgent = asked
            .iter()
            .max_by(|(a, _), (b, _)| urgency(a, now).total_cmp(&urgency(b, now)))
            .map(|(_, scope)| scope.clone());
        let old = asked.into_iter().filter(|(past, _)| {
            now.unix_seconds() - past.asked_at.unix_seconds() >= OLD_ANSWER_SECONDS
        });
        Ok(old.map(|(_, scope)| scope).chain(most_urgent).collect())
    }

    fn is_own(&self, urlkey: &UrlKey) -> bool {
        let home = UrlKey::of(&format!("http://{}/", self.request.site));
        home.is_ok_and(|home| {
            let rest = urlkey.host().strip_prefix(home.host());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
        })
    }

    /// The question for the whole site.
    pub(super) fn domain_key(&self) -> IndexQueryKey {
        self.query_key(
            format!("domain {}", self.request.site),
            self.context.vocabulary.fingerprint(),
        )
    }

    /// Makes sure that the index rows of an address are stored: by the question for the whole site where that holds
    /// them, else by one of its own.
    pub(super) async fn ask_index(&mut self, url: &str, urlkey: &UrlKey) -> Result<(), CrawlError> {
        let key = self.exact_key(urlkey);
        let past = self
            .context
            .store
            .past_query(self.context.archive_id, &key)?;
        let own = Url::parse(url).is_ok_and(|url| self.request.site.owns(&url));
        if past.is_some() && own && self.domain_filter.names(urlkey) {
            return Ok(());
        }
        let IndexStart::From { from, expects_none } = self.index_start(&key)? else {
            return Ok(());
        };
        let query = CaptureQuery {
            from,
            to: self.context.crawl.to,
            expects_none,
            ..CaptureQuery::exact(url)
        };
        let mut rows = Vec::new();
        match self
            .context
            .archive
            .captures(&query, &mut |row| rows.push(row.under_own_key()))
            .await
        {
            Ok(answer) => self.store_rows(&key, &[], &rows, answer),
            Err(error) => {
                self.settle(error)?;
                Ok(())
            }
        }
    }

    /// The question for one address.
    pub(super) fn exact_key(&self, urlkey: &UrlKey) -> IndexQueryKey {
        self.query_key(format!("exact {urlkey}"), "")
    }

    /// True when a question was answered at some time.
    pub(super) fn was_asked(&self, key: &IndexQueryKey) -> Result<bool, CrawlError> {
        let past = self
            .context
            .store
            .past_query(self.context.archive_id, key)?;
        Ok(past.is_some())
    }

    fn query_key(&self, scope: String, words: &str) -> IndexQueryKey {
        let text = |t: Option<Timestamp>| t.map(|t| t.to_string()).unwrap_or_default();
        IndexQueryKey {
            scope,
            words: words.to_owned(),
            span_from: text(self.context.crawl.from),
            span_to: text(self.context.crawl.to),
        }
    }

    /// From when on the index is to be asked.
    pub(super) fn index_start(&self, key: &IndexQueryKey) -> Result<IndexStart, CrawlError> {
        let from = self.context.crawl.from;
        let past = self
            .context
            .store
            .past_query(self.context.archive_id, key)?;
        let Some(past) = past else {
            return Ok(IndexStart::From {
                from,
                expects_none: false,
            });
        };
        if self
            .again
            .as_ref()
            .is_some_and(|again| !again.contains(&key.scope))
        {
            return Ok(IndexStart::Answered);
        }
        if self.answered.contains(&key.scope) || (self.resumed && past.asked_at >= self.since) {
            return Ok(IndexStart::Answered);
        }
        if self.context.archive.is_local() {
            return Ok(IndexStart::From {
                from,
                expects_none: false,
            });
        }
        // A row may bear a time that has not come yet.
        let newest = past
            .newest_capture
            .map(|newest| newest.min(past.asked_at).unix_seconds() - INDEX_LAG_SECONDS)
            .map(Timestamp::from_unix_seconds);
        Ok(IndexStart::From {
            from: from.max(newest),
            expects_none: past.always_empty,
        })
    }
}

/// How urgent it is to ask again: the time since the answer as a part of the time for which nothing new has come. Where
/// a policy lives is asked about more often than where it lived once. What was answered in times to come, by a clock that
/// was wrong, comes first.
fn urgency(past: &PastQuery, now: Timestamp) -> f64 {
    if past.asked_at > now {
        return f64::INFINITY;
    }
    let since = |then: Timestamp| (now.unix_seconds() - then.unix_seconds()).max(0);
    let quiet = past.newest_capture.map_or(i64::MAX, since);
    #[expect(clippy::cast_precision_loss, reason = "a ratio to compare")]
    let urgency = since(past.asked_at) as f64 / quiet.max(INDEX_LAG_SECONDS) as f64;
    urgency
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_was_asked_in_the_future_is_the_most_urgent() {
        let day = |text| Timestamp::earliest(text).unwrap();
        let past = |asked_at, newest| PastQuery {
            asked_at: day(asked_at),
            newest_capture: Some(day(newest)),
            always_empty: false,
        };
        let now = day("2026");
        let usual = urgency(&past("2025", "2024"), now);
        assert!(urgency(&past("2099", "2024"), now) > usual);
        assert!(urgency(&past("2020", "2024"), now) > usual);
        assert!(urgency(&past("2025", "2010"), now) < usual);
    }
}
