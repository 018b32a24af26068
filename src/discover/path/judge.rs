//! The verdict on an index key: the name in it, and what its other parts say for and against a policy.

use crate::model::{Site, UrlKey};

use super::super::kind::PolicyKind;
use super::super::score::ScoreSheet;
use super::super::vocabulary::Vocabulary;
use super::super::vocabulary::words::{fold, percent_decoded};
use super::name::{MAX_ARGUMENTS, NameFinder, NamePosition, PolicyName};
use super::segment::{
    FOREIGN_ARGUMENTS, HARMLESS_ARGUMENTS, OTHER_ENDINGS, PAGE_ENDINGS, clipped, ending, is_locale,
    is_one_of, is_year,
};

/// The verdict on a path by its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathVerdict {
    /// 0 (not a policy) to 100 (named as one).
    pub score: u8,
    /// Kind of the policy that it would be.
    pub kind: PolicyKind,
    /// True for paths whose pages only talk about privacy (a blog, the news, a search), and for files that are not
    /// pages.
    pub only_talks: bool,
    /// Reasons for the score, in a few words each.
    pub reasons: Vec<String>,
}

/// Path segments beyond this number are not read.
const MAX_SEGMENTS: usize = 24;

/// Judges a key by its host, path and query. Pure; never fails: a key without policy words scores 0.
#[must_use]
pub fn judge_path(key: &UrlKey, vocabulary: &Vocabulary) -> PathVerdict {
    let full = key.path();
    let (path, query) = full.split_once('?').unwrap_or((full, ""));
    let host: Vec<&str> = key.host().split(',').collect();
    let (of_site, below_site) = host.split_at(labels_of_site(&host));
    let site_name = of_site
        .last()
        .map(|label| fold(label).replace(' ', ""))
        .unwrap_or_default();
    let mut segments: Vec<String> = path
        .split('/')
        .filter(|s| !s.is_empty())
        .take(MAX_SEGMENTS)
        .map(percent_decoded)
        .collect();
    let has_page_ending = match segments.last_mut().map(strip_page_ending) {
        Some(Err(verdict)) => return verdict,
        Some(Ok(stripped)) => stripped,
        None => false,
    };
    let finder = NameFinder {
        vocabulary,
        site_name: &site_name,
    };
    let mut sheet = ScoreSheet::default();
    let named = finder
        .in_path(&segments, &mut sheet)
        .or_else(|| finder.in_query(query, &mut sheet))
        .or_else(|| finder.in_host(below_site, &segments, &mut sheet));
    let Some(name) = named else {
        return rejected("no policy words".to_owned(), false);
    };
    judge_directories(&segments, &name, vocabulary, &mut sheet);
    judge_host(below_site, vocabulary, &mut sheet);
    judge_query(query, &name.position, &mut sheet);
    if has_page_ending {
        sheet.prefer();
    }
    PathVerdict {
        score: sheet.score(),
        kind: name.kind,
        only_talks: sheet.only_talks(),
        reasons: sheet.into_reasons(),
    }
}

/// Removes the ending of a page from its name. Returns true if there was one, or a verdict if the file is not a page.
fn strip_page_ending(name: &mut String) -> Result<bool, PathVerdict> {
    let Some(found) = ending(name) else {
        return Ok(false);
    };
    if is_one_of(OTHER_ENDINGS, &found) {
        return Err(rejected(
            format!("`.{found}` is not the extension of a page"),
            true,
        ));
    }
    let is_page = is_one_of(PAGE_ENDINGS, &found);
    if is_page {
        name.truncate(name.len() - found.len() - 1);
    }
    Ok(is_page)
}

fn rejected(reason: String, only_talks: bool) -> PathVerdict {
    PathVerdict {
        score: 0,
        kind: PolicyKind::Privacy,
        only_talks,
        reasons: vec![reason],
    }
}

/// Number of labels of a reversed host (`uk,co,example,shop`) that name the site; the following ones name a part of it.
fn labels_of_site(host: &[&str]) -> usize {
    let name: Vec<&str> = host.iter().rev().copied().collect();
    // An IP address or a name without a known public suffix is read like most sites.
    Site::parse(&name.join(".")).map_or(2.min(host.len()), |site| {
        site.as_str().split('.').count().min(host.len())
    })
}

fn judge_directories(
    segments: &[String],
    name: &PolicyName,
    vocabulary: &Vocabulary,
    sheet: &mut ScoreSheet,
) {
    let above = match &name.position {
        NamePosition::Segment(at) => segments.get(..*at).unwrap_or_default(),
        // `/share?title=…`, `/search?page=…`: the script itself counts.
        NamePosition::Argument(_) | NamePosition::Host => segments,
    };
    // `/shop/privacy.php` is the policy of a shop, `/blog/2013/04/privacy` is an article.
    let is_page_of_area = name.is_exact
        && !above
            .iter()
            .any(|s| vocabulary.is_section(s) || is_number(s));
    let mut unknown = 0;
    for segment in above {
        if vocabulary.is_area(segment) && is_page_of_area {
            sheet.add(
                -20,
                format!("under `{}`, but named as a policy", clipped(segment)),
            );
        } else if vocabulary.is_section(segment) || vocabulary.is_area(segment) {
            sheet.add_only_talks(-60, format!("under `{}`", clipped(segment)));
        } else if is_year(segment) {
            sheet.add(-30, format!("under the date `{segment}`"));
        } else if segment.contains("://")
            || segment.starts_with("http:")
            || segment.starts_with("https:")
            || segment.starts_with("www.")
        {
            sheet.add_only_talks(-80, "another URL inside the path");
        } else if is_number(segment) || segment.len() > 60 {
            sheet.add(-20, format!("under `{}`", clipped(segment)));
        } else if !vocabulary.is_index(segment)
            && !vocabulary.is_policy_home(segment)
            && !is_locale(segment)
            && !vocabulary.read(segment).hub
        {
            unknown += 1;
        }
    }
    if unknown > 0 {
        sheet.add(-6 * unknown.min(5), "under other directories");
    }
}

/// True for years, dates and identifiers.
fn is_number(segment: &str) -> bool {
    segment.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn judge_host(labels: &[&str], vocabulary: &Vocabulary, sheet: &mut ScoreSheet) {
    for label in labels {
        if vocabulary.is_section(label) || vocabulary.is_area(label) {
            sheet.add_only_talks(-50, format!("on the host `{}`", clipped(label)));
        } else if !is_locale(label)
            && !vocabulary.is_policy_home(label)
            && vocabulary.read(label).policy.is_none()
        {
            sheet.add(-8, format!("on the host `{}`", clipped(label)));
        }
    }
}

fn judge_query(query: &str, position: &NamePosition, sheet: &mut ScoreSheet) {
    let mut others = 0;
    for argument in query
        .split('&')
        .filter(|a| !a.is_empty())
        .take(MAX_ARGUMENTS)
    {
        let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
        if matches!(position, NamePosition::Argument(named) if named == name)
            || *position == NamePosition::Argument(String::new())
        {
            continue;
        }
        if is_one_of(HARMLESS_ARGUMENTS, name) {
            sheet.add(-5, format!("the argument `{}`", clipped(name)));
        } else if value.contains("http")
            || value.contains("%2f") && is_one_of(FOREIGN_ARGUMENTS, name)
        {
            sheet.add(-30, "another URL in an argument");
        } else {
            others += 1;
        }
    }
    if others > 0 {
        sheet.add(-10 * others.min(5), "further arguments");
    }
}

#[cfg(test)]
mod tests;
