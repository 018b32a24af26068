//! The kinds of policies and of links, and the sources of candidates.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of policy.
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
    /// All kinds, the most wanted first.
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

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// What a link seems to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// A policy.
    Policy(PolicyKind),
    /// A page that leads to policies (`Legal`, `Impressum`).
    Hub,
}

/// The source of a candidate.
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
    /// Another page names it as its canonical address.
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

    /// The source with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
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
    fn codes_read_back() {
        for kind in PolicyKind::ALL {
            assert_eq!(PolicyKind::from_code(kind.code()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
        for source in Source::ALL {
            assert_eq!(Source::from_code(source.code()), Some(source));
            assert_eq!(serde_json::to_value(source).unwrap(), source.code());
        }
        assert_eq!(PolicyKind::from_code("terms"), None);
    }
}
