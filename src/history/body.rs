//! The body of a text: its lines without page furniture above the title and below the last paragraph.
//!
//! Words of a site's header or footer can stand in the same container as the policy. One page alone does not show that
//! they belong to the site. In a history it is plain: with each redesign they come and go, and the body stays the same.
//! Texts with the same body are therefore one version ([`super::versions`]). The text and its hash keep all lines.
//!
//! The body depends on the text and its title only, never on the other texts of the history. In doubt a line belongs to
//! the body: a false version is seen and does little harm, a change that is joined away is lost.

use crate::model::{TextHash, words};

/// Maximum number of lines above the title that are furniture. Menus of real pages that were left in place had up to
/// nine lines; a title further down is the heading of a section.
const MAX_LINES_ABOVE: usize = 12;
/// Maximum number of lines below the last paragraph that are furniture.
const MAX_LINES_BELOW: usize = 40;
/// Maximum number of words of a line of furniture, as in "Select your language". Longer lines are sentences.
const MAX_WORDS: usize = 6;
/// Returns the body of a text, as a part of it. `text` has one line per block; `title` is the title of its page.
///
/// Lines above the title are left out if they are short and have no digits. Lines below the last paragraph are left out
/// if they are short, have no digits, addresses or punctuation of sentences, and do not belong to a list that the
/// paragraph announces.
#[must_use]
pub fn body<'a>(text: &'a str, title: Option<&str>) -> &'a str {
    let lines: Vec<&str> = text.lines().collect();
    let first = title.map_or(0, |title| lines_above(&lines, title));
    let end = lines.len() - lines_below(&lines[first..]);
    let is_whole = first == 0 && end == lines.len();
    if is_whole || !lines[first..end].iter().any(|line| is_paragraph(line)) {
        return text;
    }
    let start_of = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
    let last = lines[end - 1];
    &text[start_of(lines[first])..start_of(last) + last.len()]
}

/// Hash of the [`body`] of a text. It is the hash of the text itself when the text has no furniture.
#[must_use]
pub fn body_hash(text: &str, title: Option<&str>) -> TextHash {
    TextHash::of_normalised(body(text, title))
}

/// Number of lines above the title, if all of them are furniture.
fn lines_above(lines: &[&str], title: &str) -> usize {
    let lower = |text: &str| words(text).map(str::to_lowercase).collect::<Vec<_>>();
    let title = lower(title);
    let is_title = |line: &&str| lower(line) == title;
    let Some(at) = lines.iter().take(MAX_LINES_ABOVE + 1).position(is_title) else {
        return 0;
    };
    if lines[..at].iter().all(|line| is_furniture(line)) {
        at
    } else {
        0
    }
}

/// Number of lines below the last paragraph, if all of them are furniture.
fn lines_below(lines: &[&str]) -> usize {
    let below = lines
        .iter()
        .rev()
        .take_while(|line| is_furniture(line))
        .count();
    let paragraph = lines.len().checked_sub(below + 1).map(|at| lines[at]);
    let announces = |line: &str| line.trim_end().ends_with([':', '：', '؛']);
    let keeps = below > MAX_LINES_BELOW
        || paragraph.is_none_or(|line| announces(line) || !is_paragraph(line));
    if keeps { 0 } else { below }
}

/// True for a line that may be a menu entry or a label: a few words, and nothing that states a fact.
fn is_furniture(line: &str) -> bool {
    let states_fact = |c: char| {
        c.is_numeric()
            || matches!(
                c,
                '@' | '\t'
                    | ':'
                    | '.'
                    | '!'
                    | '?'
                    | ';'
                    | '。'
                    | '：'
                    | '！'
                    | '？'
                    | '।'
                    | '؟'
                    | '։'
                    | '።'
            )
    };
    !line.contains(states_fact) && words(line).take(MAX_WORDS + 1).count() <= MAX_WORDS
}

/// True for a line that is a sentence or states a fact in more words than a label has.
fn is_paragraph(line: &str) -> bool {
    words(line).nth(MAX_WORDS).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "Privacy Policy\nWe keep your name as long as you are a customer of ours.\nContact\n\
                          Write to our officer in Porto if you have any questions about this policy.";

    fn body_of(above: &str, below: &str) -> String {
        body(&format!("{above}{POLICY}{below}"), Some("Privacy policy")).to_owned()
    }

    #[test]
    fn menu_words_at_both_ends_are_not_in_the_body() {
        let menus = [
            ("", ""),
            ("Chat\nSupport\nPartnerships\nBlog\n", ""),
            ("", "\nSelect your language\nEnglish\nDeutsch\n日本語"),
            ("Home\n", "\nCareers\nGift cards\nPress"),
        ];
        for (above, below) in menus {
            assert_eq!(body_of(above, below), POLICY, "{above:?} {below:?}");
        }
    }

    #[test]
    fn lines_that_state_something_stay_in_the_body() {
        let below = [
            "\nLast updated: 3 May 2020",
            "\nAcme Ltd\n12 Harbour Street\nPorto",
            "\nprivacy@example.org",
            "\nQuestions?",
            "\nWe also share your address with companies that deliver parcels",
            "\nName\tPurpose",
        ];
        for below in below {
            let whole = format!("{POLICY}{below}");
            let found = body_of("", below);
            assert!(found.len() > POLICY.len(), "{below:?}: {found}");
            assert!(whole.starts_with(&found));
        }
        assert!(body_of("Version 3\n", "").starts_with("Version 3"));
    }

    #[test]
    fn a_list_that_a_line_announces_stays_in_the_body() {
        let text = format!(
            "{POLICY}\nWe share what we know about you with these companies:\nGoogle\nAcme\nGlobex"
        );
        assert_eq!(body(&text, Some("Privacy policy")), text);
    }

    #[test]
    fn a_text_without_paragraphs_is_its_own_body() {
        for text in [
            "",
            "\n\n",
            "Privacy policy",
            "Home\nPrivacy policy\nContact",
            "a\nb\nc\nd\ne\nf",
        ] {
            assert_eq!(body(text, Some("Privacy policy")), text);
            assert_eq!(body(text, None), text);
        }
    }
}
