//! The kinds of change between two texts.

/// The kinds of change, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The same words in the same layout.
    Identical,
    /// The same words in another layout: mark-up, links, capitals, quotes.
    Formatting,
    /// Up to 20 words were added and removed together.
    Minor,
    /// More words were added and removed.
    Substantive,
    /// Less than half of the words are kept, on the average of both texts.
    Rewrite,
}

impl ChangeKind {
    /// All kinds, smallest first.
    pub const ALL: [Self; 5] = [
        Self::Identical,
        Self::Formatting,
        Self::Minor,
        Self::Substantive,
        Self::Rewrite,
    ];

    /// The kinds of change from one version to the next: their words differ.
    pub const BETWEEN_VERSIONS: [Self; 3] = [Self::Minor, Self::Substantive, Self::Rewrite];

    /// The code that is stored and printed.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Formatting => "formatting",
            Self::Minor => "minor",
            Self::Substantive => "substantive",
            Self::Rewrite => "rewrite",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
