//! Decides where a policy ends and another document begins.
//!
//! A title alone is not enough: policies have sections such as "Terms of Use" and "Cookie Policy". The text below a
//! title counts: policies have 8 to 18 policy words per 1,000 bytes, terms have 1 to 7 (1,624 labelled documents). So do
//! the rank of the title among the headings, a date or a mention of itself below it, and numbers that begin again.

use super::numbering::{Label, split_label};
use super::outline::{Entry, Measure, Names, outline};
use crate::extract::blocks::Block;
use crate::extract::vocabulary::names_document;

/// Maximum number of headings of a page that is cut: every title is compared with all headings.
const MAX_ENTRIES: usize = 2000;
/// Bytes at the beginning of a policy that measure how dense its policy words are.
const SAMPLE_BYTES: usize = 4000;
/// Minimum number of bytes of such a sample.
const LEAST_SAMPLE_BYTES: usize = 1500;
/// Minimum number of bytes of a policy under its title.
pub(super) const LEAST_POLICY_BYTES: usize = 600;
/// Minimum number of bytes of a document that is cut off because of one sign.
pub(super) const LEAST_BYTES: usize = 1200;
/// Minimum number of policy words of a policy.
const LEAST_WORDS: u32 = 6;
/// A text whose policy words are less dense than this share of the policy's is about something else.
const FOREIGN_SHARE: f64 = 0.55;
/// A title of a higher rank is the main one if its text has this share of the policy words of a lower title.
const HIGHER_SHARE: f64 = 0.7;
/// The same share for texts that cannot be the introduction of a policy.
const VOID_SHARE: f64 = 0.25;
/// The score of a clearly foreign text under a section's heading: about three kilobytes of terms.
const CLEAR_LACK: f64 = -1200.0;
/// The score that the first sections of a foreign text may have.
const FOREIGN_NOISE: f64 = 300.0;
/// Blocks below a title in which a document states its date or mentions itself.
const HEAD_BLOCKS: usize = 6;
/// Bytes of those blocks that are read.
const HEAD_BYTES: usize = 500;
/// Longest line that states only a date, in bytes.
const DATE_LINE_BYTES: usize = 80;
/// Shortest name of a document that cannot be the name of a matter, in bytes. "Cookies" is shorter.
const LEAST_NAME_BYTES: usize = 10;

/// The signs that a document of its own begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    /// A date stands alone below the title.
    pub dated: bool,
    /// The text mentions its title.
    pub named: bool,
    /// The numbers of the sections begin again.
    pub restarts: bool,
}

impl Signs {
    pub(super) fn count(self) -> u32 {
        u32::from(self.dated) + u32::from(self.named) + u32::from(self.restarts)
    }
}

/// A page with the outline and the measures that decide about its documents.
#[derive(Debug)]
pub(super) struct Hub<'a> {
    pub blocks: &'a [Block],
    pub entries: Vec<Entry>,
    pub measure: Measure,
    /// The entry of the title with the most policy words below it.
    pub main_title: Option<usize>,
    labels: Vec<Option<Label>>,
    /// Policy words per byte of the policy.
    density: f64,
}

impl<'a> Hub<'a> {
    /// Reads a page; none if its titles cannot be those of several documents, or if no policy is found.
    pub(super) fn of(blocks: &'a [Block]) -> Option<Self> {
        let entries = outline(blocks);
        if entries.len() > MAX_ENTRIES {
            return None;
        }
        let first = entries.iter().position(|e| e.names == Names::Privacy);
        let others = |e: &Entry| {
            matches!(
                e.names,
                Names::Other | Names::Document | Names::Cookies | Names::Several
            )
        };
        let above = first.map_or(0, |first| {
            let before = &blocks[..entries[first].at];
            before.iter().map(|b| b.weight().0).sum()
        });
        if above < LEAST_POLICY_BYTES && !entries.iter().any(others) {
            return None;
        }
        let mut hub = Self {
            blocks,
            entries,
            measure: Measure::of(blocks),
            main_title: None,
            labels: blocks.iter().map(label_of).collect(),
            density: 0.0,
        };
        let main = hub.find_main_title();
        hub.main_title = main.map(|(title, _)| title);
        let (start, end) = match main {
            Some((title, end)) => (hub.entries[title].at, end),
            None => (0, hub.entries[hub.entries.iter().position(others)?].at),
        };
        let sample = hub.measure.first_bytes(start, end, SAMPLE_BYTES);
        hub.density = hub.measure.density(start, sample);
        let is_policy = hub.measure.words(start, end) >= LEAST_WORDS
            && hub.measure.bytes(start, end) >= LEAST_POLICY_BYTES;
        // Without a title, the text above the other document must be much denser than that document.
        let is_cookies = |e: &Entry| e.names == Names::Cookies && e.at == end;
        let is_clear = hub.main_title.is_some()
            || hub.entries.iter().any(is_cookies)
            || hub.measure.density(end, blocks.len()) < hub.density * FOREIGN_SHARE;
        (is_policy && is_clear).then_some(hub)
    }

