//! Judging an index key by its words: is this a policy, or only a page that talks about privacy?

use crate::model::UrlKey;

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
    let labels: Vec<&str> = key.host().split(',').collect();
    let site_name = labels
        .get(1)
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
        .or_else(|| name_in_host(&labels, &segments, vocabulary, &mut scale));
    let Some(Named { kind, at }) = named else {
        return rejected("no policy words".to_owned());
    };
    judge_directories(&segments, &at, vocabulary, &mut scale);
    judge_host(&labels, vocabulary, &mut scale);
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
    let reading = vocabulary.read_path_words(text);
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
    for label in labels.iter().skip(2) {
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
    for label in labels.iter().skip(2) {
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

/// `en`, `de-at`, `pt_br`.
fn is_locale(segment: &str) -> bool {
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    letters(segment)
        || segment
            .split_once(['-', '_'])
            .is_some_and(|(a, b)| letters(a) && letters(b))
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
mod tests {
    use super::*;

    fn verdict(key: &str) -> PathVerdict {
        judge_path(&UrlKey::from_cdx(key).unwrap(), Vocabulary::built_in())
    }

    #[test]
    fn policies_are_known_by_their_paths() {
        for key in [
            "com,example)/privacy",
            "com,example)/privacy.html",
            "com,example)/privacy-policy",
            "com,example)/legal/privacy_policy.php",
            "com,example)/en/privacypolicy.aspx",
            "com,example)/privacy/index.html",
            "com,example)/exampleprivacypolicy.html",
            "com,example)/about/example-privacy-policy",
            "com,example)/index.php?page=privacy",
            "com,example,privacy)/",
            "de,example)/datenschutz",
            "de,example)/datenschutzerkl%c3%a4rung",
            "de,example)/service/datenschutzerklaerung.html",
            "fr,example)/politique-de-confidentialite",
            "fr,example)/mentions-legales/vie-privee",
            "ru,example)/%d0%bf%d0%be%d0%bb%d0%b8%d1%82%d0%b8%d0%ba%d0%b0-%d0%ba%d0%be%d0%bd%d1%84%d0%b8%d0%b4%d0%b5%d0%bd%d1%86%d0%b8%d0%b0%d0%bb%d1%8c%d0%bd%d0%be%d1%81%d1%82%d0%b8",
            "com,example)/policies/privacy/?hl=en",
            "com,example)/terms-and-privacy",
        ] {
            let verdict = verdict(key);
            assert!(verdict.score >= 60, "{key}: {verdict:?}");
            assert_eq!(verdict.kind, PolicyKind::Privacy, "{key}");
        }
    }

    #[test]
    fn pages_that_only_talk_about_privacy_are_low() {
        for key in [
            "com,example)/blog/2013/04/facebook-privacy-policy-changes",
            "com,example)/news/privacy",
            "com,example,blog)/privacy-settings-explained",
            "com,example)/images/privacy.gif",
            "com,example)/js/cookie.js",
            "com,example)/search?q=privacy+policy",
            "com,example)/share?url=http%3a%2f%2fexample.com%2fprivacy",
            "com,example)/products/private-label",
            "com,example)/ads/privacypro.html",
            "com,example)/privacy-of-photos",
            "com,example)/tag/privacy",
            "com,example)/privacy-fence-panels",
            "com,example)/forum/topic/privacy-policy?id=1&page=2&sort=a",
            "com,example)/how-google-changed-its-privacy-policy-for-teens-in-europe",
            "com,example)/",
            "com,example)/about",
            "com,example)/recipes/chocolate-chip-cookies",
            "com,example)/login?return=%2fprivacy",
            "com,example)/share?title=privacy+policy&u=http%3a%2f%2fexample.com%2fprivacy-policy",
            "com,example)/share.php?t=privacy+policy",
        ] {
            let verdict = verdict(key);
            assert!(
                verdict.score < super::super::PLAUSIBLE_SCORE,
                "{key}: {verdict:?}"
            );
            assert!(!verdict.reasons.is_empty());
        }
    }

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(
            verdict("com,example)/cookie-policy").kind,
            PolicyKind::Cookies
        );
        assert_eq!(
            verdict("com,example)/privacy/cookies").kind,
            PolicyKind::Cookies
        );
        assert_eq!(
            verdict("com,example)/privacy-and-cookies").kind,
            PolicyKind::Privacy
        );
        assert_eq!(
            verdict("com,example)/kids/privacy-policy-for-children").kind,
            PolicyKind::Children
        );
    }

    #[test]
    fn the_policy_beats_what_stands_near_it() {
        let best = verdict("com,example)/privacy-policy").score;
        for key in [
            "com,example)/privacy-policy/contact",
            "com,example)/privacy-policy?sessionid=1&x=2",
            "com,example)/privacy-settings",
            "com,example)/index.php?page=privacy&id=1&sort=2",
            "com,example,m)/privacy-policy",
        ] {
            assert!(verdict(key).score < best, "{key}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_key_is_judged(key in "[!-~é隐]{1,120}") {
            if let Ok(key) = UrlKey::from_cdx(&key) {
                proptest::prop_assert!(judge_path(&key, Vocabulary::built_in()).score <= 100);
            }
        }

        #[test]
        fn any_odd_path_is_judged(key in "com,example\\)(/|privacy|%|%e9|\\.|\\?|&|=|cookie|-|index\\.html|http:|é){0,40}") {
            if let Ok(key) = UrlKey::from_cdx(&key) {
                proptest::prop_assert!(judge_path(&key, Vocabulary::built_in()).score <= 100);
            }
        }
    }
}
