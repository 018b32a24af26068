//! Finds the words of an error page or of a log-in page in a short text.

use super::drop_reason::says_404;
use crate::extract::vocabulary::{PAGE_PATTERNS, first_of, log_in_question, soft_error};
use crate::model::count_words;

/// A text with this many words or more is not judged by single phrases.
const MAX_WORDS: u64 = 250;
/// A text with fewer words is searched as a whole, and a longer one only at its beginning.
const SMALL_WORDS: u64 = 60;
/// A text with fewer words that offers a log-in says little else.
const LOG_IN_WORDS: u64 = 40;
/// Lines of the beginning, and most characters of each.
const FIRST_LINES: usize = 4;
const LINE_CHARS: usize = 300;

/// What the words of a text say of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageWording {
    /// Something failed or was not found.
    Error,
    /// The visitor is asked to log in.
    LogIn,
}

/// Finds the words of an error page or of a log-in page in the text of a document. A text of 250 words or more has none.
#[must_use]
pub fn page_wording(text: &str) -> Option<PageWording> {
    let words = count_words(text);
    if words >= MAX_WORDS {
        return None;
    }
    let lines = if words < SMALL_WORDS {
        usize::MAX
    } else {
        FIRST_LINES
    };
    let mut searched = String::new();
    for line in text.lines().take(lines) {
        let spaced = line.split_whitespace().collect::<Vec<_>>().join(" ");
        searched.extend(spaced.to_lowercase().chars().take(LINE_CHARS));
        searched.push('\n');
    }
    let is_error = first_of(&PAGE_PATTERNS.not_found, &searched).is_some()
        || soft_error(&searched).is_some()
        || says_404(&searched);
    if is_error {
        return Some(PageWording::Error);
    }
    let asks = log_in_question(&searched).is_some()
        || words < LOG_IN_WORDS && first_of(&PAGE_PATTERNS.log_in, &searched).is_some();
    asks.then_some(PageWording::LogIn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_pages_and_log_in_pages_are_recognised_in_many_languages() {
        for text in [
            "La connexion prend plus de temps que prévu...\nUne erreur est survenue... Nous sommes sur le coup !",
            "Something went wrong.\nTry again later.",
            "Privacy\n404",
            "Es tut uns leid. Die angeforderte  Seite konnte nicht gefunden werden.",
            "Došlo k chybě",
            "エラーが発生しました。",
            "Seħħ żball",
            "දෝෂයක් සිදු විය",
        ] {
            assert_eq!(page_wording(text), Some(PageWording::Error), "{text}");
        }
        for text in [
            "Welcome back\nE-mail\nPassword\nLog in",
            "Passwort vergessen?",
            "Забыли пароль?",
            "パスワードをお忘れの方",
        ] {
            assert_eq!(page_wording(text), Some(PageWording::LogIn), "{text}");
        }
    }

    #[test]
    fn a_short_policy_and_a_long_text_about_errors_are_neither() {
        let short = "Privacy\nWe keep no personal data and set no cookies. Write to us if you have a question.";
        assert_eq!(page_wording(short), None);
        let long = "We record when an error occurred and when you log in. ".repeat(30);
        assert_eq!(page_wording(&long), None);
        let policy = format!(
            "Privacy Policy\nWe collect your name.\nWe keep it for a year.\nWe never sell it.\n{}\nWe note that an error occurred.",
            "We share it with nobody. ".repeat(12)
        );
        assert_eq!(page_wording(&policy), None);
    }
}