    /// The title below which most of the policy is, and the end of that text. Below a section of other terms, there is
    /// other text too.
    fn find_main_title(&mut self) -> Option<(usize, usize)> {
        let titles: Vec<usize> = (0..self.entries.len())
            .filter(|i| self.entries[*i].names == Names::Privacy)
            .collect();
        let sampled = |i: &usize| {
            let start = self.entries[*i].at;
            let end = self
                .measure
                .first_bytes(start, self.region_end(*i), SAMPLE_BYTES);
            if self.measure.bytes(start, end) < LEAST_SAMPLE_BYTES {
                return 0.0;
            }
            self.measure.density(start, end)
        };
        // On a page with several documents, the mean is between the densities of policies and of terms.
        let densest = titles.iter().map(sampled).fold(0.0, f64::max);
        let mean = self.measure.density(0, self.blocks.len()) / FOREIGN_SHARE;
        self.density = if densest > 0.0 {
            densest.min(mean)
        } else {
            mean
        };
        // Of equal titles the first, and the title of a document rather than that of a section before it.
        let mut main: Option<(usize, usize, f64)> = None;
        for title in titles {
            let start = self.entries[title].at;
            let own = &self.entries[title];
            let ends =
                self.peers_until(title, |e| e.names == Names::Other || is_next_number(own, e));
            for end in ends {
                let score = self.score(start, end);
                let is_better = main.is_none_or(|(before, _, most)| {
                    let is_higher = self.entries[title].rank < self.entries[before].rank;
                    score > if is_higher { most * HIGHER_SHARE } else { most }
                });
                if is_better {
                    main = Some((title, end, score));
                }
            }
        }
        main.map(|(title, end, _)| (title, end))
    }

    /// The positions of the entries after a title, up to the first for which `stops` is true, or to the end of the page.
    fn peers_until(&self, title: usize, stops: impl Fn(&Entry) -> bool) -> Vec<usize> {
        let mut ends = Vec::new();
        for entry in &self.entries[title + 1..] {
            ends.push(entry.at);
            if stops(entry) {
                return ends;
            }
        }
        ends.push(self.blocks.len());
        ends
    }

    /// True for a title of a policy or cookie notice with enough text for one. Terms have sections that refer to them.
    fn may_be_policy(&self, at: usize) -> bool {
        let end = self.region_end(at);
        let start = self.entries[at].at;
        matches!(
            self.entries[at].names,
            Names::Privacy | Names::Supplement | Names::Cookies
        ) && self.measure.bytes(start, end) >= LEAST_POLICY_BYTES
            && !self.is_foreign(start, end)
    }

    /// True if the text below a title stays foreign up to the next policy, and its score is below `lack`.
    fn stays_foreign(&self, title: usize, lack: f64) -> bool {
        let start = self.entries[title].at;
        let ends: Vec<usize> = self
            .entries
            .iter()
            .enumerate()
            .skip(title + 1)
            .take_while(|(i, _)| !self.may_be_policy(*i))
            .map(|(_, e)| e.at)
            .collect();
        let last = self.entries.get(title + 1 + ends.len());
        let last = last.map_or(self.blocks.len(), |e| e.at);
        let ends: Vec<usize> = ends.into_iter().chain([last]).collect();
        let scores: Vec<f64> = ends.iter().map(|end| self.score(start, *end)).collect();
        scores.iter().all(|score| *score < FOREIGN_NOISE)
            && scores.last().is_some_and(|last| *last < lack)
    }

