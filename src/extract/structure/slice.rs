//! Handles pages that host several documents: the page is cut at the headings that are titles, and the wanted document
//! is kept.

use crate::extract::blocks::{Block, text_of};
use crate::extract::dom::{ElementKind, PageView, attribute};
use crate::extract::input::DocumentType;
use crate::extract::vocabulary::{TitleTopic, policy_words, title_topic};

/// A part with fewer bytes below its title is a teaser or an entry of a table of contents.
const LEAST_BYTES: usize = 1200;

/// Keeps the wanted document of a page that hosts several; returns the explanation, for people.
///
/// A page is cut only at titles of *different* kinds on one level, each with a text of its own, if one of them is a
/// privacy policy. A policy with a section "Cookies" stays whole. `named` is the heading that the fragment of the
/// URL names.
pub(in crate::extract) fn keep_wanted_document(
    blocks: &mut Vec<Block>,
    wanted: DocumentType,
    named: Option<&str>,
) -> Option<String> {
    let parts = parts(blocks)?;
    let by_fragment = named.and_then(|named| {
        parts
            .iter()
            .find(|p| p.title == named && p.topic.is_some())
            .filter(|p| {
                wanted == DocumentType::Any
                    || matches!(p.topic, Some(TitleTopic::Privacy | TitleTopic::Supplement))
            })
    });
    if let Some(part) = by_fragment {
        let reason = format!(
            "page hosts {} documents; the address names “{}”",
            parts.len(),
            part.title
        );
        blocks.truncate(part.end);
        blocks.drain(..part.start);
        return Some(reason);
    }
    if wanted == DocumentType::Any {
        return None;
    }
    let others = parts
        .iter()
        .filter(|p| {
            matches!(p.topic, Some(TitleTopic::Terms | TitleTopic::Imprint))
                || p.topic == Some(TitleTopic::Cookies) && p.independent
        })
        .count();
    if others == 0 {
        return None;
    }
    let kept: Vec<&HostedDocument> = parts
        .iter()
        .filter(|p| match p.topic {
            Some(TitleTopic::Privacy | TitleTopic::Supplement) => true,
            Some(TitleTopic::Cookies) => !p.independent,
            _ => false,
        })
        .collect();
    let reason = format!(
        "page hosts {} documents; kept {}",
        parts.len(),
        kept.iter()
            .map(|p| format!("“{}”", p.title))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let ranges: Vec<(usize, usize)> = kept.iter().map(|p| (p.start, p.end)).collect();
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        ranges
            .iter()
            .any(|(start, end)| (*start..*end).contains(&(index - 1)))
    });
    Some(reason)
}

/// The heading that the fragment of a URL names: the element of that name, or the first heading in or after it.
pub(in crate::extract) fn heading_at(view: &PageView<'_>, fragment: &str) -> Option<String> {
    let is_target = |id: usize| {
        view.element(id).is_some_and(|e| {
            attribute(e, "id") == Some(fragment)
                || e.name() == "a" && attribute(e, "name") == Some(fragment)
        })
    };
    let target = (0..view.nodes.len()).find(|id| is_target(*id))?;
    // An anchor may be inside the heading that it names.
    let around = view
        .ancestors(target)
        .find(|id| matches!(view.nodes[*id].kind, ElementKind::Heading(_)));
    let heading = around.or_else(|| {
        (target..view.nodes.len()).find(|id| {
            matches!(view.nodes[*id].kind, ElementKind::Heading(_))
                && view.nodes[*id].stats.text_bytes > 0
        })
    })?;
    Some(view.text(heading, 200))
}

#[derive(Debug)]
struct HostedDocument {
    topic: Option<TitleTopic>,
    title: String,
    start: usize,
    end: usize,
    /// True for a document, which has a date or names itself; false for a section.
    independent: bool,
}

