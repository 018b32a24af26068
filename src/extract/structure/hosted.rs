//! Splits a page into the documents that it hosts.

use super::boundary::{Hub, LEAST_POLICY_BYTES};
use super::outline::{Entry, Names};
use crate::extract::blocks::Block;
use crate::extract::vocabulary::names_document;

/// Text above a title with fewer bytes than this belongs to the title.
const STUB_BYTES: usize = 200;
/// The score of the text after a section that is cut off without a title.
const CLEAR_LACK: f64 = -1200.0;
/// The same for a policy with headings of its own below the headings of the other document.
const SLIGHT_LACK: f64 = -300.0;
/// The lowest level of a heading.
const LOWEST_HEADING: u8 = 6;

/// A document of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hosted {
    /// The words of its title; empty for text without a title.
    pub title: String,
    pub start: usize,
    pub end: usize,
    /// True for a privacy policy with its supplements.
    pub is_policy: bool,
}

/// The part of a page that is being read.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: usize,
    title: Option<usize>,
    is_policy: bool,
    /// The end, if the part is a section of another document.
    end: Option<usize>,
}

/// The documents of a page; none if the page is one document.
pub(super) fn hosted_documents(blocks: &[Block]) -> Option<Vec<Hosted>> {
    let hub = Hub::of(blocks)?;
    let mut parts: Vec<Part> = vec![hub.first_part()];
    for at in 0..hub.entries.len() {
        let current = *parts.last()?;
        if let Some(next) = hub.next_part(at, current) {
            parts.push(next);
        } else if current.is_policy
            && hub.entries[at].names == Names::Privacy
            && current
                .title
                .is_none_or(|t| hub.entries[at].rank < hub.entries[t].rank)
            && let Some(last) = parts.last_mut()
        {
            last.title = Some(at);
        }
    }
    hub.hosted(&parts)
}

