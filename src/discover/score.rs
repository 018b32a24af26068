//! A score and its reasons, as rules add to them.

/// Candidates below this score are not worth a request.
pub const PLAUSIBLE_SCORE: u8 = 40;

/// The points that rules gave so far, with a reason for each.
#[derive(Debug, Default)]
pub(super) struct ScoreSheet {
    points: i32,
    only_talks: bool,
    reasons: Vec<String>,
}

impl ScoreSheet {
    /// Adds points with their reason.
    pub(super) fn add(&mut self, points: i32, reason: impl Into<String>) {
        self.points = self.points.saturating_add(points);
        self.reasons.push(format!("{} ({points:+})", reason.into()));
    }

    /// Adds points for a sign that the page only talks about privacy.
    pub(super) fn add_only_talks(&mut self, points: i32, reason: impl Into<String>) {
        self.only_talks = true;
        self.add(points, reason);
    }

    /// Adds one point, which prefers this page among equals. One point needs no reason.
    pub(super) fn prefer(&mut self) {
        if self.points > 0 {
            self.points += 1;
        }
    }

    /// Adds the points and reasons of another sheet.
    pub(super) fn append(&mut self, mut other: Self) {
        self.points = self.points.saturating_add(other.points);
        self.only_talks |= other.only_talks;
        self.reasons.append(&mut other.reasons);
    }

    /// True when a sign was found that the page only talks about privacy.
    pub(super) fn only_talks(&self) -> bool {
        self.only_talks
    }

    /// The points as a score from 0 to 100.
    pub(super) fn score(&self) -> u8 {
        u8::try_from(self.points.clamp(0, 100)).unwrap_or(0)
    }

    /// The reasons, in the order in which they were given.
    pub(super) fn into_reasons(self) -> Vec<String> {
        self.reasons
    }
}
