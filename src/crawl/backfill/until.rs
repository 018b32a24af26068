//! The extent of the crawl of a site.

/// The extent of the crawl of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The index only, which is enough to plan.
    Index,
    /// The URLs of the policies.
    Candidates,
    /// Everything.
    Versions,
    /// Everything, but no more pages than the limit of requests allows; the rest is left for the site's next turn
    /// ([`super::Outcome::unfinished`]). Of the index queries that were answered before, a turn repeats the most urgent
    /// one, and those that have not been sent for a month.
    Turn,
}

impl Until {
    /// True if the crawl of a site derives histories.
    pub(super) fn derives(self) -> bool {
        matches!(self, Self::Versions | Self::Turn)
    }
}