/// The documents of a page, by the headings of one level that are titles.
fn parts(blocks: &[Block]) -> Option<Vec<HostedDocument>> {
    for level in 1..=4 {
        let titles: Vec<(usize, String, Option<TitleTopic>)> = blocks
            .iter()
            .enumerate()
            .filter_map(|(at, block)| match block {
                Block::Heading(own, spans) if *own == level => {
                    let title = text_of(spans);
                    let topic = if is_numbered(&title) {
                        None
                    } else {
                        title_topic(&title)
                    };
                    Some((at, title, topic))
                }
                _ => None,
            })
            .collect();
        if !titles.iter().any(|t| t.2 == Some(TitleTopic::Privacy)) {
            continue;
        }
        let mut parts: Vec<HostedDocument> = Vec::new();
        for (index, (start, title, topic)) in titles.iter().enumerate() {
            // A part ends at the next title of its level or at a heading of a higher level.
            let next = titles.get(index + 1).map_or(blocks.len(), |t| t.0);
            let above = (start + 1..next)
                .find(|at| matches!(&blocks[*at], Block::Heading(l, _) if *l < level));
            let end = above.unwrap_or(next);
            match parts.last_mut() {
                // Sections that are not documents belong to the document before them.
                Some(part) if topic.is_none() && part.end == *start => part.end = end,
                _ => parts.push(HostedDocument {
                    topic: *topic,
                    title: title.clone(),
                    start: *start,
                    end,
                    independent: is_independent(&blocks[*start..end]),
                }),
            }
        }
        parts.retain(|part| {
            let bytes: usize = blocks[part.start..part.end]
                .iter()
                .map(|b| b.weight().0)
                .sum();
            bytes
                >= if part.topic == Some(TitleTopic::Privacy) {
                    LEAST_BYTES / 2
                } else {
                    LEAST_BYTES
                }
        });
        // The title of the page may be a title too. Then its part is empty, and the next level decides.
        if parts.len() >= 2
            && parts.iter().any(|p| {
                p.topic == Some(TitleTopic::Privacy) && speaks_of_policy(&blocks[p.start..p.end])
            })
        {
            return Some(parts);
        }
    }
    None
}

/// True if the first lines have a date or mention "this cookie policy".
fn is_independent(blocks: &[Block]) -> bool {
    blocks.iter().skip(1).take(3).any(|block| {
        let text: String = block
            .text()
            .chars()
            .take(400)
            .collect::<String>()
            .to_lowercase();
        let dated = text.len() < 120
            && text.chars().filter(char::is_ascii_digit).count() >= 4
            && [
                "effective",
                "updated",
                "revised",
                "modified",
                "date",
                "stand",
                "mise à jour",
                "actualiza",
            ]
            .iter()
            .any(|w| text.contains(w));
        dated
            || text.contains("this cookie")
            || text.contains("diese cookie")
            || text.contains("cette politique")
    })
}

/// True for the numbered heading of a section, such as "4. Terms".
fn is_numbered(title: &str) -> bool {
    let start = title.trim_start();
    start.starts_with(|c: char| c.is_ascii_digit()) && start.get(..2).is_none_or(|two| two != "20")
}

fn speaks_of_policy(blocks: &[Block]) -> bool {
    blocks.iter().map(|b| policy_words(&b.text())).sum::<u32>() >= 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    fn heading(level: u8, text: &str) -> Block {
        Block::Heading(level, vec![Span::plain(text)])
    }

    fn text(words: &str) -> Block {
        Block::Paragraph(vec![Span::plain(words.repeat(60))])
    }

    #[test]
    fn the_policy_is_cut_out_of_a_page_of_legal_documents() {
        let policy = text("We collect personal information and cookies. ");
        let mut blocks = vec![
            heading(1, "Legal"),
            heading(2, "Terms of Use"),
            text("You agree to these rules of our shop. "),
            heading(2, "Privacy Policy"),
            policy.clone(),
            heading(3, "Terms"),
            policy.clone(),
            heading(2, "What else we do with it"),
            policy.clone(),
            heading(2, "Imprint"),
            text("Acme Limited, 1 High Street, Anytown. "),
        ];
        assert!(keep_wanted_document(&mut blocks, DocumentType::Privacy, None).is_some());
        assert_eq!(blocks.len(), 6);
        assert_eq!(blocks[0], heading(2, "Privacy Policy"));
    }

    #[test]
    fn the_fragment_of_an_address_names_the_document() {
        let page =
            crate::page::Page::from_html("<a name=terms></a><p>x</p><h2>Terms of Use</h2>", None);
        let view = PageView::of(&page);
        assert_eq!(heading_at(&view, "terms").as_deref(), Some("Terms of Use"));
        assert_eq!(heading_at(&view, "other"), None);
        let policy = text("We collect personal information and cookies. ");
        let mut blocks = vec![
            heading(2, "Terms of Use"),
            text("You agree to these rules of our shop. "),
            heading(2, "Privacy Policy"),
            policy,
        ];
        assert!(
            keep_wanted_document(&mut blocks, DocumentType::Any, Some("Terms of Use")).is_some()
        );
        assert_eq!((blocks.len(), &blocks[0]), (2, &heading(2, "Terms of Use")));
    }

    #[test]
    fn a_policy_with_a_cookie_section_stays_whole() {
        let policy = text("We collect personal information and cookies. ");
        let mut blocks = vec![
            heading(1, "Privacy Policy"),
            policy.clone(),
            heading(2, "Cookies"),
            policy.clone(),
            heading(2, "Contact us"),
            policy,
        ];
        let before = blocks.clone();
        assert!(keep_wanted_document(&mut blocks, DocumentType::Privacy, None).is_none());
        assert_eq!(blocks, before);
    }
}
