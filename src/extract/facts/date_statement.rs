//! One statement of a date: a cue, the date next to it, and whether the sentence is about the policy itself.

use super::calendar::{Calendar, DateMatch};
use super::date_gaps::{
    MAX_GAP, begins_part, ends_sentence, is_label_gap, is_short, version_number, without_numbers,
};
use super::date_lines::{MAX_LABEL_BYTES, bordered, first_sentence, last_sentence};
use super::date_words::{CueKind, DateWords};

/// Maximum number of characters between a one-word cue, which has other uses too ("effective", "updated"), and its
/// date, if no word between them is for the policy.
const MAX_GAP_OF_ONE_WORD: usize = 12;
/// Maximum number of characters between a date and the cue after it.
const MAX_GAP_BEFORE: usize = 12;
/// Maximum number of characters between two dates of one list.
const MAX_GAP_IN_LIST: usize = 8;
/// Bytes of a sentence that are searched for words about what has the date.
const SENTENCE_BYTES: usize = 200;
/// Bytes next to a cue or a date that are searched for words such as "until".
const NEAR_BYTES: usize = 24;
/// Words between the two dates of a span of time, beside dashes.
const SPAN_WORDS: &[&str] = &[
    "to", "until", "till", "through", "bis", "au", "al", "a", "hasta", "tot", "do", "по", "до",
    "–", "—", "-", "~", "〜", "～",
];

/// The lines of a text, each with its folded form.
type Lines<'t> = &'t [(&'t str, String)];

/// A date that a text states, and its place.
pub(super) struct StatementPlace {
    pub date: String,
    /// The line of the cue.
    pub line: usize,
    /// The line of the date, if it is another one.
    pub date_line: Option<usize>,
    /// The bytes that cue and date span, in the folded line of the cue or in both lines with a space between them.
    pub span: (usize, usize),
}

/// Words of a line that say what kind of date is next to them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue {
    start: usize,
    end: usize,
    kind: CueKind,
    one_word: bool,
}

impl Cue {
    pub fn is_effective(&self) -> bool {
        self.kind == CueKind::Effective
    }

    fn is_label(&self) -> bool {
        matches!(self.kind, CueKind::Label | CueKind::FormCode)
    }
}

/// Reads the statements of one line.
pub(super) struct DateReader<'t> {
    words: &'t DateWords,
    lines: Lines<'t>,
    at: usize,
    line: &'t str,
    own_language: bool,
    /// The end of the last date of the line that has a cue.
    taken: usize,
}

impl<'t> DateReader<'t> {
    pub fn new(words: &'t DateWords, lines: Lines<'t>, at: usize, own_language: bool) -> Self {
        let line = lines.get(at).map_or("", |(_, folded)| folded.as_str());
        Self {
            words,
            lines,
            at,
            line,
            own_language,
            taken: 0,
        }
    }

