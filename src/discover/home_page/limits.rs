//! Limits of the scans of one site.

/// Limits of the scans of one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanLimits {
    /// Maximum number of home pages of a site, including those of earlier runs. When this number is reached, each later
    /// run still scans the new end of its span.
    pub home_pages: usize,
    /// Maximum number of hub pages for each home page without a certain privacy link.
    pub hubs: usize,
    /// Maximum number of frames of a page that consists of frames.
    pub frames: usize,
    /// Maximum number of meta refreshes followed one after another.
    pub refreshes: usize,
    /// Maximum number of policy links kept for each home page.
    pub links: usize,
    /// The time between two home pages that are closer than this many days is not halved further.
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