    /// The end of the text under a title: the next title, or the next number of the list in which the title is.
    pub(super) fn region_end(&self, title: usize) -> usize {
        let own = &self.entries[title];
        let ends = |e: &&Entry| {
            matches!(
                e.names,
                Names::Privacy | Names::Other | Names::Cookies | Names::Document | Names::Several
            ) || e.rank == own.rank && own.label.zip(e.label).is_some_and(|(a, b)| b.follows(a))
        };
        let next = self.entries[title + 1..].iter().find(ends);
        next.map_or(self.blocks.len(), |e| e.at)
    }

    /// The end of the section of an entry: the next entry of its rank or of a higher one.
    pub(super) fn section_end(&self, entry: usize) -> usize {
        let rank = self.entries[entry].rank;
        let next = self.entries[entry + 1..].iter().find(|e| e.rank <= rank);
        next.map_or(self.blocks.len(), |e| e.at)
    }

    /// The bytes of policy that the policy words of some blocks stand for, less the bytes of the blocks: negative for
    /// foreign texts.
    pub(super) fn score(&self, start: usize, end: usize) -> f64 {
        let bytes = u32::try_from(self.measure.bytes(start, end)).unwrap_or(u32::MAX);
        let words = f64::from(self.measure.words(start, end));
        words / (self.density * FOREIGN_SHARE).max(f64::EPSILON) - f64::from(bytes)
    }

    pub(super) fn is_foreign(&self, start: usize, end: usize) -> bool {
        self.score(start, end) < 0.0
    }

    /// True if some blocks have almost no policy words, compared with the policy.
    pub(super) fn is_void_of_policy(&self, start: usize, end: usize) -> bool {
        self.measure.density(start, end) < self.density * VOID_SHARE
    }

    /// True if a title has the rank of a document: the sections between it and the policy's title have lower ones, or
    /// most of them have.
    fn has_document_rank(&self, at: usize, policy: Option<usize>, start: usize) -> bool {
        let own = &self.entries[at];
        let mut sections = self.entries[..at]
            .iter()
            .filter(|e| e.at > start && !matches!(e.names, Names::Privacy | Names::Supplement));
        let above = policy.map(|p| &self.entries[p]);
        // Titles in capitals above sections that are not.
        if own.capitals && above.is_some_and(|p| p.capitals) {
            return !sections.any(|e| e.capitals);
        }
        // Supplements without a name of the vocabulary may have the rank of the policy's title.
        let (peers, lower): (Vec<&Entry>, Vec<&Entry>) = sections.partition(|e| e.rank <= own.rank);
        above.is_none_or(|p| own.rank <= p.rank) && peers.len() * 2 <= lower.len()
    }

    /// True if the number of an entry continues the numbers of the sections before it.
    pub(super) fn continues_numbers(&self, at: usize, start: usize) -> bool {
        let own = &self.entries[at];
        let Some(label) = own.label else {
            return false;
        };
        let mut before = self.entries[..at].iter().rev();
        let is_same = |l: &Label| l.style == label.style && l.depth == label.depth;
        before
            .by_ref()
            .take_while(|e| e.at > start)
            .find_map(|e| e.label.filter(is_same))
            .is_some_and(|last| label.follows(last))
    }

    /// The signs that a document of its own begins at an entry.
    pub(super) fn signs(&self, at: usize, start: usize, end: usize) -> Signs {
        let own = &self.entries[at];
        let name = split_label(&own.title).1.to_lowercase();
        let head = &self.blocks[own.at + 1..end.min(own.at + 1 + HEAD_BLOCKS).max(own.at + 1)];
        let texts: Vec<String> = head.iter().map(|b| start_of(b).to_lowercase()).collect();
        Signs {
            dated: texts.iter().take(3).any(|text| is_dated(text)),
            named: name.len() >= LEAST_NAME_BYTES && texts.iter().any(|text| text.contains(&name)),
            restarts: self.numbers_restart(start, own.at, end),
        }
    }

