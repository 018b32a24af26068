//! Rows of links: menus with separators between their links, breadcrumbs, and the tools of a page.

use crate::extract::blocks::{Block, Span, tidy};
use crate::extract::vocabulary::policy_words;
use crate::model::Site;

/// Longest label in a row, in bytes.
const LABEL_BYTES: usize = 60;
/// Most words of a label without a link.
const PLAIN_WORDS: usize = 5;

/// A part of a line between two separators.
#[derive(Debug, Default)]
pub(in crate::extract) struct RowPiece {
    spans: Vec<Span>,
    /// The words of the piece, without signs at its ends.
    pub text: String,
    /// True if it has words inside a link.
    pub linked: bool,
    /// True if it has words outside links.
    pub plain: bool,
}

impl RowPiece {
    /// The piece as spans without a link.
    pub(in crate::extract) fn unlinked(&self) -> Vec<Span> {
        let spans = self.spans.iter().map(|span| Span {
            link: None,
            ..span.clone()
        });
        tidy(spans.collect())
    }

    /// True for a link that opens a new e-mail without a recipient ("e-mail this page").
    pub(in crate::extract) fn mails_page(&self) -> bool {
        self.linked
            && !self.plain
            && self
                .spans
                .iter()
                .filter_map(|s| s.link.as_deref())
                .all(|target| target.starts_with("mailto:?"))
    }

    fn is_address(&self) -> bool {
        self.text.contains('@')
            || self
                .spans
                .iter()
                .filter_map(|s| s.link.as_deref())
                .any(is_address)
    }
}

/// Signs that separate labels wherever they are.
fn always_separates(c: char) -> bool {
    matches!(
        c,
        '|' | '¦'
            | '│'
            | '｜'
            | '•'
            | '·'
            | '∙'
            | '●'
            | '▪'
            | '■'
            | '◦'
            | '⋅'
            | '»'
            | '«'
            | '›'
            | '‹'
            | '>'
            | '<'
            | '→'
            | '▸'
            | '►'
            | '▶'
            | '['
            | ']'
            | '{'
            | '}'
            | '~'
            | '*'
            | '\\'
            | '+'
    )
}

/// Signs that separate labels between blanks only: "e-mail" and "and/or" are words.
fn separates_between_blanks(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '/' | ':' | '_' | '=')
}

/// The parts of a line between its separators and between its links, without those that have no words.
pub(in crate::extract) fn pieces(line: &[Span]) -> Vec<RowPiece> {
    let mut pieces = vec![RowPiece::default()];
    let mut last_link: Option<&str> = None;
    for (at, span) in line.iter().enumerate() {
        let target = span.link.as_deref();
        let may_join = last_link == target || pieces.last().is_some_and(|p| p.plain);
        if target.is_some() {
            if !may_join {
                pieces.push(RowPiece::default());
            }
            push(&mut pieces, span.clone());
            last_link = target;
            continue;
        }
        let mut from = 0;
        for (index, c) in span.text.char_indices() {
            let (before, after) = (&span.text[..index], &span.text[index + c.len_utf8()..]);
            // "::" is one sign.
            let is_blank = |other: char| other.is_whitespace() || other == c;
            let is_free = || {
                let begins = before.chars().next_back().map_or(at > 0, is_blank);
                let ends = after.chars().next().map_or(at + 1 < line.len(), is_blank);
                begins && ends
            };
            if c == '\n' || always_separates(c) || separates_between_blanks(c) && is_free() {
                push(&mut pieces, Span::plain(&span.text[from..index]));
                pieces.push(RowPiece::default());
                last_link = None;
                from = index + c.len_utf8();
            }
        }
        push(&mut pieces, span.with_text(&span.text[from..]));
    }
    for piece in &mut pieces {
        let text: String = piece.spans.iter().map(|s| s.text.as_str()).collect();
        text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '©' | '.' | '?'))
            .clone_into(&mut piece.text);
    }
    pieces.retain(|piece| piece.linked || piece.plain);
    pieces
}

fn push(pieces: &mut [RowPiece], span: Span) {
    if let Some(piece) = pieces.last_mut() {
        let has_words = span.text.contains(char::is_alphanumeric);
        piece.linked |= has_words && span.link.is_some();
        piece.plain |= has_words && span.link.is_none();
        piece.spans.push(span);
    }
}

