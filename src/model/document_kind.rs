//! `DocumentKind` and `KindProbabilities`: what kind of document a text is, and how sure that is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnknownCode;

/// Kind of a document, as the classifier names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A privacy policy.
    Privacy,
    /// A policy about cookies and trackers.
    Cookies,
    /// Terms of use, sale or service.
    Terms,
    /// Another legal document: guidelines, an imprint, a copyright policy, a data processing agreement.
    OtherLegal,
    /// No legal document.
    Other,
}

impl DocumentKind {
    /// All kinds, in the order of the probabilities.
    pub const ALL: [Self; 5] = [
        Self::Privacy,
        Self::Cookies,
        Self::Terms,
        Self::OtherLegal,
        Self::Other,
    ];

    /// The code, as stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Cookies => "cookies",
            Self::Terms => "terms",
            Self::OtherLegal => "other_legal",
            Self::Other => "other",
        }
    }
}

impl FromStr for DocumentKind {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.code() == code).ok_or(UnknownCode)
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The probability of each kind for one document. They add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KindProbabilities([f64; 5]);

impl KindProbabilities {
    /// Probabilities in the order of [`DocumentKind::ALL`].
    #[must_use]
    pub const fn new(in_order: [f64; 5]) -> Self {
        Self(in_order)
    }

    /// The probability that the document is of this kind, 0 to 1.
    #[must_use]
    pub fn of(&self, kind: DocumentKind) -> f64 {
        self.0[kind as usize]
    }

    /// The most probable kind, the first of several.
    #[must_use]
    pub fn most_probable(&self) -> DocumentKind {
        let mut best = DocumentKind::Privacy;
        for kind in DocumentKind::ALL {
            if self.of(kind) > self.of(best) {
                best = kind;
            }
        }
        best
    }

    /// Every kind with its probability.
    pub fn iter(&self) -> impl Iterator<Item = (DocumentKind, f64)> {
        DocumentKind::ALL.into_iter().zip(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_can_be_parsed_and_are_those_of_json() {
        for (at, kind) in DocumentKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.code().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            assert_eq!(kind as usize, at);
        }
        assert_eq!("advert".parse::<DocumentKind>(), Err(UnknownCode));
    }

    #[test]
    fn the_most_probable_kind_is_the_first_of_the_largest() {
        let probabilities = KindProbabilities::new([0.1, 0.1, 0.3, 0.3, 0.2]);
        assert_eq!(probabilities.most_probable(), DocumentKind::Terms);
        assert!((probabilities.of(DocumentKind::Other) - 0.2).abs() < 1e-12);
        assert_eq!(probabilities.iter().count(), 5);
    }
}
