//! What was seen on one archived home page: the unit that is stored, so that no home page is looked at twice.

use crate::model::{DropReason, Timestamp};

use super::kind::{PolicyKind, Source};

/// Hubs and frames belong to a home page when they were captured within this time of it: a year.
pub(super) const SAME_PAGE_SECONDS: i64 = 366 * 86_400;

/// One look at a page of a site that may link to its policies: the home page nearest to a moment, or a capture of a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeLook {
    /// The moment asked for; identifies the look within its site.
    pub asked: Timestamp,
    /// What came.
    pub outcome: LookOutcome,
    /// Links to policies, the surest first; at most as many as the limits allow. Empty where none were found.
    pub links: Vec<SeenLink>,
    /// The other pages that were asked for: hubs, frames, where the page led on. Of a look without a home page, the
    /// capture that says so: that of an error, or the nearest one of all, far away.
    pub pages: Vec<SidePage>,
}

/// A page beside a home page, so that no look asks for what an earlier one saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidePage {
    /// The address asked for.
    pub url: String,
    /// When and where it was captured; `None`: never.
    pub seen: Option<(Timestamp, String)>,
    /// It is a page of its own that the home page links to, and may have changed when the home page did not.
    pub is_hub: bool,
}

/// What came of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookOutcome {
    /// A home page, and which capture of it.
    Seen {
        /// When it was captured.
        timestamp: Timestamp,
        /// Where it was captured.
        original: String,
    },
    /// No home page; final for this moment.
    Absent {
        /// Why.
        reason: DropReason,
        /// The archive's words.
        detail: String,
    },
}

/// A policy link on a home page, or on a hub page that the home page links to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLink {
    /// Absolute address on the original web, fragment included.
    pub url: String,
    /// Which policy it seems to lead to.
    pub kind: PolicyKind,
    /// 0 to 100.
    pub score: u8,
    /// Place among the links of this look, counted from 1.
    pub rank: u32,
    /// The words that were judged.
    pub text: String,
    /// Why, in a few words each.
    pub reasons: Vec<String>,
    /// It stands in the footer.
    pub in_footer: bool,
    /// [`Source::Link`], or [`Source::Hub`] when it stands on a hub page.
    pub source: Source,
    /// The capture it stands on: the home page, one of its frames, or a hub page.
    pub page: (Timestamp, String),
}

impl HomeLook {
    /// When the page was captured; the moment asked for where there was none.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        match &self.outcome {
            LookOutcome::Seen { timestamp, .. } => *timestamp,
            LookOutcome::Absent { .. } => self.asked,
        }
    }

    /// True when a home page came.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        matches!(self.outcome, LookOutcome::Seen { .. })
    }

    /// The surest link to a policy of this kind.
    #[must_use]
    pub fn top(&self, kind: PolicyKind) -> Option<&SeenLink> {
        self.links.iter().find(|link| link.kind == kind)
    }

    /// The links that stood on captures of the look's own time, not on a hub that was seen at another.
    pub(super) fn links_of_its_time(&self) -> impl Iterator<Item = &SeenLink> {
        let moment = self.timestamp();
        let near = SAME_PAGE_SECONDS.unsigned_abs();
        self.links
            .iter()
            .filter(move |link| link.page.0.distance_seconds(moment) <= near)
    }

    /// True when no other moment can bring a home page: the site is excluded or not in the archive at all.
    #[must_use]
    pub fn ends_search(&self) -> bool {
        matches!(
            self.outcome,
            LookOutcome::Absent {
                reason: DropReason::Excluded | DropReason::NotArchived,
                ..
            }
        )
    }

    /// True when the archive had only a capture of another time than was asked for.
    #[must_use]
    pub fn is_displaced(&self) -> bool {
        matches!(
            self.outcome,
            LookOutcome::Absent {
                reason: DropReason::Displaced,
                ..
            }
        )
    }

    /// When the home page was captured that the archive would have played instead, where it said so: none lies nearer to
    /// the moment asked for.
    pub(super) fn displaced_by(&self) -> Option<Timestamp> {
        let nearest = self.pages.iter().filter_map(|page| page.seen.as_ref());
        nearest
            .map(|(timestamp, _)| *timestamp)
            .next()
            .filter(|_| self.is_displaced())
    }
}
