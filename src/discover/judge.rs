//! Judging the links of one page: which lead to a policy, which to a hub, and how surely.

use std::collections::HashMap;

use url::Url;

use crate::model::{Site, UrlKey};
use crate::page::Page;

use super::PLAUSIBLE_SCORE;
use super::kind::{LinkKind, PolicyKind};
use super::links::{RawLink, links_of};
use super::path::{PathVerdict, judge_path};
use super::vocabulary::{Reading, Strength, Vocabulary};
use super::words::fold;

/// More letters than this around a link, in its own line, make it part of a running text.
const RUNNING_TEXT_LETTERS: usize = 30;

/// Longer addresses carry a session or a whole form; archives do not have them.
const MAX_URL_BYTES: usize = 2_000;

/// A link that seems to lead to a policy or a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCandidate {
    /// Absolute address on the original web, with its fragment if it has one.
    pub url: String,
    /// What it leads to.
    pub kind: LinkKind,
    /// 0 to 100.
    pub score: u8,
    /// The words that were judged: the link's text, or what stands for it.
    pub text: String,
    /// Why, in a few words each.
    pub reasons: Vec<String>,
    /// It stands in the page's footer, by mark-up or by place.
    pub in_footer: bool,
    /// It leads to another registrable domain than the site's.
    pub cross_domain: bool,
}

/// The links of a page that plausibly lead to a policy or a hub, the surest first, then in the order of the page; one
/// per address and kind (one page may hold two policies, told apart by fragments). Pure.
///
/// `site` is the site asked about; the page itself may stand on another one (a home page that moved).
#[must_use]
pub fn judge_links(page: &Page, vocabulary: &Vocabulary, site: &Site) -> Vec<LinkCandidate> {
    let own = Own {
        site,
        page_site: page.url.as_ref().and_then(|url| Site::of_url(url).ok()),
        page_key: page.url.as_ref().and_then(|url| UrlKey::of_url(url).ok()),
    };
    let mut best: HashMap<(UrlKey, LinkKind), usize> = HashMap::new();
    let mut found: Vec<LinkCandidate> = Vec::new();
    for raw in links_of(page) {
        let Some(url) = page.resolve(&raw.href).filter(Own::may_be_archived) else {
            continue;
        };
        let Ok(key) = UrlKey::of_url(&url) else {
            continue;
        };
        if own.page_key.as_ref() == Some(&key) {
            continue;
        }
        let Some(candidate) = judge(&raw, &url, &key, vocabulary, &own) else {
            continue;
        };
        if candidate.score < PLAUSIBLE_SCORE {
            continue;
        }
        let slot = (key, candidate.kind);
        match best.get(&slot).and_then(|index| found.get_mut(*index)) {
            Some(known) if known.score >= candidate.score => {}
            Some(known) => *known = candidate,
            None => {
                best.insert(slot, found.len());
                found.push(candidate);
            }
        }
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    found
}

/// Whose page this is.
struct Own<'a> {
    site: &'a Site,
    page_site: Option<Site>,
    page_key: Option<UrlKey>,
}

impl Own<'_> {
    /// Pages only: no mail, no place on this same page, no view that only scripts show.
    fn may_be_archived(url: &Url) -> bool {
        let fragment_is_view = url.fragment().is_some_and(|f| f.starts_with(['/', '!']));
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.as_str().len() <= MAX_URL_BYTES
            && !fragment_is_view
    }

    fn brands(&self) -> Vec<String> {
        let sites = [Some(self.site), self.page_site.as_ref()];
        sites.into_iter().flatten().map(brand).collect()
    }

    fn owns(&self, url: &Url) -> bool {
        self.site.owns(url) || self.page_site.as_ref().is_some_and(|site| site.owns(url))
    }

    /// `example.de` and `example.com` are one brand.
    fn shares_brand(&self, url: &Url) -> bool {
        Site::of_url(url).is_ok_and(|other| {
            let brand = brand(&other);
            brand.len() > 2
                && (brand == self::brand(self.site)
                    || self
                        .page_site
                        .as_ref()
                        .is_some_and(|s| self::brand(s) == brand))
        })
    }
}

