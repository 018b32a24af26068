//! Files whose line ends were changed, so that their records are shorter or longer than they state.

use super::damage::{body_of, opened, record, years};
use super::*;

#[test]
fn a_file_whose_line_ends_were_changed_is_read() {
    let text = String::from_utf8(years(2010..2014).concat()).unwrap();
    let opened = opened("a.warc", text.replace("\r\n", "\n").as_bytes());
    for year in 2010..2014 {
        assert!(body_of(&opened, year).contains(&format!("words of {year}</p></html>")));
        assert!(!body_of(&opened, year).contains("WARC/"));
    }
    assert!(opened.archive.skipped().failures().is_empty());
}

#[test]
fn a_single_record_whose_line_ends_were_changed_is_read_and_a_cut_one_is_not() {
    let text = String::from_utf8(record(2010, "words of 2010")).unwrap();
    let changed = text.replace("\r\n", "\n");
    let opened = opened("a.warc", changed.as_bytes());
    assert!(body_of(&opened, 2010).contains("words of 2010</p></html>"));
    assert!(opened.archive.skipped().failures().is_empty());
    // Cut in the page, behind an empty line of it, and with its carriage returns.
    let page = format!("<p>first</p>\n\n{}", "words ".repeat(99));
    let text = String::from_utf8(record(2010, &page)).unwrap();
    let changed = text.replace("\r\n", "\n");
    for text in [&changed, &text] {
        let end = text.find("</p>\n\n").unwrap() + 6;
        for end in [end - 3, end, end + 3, text.len() - 30] {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), "a.warc", &text[..end]);
            assert!(WarcArchive::open(folder.path(), LIMIT).is_err(), "{end}");
        }
    }
}

#[test]
fn a_file_whose_line_ends_were_converted_twice_is_read() {
    let text = String::from_utf8(years(2010..2013).concat()).unwrap();
    let opened = opened("a.warc", text.replace("\r\n", "\r\r\n").as_bytes());
    for year in 2010..2013 {
        let body = body_of(&opened, year);
        assert!(
            body.contains(&format!("words of {year}</p></html>")),
            "{body}"
        );
        assert!(!body.contains("WARC/"), "{body}");
    }
    assert!(opened.archive.skipped().failures().is_empty());
}
