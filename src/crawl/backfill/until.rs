//! How far the crawl of a site goes.

/// How far the crawl of a site goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The index only: enough to plan.
    Index,
    /// The addresses of the policies.
    Candidates,
    /// Everything.
    Versions,
    /// Everything, but no more pages than the limit of requests allows: the rest waits for the site's next turn
    /// ([`super::Outcome::unfinished`]). Of the index queries that were answered before, only the most urgent one is sent
    /// again, and those that were not sent for a month.
    Turn,
}

impl Until {
    /// True when the crawl of a site derives histories.
    pub(super) fn derives(self) -> bool {
        matches!(self, Self::Versions | Self::Turn)
    }
}