fn brand(site: &Site) -> String {
    site.as_str()
        .split('.')
        .next()
        .unwrap_or_default()
        .replace('-', "")
}

/// A score in the making.
#[derive(Default)]
struct Scale {
    score: i32,
    reasons: Vec<String>,
}

impl Scale {
    fn add(&mut self, points: i32, reason: impl Into<String>) {
        self.score = self.score.saturating_add(points);
        self.reasons.push(format!("{} ({points:+})", reason.into()));
    }
}

fn judge(
    raw: &RawLink,
    url: &Url,
    key: &UrlKey,
    vocabulary: &Vocabulary,
    own: &Own<'_>,
) -> Option<LinkCandidate> {
    let path = judge_path(key, vocabulary);
    let (text, reading, what) = telling_words(raw, vocabulary);
    let reading = reading.of_somebody_named(&own.brands());
    let mut scale = Scale::default();
    let kind = match reading.policy {
        Some((kind, strength)) => {
            let points = text_points(kind, strength, &reading, url, own);
            scale.add(
                points,
                format!("{what} names `{}`", reading.phrases.join("`, `")),
            );
            if reading.negative.is_some() {
                scale.add(-90, "but it is no policy");
            } else if reading.weak.is_some() {
                scale.add(-45, "but it is settings or the like");
            }
            judge_target(&path, &mut scale);
            LinkKind::Policy(agreed_kind(kind, strength, &path))
        }
        None if reading.negative.is_some() || reading.weak.is_some() => return None,
        None if reading.hub && reading.other_words <= 1 && path.score < PLAUSIBLE_SCORE => {
            if !own.owns(url) {
                return None;
            }
            let points = if reading.main_hub { 60 } else { 45 };
            scale.add(
                points - 10 * i32::from(reading.other_words > 0),
                format!("{what} names `{}`", reading.phrases.join("`, `")),
            );
            if path.only_talks {
                scale.add(-30, "its address is that of an article");
            }
            LinkKind::Hub
        }
        None => {
            // An unknown language, or a picture without words: the address speaks.
            if path.score < PLAUSIBLE_SCORE || path.only_talks {
                return None;
            }
            let share = if reading.generic { 6 } else { 5 };
            scale.add(
                i32::from(path.score) * share / 10,
                "only its address names a policy",
            );
            if reading.other_words > 4 {
                scale.add(-20, "its text is about something else");
            }
            LinkKind::Policy(path.kind)
        }
    };
    judge_place(raw, url, own, &mut scale);
    Some(LinkCandidate {
        url: url.as_str().to_owned(),
        kind,
        score: u8::try_from(scale.score.clamp(0, 100)).unwrap_or(0),
        text: text.chars().filter(|c| !c.is_control()).take(200).collect(),
        reasons: scale.reasons,
        in_footer: raw.in_footer || raw.near_end,
        cross_domain: !own.site.owns(url),
    })
}

/// The words that tell most about a link, and what they are.
fn telling_words<'a>(
    raw: &'a RawLink,
    vocabulary: &Vocabulary,
) -> (&'a str, Reading, &'static str) {
    let own_text = vocabulary.read(&raw.text);
    if own_text.policy.is_some() || own_text.negative.is_some() || own_text.weak.is_some() {
        return (&raw.text, own_text, "its text");
    }
    // A text in plain words of another matter is believed over hints, but for hidden labels of the same link.
    let hints = [
        (&raw.alt, "its picture's text"),
        (&raw.aria_label, "its label"),
        (&raw.title, "its title"),
    ];
    for (text, what) in hints {
        let reading = vocabulary.read(text);
        let telling =
            reading.policy.is_some() || reading.negative.is_some() || reading.weak.is_some();
        if telling || (own_text.generic && reading.hub && !own_text.hub) {
            return (text, reading, what);
        }
    }
    if own_text.generic {
        let before = vocabulary.read(last_clause(&raw.before));
        if before.policy.is_some() && !raw.text.is_empty() {
            let mut doubted = before;
            doubted.other_words += 1;
            return (last_clause(&raw.before), doubted, "the words before it");
        }
        if raw.text.is_empty() {
            let mut image = vocabulary.read_path_words(&raw.image);
            if image.policy.is_some() {
                // `btn_privacy_over`: words of web design, but never as sure as a text.
                image.other_words = 1;
                return (&raw.image, image, "its picture's file name");
            }
        }
    }
    (&raw.text, own_text, "its text")
}

