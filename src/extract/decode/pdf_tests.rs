//! Tests of the text of PDFs, with PDFs that the tests make.

use std::fmt::Write as _;

use super::pdf::{is_pdf, pdf_blocks};
use crate::extract::blocks::Block;
use crate::extract::render::{document_text, write_markdown};
use crate::model::DropReason;

/// A text with its place from the lower left corner: x, y, size of the letters.
type Text<'a> = (f64, f64, f64, &'a str);

/// A PDF of these pages. In texts, `\x01` to `\x04` are the ligatures fi, fl, ff and ffi.
fn pdf(pages: &[Vec<Text<'_>>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|n| format!("{} 0 R", 4 + 2 * n))
        .collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [ 1 /fi /fl /ff /ffi ] >> >>".to_owned(),
    ];
    for (n, texts) in pages.iter().enumerate() {
        let mut content = String::new();
        for (x, y, size, text) in texts {
            let text = text
                .replace('(', "\\(")
                .replace(')', "\\)")
                .replace('•', "\\225");
            writeln!(
                content,
                "BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET"
            )
            .unwrap();
        }
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * n
        ));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{content}endstream",
            content.len()
        ));
    }
    assemble(&objects)
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        writeln!(out, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
    }
    let start = out.len();
    writeln!(out, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(out, "{offset:010} 00000 n ").unwrap();
    }
    write!(
        out,
        "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
        objects.len() + 1
    )
    .unwrap();
    out.into_bytes()
}

/// Lines below each other.
fn column<'a>(x: f64, top: f64, lines: &[&'a str]) -> Vec<Text<'a>> {
    let mut y = top + 13.0;
    lines
        .iter()
        .map(|line| {
            y -= 13.0;
            (x, y, 10.0, *line)
        })
        .filter(|(_, _, _, line)| !line.is_empty())
        .collect()
}

