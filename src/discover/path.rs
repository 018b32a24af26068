//! Judging an index key by its words: is this a policy, or only a page that talks about privacy?

use crate::model::{Site, UrlKey};

use super::kind::PolicyKind;
use super::vocabulary::{Reading, Strength, Vocabulary};
use super::words::{fold, percent_decoded};

/// What the words of a path say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathVerdict {
    /// 0 (not a policy) to 100 (named as one).
    pub score: u8,
    /// Which policy it would be.
    pub kind: PolicyKind,
    /// It stands where pages only talk about privacy: a blog, the news, a search, or is no page at all.
    pub only_talks: bool,
    /// Why, in a few words each.
    pub reasons: Vec<String>,
}

/// File endings of pages.
const PAGE_ENDINGS: &str = "html htm shtml shtm xhtml phtml php php3 php4 php5 asp aspx ashx jsp jspx jspa do cfm \
    cgi pl stm mspx txt pdf page action";
/// File endings of what is no page: pictures, scripts, data.
const OTHER_ENDINGS: &str = "gif jpg jpeg png svg ico webp bmp js mjs css json xml rss atom map woff woff2 ttf eot \
    swf mp3 mp4 wav zip gz exe dmg csv xls xlsx ppt pptx vcf";
/// Query arguments whose value is somebody else's address or search.
const FOREIGN_ARGUMENTS: &str = "q s search query url u uri link to return returnurl return_to redirect redirect_uri \
    redirect_to next dest destination continue ref referer referrer share text title subject body";
/// Query arguments that only choose a spelling of the same page.
const HARMLESS_ARGUMENTS: &str = "lang language locale hl country region cc lng v ver version l";
/// More path segments than this are read as deep as this.
const MAX_SEGMENTS: usize = 24;
/// More arguments than this are one too many anyway.
const MAX_ARGUMENTS: usize = 40;

/// A score in the making.
#[derive(Default)]
struct Scale {
    score: i32,
    only_talks: bool,
    reasons: Vec<String>,
}

impl Scale {
    fn add(&mut self, points: i32, reason: impl Into<String>) {
        self.score = self.score.saturating_add(points);
        self.reasons.push(format!("{} ({points:+})", reason.into()));
    }

    fn only_talks(&mut self, points: i32, reason: impl Into<String>) {
        self.only_talks = true;
        self.add(points, reason);
    }
}

/// Judges a key by its host, path and query. Pure; never fails: what has no policy word scores 0.
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
    let mut scale = Scale::default();
    let mut page_type_known = false;
    if let Some(last) = segments.last_mut() {
        match ending(last) {
            Some(found) if is_one_of(OTHER_ENDINGS, &found) => {
                return PathVerdict {
                    only_talks: true,
                    ..rejected(format!("`.{found}` is no page"))
                };
            }
            Some(found) if is_one_of(PAGE_ENDINGS, &found) => {
                last.truncate(last.len() - found.len() - 1);
                page_type_known = true;
            }
            _ => {}
        }
    }
    let named = name_in_path(&segments, &site_name, vocabulary, &mut scale)
        .or_else(|| name_in_query(query, &site_name, vocabulary, &mut scale))
        .or_else(|| name_in_host(below_site, &segments, vocabulary, &mut scale));
    let Some(Named { kind, at }) = named else {
        return rejected("no policy words".to_owned());
    };
    judge_directories(&segments, &at, vocabulary, &mut scale);
    judge_host(below_site, vocabulary, &mut scale);
    judge_query(query, &at, &mut scale);
    if page_type_known && scale.score > 0 {
        scale.score += 1;
    }
    let score = u8::try_from(scale.score.clamp(0, 100)).unwrap_or(0);
    PathVerdict {
        score,
        kind,
        only_talks: scale.only_talks,
        reasons: scale.reasons,
    }
}

fn rejected(reason: String) -> PathVerdict {
    PathVerdict {
        score: 0,
        kind: PolicyKind::Privacy,
        only_talks: false,
        reasons: vec![reason],
    }
}

/// How many labels of a reversed host (`uk,co,example,shop`) name the site; what follows is a part of it.
fn labels_of_site(host: &[&str]) -> usize {
    let name: Vec<&str> = host.iter().rev().copied().collect();
    // An address or a name under no known ending: taken as most sites are.
    Site::parse(&name.join(".")).map_or(2.min(host.len()), |site| {
        site.as_str().split('.').count().min(host.len())
    })
}