    /// True if the numbers before a title reach three and the first number after it is one.
    fn numbers_restart(&self, start: usize, at: usize, end: usize) -> bool {
        let first = self.labels[at + 1..end.max(at + 1)].iter().flatten().next();
        first.is_some_and(|first| {
            first.value == 1
                && first.depth == 1
                && self.labels[start..at]
                    .iter()
                    .flatten()
                    .any(|l| l.style == first.style && l.depth == 1 && l.value >= 3)
        })
    }

    /// True if terms or another document have a heading of the same rank.
    fn is_beside_others(&self, at: usize) -> bool {
        let own = &self.entries[at];
        (0..self.entries.len()).any(|i| {
            let other = &self.entries[i];
            let end = self.region_end(i);
            other.names == Names::Other
                && other.rank == own.rank
                && self.is_foreign(other.at, end)
                && self.measure.bytes(other.at, end) >= LEAST_BYTES
        })
    }

    /// True if another document begins at an entry below a policy, which begins at `start` with the title `policy`.
    pub(super) fn closes(&self, at: usize, policy: Option<usize>, start: usize) -> bool {
        let own = &self.entries[at];
        let is_sibling = policy
            .and_then(|p| self.entries[p].label.zip(own.label))
            .is_some_and(|(a, b)| b.follows(a));
        if !is_sibling && self.continues_numbers(at, start) {
            return false;
        }
        let end = self.region_end(at);
        let bytes = self.measure.bytes(own.at, end);
        let is_foreign = self.is_foreign(own.at, end);
        let found = self.signs(at, start, end);
        let signs = found.count();
        let is_document = self.has_document_rank(at, policy, start);
        match own.names {
            Names::Other | Names::Several if is_document => {
                is_foreign || signs > 0 || bytes >= LEAST_BYTES
            }
            Names::Other | Names::Several => {
                self.stays_foreign(at, CLEAR_LACK)
                    || is_foreign && signs > 0 && bytes >= LEAST_POLICY_BYTES
                    || signs > 1 && bytes >= LEAST_BYTES
            }
            Names::Cookies if bytes < LEAST_POLICY_BYTES => false,
            Names::Cookies if is_document => {
                let is_named = names_document(&own.title);
                found.dated || found.restarts || is_named && self.is_beside_others(at)
            }
            Names::Cookies => found.dated && signs > 1,
            Names::Section if is_document => {
                let end = self.section_end(at).min(end);
                self.is_beside_others(at)
                    && self.is_foreign(own.at, end)
                    && self.measure.bytes(own.at, end) >= LEAST_BYTES
            }
            Names::Document if is_document => is_foreign && bytes >= LEAST_POLICY_BYTES,
            Names::Document => {
                self.stays_foreign(at, CLEAR_LACK * 2.0)
                    || signs > 0 && self.stays_foreign(at, CLEAR_LACK)
            }
            _ => false,
        }
    }
}

/// True if an entry has the next number of the list in which another entry is.
fn is_next_number(own: &Entry, next: &Entry) -> bool {
    next.rank == own.rank
        && own
            .label
            .zip(next.label)
            .is_some_and(|(before, after)| after.follows(before))
}

/// The number at the beginning of a heading or paragraph.
fn label_of(block: &Block) -> Option<Label> {
    match block {
        Block::Heading(_, spans) | Block::Paragraph(spans) => split_label(&spans.first()?.text).0,
        _ => None,
    }
}

/// The first bytes of a block's text.
fn start_of(block: &Block) -> String {
    let mut text = block.text();
    text.truncate(text.floor_char_boundary(HEAD_BYTES));
    text
}

/// True for a short line with a year, such as "Last updated: 3 May 2018".
fn is_dated(text: &str) -> bool {
    text.len() <= DATE_LINE_BYTES
        && text.split(|c: char| !c.is_ascii_digit()).any(|digits| {
            digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
        })
}
