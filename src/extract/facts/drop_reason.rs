//! What a page is when it is no policy: error, log-in, parking page, shell, something else.
//!
//! Nothing is thrown away for being short: a policy of three sentences is a policy.

use super::language::has_vocabulary;
use super::title::without_site_name;
use crate::extract::blocks::{Block, text_of};
use crate::extract::input::DocumentType;
use crate::extract::vocabulary::{PAGE_PATTERNS, TitleTopic, first_of, policy_words, title_topic};

use crate::model::{DropReason, Dropped};

/// How much of a text is searched for policy words before it is judged.
const SAMPLE_BYTES: usize = 8 * 1024;

/// What is known of a page when its text is found.
#[derive(Debug)]
pub(in crate::extract) struct PageFacts<'a> {
    pub blocks: &'a [Block],
    pub text: &'a str,
    pub words: u64,
    pub language: &'a str,
    pub page_title: Option<&'a str>,
    /// Everything that is shown on the page, the beginning of it.
    pub shown: &'a str,
    pub has_password_field: bool,
    pub frames: usize,
    pub has_scripts: bool,
    /// The address speaks of a policy.
    pub policy_url: bool,
    /// The document that is wanted.
    pub asked: DocumentType,
}

/// Says why a page is no policy; `Ok` when it is one or may be one.
pub(in crate::extract) fn reject_non_policy(facts: &PageFacts<'_>) -> Result<(), Dropped> {
    let any = facts.asked == DocumentType::Any;
    let found = found_in(facts.text);
    let titled = is_titled(facts);
    if facts.words == 0 {
        return Err(empty(facts));
    }
    // Prose about policy matters is a policy, whatever else the page says.
    let rich =
        found >= 12 || found >= 5 && facts.words >= 40 && u64::from(found) * 25 >= facts.words;
    let mut top = facts.page_title.unwrap_or_default().to_lowercase();
    top.push('\n');
    for block in facts.blocks.iter().take(4) {
        top.extend(block.text().to_lowercase().chars().take(300));
        top.push('\n');
    }
    let shown = || format!("{top}{}", facts.shown.to_lowercase());
    if !rich {
        let all = shown();
        // An article may speak of domains and of doors that are closed.
        let short = facts.words < if any { 80 } else { 250 };
        if let Some(phrase) = first_of(&PAGE_PATTERNS.parked, &all)
            .filter(|_| (!titled || found < 2) && (short || !any))
        {
            return Err(Dropped::new(
                DropReason::Parked,
                format!("the page says “{phrase}”"),
            ));
        }
        if short && !(titled && found >= 3) {
            let phrase = first_of(&PAGE_PATTERNS.not_found, &top)
                .or_else(|| says_404(&top).then_some("404"));
            if let Some(phrase) = phrase {
                return Err(Dropped::new(
                    DropReason::Soft404,
                    format!("the page says “{phrase}”"),
                ));
            }
            if facts.has_password_field
                && found < 4
                && first_of(&PAGE_PATTERNS.log_in, &all).is_some()
            {
                return Err(Dropped::new(
                    DropReason::LoginWall,
                    "the page asks for a password and says little else",
                ));
            }
            if let Some(phrase) =
                first_of(&PAGE_PATTERNS.shell, &top).filter(|_| found < 3 && facts.words < 100)
            {
                return Err(Dropped::new(
                    DropReason::EmptyShell,
                    format!("the page says only “{phrase}”"),
                ));
            }
            if facts.frames > 0 && facts.words < 30 && found < 2 {
                return Err(empty(facts));
            }
        }
    } else if facts.words < 120
        && found < 12
        && !titled
        && let Some(phrase) = first_of(&PAGE_PATTERNS.parked, &shown())
    {
        return Err(Dropped::new(
            DropReason::Parked,
            format!("the page says “{phrase}”"),
        ));
    }
    if any || titled || rich || facts.policy_url && found > 0 {
        return Ok(());
    }
    // Where the vocabulary knows the language, a text without its words is about something else.
    let known = has_vocabulary(facts.language);
    if known && facts.words >= 60 && u64::from(found) * 100 < facts.words && !facts.policy_url {
        return Err(Dropped::new(
            DropReason::NotAPolicy,
            format!(
                "{found} policy words among {} and no title of a policy",
                facts.words
            ),
        ));
    }
    if known && facts.words < 60 && found == 0 {
        return Err(Dropped::new(
            DropReason::NotAPolicy,
            format!("{} words and none of a policy", facts.words),
        ));
    }
    if facts.language == "und" && found == 0 && facts.words < 15 {
        return Err(empty(facts));
    }
    Ok(())
}

/// True when one of the first words is the number 404 itself: it is also the area code of Atlanta.
fn says_404(top: &str) -> bool {
    let mut words = top.split_whitespace().take(12).peekable();
    while let Some(word) = words.next() {
        let bare = word.trim_matches(['.', ',', ':', ';', '!', '-', '–', '—', '|', '"', '#']);
        let dials = |next: &&str| next.starts_with(|c: char| c.is_ascii_digit());
        if bare == "404" && !words.peek().is_some_and(dials) {
            return true;
        }
    }
    false
}

/// Policy words of a text; of a long one, as many as its beginning lets expect.
fn found_in(text: &str) -> u32 {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let found = u64::from(policy_words(sample));
    let scaled = found * text.len() as u64 / sample.len().max(1) as u64;
    u32::try_from(scaled).unwrap_or(u32::MAX)
}

fn is_titled(facts: &PageFacts<'_>) -> bool {
    let own = facts.page_title.map(without_site_name);
    let legal = |text: &str| {
        matches!(
            title_topic(text),
            Some(TitleTopic::Privacy | TitleTopic::Terms | TitleTopic::Cookies)
        )
    };
    own.as_deref().is_some_and(legal)
        || facts.blocks.iter().take(6).any(|b| match b {
            Block::Heading(_, spans) | Block::Paragraph(spans) => legal(&text_of(spans)),
            _ => false,
        })
}

fn empty(facts: &PageFacts<'_>) -> Dropped {
    let all = facts.shown.to_lowercase();
    if let Some(phrase) = first_of(&PAGE_PATTERNS.parked, &all) {
        return Dropped::new(DropReason::Parked, format!("the page says “{phrase}”"));
    }
    if facts.has_password_field {
        return Dropped::new(
            DropReason::LoginWall,
            "the page asks for a password and says nothing else",
        );
    }
    let detail = if facts.frames > 0 {
        format!("no text of its own, {} frames", facts.frames)
    } else if facts.has_scripts {
        "no text, scripts would fill it in".to_owned()
    } else {
        "no text".to_owned()
    };
    Dropped::new(DropReason::EmptyShell, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_code_is_no_error() {
        for text in ["404", "Error 404: not here", "Oops - 404!"] {
            assert!(says_404(text), "{text}");
        }
        for text in [
            "Acme, Atlanta (404) 555-0100",
            "Call 404 555 0100",
            "404-555-0100",
            "1404 High Street",
            "",
        ] {
            assert!(!says_404(text), "{text}");
        }
    }
}