/// The number of labels of a menu in one line; `None` for any other line.
///
/// Every label is a link, except at most one: the name of the page itself, which is no link there. A line with words
/// around its links is text, and so is a line with an address.
pub(in crate::extract) fn menu_labels(line: &[Span]) -> Option<usize> {
    let has_link = line.iter().any(|span| span.link.is_some());
    if !has_link || line.iter().map(|s| s.text.len()).sum::<usize>() > 1000 {
        return None;
    }
    let pieces = pieces(line);
    let plain: Vec<&RowPiece> = pieces.iter().filter(|piece| piece.plain).collect();
    let is_label = |piece: &RowPiece| piece.text.len() <= LABEL_BYTES && !piece.is_address();
    let is_menu = pieces.len() >= 2
        && pieces.iter().all(is_label)
        && plain.len()
            <= usize::from(pieces.len() > 2 || plain.iter().any(|p| p.text.contains('©')))
        && plain.iter().all(|piece| {
            !piece.linked
                && piece.text.split_whitespace().count() <= PLAIN_WORDS
                && (!piece.text.ends_with('.') || piece.text.contains('©'))
        });
    is_menu.then_some(pieces.len())
}

/// True for a row of labels without links, as scripts and pictures leave it: "Home | Privacy Policy | Terms of Use". Most
/// labels are known.
pub(in crate::extract) fn is_plain_menu(line: &[Span], is_known: impl Fn(&str) -> bool) -> bool {
    if line.iter().map(|s| s.text.len()).sum::<usize>() > LABEL_BYTES * 4 {
        return false;
    }
    let pieces = pieces(line);
    let known = pieces.iter().filter(|piece| is_known(&piece.text)).count();
    line.iter().any(|span| span.text.contains(always_separates))
        && pieces.iter().all(|piece| {
            piece.text.split_whitespace().count() <= PLAIN_WORDS && !piece.text.contains(['@', '.'])
        })
        && known >= 2
        && known * 2 >= pieces.len()
}

/// True for a block with no words outside its links, or with few. Signs between the links do not count.
pub(in crate::extract) fn links_only(block: &Block) -> bool {
    let (mut plain, mut linked, mut address) = (0, 0, false);
    block.each_run(&mut |spans| {
        for span in spans {
            let letters = span.text.chars().filter(|c| c.is_alphanumeric());
            let bytes: usize = letters.map(char::len_utf8).sum();
            match span.link.as_deref() {
                Some(target) => {
                    linked += bytes;
                    address |= is_address(target);
                }
                None => plain += bytes,
            }
        }
    });
    linked > 0 && plain * 9 <= linked && !address
}

/// True for the telephone number or the e-mail address of somebody.
fn is_address(target: &str) -> bool {
    target.starts_with("tel:") || target.starts_with("mailto:") && !target.starts_with("mailto:?")
}

/// True if most links lead to other hosts than the page's.
pub(in crate::extract) fn leads_away(block: &Block, host: Option<&str>) -> bool {
    let bare = |host: &str| host.trim_start_matches("www.").to_ascii_lowercase();
    let own = host.map(bare);
    let (mut links, mut away) = (0, 0);
    block.each_run(&mut |spans| {
        for target in spans.iter().filter_map(|s| s.link.as_ref()) {
            links += 1;
            let other = url::Url::parse(target)
                .ok()
                .and_then(|u| u.host_str().map(bare));
            away += usize::from(other.is_some() && other != own);
        }
    });
    away * 2 > links
}

/// True if most links lead to other sites than the page's.
pub(in crate::extract) fn leaves_site(block: &Block, host: Option<&str>) -> bool {
    let site_of = |host: &str| Site::parse(host).map_or(host.to_owned(), |site| site.to_string());
    let own = host.map(site_of);
    let (mut links, mut away) = (0, 0);
    block.each_run(&mut |spans| {
        for target in spans.iter().filter_map(|s| s.link.as_ref()) {
            links += 1;
            let other = url::Url::parse(target).ok();
            let other = other.and_then(|url| url.host_str().map(site_of));
            away += usize::from(other.is_some() && other != own);
        }
    });
    away * 2 > links
}

