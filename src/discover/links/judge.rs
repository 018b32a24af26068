//! Judges one link: whether it leads to a policy or a hub, and how certain this is.

use url::Url;

use crate::model::{UrlKey, printable};

use super::super::kind::{LinkKind, PolicyKind};
use super::super::path::{PathVerdict, judge_path};
use super::super::score::{PLAUSIBLE_SCORE, ScoreSheet};
use super::super::vocabulary::words::fold;
use super::super::vocabulary::{MatchStrength, TextMatch, Vocabulary};
use super::owner::{PageOwner, brand_of};
use super::raw_link::RawLink;

/// A link with more letters than this around it, in its own line, is part of a running text.
const RUNNING_TEXT_LETTERS: usize = 30;

/// Maximum length of the text that a candidate keeps.
const MAX_TEXT_CHARACTERS: usize = 200;

/// Lowest score of an address that plainly names a policy.
const PLAIN_ADDRESS_SCORE: u8 = 80;

/// A link that seems to lead to a policy or a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCandidate {
    /// Absolute address on the original web, with its fragment if it has one.
    pub url: String,
    /// What it leads to.
    pub kind: LinkKind,
    /// 0 to 100.
    pub score: u8,
    /// The words that were judged: the link's text, or what is used in its place.
    pub text: String,
    /// Reasons for the score, in a few words each.
    pub reasons: Vec<String>,
    /// True for a link in the page's footer, by markup or by position.
    pub in_footer: bool,
    /// True when it leads to another registrable domain than the site's.
    pub cross_domain: bool,
}

/// The words of a link that say most about it.
struct TellingWords<'a> {
    text: &'a str,
    words: TextMatch,
    /// What they are ("its text"), for reasons.
    what: &'static str,
}

impl TellingWords<'_> {
    fn reason(&self) -> String {
        format!("{} names `{}`", self.what, self.words.phrases.join("`, `"))
    }
}

/// Judges the links of one page.
pub(super) struct LinkJudge<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) owner: PageOwner<'a>,
}

