//! The names of versions on the command line: one grammar for all commands that read a history.
//!
//! ```text
//! VERSION = 5 | #5 | 2018-05-25 | 2018-05 | 2018 | first | latest
//! RANGE   = VERSION | A..B | A.. | ..B | A B
//! SITE    = example.com | example.com@RANGE | example.com#5
//! ```

use super::failure::Failure;
use super::options::PolicyOption;
use crate::model::Timestamp;
use crate::report::safe_line;

/// Shortest number that is read as a year; a version with such a number needs the `#`.
const YEAR_DIGITS: usize = 4;

/// A version as a user names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VersionName {
    /// The one with this number.
    Number(u32),
    /// The one in force on a day, in a month or in a year.
    Date {
        /// First second of that time.
        start: Timestamp,
        /// Last second of that time.
        end: Timestamp,
    },
    /// The oldest.
    First,
    /// The newest.
    Latest,
}

/// The names of one version, for messages.
const NAMES: &str = "a number (5 or #5), a date (2012, 2012-06 or 2012-06-11), `first` or `latest`";

impl VersionName {
    /// Parses one name of a version.
    fn parse(text: &str) -> Option<Self> {
        match text {
            "first" => return Some(Self::First),
            "latest" => return Some(Self::Latest),
            _ => {}
        }
        let (digits, is_marked) = match text.strip_prefix('#') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if is_marked || is_number && digits.len() < YEAR_DIGITS {
            digits.parse().ok().filter(|_| is_number).map(Self::Number)
        } else {
            let (start, end) = (Timestamp::earliest(text), Timestamp::latest(text));
            start
                .ok()
                .zip(end.ok())
                .map(|(start, end)| Self::Date { start, end })
        }
    }
}

/// The versions that a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VersionRange {
    /// None was named.
    Unnamed,
    /// One version.
    One(VersionName),
    /// Two versions, and those between them.
    Between(VersionName, VersionName),
}

impl VersionRange {
    /// Parses the words after the site: none, `A`, `A..B`, or `A` and `B`.
    fn parse(words: &[&str]) -> Result<Self, Failure> {
        let name = |text: &str| {
            VersionName::parse(text).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "`{}` is not a version; give {NAMES}, or a range A..B",
                    safe_line(text)
                ))
            })
        };
        let end = |text: &str, default| match text {
            "" => Ok(default),
            text => name(text),
        };
        match words {
            [] => Ok(Self::Unnamed),
            [range] => match range.split_once("..") {
                Some((from, to)) => Ok(Self::Between(
                    end(from, VersionName::First)?,
                    end(to, VersionName::Latest)?,
                )),
                None => Ok(Self::One(name(range)?)),
            },
            [from, to] if !from.contains("..") && !to.contains("..") => {
                Ok(Self::Between(name(from)?, name(to)?))
            }
            _ => Err(Failure::usage(anyhow::anyhow!(
                "`{}` names more than two versions; give A, A B or A..B",
                safe_line(&words.join(" "))
            ))),
        }
    }
}

/// A site and versions of its policy, as arguments of a command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct VersionArguments {
    /// Domain of the site. A version may follow it directly: `example.com@2018-05-25`, `example.com#3`
    #[arg(value_name = "SITE")]
    site: String,

    /// Version: its number (5 or '#5'), a date on which it was in force (2018-05-25, 2018-05 or 2018), `first` or `latest`.
    /// A..B names two versions; one of them may be left out (A.. or ..B)
    #[arg(value_name = "A")]
    from: Option<String>,

    /// Second version, if A is not a range
    #[arg(value_name = "B")]
    to: Option<String>,

    #[command(flatten)]
    policy: PolicyOption,
}

impl VersionArguments {
    /// The site, and the named versions of its policy.
    pub(super) fn parsed(&self) -> Result<(&str, VersionRange), Failure> {
        let (site, version) = split_site(&self.site);
        let others = [self.from.as_deref(), self.to.as_deref()];
        let words: Vec<&str> = std::iter::once(version).chain(others).flatten().collect();
        Ok((site, VersionRange::parse(&words)?))
    }

    /// The value of `--policy`.
    pub(super) fn policy(&self) -> Option<&str> {
        self.policy.policy.as_deref()
    }
}

/// A site and one version of its policy, as arguments of a command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OneVersionArguments {
    /// Domain of the site. A version may follow it directly: `example.com@2018-05-25`, `example.com#3`
    #[arg(value_name = "SITE")]
    site: String,

    /// Version: its number (5 or '#5'), a date (2018-05-25, 2018-05 or 2018), `first` or `latest`
    #[arg(value_name = "VERSION")]
    version: Option<String>,

    #[command(flatten)]
    policy: PolicyOption,
}