/// What follows the last full stop.
fn last_clause(before: &str) -> &str {
    before
        .trim_end()
        .trim_end_matches(['.', ':'])
        .rsplit(['.', '!', '?', '|', '•', '。'])
        .next()
        .unwrap_or_default()
}

fn text_points(
    kind: PolicyKind,
    strength: Strength,
    reading: &Reading,
    url: &Url,
    own: &Own<'_>,
) -> i32 {
    let names = own.brands();
    // "Open Collective Privacy Policy" on opencollective.com
    let own_words = reading.others.iter().filter(|word| {
        names
            .iter()
            .any(|name| word.len() > 2 && name.contains(word.as_str()))
    });
    let others = reading.other_words.saturating_sub(own_words.count());
    let mut points = match (strength, others) {
        (Strength::Name, 0) => 85,
        (Strength::Name, 1) => 76,
        (Strength::Name, 2) => 62,
        (Strength::Name, 3..=4) => 44,
        (Strength::Name, _) => 15,
        (Strength::Word, 0) => 75,
        (Strength::Word, 1) => 42,
        (Strength::Word, 2) => 28,
        (Strength::Word, _) => 5,
    };
    if kind == PolicyKind::Cookies && strength == Strength::Word {
        points -= 20;
    }
    // "Terms & Privacy" beside "Privacy": the page with the name alone is the policy.
    if reading.hub && strength == Strength::Word {
        points -= 8;
    }
    // "Google Privacy Policy" on somebody else's page is Google's.
    let other_owner = Site::of_url(url)
        .map(|site| fold(&brand(&site)).replace(' ', ""))
        .unwrap_or_default();
    if !own.owns(url)
        && !own.shares_brand(url)
        && reading
            .others
            .iter()
            .any(|word| word.len() > 2 && other_owner.contains(word.as_str()))
    {
        points -= 50;
    } else if !own.owns(url) && !own.shares_brand(url) && others > 0 {
        points -= 20;
    }
    points
}

fn judge_target(path: &PathVerdict, scale: &mut Scale) {
    if path.only_talks {
        scale.add(
            -45,
            "its address is that of an article, a picture or a search",
        );
    } else if path.score >= 80 {
        scale.add(10, "its address names a policy too");
    } else if path.score >= PLAUSIBLE_SCORE {
        scale.add(5, "its address hints at a policy too");
    }
}

/// The kind by the text, unless the text is only a word and the address names another plainly.
fn agreed_kind(kind: PolicyKind, strength: Strength, path: &PathVerdict) -> PolicyKind {
    if strength == Strength::Word && path.score >= 80 {
        path.kind
    } else {
        kind
    }
}

/// "protected by reCAPTCHA and the Google [Privacy Policy]": the words before name the owner of the linked host.
fn names_owner(raw: &RawLink, url: &Url) -> bool {
    let owner = Site::of_url(url)
        .map(|site| brand(&site))
        .unwrap_or_default();
    let before = fold(&raw.before);
    before
        .split(' ')
        .rev()
        .take(8)
        .any(|word| word.len() > 3 && owner.contains(word))
}

fn judge_place(raw: &RawLink, url: &Url, own: &Own<'_>, scale: &mut Scale) {
    let running = raw.letters_around > RUNNING_TEXT_LETTERS;
    if raw.in_footer {
        scale.add(10, "in the footer");
    } else if raw.near_end && !running {
        scale.add(7, "at the end of the page");
    } else if running {
        scale.add(-10, "within a running text");
    }
    if own.owns(url) || own.shares_brand(url) {
        return;
    }
    if running && names_owner(raw, url) {
        scale.add(-80, "another site's page, said to be theirs");
    } else if running {
        scale.add(
            if raw.in_footer { -50 } else { -70 },
            "another site's page, named within a text",
        );
    } else if raw.in_footer || raw.near_end {
        scale.add(-10, "another site's page");
    } else {
        scale.add(-40, "another site's page, outside the footer");
    }
}

#[cfg(test)]
mod tests;
