//! The text of a page stays the same when its first or last blocks move into a box of their own.

use std::fs;
use std::path::{Path, PathBuf};

use policytrail::extract::{Options, PageInput, explain, extract};

use crate::support::paths::root;

/// Ways to put the title, a box above the text, the text and a box below the text on a page with a menu and a footer.
const FRAMES: [(&str, &str); 6] = [
    (
        "main",
        "<main><h1>TITLE</h1>[<div class=b1>ABOVE</div>]<div class=b2>TEXT</div>[<div class=b3>BELOW</div>]</main>",
    ),
    (
        "article",
        "<div class=outer><article><h1>TITLE</h1>[<section>ABOVE</section>]<section>TEXT</section>[<section>BELOW</section>]\
         </article></div>",
    ),
    (
        "one box",
        "<div class=outer><div class=inner><h1>TITLE</h1>[<div>ABOVE</div>]<div>TEXT</div>[<div>BELOW</div>]</div></div>",
    ),
    (
        "page builder",
        "<div class=builder><div class=part><div class=widget><h1>TITLE</h1></div></div>[<div class=part>\
         <div class=widget>ABOVE</div></div>]<div class=part><div class=widget>TEXT</div></div>[<div class=part>\
         <div class=widget>BELOW</div></div>]</div>",
    ),
    (
        "fields",
        "<div class=node><h1>TITLE</h1>[<div class=\"field field--name-lead\"><div class=field__item>ABOVE</div></div>]\
         <div class=\"field field--name-body\"><div class=field__item>TEXT</div></div>[<div class=\"field field--name-end\">\
         <div class=field__item>BELOW</div></div>]</div>",
    ),
    (
        "layout table",
        "<table width=600><tr><td><h1>TITLE</h1></td></tr>[<tr><td>ABOVE</td></tr>]<tr><td>TEXT</td></tr>[<tr><td>BELOW\
         </td></tr>]</table>",
    ),
];

fn page(title: &str, frame: &str, blocks: &[String], above: usize, below: usize) -> String {
    let last = blocks.len() - below;
    let parts = [
        ("ABOVE", &blocks[..above]),
        ("TEXT", &blocks[above..last]),
        ("BELOW", &blocks[last..]),
    ];
    // A box without blocks is not on the page.
    let mut content = String::new();
    for piece in frame.split(['[', ']']) {
        let named = parts.iter().find(|(name, _)| piece.contains(name));
        match named {
            Some((_, [])) => {}
            Some((name, blocks)) => content.push_str(&piece.replace(name, &blocks.concat())),
            None => content.push_str(piece),
        }
    }
    let content = content.replace("TITLE", title);
    let content = parts.iter().fold(content, |all, (name, blocks)| {
        all.replace(name, &blocks.concat())
    });
    format!(
        "<!DOCTYPE html><title>{title}</title><div id=top><a href=/>Home</a> <ul><li><a href=/a>Kettles</a></li><li>\
         <a href=/b>Teapots</a></li></ul></div>{content}<div id=end><a href=/about>About us</a> <a href=/jobs>Jobs</a>\
         <p>© 2012 Harrow Kettle Ltd. All rights reserved.</p></div>"
    )
}