impl OneVersionArguments {
    /// The site, and the named version of its policy.
    pub(super) fn parsed(&self) -> Result<(&str, Option<VersionName>), Failure> {
        let (site, version) = split_site(&self.site);
        let text = match (version, self.version.as_deref()) {
            (None, None) => return Ok((site, None)),
            (Some(text), None) | (None, Some(text)) => text,
            (Some(_), Some(_)) => {
                return Err(Failure::usage(anyhow::anyhow!(
                    "`{}` names a version already; give one version",
                    safe_line(&self.site)
                )));
            }
        };
        let name = VersionName::parse(text).ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "`{}` is not one version; give {NAMES}",
                safe_line(text)
            ))
        })?;
        Ok((site, Some(name)))
    }

    /// The value of `--policy`.
    pub(super) fn policy(&self) -> Option<&str> {
        self.policy.policy.as_deref()
    }
}

/// The domain, and the version that follows it.
fn split_site(text: &str) -> (&str, Option<&str>) {
    match text.find(['@', '#']) {
        Some(at) if text[at..].starts_with('#') => (&text[..at], Some(&text[at..])),
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> VersionName {
        VersionName::Date {
            start: Timestamp::earliest(text).unwrap(),
            end: Timestamp::latest(text).unwrap(),
        }
    }

    fn parsed(words: &[&str]) -> Option<(String, VersionRange)> {
        let arguments = VersionArguments {
            site: words[0].to_owned(),
            from: words.get(1).map(|w| (*w).to_owned()),
            to: words.get(2).map(|w| (*w).to_owned()),
            policy: PolicyOption { policy: None },
        };
        let (site, range) = arguments.parsed().ok()?;
        Some((site.to_owned(), range))
    }

    #[test]
    fn versions_are_named_in_one_grammar_beside_the_site_and_after_it() {
        use VersionName::{First, Latest, Number};
        use VersionRange::{Between, One, Unnamed};
        for (words, range) in [
            (&["a.com"][..], Unnamed),
            (&["a.com", "5"], One(Number(5))),
            (&["a.com", "#5"], One(Number(5))),
            (&["a.com#1234"], One(Number(1234))),
            (&["a.com@5"], One(Number(5))),
            (&["a.com@2018"], One(date("2018"))),
            (&["a.com", "2018-05-25"], One(date("2018-05-25"))),
            (&["a.com", "first"], One(First)),
            (&["a.com@latest"], One(Latest)),
            (&["a.com", "3", "4"], Between(Number(3), Number(4))),
            (&["a.com#3..4"], Between(Number(3), Number(4))),
            (&["a.com#3", "#4"], Between(Number(3), Number(4))),
            (&["a.com", "#3..latest"], Between(Number(3), Latest)),
            (&["a.com", "3.."], Between(Number(3), Latest)),
            (&["a.com", "..2019"], Between(First, date("2019"))),
            (
                &["a.com@2018-05..2020"],
                Between(date("2018-05"), date("2020")),
            ),
        ] {
            assert_eq!(
                parsed(words),
                Some(("a.com".to_owned(), range)),
                "{words:?}"
            );
        }
    }

    #[test]
    fn a_word_that_names_no_version_is_an_error() {
        for words in [
            &["a.com", "soon"][..],
            &["a.com@"],
            &["a.com#"],
            &["a.com#+3"],
            &["a.com", "-3"],
            &["a.com", "1..2..3"],
            &["a.com", "1..2", "3"],
            &["a.com#1", "2", "3"],
            &["a.com", "2018-13"],
        ] {
            assert_eq!(parsed(words), None, "{words:?}");
        }
    }

    #[test]
    fn one_version_is_named_beside_the_site_or_after_it() {
        let parsed = |site: &str, version: Option<&str>| {
            let arguments = OneVersionArguments {
                site: site.to_owned(),
                version: version.map(str::to_owned),
                policy: PolicyOption { policy: None },
            };
            let (site, name) = arguments.parsed().ok()?;
            Some((site.to_owned(), name))
        };
        for (site, version, name) in [
            ("a.com", None, None),
            ("a.com#5", None, Some(VersionName::Number(5))),
            ("a.com@2018", None, Some(date("2018"))),
            ("a.com", Some("latest"), Some(VersionName::Latest)),
        ] {
            assert_eq!(parsed(site, version), Some(("a.com".to_owned(), name)));
        }
        for (site, version) in [
            ("a.com#5", Some("6")),
            ("a.com", Some("1..2")),
            ("a.com@soon", None),
        ] {
            assert_eq!(parsed(site, version), None, "{site} {version:?}");
        }
    }
}
