//! Lines that state a date of the document, set like headings: "Date: November 14, 2005" in bold.

use crate::extract::vocabulary::title_topic;

/// Number of blocks at the beginning in which a date alone is the document's. Further below, it is an entry of a list of
/// changes.
const FIRST_BLOCKS: usize = 5;
/// Longest such line, in bytes.
const MAX_BYTES: usize = 120;
/// Most words next to the date ("This policy was last updated on").
const LABEL_WORDS: usize = 8;
/// Most words and numbers of a date before its year ("14th of November", "25 de mayo de").
const MONTH_TOKENS: usize = 4;

/// True for a line that states a date and nothing else. `at` is its place among the blocks.
pub(in crate::extract) fn states_date(text: &str, at: usize) -> bool {
    if text.len() > MAX_BYTES || !text.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let tokens: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .collect();
    let Some((first, last)) = date_tokens(&tokens) else {
        return is_labelled_month(text) && title_topic(text).is_none();
    };
    let label = first + tokens.len() - 1 - last;
    if label == 0 {
        return at < FIRST_BLOCKS;
    }
    // "3. Effective date: May 25, 2018" is the heading of a section.
    if first > 0 && number(tokens[0]).is_some() {
        return false;
    }
    label <= LABEL_WORDS
        && title_topic(text).is_none()
        && (at < FIRST_BLOCKS || text.contains([':', '：']))
}

/// True for "Date: November 2005".
fn is_labelled_month(text: &str) -> bool {
    let Some((label, date)) = text.split_once([':', '：']) else {
        return false;
    };
    let mut words = date.split_whitespace().rev();
    let year = words.next().is_some_and(is_year);
    let month: Vec<&str> = words.collect();
    let is_name = |word: &&str| !word.contains(|c: char| c.is_ascii_digit());
    year && month.len() <= 2
        && month.iter().all(is_name)
        && label.split_whitespace().count() <= LABEL_WORDS / 2
}

/// The first and the last token of a date: three numbers, a day and a year around the name of a month, or one word of
/// numbers and characters ("2018年5月25日").
fn date_tokens(tokens: &[&str]) -> Option<(usize, usize)> {
    tokens.iter().enumerate().find_map(|(at, token)| {
        if token.contains('年') && token.contains('月') || token.contains('년') {
            let is_part = |token: &&&str| token.contains(['年', '月', '日', '년', '월', '일']);
            return Some((at, at + tokens[at..].iter().take_while(is_part).count() - 1));
        }
        if let Some([first, second, third]) = tokens.get(at..at + 3)
            && [first, second, third].iter().all(|t| number(t).is_some())
            && (is_year(first) || is_year(third) || third.len() == 2)
        {
            return Some((at, at + 2));
        }
        if !is_year(token) {
            return None;
        }
        let is_name = |token: &&str| token.len() > 1 && token.chars().all(char::is_alphabetic);
        let before = &tokens[at.saturating_sub(MONTH_TOKENS)..at];
        let day = before.iter().rposition(|t| is_day(t))?;
        let first = at - before.len() + day;
        if day + 1 < before.len() {
            return before[day + 1..].iter().all(is_name).then_some((first, at));
        }
        // The month is before its day.
        day.checked_sub(1)
            .filter(|month| is_name(&before[*month]))
            .map(|_| (first - 1, at))
    })
}

fn number(token: &str) -> Option<u32> {
    token.parse().ok().filter(|_| token.len() <= 4)
}

fn is_year(token: &str) -> bool {
    number(token).is_some_and(|n| (1990..2100).contains(&n))
}

/// True for "14", "14th", "1er".
fn is_day(token: &str) -> bool {
    let digits = token.trim_end_matches(char::is_alphabetic);
    token.len() <= digits.len() + 2 && number(digits).is_some_and(|n| (1..=31).contains(&n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_date_and_a_label_states_a_date() {
        for line in [
            "Date: November 14, 2005",
            "November 14, 2005",
            "Effective May 25, 2018",
            "Last updated on the 14th of November, 2005",
            "Last updated: 14.11.2005",
            "Updated 11/14/05",
            "Stand: 1. Mai 2018",
            "Dernière mise à jour : 25 mai 2018",
            "Fecha: 25 de mayo de 2018",
            "2018年5月25日",
            "Date: November 2005",
        ] {
            assert!(states_date(line, 1), "{line}");
        }
        assert!(states_date("Date: November 14, 2005", 20));
    }

    #[test]
    fn headings_with_numbers_state_none() {
        for line in [
            "Privacy Policy of May 25, 2018",
            "Children under 13",
            "Data Protection Act 1998",
            "3. Effective date: May 25, 2018",
            "4. The right to object",
            "Article 13 and 14",
            "What we changed in 2018",
            "Your rights under Regulation (EU) 2016/679",
        ] {
            assert!(!states_date(line, 1), "{line}");
        }
        assert!(
            !states_date("May 25, 2018", 20),
            "an entry of a list of changes"
        );
    }
}
