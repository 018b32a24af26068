//! Signals of a text that do not depend on words of training texts: the vocabulary of the crate names them in every
//! language it knows.

use super::arithmetic::ln;
use crate::extract::{
    TitleTopic, cookie_words, names_document, policy_words, says_log_in, says_not_found,
    title_topic,
};
use crate::model::is_spaceless;

/// Number of signals.
pub const SIGNALS: usize = TITLES + 2 * TOPICS;

/// Densities of policy words at which a signal begins to rise, per 100 letters.
const POLICY_STEPS: [f64; 7] = [0.2, 0.5, 0.9, 1.3, 1.8, 2.4, 3.0];
/// The same for words for cookies.
const COOKIE_STEPS: [f64; 4] = [0.05, 0.2, 0.5, 0.9];
const COOKIES: usize = POLICY_STEPS.len();
const SHARE: usize = COOKIES + COOKIE_STEPS.len();
const LENGTH: usize = SHARE + 1;
const NOT_FOUND: usize = LENGTH + 3;
const LOG_IN: usize = NOT_FOUND + 1;
const TITLES: usize = LOG_IN + 1;
/// Kinds of titles, and the last one for none.
const TOPICS: usize = 8;
const NO_TITLE: usize = TOPICS - 1;

/// The words of longer texts are not counted for densities, in bytes.
const MAX_BYTES: usize = 20_000;
/// Number of lines at the beginning among which a title is sought; menus may be above it.
const TITLE_LINES: usize = 12;
/// A line is no title of less text than this, in bytes: log-in pages end with links to policies.
const TITLED_BYTES: usize = 80;
/// Shorter texts are scraps of a page more and more, in bytes.
const SCRAP_BYTES: f64 = 200.0;
/// Error and log-in pages are short, in bytes.
const SHORT_BYTES: usize = 1000;
/// A letter of a script without spaces stands for as many letters of other scripts.
const LETTERS_PER_SPACELESS: u32 = 3;

/// The signals of a text.
pub(super) fn signals(text: &str) -> [f64; SIGNALS] {
    let mut found = [0.0; SIGNALS];
    let part = beginning(text, MAX_BYTES);
    let letters = letters(part).max(100.0);
    let (policy, cookies) = (f64::from(policy_words(part)), f64::from(cookie_words(part)));
    ramp(
        &mut found[..COOKIES],
        policy / letters * 100.0,
        &POLICY_STEPS,
    );
    ramp(
        &mut found[COOKIES..SHARE],
        cookies / letters * 100.0,
        &COOKIE_STEPS,
    );
    found[SHARE] = cookies / policy.max(cookies).max(1.0);
    #[expect(clippy::cast_precision_loss, reason = "no text has 2^52 bytes")]
    let bytes = text.len().max(1) as f64;
    found[LENGTH] = ((ln(bytes) - 5.0) / 5.0).clamp(0.0, 1.2);
    found[LENGTH + 1] = ((ln(bytes) - 8.0) / 2.0).clamp(0.0, 1.0);
    found[LENGTH + 2] = ((SCRAP_BYTES - bytes) / SCRAP_BYTES * 2.0).clamp(0.0, 1.0);
    if text.len() < SHORT_BYTES {
        let lower = text.to_lowercase();
        found[NOT_FOUND] = f64::from(u8::from(says_not_found(&lower)));
        found[LOG_IN] = f64::from(u8::from(says_log_in(&lower)));
    }
    titles(text, &mut found[TITLES..]);
    found
}

/// Each step is 0 below its threshold and 1 above the next.
fn ramp(signals: &mut [f64], value: f64, steps: &[f64]) {
    for (at, signal) in signals.iter_mut().enumerate() {
        let from = steps[at];
        let to = steps.get(at + 1).copied().unwrap_or(from * 1.3);
        *signal = ((value - from) / (to - from)).clamp(0.0, 1.0);
    }
}

/// Which titles the first lines name, and which of them comes first.
fn titles(text: &str, found: &mut [f64]) {
    let mut first = None;
    let mut after = text.trim_end();
    let mut lines = 0;
    while lines < TITLE_LINES && after.len() >= TITLED_BYTES {
        let (line, rest) = after.split_once('\n').unwrap_or((after, ""));
        after = rest;
        let line = line.trim_matches(|c: char| !c.is_alphanumeric());
        if line.is_empty() {
            continue;
        }
        lines += 1;
        if rest.trim_start().len() >= TITLED_BYTES
            && let Some(topic) = topic(line)
        {
            found[topic] = 1.0;
            first = first.or(Some(topic));
        }
    }
    found[TOPICS + first.unwrap_or(NO_TITLE)] = 1.0;
}

fn topic(line: &str) -> Option<usize> {
    match title_topic(line) {
        Some(TitleTopic::Privacy) => Some(0),
        Some(TitleTopic::Cookies) => Some(1),
        Some(TitleTopic::Terms) => Some(2),
        Some(TitleTopic::Imprint) => Some(3),
        Some(TitleTopic::Supplement) => Some(4),
        Some(TitleTopic::Section) => Some(5),
        None => names_document(line).then_some(6),
    }
}

fn letters(text: &str) -> f64 {
    let count = if text.is_ascii() {
        u32::try_from(text.len()).unwrap_or(u32::MAX)
    } else {
        let weight = |c| {
            if is_spaceless(c) {
                LETTERS_PER_SPACELESS
            } else {
                1
            }
        };
        text.chars().map(weight).sum()
    };
    f64::from(count)
}

/// At most so many bytes of the beginning of a text, whole characters.
fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_signals_in_every_language() {
        let body = "A text of several lines that follows the title of the page and is long enough for a title.";
        for (title, topic) in [
            ("Home\n\n# Privacy Policy", 0),
            ("Polityka plików cookies", 1),
            ("AGB\n===", 2),
            ("利用規約", 2),
            ("Impressum", 3),
            ("Nothing of the kind", NO_TITLE),
        ] {
            let found = signals(&format!("{title}\n\n{body}"));
            assert!(found[TITLES + TOPICS + topic] > 0.9, "{title}");
        }
        let log_in = signals(&format!("{body}\nLog in\nPrivacy Policy"));
        assert!(log_in[TITLES + TOPICS + NO_TITLE] > 0.9);
    }

    #[test]
    fn densities_rise_in_steps() {
        let few = signals(&"The train leaves the station at noon. ".repeat(20));
        let many = signals(&"We collect personal data and cookies. ".repeat(20));
        assert!(few[0] < 0.5 && many[..4] == [1.0; 4], "{few:?} {many:?}");
        assert!(few[COOKIES] < 0.1 && many[COOKIES + 1] > 0.9);
    }
}
