//! Finds the name of a policy in a path, in a query argument or in a host.

use super::super::kind::PolicyKind;
use super::super::score::ScoreSheet;
use super::super::vocabulary::words::percent_decoded;
use super::super::vocabulary::{MatchStrength, TextMatch, Vocabulary};
use super::segment::{FOREIGN_ARGUMENTS, PAGE_ENDINGS, clipped, ending, is_locale, is_one_of};

/// Lowest points of a name without other words.
const EXACT_POINTS: i32 = 85;

/// More arguments than this are not read.
pub(super) const MAX_ARGUMENTS: usize = 40;

/// The part of a key that names the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NamePosition {
    Segment(usize),
    Argument(String),
    Host,
}

/// The name of a policy in a key.
pub(super) struct PolicyName {
    pub(super) kind: PolicyKind,
    pub(super) position: NamePosition,
    /// True if the name of the page is that of a policy, without other words.
    pub(super) is_exact: bool,
}

/// What the words of one segment or argument name.
struct NamedKind {
    kind: PolicyKind,
    is_exact: bool,
}

/// Finds names, given the words and the name of the site.
#[derive(Clone, Copy)]
pub(super) struct NameFinder<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    /// Name of the site without separators; empty if it does not count.
    pub(super) site_name: &'a str,
}

impl NameFinder<'_> {
    /// The last segment that names a policy, or, in `/privacy/index.html`, `/privacy/en` and `/privacy-policy/2018`, its
    /// directory.
    pub(super) fn in_path(
        &self,
        segments: &[String],
        sheet: &mut ScoreSheet,
    ) -> Option<PolicyName> {
        let last = segments.len().checked_sub(1)?;
        let named = |named: NamedKind, at, is_main_page| PolicyName {
            kind: named.kind,
            position: NamePosition::Segment(at),
            is_exact: named.is_exact && is_main_page,
        };
        if let Some(found) = self.weigh(&segments[last], "the page's name", sheet) {
            return Some(named(found, last, true));
        }
        for at in (0..last).rev() {
            let mut trial = ScoreSheet::default();
            let Some(found) = self.weigh(&segments[at], "a directory", &mut trial) else {
                continue;
            };
            sheet.append(trial);
            let below = segments.get(at + 1..).unwrap_or_default();
            for segment in below {
                self.weigh_below(segment, sheet);
            }
            let is_main_page = below.iter().all(|segment| self.is_main_page(segment));
            return Some(named(found, at, is_main_page));
        }
        None
    }

    /// True for a segment that means its directory.
    fn is_main_page(&self, segment: &str) -> bool {
        self.vocabulary.is_index(segment) || is_locale(segment)
    }

    /// Weighs a segment under the directory that names the policy.
    fn weigh_below(&self, below: &str, sheet: &mut ScoreSheet) {
        if self.is_main_page(below) {
            sheet.add(
                -4,
                format!("`{}` is the default page of its directory", clipped(below)),
            );
        } else if self.vocabulary.read(below).hub || below.bytes().all(|b| b.is_ascii_digit()) {
            sheet.add(-30, format!("`{}` under it", clipped(below)));
        } else {
            sheet.add(-45, format!("`{}` under it", clipped(below)));
        }
    }

    /// The first argument that names a policy.
    pub(super) fn in_query(&self, query: &str, sheet: &mut ScoreSheet) -> Option<PolicyName> {
        for argument in query.split('&').take(MAX_ARGUMENTS) {
            let (name, value) = argument.split_once('=').unwrap_or(("", argument));
            let value = percent_decoded(value);
            let value = value.trim_start_matches('/');
            let value = ending(value)
                .filter(|e| is_one_of(PAGE_ENDINGS, e))
                .map_or(value, |e| {
                    value.get(..value.len() - e.len() - 1).unwrap_or(value)
                });
            let place = format!("the argument `{}`", clipped(name));
            let Some(NamedKind { kind, .. }) = self.weigh(value, &place, sheet) else {
                continue;
            };
            if is_one_of(FOREIGN_ARGUMENTS, name) {
                sheet.add_only_talks(-80, "the argument is a search or another URL");
            } else {
                sheet.add(-10, "it is only an argument");
            }
            return Some(PolicyName {
                kind,
                position: NamePosition::Argument(name.to_owned()),
                is_exact: false,
            });
        }
        None
    }

    /// The first label of a host that names a policy. A site's own name does not count there.
    pub(super) fn in_host(
        &self,
        labels: &[&str],
        segments: &[String],
        sheet: &mut ScoreSheet,
    ) -> Option<PolicyName> {
        let labels_only = Self {
            site_name: "",
            ..*self
        };
        for label in labels {
            let Some(NamedKind { kind, .. }) = labels_only.weigh(label, "the host", sheet) else {
                continue;
            };
            match segments {
                [] => {}
                [only]
                    if self.vocabulary.is_index(only)
                        || self.vocabulary.read(only).hub
                        || is_locale(only) =>
                {
                    sheet.add(-10, "a main page of that host");
                }
                _ => sheet.add(-50, "a page deep inside that host"),
            }
            return Some(PolicyName {
                kind,
                position: NamePosition::Host,
                is_exact: false,
            });
        }
        None
    }

    /// Adds points and their reason for one run of words; `None` when it names no policy.
    fn weigh(&self, text: &str, place: &str, sheet: &mut ScoreSheet) -> Option<NamedKind> {
        let words = self
            .vocabulary
            .read_path_words(text)
            .on_page_of(&[self.site_name.to_owned()]);
        if let Some(negative) = &words.negative {
            sheet.add_only_talks(-100, format!("{place} contains `{negative}`"));
            return Some(NamedKind {
                kind: PolicyKind::Privacy,
                is_exact: false,
            });
        }
        if let Some(weak) = &words.weak {
            sheet.add(25, format!("{place} contains `{weak}`"));
            return Some(NamedKind {
                kind: words.policy.map_or(PolicyKind::Privacy, |(kind, _)| kind),
                is_exact: false,
            });
        }
        let (kind, points) = points(&words, self.site_name)?;
        sheet.add(
            points,
            format!("{place} names `{}`", words.phrases.join("`, `")),
        );
        Some(NamedKind {
            kind,
            is_exact: points >= EXACT_POINTS,
        })
    }
}

/// Kind and points for the words of one segment or argument.
fn points(words: &TextMatch, site_name: &str) -> Option<(PolicyKind, i32)> {
    let (kind, strength) = words.policy?;
    let others = words.other_words.saturating_sub(usize::from(
        !site_name.is_empty()
            && words
                .others
                .iter()
                .any(|word| word.replace(' ', "") == site_name),
    ));
    let points = match (strength, others) {
        (MatchStrength::Name, 0) => 95,
        (MatchStrength::Name, 1) => 80,
        (MatchStrength::Name, 2) => 60,
        (MatchStrength::Name, 3) => 40,
        (MatchStrength::Word, 0) => EXACT_POINTS,
        (MatchStrength::Word, 1) => 50,
        (MatchStrength::Word, 2) => 30,
        (MatchStrength::Name | MatchStrength::Word, _) => 10,
    };
    // "cookies" alone means biscuits just as often.
    let doubtful = kind == PolicyKind::Cookies && strength == MatchStrength::Word;
    Some((kind, if doubtful { points - 25 } else { points }))
}
