//! Lines of a server about the visit: baskets, visitor counts, ratings, notices about disabled scripts.
//!
//! A line counts only as a whole: all its words belong to one topic of `data/page_patterns.toml`, one of them names the
//! topic, and a number or a word of state is next to it. "Page views are deleted after 30 days" has other words.

use crate::extract::vocabulary::{NoiseTopic, PAGE_PATTERNS};

/// Longest line, in bytes. The notice about disabled scripts of a shop system has 170.
const MAX_BYTES: usize = 300;
/// Longest line with a temperature, in bytes.
const WEATHER_BYTES: usize = 60;
/// Longest line about the author and the category of a page, in bytes. The one of a common blog system has 250.
const META_BYTES: usize = 320;

/// True for a line that is about the visit, not about the policy.
pub(in crate::extract) fn is_noise(line: &str) -> bool {
    if line.len() > MAX_BYTES {
        return false;
    }
    let line = line.to_lowercase();
    if is_weather(&line) {
        return true;
    }
    let words: Vec<&str> = words(&line).collect();
    PAGE_PATTERNS
        .noise
        .iter()
        .any(|topic| is_about(topic, &words))
}

fn is_about(topic: &NoiseTopic, words: &[&str]) -> bool {
    let mut named = false;
    let mut states = 0;
    for word in words {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let is_state = topic.states.contains(*word);
        let is_key = topic.keys.contains(*word);
        if !(is_number || is_state || is_key || topic.words.contains(*word)) {
            return false;
        }
        named |= is_key;
        states += usize::from(is_number || is_state);
    }
    named && states >= topic.least
}

/// The words and the numbers of a line. A number and the word next to it are two ("0点").
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric())
        .flat_map(|run| run.split_inclusive(|c: char| c.is_ascii_digit()))
        .flat_map(|part| {
            let digits = part.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let (word, number) = part.split_at(digits);
            [word, number]
        })
        .filter(|word| !word.is_empty())
}

/// True for a line with a temperature, such as "London: 14 °C, cloudy".
fn is_weather(line: &str) -> bool {
    let is_labelled =
        || {
            let names = |word: &String| line.strip_prefix(word.as_str());
            PAGE_PATTERNS.weather.iter().filter_map(names).any(|rest| {
                rest.starts_with([':', ' ']) && rest.contains(|c: char| c.is_ascii_digit())
            })
        };
    line.len() <= WEATHER_BYTES && is_labelled()
        || line.len() <= WEATHER_BYTES
            && line
                .split_once(['°', '℃', '℉'])
                .is_some_and(|(before, after)| {
                    before.trim_end().ends_with(|c: char| c.is_ascii_digit())
                        && !after.trim_start().starts_with(|c: char| c.is_ascii_digit())
                })
}

/// True for a line of a blog about the author, the category and the comments of a page.
pub(in crate::extract) fn is_blog_meta(line: &str) -> bool {
    if line.len() > META_BYTES {
        return false;
    }
    let line = line.to_lowercase();
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let comments = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    PAGE_PATTERNS.blog_meta.iter().any(|beginning| {
        let begins = |line: &str| {
            line.strip_prefix(beginning.as_str()).is_some_and(|rest| {
                beginning.ends_with(':') || !rest.starts_with(char::is_alphanumeric)
            })
        };
        begins(line)
    }) || PAGE_PATTERNS.comment_counts.iter().any(|label| {
        let trimmed = comments.trim_end_matches(|c: char| !c.is_alphanumeric());
        trimmed.len() <= META_BYTES / 4
            && (trimmed == label && comments.len() < line.len()
                || line.strip_prefix(label.as_str()).is_some_and(|rest| {
                    rest.contains(|c: char| c.is_ascii_digit())
                        && !rest.contains(char::is_alphabetic)
                }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_the_visit_are_noise() {
        for line in [
            "JavaScript seems to be disabled in your browser.",
            "JavaScript seems to be disabled in your browser. You must have JavaScript enabled in your browser to utilize the functionality of this website.",
            "Please enable JavaScript in your browser!",
            "Bitte aktivieren Sie JavaScript in Ihrem Browser.",
            "Veuillez activer JavaScript dans votre navigateur.",
            "Your basket: 0 items",
            "My Cart (0)",
            "Shopping Cart: 2 item(s) - $14.50",
            "Your shopping cart is empty.",
            "Warenkorb (0 Artikel) 0,00 €",
            "Votre panier est vide",
            "カート: 0点",
            "This page has been viewed 48,211 times.",
            "Hits: 1,234",
            "Read 512 times",
            "Просмотров: 1234",
            "There are currently 12 users online.",
            "We have 12 guests and 1 member online",
            "Aktuell 12 Besucher online",
            "Your IP address is 192.168.3.4",
            "Ihre IP-Adresse: 10.1.2.3",
            "London: 14°C, cloudy",
            "Weather: sunny, 72 F",
            "You have no items in your shopping cart.",
            "12 people are viewing this page",
            "Currency: US Dollar",
            "USD EUR GBP",
            "Welcome, guest!",
            "Welcome Guest! Would you like to log in?",
            "Willkommen, Gast",
            "Rating: 4.5 / 5 (123 votes)",
            "Average rating 4.2 out of 5",
        ] {
            assert!(is_noise(line), "{line}");
        }
    }

    #[test]
    fn lines_of_a_policy_are_no_noise() {
        for line in [
            "If you disable JavaScript in your browser, parts of the site may not work.",
            "We use JavaScript.",
            "The contents of your basket are kept for 30 days.",
            "Page views are deleted after 30 days.",
            "Your IP address is stored for 30 days",
            "IP addresses",
            "IP address",
            "Your basket",
            "Ratings",
            "Ratings and votes",
            "Users under 13",
            "Guests",
            "Welcome to Tinware",
            "Online visitors",
            "Version 3.2",
            "Article 13",
            "Currency",
            "Last updated 3 May 2004",
            "Cookies: 30 days",
            "Visitors from the EU: 12 months",
            "",
        ] {
            assert!(!is_noise(line), "{line}");
        }
    }

    #[test]
    fn lines_of_a_blog_name_author_category_and_comments() {
        for line in [
            "Posted by admin on May 3, 2009 | Filed under: General | Comments (3)",
            "This entry was posted on Monday, May 3rd, 2009 at 3:14 pm and is filed under General.",
            "Tags: cookies, legal",
            "3 Comments »",
            "No comments yet.",
            "Comments (3)",
            "Veröffentlicht in Allgemein",
        ] {
            assert!(is_blog_meta(line), "{line}");
        }
        for line in [
            "Posted on May 25, 2018",
            "Categories of personal data",
            "Comments",
            "Tagging",
            "Last updated by Tinware in May 2009",
            "We keep comments for 3 years.",
        ] {
            assert!(!is_blog_meta(line), "{line}");
        }
    }
}