impl LinkJudge<'_> {
    /// The verdict on a link; `None` if it leads to neither.
    pub(super) fn judge(&self, raw: &RawLink, url: &Url, key: &UrlKey) -> Option<LinkCandidate> {
        let path = judge_path(key, self.vocabulary);
        let mut telling = self.telling_words(raw);
        telling.words = telling.words.on_page_of(&self.owner.brands());
        let words = &telling.words;
        // The name of a field is no text of a link: without the words of a policy it says nothing.
        if raw.in_script && raw.text.is_empty() && words.policy.is_none() {
            return None;
        }
        let mut sheet = ScoreSheet::default();
        let kind = if let Some(policy) = words.policy {
            LinkKind::Policy(self.judge_name(policy, &telling, (url, &path), &mut sheet))
        } else if words.is_telling() {
            return None;
        } else if words.hub && words.other_words <= 1 && path.score < PLAUSIBLE_SCORE {
            self.judge_hub(&telling, (url, &path), &mut sheet)?;
            LinkKind::Hub
        } else {
            LinkKind::Policy(judge_address(words, &path, &mut sheet)?)
        };
        self.judge_place(raw, url, &mut sheet);
        Some(LinkCandidate {
            url: url.as_str().to_owned(),
            kind,
            score: sheet.score(),
            text: printable(telling.text, MAX_TEXT_CHARACTERS),
            reasons: sheet.into_reasons(),
            in_footer: raw.in_footer || raw.near_end,
            cross_domain: !self.owner.site.owns(url),
        })
    }

    /// Judges a link whose words name a policy.
    fn judge_name(
        &self,
        (kind, strength): (PolicyKind, MatchStrength),
        telling: &TellingWords<'_>,
        (url, path): (&Url, &PathVerdict),
        sheet: &mut ScoreSheet,
    ) -> PolicyKind {
        let points = self.text_points((kind, strength), &telling.words, url);
        sheet.add(points, telling.reason());
        if telling.words.negative.is_some() {
            sheet.add(-90, "but its text says that it is not a policy");
        } else if telling.words.weak.is_some() {
            sheet.add(-45, "but it leads to settings or similar");
        }
        judge_target(path, sheet);
        // The kind is that of the text, unless the text is only a word and the address plainly names another kind.
        if strength == MatchStrength::Word && path.score >= PLAIN_ADDRESS_SCORE {
            path.kind
        } else {
            kind
        }
    }

    /// Judges a link whose words name a hub; `None` for other sites' hubs.
    fn judge_hub(
        &self,
        telling: &TellingWords<'_>,
        (url, path): (&Url, &PathVerdict),
        sheet: &mut ScoreSheet,
    ) -> Option<()> {
        if !self.owner.owns(url) {
            return None;
        }
        let points = if telling.words.main_hub { 60 } else { 45 };
        let points = points - 10 * i32::from(telling.words.other_words > 0);
        sheet.add(points, telling.reason());
        if path.only_talks {
            sheet.add(-30, "its URL looks like an article");
        }
        Some(())
    }

    /// The words that say most about a link.
    fn telling_words<'r>(&self, raw: &'r RawLink) -> TellingWords<'r> {
        let own_text = self.vocabulary.read(&raw.text);
        let of = |text: &'r str, words, what| TellingWords { text, words, what };
        if own_text.is_telling() {
            return of(&raw.text, own_text, "its text");
        }
        // A text that plainly says something else takes precedence over hints, but not over hidden labels of the same
        // link.
        let hints = [
            (&raw.alt, "the alternative text of its image"),
            (&raw.aria_label, "its label"),
            (&raw.title, "its title"),
        ];
        for (text, what) in hints {
            let words = self.vocabulary.read(text);
            if words.is_telling() || (own_text.generic && words.hub && !own_text.hub) {
                return of(text, words, what);
            }
        }
        if own_text.generic {
            let clause = last_clause(&raw.before);
            let mut before = self.vocabulary.read(clause);
            if before.policy.is_some() && !raw.text.is_empty() {
                before.other_words += 1;
                return of(clause, before, "the words before it");
            }
            if raw.text.is_empty() {
                let mut image = self.vocabulary.read_path_words(&raw.image);
                if image.policy.is_some() {
                    // `btn_privacy_over`: words of web design, but never as certain as a text.
                    image.other_words = 1;
                    return of(&raw.image, image, "the file name of its image");
                }
            }
        }
        of(&raw.text, own_text, "its text")
    }

    fn text_points(
        &self,
        (kind, strength): (PolicyKind, MatchStrength),
        words: &TextMatch,
        url: &Url,
    ) -> i32 {
        let names = self.owner.brands();
        // "Open Collective Privacy Policy" on opencollective.com
        let own_words = words.others.iter().filter(|word| {
            names
                .iter()
                .any(|name| word.len() > 2 && name.contains(word.as_str()))
        });
        let others = words.other_words.saturating_sub(own_words.count());
        let mut points = match (strength, others) {
            (MatchStrength::Name, 0) => 85,
            (MatchStrength::Name, 1) => 76,
            (MatchStrength::Name, 2) => 62,
            (MatchStrength::Name, 3..=4) => 44,
            (MatchStrength::Name, _) => 15,
            (MatchStrength::Word, 0) => 75,
            (MatchStrength::Word, 1) => 42,
            (MatchStrength::Word, 2) => 28,
            (MatchStrength::Word, _) => 5,
        };
        if kind == PolicyKind::Cookies && strength == MatchStrength::Word {
            points -= 20;
        }
        // "Terms & Privacy" next to "Privacy": the page with the name alone is the policy.
        if words.hub && strength == MatchStrength::Word {
            points -= 8;
        }
        if self.owner.owns_or_shares_brand(url) {
            return points;
        }
        // "Google Privacy Policy" on another site's page is Google's.
        let other_owner = fold(&brand_of(url)).replace(' ', "");
        let names_other = words
            .others
            .iter()
            .any(|word| word.len() > 2 && other_owner.contains(word.as_str()));
        if names_other {
            points - 50
        } else if others > 0 {
            points - 20
        } else {
            points
        }
    }

    fn judge_place(&self, raw: &RawLink, url: &Url, sheet: &mut ScoreSheet) {
        if raw.in_script {
            sheet.add(-10, "in the data of a script");
            if !self.owner.owns_or_shares_brand(url) {
                sheet.add(-80, "a page of another site, in the data of a script");
            }
            return;
        }
        let running = raw.letters_around > RUNNING_TEXT_LETTERS;
        if raw.in_footer {
            sheet.add(10, "in the footer");
        } else if raw.near_end && !running {
            sheet.add(7, "at the end of the page");
        } else if running {
            sheet.add(-10, "within running text");
        }
        if self.owner.owns_or_shares_brand(url) {
            return;
        }
        if running && names_owner(raw, url) {
            sheet.add(
                -80,
                "a page of another site, which the text names as its owner",
            );
        } else if running {
            sheet.add(
                if raw.in_footer { -50 } else { -70 },
                "a page of another site, within running text",
            );
        } else if raw.in_footer || raw.near_end {
            sheet.add(-10, "a page of another site");
        } else {
            sheet.add(-40, "a page of another site, outside the footer");
        }
    }
}

/// Judges a link by its address alone: its words are of an unknown language, or it is a picture without words.
fn judge_address(
    words: &TextMatch,
    path: &PathVerdict,
    sheet: &mut ScoreSheet,
) -> Option<PolicyKind> {
    if path.score < PLAUSIBLE_SCORE || path.only_talks {
        return None;
    }
    let share = if words.generic { 6 } else { 5 };
    sheet.add(
        i32::from(path.score) * share / 10,
        "only its URL names a policy",
    );
    if words.other_words > 4 {
        sheet.add(-20, "its text is about something else");
    }
    Some(path.kind)
}

fn judge_target(path: &PathVerdict, sheet: &mut ScoreSheet) {
    if path.only_talks {
        sheet.add(-45, "its URL looks like an article, an image or a search");
    } else if path.score >= PLAIN_ADDRESS_SCORE {
        sheet.add(10, "its URL also names a policy");
    } else if path.score >= PLAUSIBLE_SCORE {
        sheet.add(5, "its URL also suggests a policy");
    }
}

/// The words after the last full stop.
fn last_clause(before: &str) -> &str {
    before
        .trim_end()
        .trim_end_matches(['.', ':'])
        .rsplit(['.', '!', '?', '|', '•', '。'])
        .next()
        .unwrap_or_default()
}

/// True when the words before a link name the owner of its host: "protected by reCAPTCHA and the Google [Privacy Policy]".
fn names_owner(raw: &RawLink, url: &Url) -> bool {
    let owner = brand_of(url);
    let before = fold(&raw.before);
    before
        .split(' ')
        .rev()
        .take(8)
        .any(|word| word.len() > 3 && owner.contains(word))
}
