//! Limits of the scans of one site.

/// Limits of the scans of one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanLimits {
    /// Home pages of a site, those of earlier runs included. When this number is reached, each later run still scans the
    /// new end of its span.
    pub home_pages: usize,
    /// Hub pages for each home page without a sure privacy link.
    pub hubs: usize,
    /// Frames for each page made of frames.
    pub frames: usize,
    /// Meta refreshes followed one after another.
    pub refreshes: usize,
    /// Policy links kept for each home page.
    pub links: usize,
    /// The time between two home pages closer than this many days is not halved further.
    pub shortest_span_days: u32,
    /// An earlier scan at most this many days from the end of the span counts as a scan of that end.
    pub reuse_days: u32,
}

impl Default for ScanLimits {
    fn default() -> Self {
        Self {
            home_pages: 16,
            hubs: 3,
            frames: 4,
            refreshes: 3,
            links: 5,
            shortest_span_days: 182,
            reuse_days: 30,
        }
    }
}