fn is_one_of(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// A file ending: a few letters after the last dot.
fn ending(segment: &str) -> Option<String> {
    let (stem, ending) = segment.rsplit_once('.')?;
    let fits = !stem.is_empty()
        && (1..=6).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| ending.to_ascii_lowercase())
}

/// Where the name of the policy stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Segment(usize),
    Argument(String),
    Host,
}

struct Named {
    kind: PolicyKind,
    at: Place,
}

/// Points for the words of one segment or argument.
fn points(reading: &Reading, site_name: &str) -> Option<i32> {
    let (kind, strength) = reading.policy?;
    let others = reading.other_words.saturating_sub(usize::from(
        !site_name.is_empty()
            && reading
                .others
                .iter()
                .any(|word| word.replace(' ', "") == site_name),
    ));
    let points = match (strength, others) {
        (Strength::Name, 0) => 95,
        (Strength::Name, 1) => 80,
        (Strength::Name, 2) => 60,
        (Strength::Name, 3) => 40,
        (Strength::Word, 0) => 85,
        (Strength::Word, 1) => 50,
        (Strength::Word, 2) => 30,
        (Strength::Name | Strength::Word, _) => 10,
    };
    // "cookies" alone is as often a biscuit.
    let doubtful = kind == PolicyKind::Cookies && strength == Strength::Word;
    Some(if doubtful { points - 25 } else { points })
}

/// Points and the reason for one stretch of words; `None` when it names no policy.
fn weigh(
    text: &str,
    place: &str,
    site_name: &str,
    vocabulary: &Vocabulary,
    scale: &mut Scale,
) -> Option<PolicyKind> {
    let reading = vocabulary
        .read_path_words(text)
        .of_somebody_named(&[site_name.to_owned()]);
    if let Some(negative) = &reading.negative {
        scale.only_talks(-100, format!("{place} speaks of `{negative}`"));
        return Some(PolicyKind::Privacy);
    }
    if let Some(weak) = &reading.weak {
        scale.add(25, format!("{place} speaks of `{weak}`"));
        return Some(reading.policy.map_or(PolicyKind::Privacy, |(kind, _)| kind));
    }
    let points = points(&reading, site_name)?;
    scale.add(
        points,
        format!("{place} names `{}`", reading.phrases.join("`, `")),
    );
    reading.policy.map(|(kind, _)| kind)
}

fn name_in_path(
    segments: &[String],
    site_name: &str,
    vocabulary: &Vocabulary,
    scale: &mut Scale,
) -> Option<Named> {
    let last = segments.len().checked_sub(1)?;
    if let Some(kind) = weigh(
        &segments[last],
        "the page's name",
        site_name,
        vocabulary,
        scale,
    ) {
        return Some(Named {
            kind,
            at: Place::Segment(last),
        });
    }
    // `/privacy/index.html`, `/privacy/en`, `/privacy-policy/2018`: the directory is the name.
    for at in (0..last).rev() {
        let mut trial = Scale::default();
        let Some(kind) = weigh(
            &segments[at],
            "a directory",
            site_name,
            vocabulary,
            &mut trial,
        ) else {
            continue;
        };
        scale.score += trial.score;
        scale.only_talks |= trial.only_talks;
        scale.reasons.append(&mut trial.reasons);
        for below in segments.iter().skip(at + 1) {
            if vocabulary.is_index(below) || is_locale(below) {
                scale.add(-4, format!("`{}` stands for its directory", clipped(below)));
            } else if vocabulary.read(below).hub || below.bytes().all(|b| b.is_ascii_digit()) {
                scale.add(-30, format!("`{}` under it", clipped(below)));
            } else {
                scale.add(-45, format!("`{}` under it", clipped(below)));
            }
        }
        return Some(Named {
            kind,
            at: Place::Segment(at),
        });
    }
    None
}

