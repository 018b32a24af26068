//! `PolicyKind` and `Source`: what kind of policy a URL is, and how the URL was found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Error: a code that names no kind or source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known code")]
pub struct UnknownCode;

/// Kind of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// The site's privacy policy.
    Privacy,
    /// A separate policy about cookies and trackers.
    Cookies,
    /// A separate policy about children's data.
    Children,
}

impl PolicyKind {
    /// All kinds, the most important first.
    pub const ALL: [Self; 3] = [Self::Privacy, Self::Cookies, Self::Children];

    /// The code, as stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Cookies => "cookies",
            Self::Children => "children",
        }
    }
}

impl FromStr for PolicyKind {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.code() == code).ok_or(UnknownCode)
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// How a URL became a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The user named it.
    Given,
    /// Its path contains policy words (index query).
    Path,
    /// An archived home page links to it.
    Link,
    /// A legal hub page, linked from an archived home page, links to it.
    Hub,
    /// An archived redirect leads to it.
    Redirect,
    /// Another page names it as its canonical URL.
    Canonical,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 6] = [
        Self::Given,
        Self::Path,
        Self::Link,
        Self::Hub,
        Self::Redirect,
        Self::Canonical,
    ];

    /// The code, as stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Path => "path",
            Self::Link => "link",
            Self::Hub => "hub",
            Self::Redirect => "redirect",
            Self::Canonical => "canonical",
        }
    }
}

impl FromStr for Source {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        let mut all = Self::ALL.into_iter();
        all.find(|source| source.code() == code).ok_or(UnknownCode)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_can_be_parsed_and_are_those_of_json() {
        for kind in PolicyKind::ALL {
            assert_eq!(kind.code().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
        for source in Source::ALL {
            assert_eq!(source.code().parse(), Ok(source));
            assert_eq!(serde_json::to_value(source).unwrap(), source.code());
        }
        assert_eq!("terms".parse::<PolicyKind>(), Err(UnknownCode));
    }
}