    /// The cues of the line.
    pub fn cues(&self) -> impl Iterator<Item = Cue> + use<'t> {
        let (words, line) = (self.words, self.line);
        words.cues.find_iter(line).filter_map(move |found| {
            let (kind, one_word) = *words.kinds.get(found.pattern().as_usize())?;
            let cue = Cue {
                start: found.start(),
                end: found.end(),
                kind,
                one_word,
            };
            stands_in(line, &cue).then_some(cue)
        })
    }

    /// The date that a cue states.
    pub fn statement(&mut self, cue: &Cue) -> Option<StatementPlace> {
        let calendar = self.words.calendar()?;
        let rest = self.line.get(cue.end..)?;
        let labels_what_follows = rest.trim_start().starts_with([':', '：'])
            || self
                .line
                .get(..cue.end)?
                .ends_with(['日', '期', '일', '자'])
            || cue.is_label();
        let before = || {
            let found = self.before(calendar, cue)?;
            Some((found.start, cue.end, found))
        };
        let after = || {
            let found = self.after(calendar, self.line, cue)?;
            Some((cue.start, found.end, found))
        };
        let in_line = if labels_what_follows {
            after()
        } else if self.words.before {
            before().or_else(after)
        } else {
            after().or_else(before)
        };
        if let Some((start, end, found)) = in_line {
            self.taken = found.end;
            return Some(StatementPlace {
                date: found.date,
                line: self.at,
                date_line: None,
                span: (start, end),
            });
        }
        self.in_next_lines(calendar, cue)
    }

    /// The date after a cue, with its place in `line`.
    fn after(&self, calendar: &Calendar, line: &str, cue: &Cue) -> Option<DateMatch> {
        let (head, rest) = (line.get(..cue.start)?, line.get(cue.end..)?);
        let window = rest.get(..rest.floor_char_boundary(160))?;
        let number = version_number(window, cue.is_label());
        let dated = window.get(number..)?;
        let found = calendar
            .first(dated, self.own_language)
            .filter(|found| self.is_near(head, dated.get(..found.start).unwrap_or_default(), cue));
        let code = || {
            let found = Calendar::form_code(dated).filter(|_| cue.kind == CueKind::FormCode)?;
            is_label_gap(dated.get(..found.start)?).then_some(found)
        };
        let found = found.or_else(code)?;
        let gap = window.get(..number + found.start)?;
        let after = dated.get(found.end..)?;
        let has_colon = gap.trim_start().starts_with([':', '：']);
        let before = line.get(..cue.end + gap.len())?;
        if !self.is_about_policy(before, head, gap, cue)
            || !has_colon
                && (cue.is_effective() || after.starts_with(','))
                && self.is_followed_by_another(head, after)
            || self
                .words
                .says_ended_after(first_sentence(after, NEAR_BYTES * 2))
            || cue.is_effective() && self.begins_span(calendar, after)
        {
            return None;
        }
        let found = DateMatch {
            start: cue.end + number + found.start,
            end: cue.end + number + found.end,
            date: found.date,
        };
        if cue.is_effective() {
            return Some(found);
        }
        Some(self.latest_of_list(calendar, line, found))
    }

    /// True if a gap is short enough and ends no sentence.
    fn is_near(&self, head: &str, gap: &str, cue: &Cue) -> bool {
        if cue.is_label() {
            return is_label_gap(gap);
        }
        let is_named = || {
            let sentence = last_sentence(head, SENTENCE_BYTES);
            self.words.is_about_itself(&bordered(sentence))
                || self.words.is_about_itself(&bordered(gap))
        };
        let characters = gap.chars().count();
        let limit = if cue.one_word && characters > MAX_GAP_OF_ONE_WORD && !is_named() {
            MAX_GAP_OF_ONE_WORD
        } else {
            MAX_GAP
        };
        characters <= limit
            && !ends_sentence(gap)
            && !without_numbers(gap).contains(|c: char| c.is_ascii_digit())
    }

    /// True if the words before a date are about the policy, and its force does not end.
    fn is_about_policy(&self, before: &str, head: &str, gap: &str, cue: &Cue) -> bool {
        let from = last_sentence(head, SENTENCE_BYTES).len() + before.len() - head.len();
        let words = bordered(&before[before.len() - from..]);
        let needs_name = cue.one_word && !begins_part(head);
        // "Privacy Policy Version 3.2"
        let last_word = bordered(head.split_whitespace().next_back().unwrap_or_default());
        if cue.is_label() && !begins_part(head) && !self.words.is_about_itself(&last_word) {
            return false;
        }
        let near = head.get(head.ceil_char_boundary(head.len().saturating_sub(NEAR_BYTES))..);
        let near = last_sentence(near.unwrap_or_default(), NEAR_BYTES);
        !self.words.ends_with_another(&words)
            && (!needs_name || self.words.is_about_itself(&words))
            && !self.words.says_ended(near)
            && !self.words.says_ended(gap)
    }

    /// True if a sentence that begins with the date goes on with a law: "Effective January 1, 2020, the CCPA gives".
    fn is_followed_by_another(&self, head: &str, after: &str) -> bool {
        let sentence = bordered(last_sentence(head, SENTENCE_BYTES));
        !self.words.is_about_itself(&sentence)
            && self
                .words
                .begins_with_another(&bordered(first_sentence(after, SENTENCE_BYTES / 2)))
    }

    /// True if a second date follows, and both are the limits of a span of time.
    fn begins_span(&self, calendar: &Calendar, after: &str) -> bool {
        let window = &after[..after.floor_char_boundary(60)];
        calendar
            .first(window, self.own_language)
            .and_then(|next| window.get(..next.start))
            .is_some_and(|gap| SPAN_WORDS.contains(&gap.trim()))
    }

    /// The latest date of a list that begins with a date: "amended on 1 March 2012, 4 May 2014 and 3 June 2016".
    fn latest_of_list(&self, calendar: &Calendar, line: &str, first: DateMatch) -> DateMatch {
        let mut end = first.end;
        let mut latest = first;
        while let Some(after) = line.get(end..)
            && let window = &after[..after.floor_char_boundary(60)]
            && let Some(next) = calendar.first(window, self.own_language)
            && let Some(gap) = window.get(..next.start)
            && gap.chars().count() <= MAX_GAP_IN_LIST
            && !gap.contains(|c: char| {
                c.is_ascii_digit() || matches!(c, '(' | '（' | '。' | '!' | '?')
            })
            && !gap.contains(". ")
            && !self.words.says_ended(gap)
        {
            let next = DateMatch {
                start: end + next.start,
                end: end + next.end,
                date: next.date,
            };
            end = next.end;
            if next.date > latest.date {
                latest = next;
            }
        }
        latest
    }

    /// The date directly before a cue.
    fn before(&self, calendar: &Calendar, cue: &Cue) -> Option<DateMatch> {
        let (head, rest) = (self.line.get(..cue.start)?, self.line.get(cue.end..)?);
        let from = head.ceil_char_boundary(head.len().saturating_sub(120));
        let found = calendar.last(head.get(from..)?, self.own_language)?;
        let (start, end) = (from + found.start, from + found.end);
        let (head, gap) = (head.get(..start)?, head.get(end..)?);
        let is_named = self.words.is_about_itself(&bordered(gap));
        let characters = gap.chars().count();
        let is_near = if is_named {
            characters <= MAX_GAP
        } else if self.words.before {
            characters <= MAX_GAP_BEFORE
        } else {
            matches!(gap.trim(), "" | "," | "(" | "–" | "-") && !begins_word(rest)
        };
        let sentence = last_sentence(head, SENTENCE_BYTES);
        let words = bordered(&format!("{sentence} {gap}"));
        let after = bordered(first_sentence(rest, NEAR_BYTES * 2));
        let is_about_another = self.words.ends_with_another(&words)
            || !self.words.is_about_itself(&words) && self.words.begins_with_another(&after);
        // The second date of a span of time is the end of force.
        let ends_span = head.trim_end().ends_with(['~', '〜', '～', '–', '-'])
            && head.contains(char::is_alphanumeric);
        let fits = is_near
            && start >= self.taken
            && !ends_sentence(gap)
            && !is_about_another
            && !self.words.says_ended(gap)
            && !ends_span;
        fits.then_some(DateMatch {
            date: found.date,
            start,
            end,
        })
    }

    /// The date in the line after the line of a cue, or the latest of such lines.
    fn in_next_lines(&self, calendar: &Calendar, cue: &Cue) -> Option<StatementPlace> {
        let (head, rest) = (self.line.get(..cue.start)?, self.line.get(cue.end..)?);
        let next = self.lines.get(self.at + 1)?.1.as_str();
        if !is_short(head)
            || rest.len() > MAX_LABEL_BYTES
            || rest.chars().count() > MAX_GAP_OF_ONE_WORD
            || rest.ends_with('.')
            || !is_short(next)
        {
            return None;
        }
        let joined = format!("{} {next}", self.line);
        let found = self.after(calendar, &joined, cue)?;
        // The date begins in the line of the cue, or no words are before it in the next one.
        let before = joined.get(self.line.len()..found.start).unwrap_or_default();
        if found.end <= self.line.len() || before.contains(char::is_alphabetic) {
            return None;
        }
        let mut place = StatementPlace {
            date: found.date,
            line: self.at,
            date_line: Some(self.at + 1),
            span: (cue.start, found.end),
        };
        if cue.is_effective() {
            return Some(place);
        }
        for (number, (_, line)) in self.lines.iter().enumerate().skip(self.at + 2) {
            let found = calendar.first(line, self.own_language);
            let Some(found) = found.filter(|found| found.start <= 3 && is_short(line)) else {
                break;
            };
            if found.date > place.date {
                place.date = found.date;
                place.date_line = Some(number);
                place.span.1 = self.line.len() + 1 + found.end;
            }
        }
        Some(place)
    }
}

/// True if a cue is no part of a longer word, as in "ineffective", and a label is a label.
fn stands_in(line: &str, cue: &Cue) -> bool {
    let (Some(head), Some(rest)) = (line.get(..cue.start), line.get(cue.end..)) else {
        return false;
    };
    let text = line.get(cue.start..cue.end).unwrap_or_default();
    let has_spaces = text.starts_with(|c: char| c.is_alphabetic() && c < '\u{590}');
    if has_spaces && head.ends_with(char::is_alphanumeric) {
        return false;
    }
    if !cue.is_label() {
        return true;
    }
    let goes_on = |c: char| c.is_alphabetic();
    !rest.starts_with(goes_on)
}

fn begins_word(text: &str) -> bool {
    text.trim_start().starts_with(char::is_alphanumeric)
}