fn name_in_query(
    query: &str,
    site_name: &str,
    vocabulary: &Vocabulary,
    scale: &mut Scale,
) -> Option<Named> {
    for argument in query.split('&').take(MAX_ARGUMENTS) {
        let (name, value) = argument.split_once('=').unwrap_or(("", argument));
        let value = percent_decoded(value);
        let value = value.trim_start_matches('/');
        let value = ending(value)
            .filter(|e| is_one_of(PAGE_ENDINGS, e))
            .map_or(value, |e| {
                value.get(..value.len() - e.len() - 1).unwrap_or(value)
            });
        if let Some(kind) = weigh(
            value,
            &format!("the argument `{}`", clipped(name)),
            site_name,
            vocabulary,
            scale,
        ) {
            if is_one_of(FOREIGN_ARGUMENTS, name) {
                scale.only_talks(-80, "the argument is a search or another address");
            } else {
                scale.add(-10, "it is only an argument");
            }
            return Some(Named {
                kind,
                at: Place::Argument(name.to_owned()),
            });
        }
    }
    None
}

fn name_in_host(
    labels: &[&str],
    segments: &[String],
    vocabulary: &Vocabulary,
    scale: &mut Scale,
) -> Option<Named> {
    for label in labels {
        if let Some(kind) = weigh(label, "the host", "", vocabulary, scale) {
            match segments.len() {
                0 => {}
                1 if vocabulary.is_index(&segments[0])
                    || vocabulary.read(&segments[0]).hub
                    || is_locale(&segments[0]) =>
                {
                    scale.add(-10, "a main page of that host");
                }
                _ => scale.add(-50, "a page deep in that host"),
            }
            return Some(Named {
                kind,
                at: Place::Host,
            });
        }
    }
    None
}

fn judge_directories(segments: &[String], at: &Place, vocabulary: &Vocabulary, scale: &mut Scale) {
    let above = match at {
        Place::Segment(at) => segments.get(..*at).unwrap_or_default(),
        // `/share?title=…`, `/search?page=…`: the script itself tells.
        Place::Argument(_) | Place::Host => segments,
    };
    let mut strange = 0;
    for segment in above {
        if vocabulary.is_section(segment) {
            scale.only_talks(-60, format!("under `{}`", clipped(segment)));
        } else if is_year(segment) {
            scale.add(-30, format!("under the date `{segment}`"));
        } else if segment.contains("://")
            || segment.starts_with("http:")
            || segment.starts_with("https:")
            || segment.starts_with("www.")
        {
            scale.only_talks(-80, "another address inside the path");
        } else if segment.bytes().all(|b| b.is_ascii_digit() || b == b'-') || segment.len() > 60 {
            scale.add(-20, format!("under `{}`", clipped(segment)));
        } else if !vocabulary.is_index(segment)
            && !vocabulary.is_policy_home(segment)
            && !is_locale(segment)
            && !vocabulary.read(segment).hub
        {
            strange += 1;
        }
    }
    if strange > 0 {
        scale.add(-6 * strange.min(5), "under other directories");
    }
}

fn judge_host(labels: &[&str], vocabulary: &Vocabulary, scale: &mut Scale) {
    for label in labels {
        if vocabulary.is_section(label) {
            scale.only_talks(-50, format!("on the host `{}`", clipped(label)));
        } else if !is_locale(label)
            && !vocabulary.is_policy_home(label)
            && vocabulary.read(label).policy.is_none()
        {
            scale.add(-8, format!("on the host `{}`", clipped(label)));
        }
    }
}

fn judge_query(query: &str, at: &Place, scale: &mut Scale) {
    let mut others = 0;
    for argument in query
        .split('&')
        .filter(|a| !a.is_empty())
        .take(MAX_ARGUMENTS)
    {
        let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
        if matches!(at, Place::Argument(named) if named == name)
            || *at == Place::Argument(String::new())
        {
            continue;
        }
        if is_one_of(HARMLESS_ARGUMENTS, name) {
            scale.add(-5, format!("the argument `{}`", clipped(name)));
        } else if value.contains("http")
            || value.contains("%2f") && is_one_of(FOREIGN_ARGUMENTS, name)
        {
            scale.add(-30, "another address in an argument");
        } else {
            others += 1;
        }
    }
    if others > 0 {
        scale.add(-10 * others.min(5), "further arguments");
    }
}

/// `en`, `de-at`, `pt_br`, `zh-hant`.
fn is_locale(segment: &str) -> bool {
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    letters(segment)
        || segment
            .split_once(['-', '_'])
            .is_some_and(|(a, b)| letters(a) && (letters(b) || matches!(b, "hans" | "hant")))
}

fn is_year(segment: &str) -> bool {
    segment.len() == 4
        && segment
            .parse::<u16>()
            .is_ok_and(|year| (1990..2100).contains(&year))
}

/// For people: short and without control characters.
fn clipped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests;
