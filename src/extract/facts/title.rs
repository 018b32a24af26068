//! The title of a document: the page's own heading, or its `<title>` without the site's name.

use super::site_name::SiteName;
use crate::extract::blocks::{Block, Span, text_of, tidy};
use crate::extract::characters::cleaned;
use crate::extract::vocabulary::title_topic;

/// Maximum size of the text above a title, such as a date or a line of links, in bytes.
const ABOVE_BYTES: usize = 100;
/// A heading after more bytes of text than this names a section.
const INSIDE_BYTES: usize = 600;
/// Longest title, in characters.
const MAX_CHARS: usize = 300;

/// The title of a document: the heading above the text, else a first line that is a title, else the page's `<title>`,
/// else the first heading inside the text. The name of the site is not the title of a document.
pub(in crate::extract) fn document_title(
    blocks: &[Block],
    page_title: Option<&str>,
    site: &SiteName,
) -> Option<String> {
    let mut before = 0;
    let mut inside: Option<String> = None;
    for block in blocks.iter().take(12) {
        let (text, is_heading) = match block {
            Block::Heading(_, spans) => (text_of(spans), true),
            Block::Paragraph(spans) => (text_of(spans), false),
            _ => (String::new(), false),
        };
        let may_be_title = text.chars().count() <= MAX_CHARS
            && text.chars().any(char::is_alphanumeric)
            && !site.is_named_by(&text);
        if may_be_title {
            if title_topic(&text).is_some() || is_heading && before < ABOVE_BYTES {
                return Some(text);
            }
            inside = inside.or(Some(text).filter(|_| is_heading));
        }
        before += block.weight().0;
        if before > INSIDE_BYTES {
            break;
        }
    }
    page_title
        .map(without_site_name)
        .filter(|title| !title.is_empty() && !site.is_named_by(title))
        .or(inside)
}

/// Removes the site's name from titles like `Privacy Policy | Acme` and `Acme: Privacy Policy`.
pub(in crate::extract) fn without_site_name(title: &str) -> String {
    let cleaned = cleaned(title);
    let spans = tidy(vec![Span::plain(cleaned.replace('\n', " "))]);
    let title: String = text_of(&spans).chars().take(MAX_CHARS).collect();
    let mut pieces: Vec<&str> = vec![title.as_str()];
    for separator in [
        " | ", " - ", " – ", " — ", " :: ", " » ", " › ", " > ", " / ", " · ", " • ", " ~ ", ": ",
        " : ", "｜", "|",
    ] {
        pieces = pieces
            .into_iter()
            .flat_map(|p| p.split(separator))
            .collect();
    }
    let named = pieces
        .iter()
        .map(|p| p.trim())
        .find(|p| title_topic(p).is_some());
    if let Some(piece) = named {
        return piece.to_owned();
    }
    for separator in [" | ", " :: ", " » ", "｜", " - ", " – ", " — "] {
        if let Some((first, rest)) = title.split_once(separator)
            && !first.trim().is_empty()
            && rest.split_whitespace().count() <= 5
        {
            return first.trim().to_owned();
        }
    }
    title.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_site_is_no_title() {
        let site = SiteName::of(Some("www.acme.com"), None);
        let heading = |text: &str| Block::Heading(1, vec![Span::plain(text)]);
        let line = |text: &str| Block::Paragraph(vec![Span::plain(text)]);
        let title = |blocks: &[Block], page: &str| document_title(blocks, Some(page), &site);
        let policy = [heading("Acme"), line("Privacy Policy")];
        assert_eq!(title(&policy, "Acme").as_deref(), Some("Privacy Policy"));
        assert_eq!(title(&policy[..1], "Acme: tools since 1901"), None);
        let sections = [line("We collect your name."), heading("Your choices")];
        assert_eq!(title(&sections, "Acme").as_deref(), Some("Your choices"));
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_a_title() {
        for (title, short) in [
            ("Privacy Policy | Acme", "Privacy Policy"),
            ("Acme Inc. - Privacy  Policy", "Privacy Policy"),
            ("Acme > Legal > Privacy Policy", "Privacy Policy"),
            ("QualityBux : Privacy Policy", "Privacy Policy"),
            ("How we use data – Acme", "How we use data"),
            ("  \u{1b}[2J ", "[2J"),
            ("Acme", "Acme"),
        ] {
            assert_eq!(without_site_name(title), short, "{title}");
        }
    }
}