impl Hub<'_> {
    /// The part at the beginning of the page.
    fn first_part(&self) -> Part {
        let mut first = Part {
            start: 0,
            title: None,
            is_policy: true,
            end: None,
        };
        let Some(main) = self.main_title else {
            return first;
        };
        let named = |e: &Entry| {
            matches!(
                e.names,
                Names::Privacy | Names::Other | Names::Several | Names::Cookies
            )
        };
        let Some(next) = self.entries.iter().position(named) else {
            return first;
        };
        let opening = &self.entries[next];
        let above = self.measure.bytes(0, opening.at);
        if self.score(0, opening.at) < CLEAR_LACK * 2.0 || self.is_after_other_matters(main) {
            first.is_policy = false;
        } else if opening.names != Names::Privacy && above < LEAST_POLICY_BYTES {
            let end = self.region_end(next);
            let is_peer = opening.rank <= self.entries[main].rank
                && self.measure.bytes(opening.at, end) >= LEAST_POLICY_BYTES
                && (names_document(&opening.title) || self.signs(next, 0, end).count() > 0);
            let other = self.is_foreign(opening.at, end)
                || self.is_foreign(opening.at, self.entries[main].at.max(end));
            first.is_policy = !is_peer && !other;
            first.title = (!first.is_policy).then_some(next);
        }
        first
    }

    /// True if a policy is one of the sections of a page and the sections before it are about something else.
    fn is_after_other_matters(&self, main: usize) -> bool {
        let own = &self.entries[main];
        let is_peer = |e: &&Entry| {
            e.rank == own.rank && !matches!(e.names, Names::Privacy | Names::Supplement)
        };
        let first = self.entries[..main].iter().find(is_peer);
        first.is_some_and(|first| {
            self.measure.bytes(first.at, own.at) >= LEAST_POLICY_BYTES
                && self.is_void_of_policy(first.at, own.at)
        })
    }

    /// The part that begins at an entry, if one begins there.
    fn next_part(&self, at: usize, current: Part) -> Option<Part> {
        let entry = &self.entries[at];
        let mut part = Part {
            start: entry.at,
            title: Some(at),
            is_policy: false,
            end: None,
        };
        if !current.is_policy {
            if self.opens(at, current) {
                part.is_policy = true;
                part.end = self
                    .is_section(at, current)
                    .then(|| self.end_of_section(at))
                    .flatten();
                return Some(part);
            }
            let is_title = matches!(
                entry.names,
                Names::Other | Names::Several | Names::Cookies | Names::Document
            );
            let is_higher = current
                .title
                .is_none_or(|t| entry.rank <= self.entries[t].rank && t != at);
            return (is_title && is_higher).then_some(part);
        }
        let ends = current.end.is_some_and(|end| entry.at >= end);
        (ends || self.closes(at, current.title, current.start)).then_some(part)
    }

    /// True if a policy begins at an entry of another document.
    fn opens(&self, at: usize, current: Part) -> bool {
        let end = self.region_end(at);
        let start = self.entries[at].at;
        let is_text = !self.is_foreign(start, end);
        let bytes = self.measure.bytes(start, end);
        // A cookie notice has no supplements for a state.
        let is_in_cookies = current
            .title
            .is_some_and(|t| self.entries[t].names == Names::Cookies);
        let is_section = self.is_section(at, current);
        match self.entries[at].names {
            Names::Privacy if self.main_title == Some(at) => true,
            // Terms have a section that refers to the policy.
            Names::Privacy => is_text && bytes >= LEAST_POLICY_BYTES && !is_section,
            Names::Supplement => {
                bytes >= LEAST_POLICY_BYTES
                    && (is_in_cookies || !is_section)
                    && self.score(start, end) > CLEAR_LACK
            }
            _ => false,
        }
    }

    /// True if an entry is a section of the document before it.
    fn is_section(&self, at: usize, current: Part) -> bool {
        let own = &self.entries[at];
        let is_lower = current
            .title
            .is_some_and(|t| self.entries[t].rank < own.rank);
        let is_among_sections = self.entries[..at].iter().any(|e| {
            e.at > current.start
                && matches!(e.names, Names::Nothing | Names::Section)
                && e.rank <= own.rank
                && (e.capitals || !own.capitals)
        });
        is_lower || is_among_sections || self.continues_numbers(at, current.start)
    }

    /// The end of a policy that is a section of another document; none if it goes on to the end of that document.
    fn end_of_section(&self, at: usize) -> Option<usize> {
        let own = &self.entries[at];
        let after = at + 1..self.entries.len();
        if let Some(label) = own.label {
            // The policy may have numbers of its own: a seven after a six belongs to them.
            let mut last = None;
            for next in after.clone().map(|i| &self.entries[i]) {
                let Some(found) = next.label.filter(|l| l.style == label.style) else {
                    continue;
                };
                if found.follows(label) && next.rank <= own.rank && last != Some(label.value) {
                    return Some(next.at);
                }
                last = Some(found.value);
            }
        }
        let peers: Vec<usize> = after
            .filter(|i| self.entries[*i].rank <= own.rank)
            .collect();
        let has_subsections = self
            .entries
            .get(at + 1)
            .is_some_and(|next| next.rank > own.rank && next.rank <= LOWEST_HEADING);
        let lack = if has_subsections {
            SLIGHT_LACK
        } else {
            CLEAR_LACK
        };
        self.best_end(own.at, &peers, lack)
    }

    /// The entry at which the text before it has the most policy words beyond those of foreign texts.
    fn best_end(&self, start: usize, peers: &[usize], lack: f64) -> Option<usize> {
        let end = self.blocks.len();
        let (best, score) = peers
            .iter()
            .map(|i| self.entries[*i].at)
            .map(|at| (at, self.score(start, at)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        (self.score(start, end) - score < lack).then_some(best)
    }

    /// The documents of some parts; none if nothing would be cut or no policy would be left.
    fn hosted(&self, parts: &[Part]) -> Option<Vec<Hosted>> {
        let mut hosted: Vec<Hosted> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let end = parts.get(index + 1).map_or(self.blocks.len(), |p| p.start);
            if end == part.start {
                continue;
            }
            let title = part.title.map(|t| self.entries[t].title.clone());
            hosted.push(Hosted {
                title: title.unwrap_or_default(),
                start: part.start,
                end,
                is_policy: part.is_policy,
            });
        }
        if hosted.iter().all(|h| h.is_policy) {
            return None;
        }
        self.cut_stub(&mut hosted);
        let largest = hosted
            .iter()
            .filter(|h| h.is_policy)
            .map(|h| self.measure.bytes(h.start, h.end))
            .max()?;
        for part in &mut hosted {
            let bytes = self.measure.bytes(part.start, part.end);
            // An entry of a table of contents.
            part.is_policy &= bytes == largest || bytes >= STUB_BYTES;
        }
        (largest >= LEAST_POLICY_BYTES).then_some(hosted)
    }

    /// Separates what is above the first policy's title, such as the name of the hub.
    fn cut_stub(&self, hosted: &mut Vec<Hosted>) {
        let Some(first) = hosted.first().filter(|h| h.is_policy) else {
            return;
        };
        let title = self
            .entries
            .iter()
            .find(|e| e.names == Names::Privacy && e.at < first.end)
            .map(|e| e.at)
            .filter(|at| *at > 0 && self.measure.bytes(0, *at) < STUB_BYTES);
        if let Some(at) = title {
            let stub = Hosted {
                title: String::new(),
                start: 0,
                end: at,
                is_policy: false,
            };
            hosted[0].start = at;
            hosted.insert(0, stub);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    const POLICY: &str =
        "We collect personal information and share it with third parties for this purpose. ";
    const TERMS: &str =
        "You pay for the goods within a week and bring them back at your own cost if you like. ";

    fn heading(level: u8, text: &str) -> Block {
        Block::Heading(level, vec![Span::plain(text)])
    }

    fn text(words: &str, times: usize) -> Block {
        Block::Paragraph(vec![Span::plain(words.repeat(times))])
    }

    /// The titles of the kept documents; none if the page is not cut.
    fn kept(blocks: &[Block]) -> Option<Vec<String>> {
        let documents = hosted_documents(blocks)?;
        let end = documents.iter().fold(0, |end, document| {
            assert_eq!(document.start, end, "{documents:?}");
            document.end
        });
        assert_eq!(end, blocks.len(), "{documents:?}");
        let kept = documents.into_iter().filter(|d| d.is_policy);
        Some(kept.map(|d| d.title).collect())
    }

    #[test]
    fn a_numbered_policy_is_cut_out_of_an_agreement_that_goes_on() {
        let mut blocks = vec![heading(1, "User Agreement")];
        for number in ["I", "II", "III"] {
            blocks.extend([heading(2, &format!("{number}. Rules")), text(TERMS, 20)]);
        }
        blocks.push(heading(2, "IV. Privacy Policy"));
        for number in ["I", "II", "III", "IV"] {
            blocks.extend([heading(2, &format!("{number}. About you")), text(POLICY, 9)]);
        }
        for number in ["V", "VI"] {
            blocks.extend([
                heading(2, &format!("{number}. More rules")),
                text(TERMS, 20),
            ]);
        }
        assert_eq!(kept(&blocks), Some(vec!["IV. Privacy Policy".to_owned()]));
    }

    #[test]
    fn a_supplement_for_a_state_after_a_cookie_notice_stays() {
        let mut blocks = vec![heading(1, "Privacy Policy"), text(POLICY, 60)];
        blocks.extend([
            heading(1, "Cookie Notice"),
            text("Effective date: 1 March 2019.", 1),
            heading(1, "Kinds of cookies"),
            text("Cookies are small files on your computer. ", 60),
            heading(1, "California Residents"),
            text(POLICY, 20),
        ]);
        assert_eq!(
            kept(&blocks),
            Some(vec![
                "Privacy Policy".to_owned(),
                "California Residents".to_owned()
            ])
        );
    }

    #[test]
    fn sections_of_a_policy_that_are_called_terms_or_cookies_stay() {
        for title in [
            "Terms of Use",
            "Cookie Policy",
            "Disclaimer",
            "Copyright Policy",
        ] {
            for level in [1, 2] {
                for place in 1..4 {
                    let mut blocks = vec![heading(1, "Privacy Policy"), text(POLICY, 9)];
                    for section in 0..4 {
                        let name = if section == place { title } else { "Your data" };
                        let words = if section == place { TERMS } else { POLICY };
                        blocks.extend([heading(level, name), text(words, 7)]);
                    }
                    assert_eq!(kept(&blocks), None, "{title} {level} {place}");
                }
            }
        }
    }

    #[test]
    fn a_continued_number_is_a_section_however_long_it_is() {
        let blocks = [
            heading(1, "Privacy Policy"),
            heading(2, "1. Your data"),
            text(POLICY, 20),
            heading(2, "2. Sharing"),
            text(POLICY, 20),
            heading(2, "3. Terms of Service"),
            text(TERMS, 90),
        ];
        assert_eq!(kept(&blocks), None);
    }

    #[test]
    fn a_page_with_very_many_headings_is_not_cut() {
        let mut blocks = Vec::new();
        for _ in 0..20_000 {
            blocks.extend([heading(2, "Privacy Policy"), heading(2, "Terms of Use")]);
        }
        assert_eq!(kept(&blocks), None);
    }
}
