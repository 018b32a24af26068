//! Decides whether to drop a page: an error, log-in or parking page, a shell, or a text about something else.
//!
//! No page is dropped only because it is short: a policy may have three sentences.

use super::language::has_vocabulary;
use super::title::without_site_name;
use crate::extract::blocks::{Block, text_of};
use crate::extract::input::DocumentType;
use crate::extract::vocabulary::{
    PAGE_PATTERNS, TitleTopic, first_of, policy_words, soft_error, title_topic,
};
use crate::model::{DropReason, Dropped};

/// Bytes of a text that are searched for policy words.
const SAMPLE_BYTES: usize = 8 * 1024;

/// The facts about a page that decide whether it is kept or dropped.
#[derive(Debug)]
pub(in crate::extract) struct PageFacts<'a> {
    pub blocks: &'a [Block],
    pub text: &'a str,
    pub words: u64,
    pub language: &'a str,
    pub page_title: Option<&'a str>,
    /// The beginning of the page's visible text.
    pub shown: &'a str,
    pub has_password_field: bool,
    pub frames: usize,
    pub has_scripts: bool,
    /// True if the URL has policy words.
    pub policy_url: bool,
    /// The document to extract.
    pub wanted: DocumentType,
}

/// Checks whether a page is a policy, or may be one.
///
/// # Errors
/// The reason to drop the page.
pub(in crate::extract) fn reject_non_policy(facts: &PageFacts<'_>) -> Result<(), Dropped> {
    if facts.words == 0 {
        return Err(empty(facts));
    }
    let found = found_in(facts.text);
    let titled = is_titled(facts);
    // Prose with many policy words is a policy, whatever else the page says.
    let rich =
        found >= 12 || found >= 5 && facts.words >= 40 && u64::from(found) * 25 >= facts.words;
    let top = top_of(facts);
    if !rich {
        reject_empty_pages(facts, &top, found, titled)?;
    } else if facts.words < 120
        && found < 12
        && !titled
        && let Some(phrase) = first_of(&PAGE_PATTERNS.parked, &all_shown(facts, &top))
    {
        return Err(saying(DropReason::Parked, phrase));
    }
    let is_wanted = facts.wanted == DocumentType::Any;
    if is_wanted || titled || rich || facts.policy_url && found > 0 {
        return Ok(());
    }
    reject_other_matters(facts, found)
}

fn saying(reason: DropReason, phrase: &str) -> Dropped {
    Dropped::new(reason, format!("the page says “{phrase}”"))
}

/// The page's title and the beginning of its first blocks, in lower case.
fn top_of(facts: &PageFacts<'_>) -> String {
    let mut top = facts.page_title.unwrap_or_default().to_lowercase();
    top.push('\n');
    for block in facts.blocks.iter().take(4) {
        top.extend(block.text().to_lowercase().chars().take(300));
        top.push('\n');
    }
    top
}

fn all_shown(facts: &PageFacts<'_>, top: &str) -> String {
    format!("{top}{}", facts.shown.to_lowercase())
}

/// Rejects parking pages, error pages, log-in pages and shells: pages with few policy words and a phrase that
/// identifies them.
fn reject_empty_pages(
    facts: &PageFacts<'_>,
    top: &str,
    found: u32,
    titled: bool,
) -> Result<(), Dropped> {
    let any = facts.wanted == DocumentType::Any;
    let all = all_shown(facts, top);
    // An article may mention domains for sale or closed services.
    let short = facts.words < if any { 80 } else { 250 };
    if let Some(phrase) =
        first_of(&PAGE_PATTERNS.parked, &all).filter(|_| (!titled || found < 2) && (short || !any))
    {
        return Err(saying(DropReason::Parked, phrase));
    }
    if !short || titled && found >= 3 {
        return Ok(());
    }
    // A page with the title of a policy that failed is kept: its version is suspect, and a person can tell.
    let error = first_of(&PAGE_PATTERNS.not_found, top)
        .or_else(|| says_404(top).then_some("404"))
        .or_else(|| soft_error(top).filter(|_| !titled));
    if let Some(phrase) = error {
        return Err(saying(DropReason::Soft404, phrase));
    }
    if facts.has_password_field && found < 4 && first_of(&PAGE_PATTERNS.log_in, &all).is_some() {
        return Err(Dropped::new(
            DropReason::LoginWall,
            "the page asks for a password and says little else",
        ));
    }
    if let Some(phrase) =
        first_of(&PAGE_PATTERNS.shell, top).filter(|_| found < 3 && facts.words < 100)
    {
        return Err(Dropped::new(
            DropReason::EmptyShell,
            format!("the page says only “{phrase}”"),
        ));
    }
    if facts.frames > 0 && facts.words < 30 && found < 2 {
        return Err(empty(facts));
    }
    Ok(())
}

/// Rejects texts about other subjects. A policy in a language of the vocabulary has words of the vocabulary.
fn reject_other_matters(facts: &PageFacts<'_>, found: u32) -> Result<(), Dropped> {
    let is_known = has_vocabulary(facts.language);
    if is_known && facts.words >= 60 && u64::from(found) * 100 < facts.words && !facts.policy_url {
        return Err(Dropped::new(
            DropReason::NotAPolicy,
            format!(
                "{found} policy words among {} and no title of a policy",
                facts.words
            ),
        ));
    }
    if is_known && facts.words < 60 && found == 0 {
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

/// True if one of the first words is the number 404 alone. 404 is also the area code of Atlanta.
pub(super) fn says_404(top: &str) -> bool {
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

/// The number of policy words of a text; for a long text, estimated from its beginning.
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