/// True for a table of contents: the links lead to this page.
pub(in crate::extract) fn to_this_page(block: &Block) -> bool {
    let (mut links, mut inside) = (0, 0);
    block.each_run(&mut |spans| {
        for target in spans.iter().filter_map(|s| s.link.as_ref()) {
            links += 1;
            inside += usize::from(target.contains('#'));
        }
    });
    links > 2 && inside * 2 > links
}

/// True for a paragraph that is a row of at least `least` labels.
pub(in crate::extract) fn is_menu(block: &Block, least: usize) -> bool {
    let Block::Paragraph(spans) = block else {
        return false;
    };
    menu_labels(spans).is_some_and(|labels| labels >= least)
}

/// True for a block that is long enough for a sentence and is not a link.
pub(super) fn is_sentence(block: &Block) -> bool {
    let (all, linked) = block.weight();
    !is_menu(block, 2) && all >= 60 && linked * 2 < all
        || all >= 25 && linked == 0 && policy_words(&block.text()) > 0
}

/// True for nothing but links, or a list of links.
pub(super) fn is_links(block: &Block) -> bool {
    links_only(block)
        && !matches!(block, Block::Heading(..))
        && !to_this_page(block)
        && !block.text().contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(parts: &[&str]) -> Vec<Span> {
        let part = |text: &&str| match text.strip_prefix('@') {
            Some(text) => Span {
                link: Some(format!("http://a/{text}").into()),
                ..Span::plain(text)
            },
            None => Span::plain(*text),
        };
        parts.iter().map(part).collect()
    }

    #[test]
    fn links_with_signs_between_them_are_a_menu() {
        for separator in [
            " | ", "|", " • ", " · ", " - ", " – ", " / ", " :: ", " ~ ", " * ", " > ", " ",
        ] {
            let row = line(&["@Home", separator, "@Products", separator, "@Contact us"]);
            assert_eq!(menu_labels(&row), Some(3), "{separator}");
        }
        let brackets = line(&["[ ", "@Home", " ] [ ", "@E-mail", " ]"]);
        assert_eq!(menu_labels(&brackets), Some(2));
        let current = line(&["@Home", " | Privacy Policy | ", "@Contact us"]);
        assert_eq!(menu_labels(&current), Some(3));
        let firm = line(&["© 2003 Tinware Inc. | ", "@Terms"]);
        assert_eq!(menu_labels(&firm), Some(2));
    }

    #[test]
    fn a_menu_without_links_has_known_labels() {
        let is_known = |label: &str| ["Home", "Privacy Policy", "Terms of Use"].contains(&label);
        let is_menu = |text: &str| is_plain_menu(&line(&[text]), is_known);
        assert!(is_menu("Home | About Tinware | Privacy Policy"));
        assert!(is_menu("Terms of Use • Privacy Policy"));
        assert!(!is_menu("Tinware Ltd | 1 High Street | Home"));
        assert!(!is_menu("Home - Privacy Policy"));
    }

    #[test]
    fn lines_with_words_around_their_links_are_text() {
        for text in [
            vec!["See also ", "@Terms", " and ", "@Cookies", "."],
            vec!["Opt out at: ", "@one", " | ", "@two"],
            vec!["Tinware Ltd | 1 High Street | ", "@Map"],
            vec!["@Our earlier policy"],
            vec!["@Terms", " | a@tinware.example"],
            vec!["Cookies - files | names"],
        ] {
            assert_eq!(menu_labels(&line(&text)), None, "{text:?}");
        }
    }

    #[test]
    fn signs_inside_words_separate_nothing() {
        let texts = |parts: &[&str]| -> Vec<String> {
            pieces(&line(parts)).into_iter().map(|p| p.text).collect()
        };
        assert_eq!(texts(&["e-mail and/or post"]), ["e-mail and/or post"]);
        assert_eq!(
            texts(&["@Home", " > Legal > Privacy Policy"]),
            ["Home", "Legal", "Privacy Policy"]
        );
        assert_eq!(
            texts(&["@Home", ": ", "@Legal", " : Privacy"]),
            ["Home", "Legal", "Privacy"]
        );
    }
}
