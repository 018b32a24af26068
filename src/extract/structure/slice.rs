//! Keeps the wanted document of a page that hosts several.

use super::hosted::{Hosted, hosted_documents};
use super::outline::{Entry, Names, outline};
use crate::extract::blocks::Block;
use crate::extract::dom::{ElementKind, PageView, attribute};
use crate::extract::input::DocumentType;

/// A document with fewer bytes is a teaser or an entry of a table of contents.
const LEAST_BYTES: usize = 1200;
/// Maximum number of documents that the explanation lists.
const MAX_LISTED: usize = 12;

/// Keeps the wanted document of a page that hosts several; returns the explanation, for people.
///
/// The fragment of the URL selects a document by its heading, which is `named`. Without one, the privacy policies of
/// the page and their supplements are kept. A policy with a section "Cookies" or "Terms" stays whole.
pub(in crate::extract) fn keep_wanted_document(
    blocks: &mut Vec<Block>,
    wanted: DocumentType,
    named: Option<&str>,
) -> Option<String> {
    if let Some((title, start, end)) = named.and_then(|name| named_document(blocks, wanted, name)) {
        blocks.truncate(end);
        blocks.drain(..start);
        return Some(format!(
            "page hosts several documents; the address names “{title}”"
        ));
    }
    if wanted == DocumentType::Any {
        return None;
    }
    let documents = hosted_documents(blocks)?;
    let reason = explained(&documents, blocks);
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        documents
            .iter()
            .any(|d| d.is_policy && (d.start..d.end).contains(&(index - 1)))
    });
    Some(reason)
}

/// The explanation: every document in order, with its words and whether it is kept.
fn explained(documents: &[Hosted], blocks: &[Block]) -> String {
    let listed = |document: &Hosted| {
        let part = &blocks[document.start..document.end];
        let words: usize = part
            .iter()
            .map(|b| b.text().split_whitespace().count())
            .sum();
        let verb = if document.is_policy { "kept" } else { "cut" };
        if document.title.is_empty() {
            format!("{verb} {words} words without a title")
        } else {
            format!("{verb} “{}” ({words} words)", document.title)
        }
    };
    let mut parts: Vec<String> = documents.iter().take(MAX_LISTED).map(listed).collect();
    if documents.len() > MAX_LISTED {
        parts.push(format!("and {} more", documents.len() - MAX_LISTED));
    }
    format!("page hosts several documents: {}", parts.join(", "))
}

/// The document under the heading that a fragment names, if the page has other documents under headings of its level:
/// title, first block and the block after the last.
fn named_document(
    blocks: &[Block],
    wanted: DocumentType,
    named: &str,
) -> Option<(String, usize, usize)> {
    let entries = outline(blocks);
    let is_title = |e: &Entry| !matches!(e.names, Names::Nothing | Names::Section);
    let own = entries.iter().find(|e| {
        e.title == named
            && is_title(e)
            && (wanted == DocumentType::Any
                || matches!(e.names, Names::Privacy | Names::Supplement))
    })?;
    let end_of = |entry: &Entry| {
        let next = entries.iter().find(|e| {
            e.at > entry.at && (e.rank < entry.rank || e.rank == entry.rank && is_title(e))
        });
        next.map_or(blocks.len(), |e| e.at)
    };
    let is_document = |entry: &&Entry| {
        let part = &blocks[entry.at..end_of(entry)];
        let bytes: usize = part.iter().map(|b| b.weight().0).sum();
        let least = if entry.names == Names::Privacy {
            LEAST_BYTES / 2
        } else {
            LEAST_BYTES
        };
        entry.rank == own.rank && is_title(entry) && bytes >= least
    };
    let peers: Vec<&Entry> = entries.iter().filter(is_document).collect();
    let has_policy = peers.iter().any(|e| e.names == Names::Privacy);
    (peers.len() > 1 && has_policy && peers.iter().any(|e| e.at == own.at))
        .then(|| (own.title.clone(), own.at, end_of(own)))
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