fn text(pages: &[Vec<Text<'_>>]) -> String {
    document_text(&pdf_blocks(&pdf(pages)).unwrap())
}

const PROSE: [&str; 6] = [
    "We collect your name, your postal address and your telephone number when you place an",
    "order, together with the articles that you bought and the way in which you paid for them.",
    "We also record technical information about your visit, such as the address of your",
    "computer, the browser that you use and the pages that you open. Most of it cannot be",
    "linked to you as a person. You may ask us at any time which personal information about",
    "you we hold, and you may ask us to correct or to delete it.",
];

#[test]
fn a_short_first_line_is_the_title() {
    let mut page = vec![(72.0, 760.0, 10.0, "Privacy Policy of Example")];
    page.extend(column(72.0, 730.0, &PROSE));
    assert!(is_pdf(&pdf(std::slice::from_ref(&page))));
    let blocks = pdf_blocks(&pdf(&[page])).unwrap();
    assert!(
        matches!(blocks.first(), Some(Block::Heading(1, _))),
        "{blocks:?}"
    );
    assert_eq!(blocks.len(), 2, "{blocks:?}");
    let blocks = pdf_blocks(&pdf(&[column(
        72.0,
        700.0,
        &["We collect nothing.", "", "And we share nothing."],
    )]))
    .unwrap();
    assert!(matches!(blocks.first(), Some(Block::Paragraph(_))));
}

#[test]
fn words_cut_at_line_ends_and_ligatures_are_whole() {
    let page = column(
        50.0,
        760.0,
        &[
            "We use personal information to deliver your orders and to answer your questions, to pre-",
            "vent fraud and to improve our website. This is a long-term agreement on a self-",
            "regulatory scheme. Small text \u{1}les have no legal e\u{3}ects and o\u{4}ces pro\u{1}t from them.",
        ],
    );
    assert_eq!(
        text(&[page]),
        "We use personal information to deliver your orders and to answer your questions, to prevent fraud and to improve \
         our website. This is a long-term agreement on a self-regulatory scheme. Small text files have no legal effects \
         and offices profit from them."
    );
}

#[test]
fn running_heads_and_page_numbers_are_no_text_and_no_title() {
    let page = |number: &'static str, title: Option<&'static str>| {
        let mut page = vec![
            (50.0, 810.0, 8.0, "BR-POL-7 Issue 3"),
            (300.0, 810.0, 8.0, "Brindle Ltd - internal and external use"),
        ];
        if let Some(title) = title {
            page.push((50.0, 780.0, 16.0, title));
        }
        page.extend(column(50.0, 740.0, &PROSE));
        page.push((280.0, 30.0, 8.0, number));
        page
    };
    let pages = [
        page("Page 1 of 3", Some("Privacy Notice")),
        page("Page 2 of 3", None),
        page("Page 3 of 3", None),
    ];
    let blocks = pdf_blocks(&pdf(&pages)).unwrap();
    let markdown = write_markdown(&blocks);
    assert!(
        markdown.starts_with("# Privacy Notice\n\nWe collect your name"),
        "{markdown}"
    );
    assert!(
        !markdown.contains("BR-POL") && !markdown.contains("Page"),
        "{markdown}"
    );
    assert_eq!(markdown.matches("delete it.").count(), 3);
    let mut single = column(50.0, 740.0, &PROSE);
    single.push((280.0, 30.0, 10.0, "- 1 -"));
    assert!(text(&[single]).ends_with("delete it."));
}

#[test]
fn a_sentence_goes_on_over_a_page_end() {
    let first = column(50.0, 700.0, &PROSE[..3]);
    let mut second = column(50.0, 700.0, &PROSE[3..]);
    second.push((50.0, 600.0, 10.0, "Contact us at any time."));
    assert_eq!(
        text(&[first, second]),
        format!("{}\nContact us at any time.", PROSE.join(" "))
    );
}

#[test]
fn lines_of_narrow_columns_are_joined_and_addresses_are_not() {
    let lines = [
        "Your rights",
        "",
        "You may ask us at any time",
        "which personal information",
        "about you we hold, and you",
        "may ask us to correct or to",
        "delete it.",
        "",
        "Brindle Ltd",
        "14 Orchard Lane",
        "Millford",
        "",
        "• correct what is wrong with",
        "the information that we hold",
        "• delete it",
    ];
    let blocks = pdf_blocks(&pdf(&[column(50.0, 760.0, &lines)])).unwrap();
    assert_eq!(
        document_text(&blocks),
        "Your rights\nYou may ask us at any time which personal information about you we hold, and you may ask us to \
         correct or to delete it.\nBrindle Ltd\n14 Orchard Lane\nMillford\n\
         • correct what is wrong with the information that we hold\n• delete it"
    );
}

#[test]
fn columns_are_read_one_after_the_other_however_they_are_drawn() {
    let left = [
        "We collect your name, your address",
        "and your telephone number when you",
        "place an order, together with the",
        "articles that you bought and the way",
        "in which you paid for them. We also",
        "record technical information about",
        "your visit, such as the address of",
        "your computer.",
    ];
    let right = [
        "You may ask us at any time which",
        "personal information about you we",
        "hold, and you may ask us to correct",
        "or to delete it. You may also object",
        "to its use for direct marketing. We",
        "answer every letter within a month",
        "and never ask you for a fee, unless",
        "you write to us every day.",
    ];
    let expected = format!("Privacy Policy\n{}\n{}", left.join(" "), right.join(" "));
    let title = (50.0, 790.0, 18.0, "Privacy Policy");
    let (a, b) = (column(50.0, 760.0, &left), column(320.0, 760.0, &right));
    let mut one_by_one = vec![title];
    one_by_one.extend(a.iter().chain(&b));
    assert_eq!(text(&[one_by_one]), expected);
    let mut by_line = vec![title];
    by_line.extend(a.iter().zip(&b).flat_map(|(a, b)| [*a, *b]));
    assert_eq!(text(&[by_line]), expected);
}

#[test]
fn rows_of_short_cells_stay_rows() {
    let mut page = column(50.0, 760.0, &PROSE);
    for (at, (name, kept)) in [
        ("Name", "a year"),
        ("Address", "a year"),
        ("Orders", "seven years"),
        ("Letters", "a month"),
        ("Visits", "a week"),
        ("Cookies", "a day"),
    ]
    .into_iter()
    .enumerate()
    {
        let y = 640.0 - 20.0 * f64::from(u32::try_from(at).unwrap());
        page.push((50.0, y, 10.0, name));
        page.push((300.0, y, 10.0, kept));
    }
    assert!(text(&[page]).ends_with("Name a year\nAddress a year\nOrders seven years\nLetters a month\nVisits a week\nCookies a day"));
}

#[test]
fn damaged_pdfs_are_dropped_and_never_panic() {
    let whole = pdf(&[column(50.0, 700.0, &PROSE)]);
    let mut cases: Vec<Vec<u8>> = vec![b"%PDF-1.4".to_vec(), b"%PDF-1.7\n\0\0\xff".to_vec()];
    for cut in (20..whole.len()).step_by(97) {
        cases.push(whole[..cut].to_vec());
    }
    for case in cases {
        if let Err(dropped) = pdf_blocks(&case) {
            assert_eq!(dropped.reason, DropReason::UnreadablePdf);
        }
    }
}
