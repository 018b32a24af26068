//! Removes the running heads and page numbers of a PDF.

use std::collections::HashMap;

use super::pdf_lines::{PdfPage, Piece};

/// Number of lines at the top and at the bottom of a page that can be running heads.
const ZONE: usize = 3;
/// Longest running head, in characters.
const MAX_CHARS: usize = 150;
/// Largest difference between the heights of one running head on two pages, in points.
const SAME_HEIGHT: f64 = 4.0;
/// Space that sets a page number apart, as a multiple of the size of its letters.
const APART: f64 = 1.8;
/// Number of pages on which a running head may touch the text.
const MANY_PAGES: usize = 3;
/// Words beside the numbers of a page, in the languages of Western and Central Europe and in Russian.
const PAGE_WORDS: [&str; 24] = [
    "page",
    "pages",
    "p",
    "pg",
    "seite",
    "s",
    "pagina",
    "página",
    "pàgina",
    "strona",
    "str",
    "strana",
    "sida",
    "sidan",
    "side",
    "sivu",
    "oldal",
    "sayfa",
    "страница",
    "стр",
    "of",
    "von",
    "de",
    "sur",
];

/// Removes what repeats at one place of several pages, and numbers of pages.
pub(in crate::extract) fn remove_margins(pages: &mut [PdfPage]) {
    for page in &mut *pages {
        page.settle();
    }
    // Only a few lines of each page are candidates, so that long documents take no longer than their length.
    let mut places: HashMap<(bool, String), Vec<f64>> = HashMap::new();
    for page in &*pages {
        for is_top in [true, false] {
            for line in outermost(page, is_top)
                .into_iter()
                .map(|at| &page.lines[at])
            {
                let heights = places.entry((is_top, masked(&line.text))).or_default();
                heights.push(line.y);
            }
        }
    }
    let repeats = |line: &Piece, is_top: bool| {
        let heights = places.get(&(is_top, masked(&line.text)));
        let same = |y: &&f64| (**y - line.y).abs() <= SAME_HEIGHT;
        let pages = heights.map_or(0, |heights| heights.iter().filter(same).count());
        if line.text.chars().count() <= MAX_CHARS {
            pages
        } else {
            0
        }
    };
    let all_removed: Vec<Vec<usize>> = pages
        .iter()
        .enumerate()
        .map(|(at, page)| {
            let number = |line: &Piece| is_page_number(&line.text, at + 1, pages.len());
            [true, false]
                .into_iter()
                .flat_map(|is_top| margin(page, is_top, &|line| repeats(line, is_top), &number))
                .collect()
        })
        .collect();
    let lines: usize = pages.iter().map(|page| page.lines.len()).sum();
    if all_removed.iter().map(Vec::len).sum::<usize>() >= lines {
        return;
    }
    for (page, removed) in pages.iter_mut().zip(all_removed) {
        let mut at = 0..page.lines.len();
        page.lines
            .retain(|_| !at.next().is_some_and(|at| removed.contains(&at)));
    }
}

/// The positions of the lines of one margin. A margin ends where a space sets it apart from the text, unless its first
/// line is on many pages.
fn margin(
    page: &PdfPage,
    is_top: bool,
    repeats: &dyn Fn(&Piece) -> usize,
    is_number: &dyn Fn(&Piece) -> bool,
) -> Vec<usize> {
    let zone = outermost(page, is_top);
    let mut length = 0;
    for (nth, at) in zone.iter().take(ZONE).enumerate() {
        let line = &page.lines[*at];
        let inner = zone.get(nth + 1).map(|next| &page.lines[*next]);
        let is_apart = inner.is_none_or(|next| {
            (next.y - line.y).abs() > line.size * APART || (next.size - line.size).abs() > 0.5
        });
        let pages = repeats(line);
        if pages < 2 && !(is_apart && is_number(line)) {
            break;
        }
        if is_apart || nth == 0 && pages >= MANY_PAGES {
            length = nth + 1;
        }
    }
    zone.into_iter().take(length).collect()
}

/// The positions of the outermost lines of a page, from the edge on.
fn outermost(page: &PdfPage, is_top: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..page.lines.len()).collect();
    order.sort_by(|a, b| {
        let order = page.lines[*a].y.total_cmp(&page.lines[*b].y);
        if is_top { order } else { order.reverse() }
    });
    order.truncate(ZONE + 1);
    order
}

/// A line without what differs from page to page: its digits.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            c if c.is_numeric() && out.ends_with('#') => {}
            c if c.is_numeric() => out.push('#'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// True for the number of a page: "3", "- 3 -", "Page 3 of 9", "Seite 3".
fn is_page_number(text: &str, page: usize, pages: usize) -> bool {
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|t| !t.is_empty())
        .collect();
    let numbers: Vec<usize> = tokens.iter().filter_map(|t| t.parse().ok()).collect();
    let has_words = tokens.iter().any(|t| PAGE_WORDS.contains(t));
    let is_known = |t: &&str| t.parse::<usize>().is_ok() || PAGE_WORDS.contains(t);
    // A number alone must be that of its page. Documents can begin at another one.
    let is_this = numbers
        .first()
        .is_some_and(|n| n.abs_diff(page) <= 2 && *n <= pages + 2);
    (1..=4).contains(&tokens.len())
        && !numbers.is_empty()
        && tokens.iter().all(is_known)
        && (has_words && numbers.iter().all(|n| *n < 1000) || is_this && numbers.len() <= 2)
        && !text.ends_with(['.', ',', ';', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pages_are_recognised() {
        for text in [
            "3",
            "- 3 -",
            "Page 3 of 9",
            "3/9",
            "Seite 3 von 9",
            "p. 3",
            "Page 3",
        ] {
            assert!(is_page_number(text, 3, 9), "{text}");
        }
        for text in [
            "2018",
            "14 Orchard Lane",
            "3.",
            "50 %",
            "Article 3",
            "seven",
            "",
            "30",
        ] {
            assert!(!is_page_number(text, 3, 9), "{text}");
        }
    }
}