fn text(html: &str) -> String {
    let input = PageInput {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    extract(&input, &Options::default())
        .map_or_else(|dropped| dropped.to_string(), |document| document.text)
}

/// The blocks of a golden page's document as HTML, and its title.
fn blocks_of(folder: &Path) -> Option<(String, Vec<String>)> {
    let markdown = fs::read_to_string(folder.join("expected.md")).ok()?;
    let mut lines = markdown.split("\n\n");
    let title = lines.next()?.strip_prefix("# ")?.trim().to_owned();
    let blocks: Vec<String> = lines.map(html_of).collect();
    (blocks.len() >= 4).then_some((title, blocks))
}

fn html_of(block: &str) -> String {
    let plain = block
        .replace(['*', '`', '\\', '_'], "")
        .replace('&', "&amp;")
        .replace('<', "&lt;");
    let level = plain.bytes().take_while(|b| *b == b'#').count();
    if level > 0 {
        return format!("<h{level}>{}</h{level}>", plain[level..].trim());
    }
    if plain.starts_with("- ") {
        let items: Vec<String> = plain
            .lines()
            .map(|l| format!("<li>{}</li>", l.trim_start_matches("- ")))
            .collect();
        return format!("<ul>{}</ul>", items.concat());
    }
    if plain.starts_with("| ") {
        let rows = plain.lines().filter(|line| !line.starts_with("| ---"));
        let row = |line: &str| {
            let cells = line.trim_matches('|').replace('|', "</td><td>");
            format!("<tr><td>{cells}</td></tr>")
        };
        let rows: Vec<String> = rows.map(row).collect();
        return format!("<table border=1>{}</table>", rows.concat());
    }
    format!("<p>{plain}</p>")
}

#[test]
fn blocks_in_a_box_of_their_own_are_part_of_the_text() {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("tests/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.join("type.txt").exists())
        .collect();
    folders.sort();
    let mut wrong = Vec::new();
    let mut pages = 0;
    for folder in folders {
        let Some((title, blocks)) = blocks_of(&folder) else {
            continue;
        };
        pages += 1;
        for (name, frame) in FRAMES {
            let whole = text(&page(&title, frame, &blocks, 0, 0));
            for (above, below) in [(1, 0), (2, 0), (0, 1), (0, 2), (1, 1)] {
                let split = text(&page(&title, frame, &blocks, above, below));
                if split != whole {
                    wrong.push(format!(
                        "{} in {name}, {above} above, {below} below:\n{whole}\n---\n{split}\n",
                        folder.display()
                    ));
                }
            }
        }
    }
    assert!(pages >= 20, "{pages} golden pages");
    assert!(
        wrong.is_empty(),
        "{} pages:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The blocks of a policy without the opening and the closing paragraph.
const POLICY: &str = "<h2>What we collect</h2><p>When you send us a kettle we collect your name, postal address and e-mail \
    address, and we never sell personal information to third parties.</p><h2>Your rights</h2><p>You may ask us which \
    personal information about you we hold, and you may ask us to correct or to delete it.</p><h2>Cookies</h2><p>This \
    site uses cookies, which your browser stores, to count its visitors.</p>";

#[test]
fn no_number_of_words_decides_whether_a_paragraph_in_its_own_box_is_kept() {
    let words = "This closing paragraph thanks all the readers who came so far and tells them that the shop is open on every \
                 day of the week except in August when its owner is away at the sea with his family and his dog";
    let words: Vec<&str> = words.split_whitespace().collect();
    let blocks = [POLICY.to_owned()];
    for (name, frame) in FRAMES {
        for count in 1..=words.len() {
            let sentence = format!("{}.", words[..count].join(" "));
            for (at, place) in [("ABOVE", 0), ("BELOW", 1)] {
                let mut blocks = blocks.to_vec();
                blocks.insert(place, format!("<p>{sentence}</p>"));
                let text = text(&page("Privacy Policy", frame, &blocks, 1 - place, place));
                assert!(
                    text.contains(&sentence),
                    "{count} words {at} in {name}:\n{text}"
                );
            }
        }
    }
}

#[test]
fn parts_left_out_inside_the_text_are_named() {
    let html = format!(
        "<main><h1>Privacy Policy</h1><div class=tools><a href=/print>Print version</a> <a href=/big>Large letters</a></div>\
         <div>{POLICY}</div><div class=ask><p>Do you like this page?</p><button>Yes</button></div><div><p>Top</p>\
         <p>This policy is effective as of 4 May 2019.</p></div></main>"
    );
    let input = PageInput {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    let found = explain(&input, &Options::default()).unwrap();
    let reasons = found.explanation.join("\n");
    for part in [
        "<div.tools>",
        "Print version",
        "<div.ask>",
        "Do you like this page?",
        "left out the line “Top”",
    ] {
        assert!(reasons.contains(part), "{part} is not in:\n{reasons}");
    }
    assert!(
        found.document.text.ends_with("effective as of 4 May 2019."),
        "{}",
        found.document.text
    );
}
