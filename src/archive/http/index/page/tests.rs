//! Tests of reading index pages: cuts, repeats, order, errors, hostile sizes.

use proptest::prelude::*;

use super::*;

fn read(sent: &mut SentRows, pieces: &[&[u8]]) -> (Vec<Capture>, PageCounts) {
    read_page(sent, pieces, false)
}

fn read_page(sent: &mut SentRows, pieces: &[&[u8]], is_repeat: bool) -> (Vec<Capture>, PageCounts) {
    let mut rows = Vec::new();
    let mut sink = |capture| rows.push(capture);
    let mut page = IndexPageReader::new(Dialect::Wayback, sent, None, &mut sink, is_repeat);
    for piece in pieces {
        page.feed(piece);
    }
    let counts = page.finish();
    (rows, counts)
}

fn row(second: u32, original: &str, digest: &str) -> String {
    format!("com,a)/ 202001010000{second:02} {original} text/html 200 {digest} 10\n")
}

#[test]
fn rows_of_one_second_are_told_apart_by_original_and_digest() {
    let page = [
        row(1, "http://a.com/", "A"),
        row(1, "https://a.com/", "A"),
        row(1, "http://a.com/", "A"),
        row(1, "https://a.com/", "B"),
        row(2, "http://a.com/", "A"),
        row(2, "http://a.com/", "A"),
    ]
    .concat();
    let (rows, counts) = read(&mut SentRows::default(), &[page.as_bytes()]);
    assert_eq!((rows.len(), counts.repeated, counts.lines), (4, 2, 6));
}

#[test]
fn the_boundary_row_of_a_page_is_not_sent_again() {
    let mut sent = SentRows::default();
    let first = [
        row(1, "http://a.com/", "A"),
        row(2, "http://a.com/", "A"),
        "\nkey%20one\n".to_owned(),
    ]
    .concat();
    let second = [
        row(2, "http://a.com/", "A"),
        row(2, "http://a.com/", "B"),
        row(3, "http://a.com/", "A"),
    ]
    .concat();
    let (rows, counts) = read(&mut sent, &[first.as_bytes()]);
    assert_eq!(
        (rows.len(), counts.resume_key.as_deref()),
        (2, Some("key%20one"))
    );
    let (rows, counts) = read(&mut sent, &[second.as_bytes()]);
    assert_eq!(
        (rows.len(), counts.repeated, counts.resume_key),
        (2, 1, None)
    );
    assert!(!sent.unsorted);
}

#[test]
fn a_page_that_is_is_repeat_sends_only_what_is_missing() {
    let mut sent = SentRows::default();
    let all: Vec<String> = (0..20).map(|i| row(i, "http://a.com/", "A")).collect();
    read(&mut sent, &[all[..12].concat().as_bytes()]);
    let (rows, _) = read_page(&mut sent, &[all.concat().as_bytes()], true);
    assert_eq!(rows.len(), 8);
}

#[test]
fn rows_out_of_order_are_sent_and_a_few_repeated_ones_are_not() {
    let mut sent = SentRows::default();
    read(
        &mut sent,
        &[(1..9)
            .map(|i| row(i, "http://a.com/", "A"))
            .collect::<String>()
            .as_bytes()],
    );
    let back: String = [7, 8, 9].map(|i| row(i, "http://a.com/", "A")).concat();
    assert_eq!(read(&mut sent, &[back.as_bytes()]).0.len(), 1);
    assert!(!sent.unsorted);
    let (rows, _) = read(&mut sent, &[row(0, "http://a.com/", "A").as_bytes()]);
    assert!(
        rows.len() == 1 && sent.unsorted,
        "nothing is lost where an index is not in order"
    );
}

#[test]
fn an_error_text_inside_the_page_keeps_the_rows_before_it() {
    for (text, excluded) in [
        (
            "org.archive.util.io.RuntimeIOException: ConnectTimeoutException: timeout of 2000 ms",
            false,
        ),
        ("java.lang.NullPointerException", false),
        ("<html><body><h1>503 Service Unavailable</h1>", false),
        (
            "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots",
            true,
        ),
    ] {
        let page = format!(
            "{}{text}\n{}",
            row(1, "http://a.com/", "A"),
            row(2, "http://a.com/", "A")
        );
        let (rows, counts) = read(&mut SentRows::default(), &[page.as_bytes()]);
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!(
            matches!(counts.error, Some(PageError::Excluded(_))),
            excluded,
            "{text}"
        );
        assert!(counts.error.is_some());
    }
}

#[test]
fn text_at_the_end_of_a_page_is_no_row_but_why_it_ended() {
    let good = row(1, "http://a.com/", "A");
    for (page, is_error) in [
        ("Sorry, the index is being rebuilt".to_owned(), true),
        ("Too many requests\n".to_owned(), true),
        ("Busy".to_owned(), true),
        ("Busy\nTry again later\n".to_owned(), true),
        (format!("{good}Too many requests\n"), true),
        (format!("odd\n{good}"), false),
        (format!("{good}odd words\n\ncom%2Ca%29%2F+2001%21\n"), false),
        ("com,a)/x 2012 http://a.com/ - - -\n".to_owned(), false),
        ("com,a)/x y 2012 http://a.com/ - - -\n".to_owned(), false),
    ] {
        let (_, counts) = read(&mut SentRows::default(), &[page.as_bytes()]);
        assert_eq!(counts.error.is_some(), is_error, "{page}");
    }
}

#[test]
fn a_line_over_64_kib_is_one_bad_row_and_takes_no_memory() {
    let mut sent = SentRows::default();
    let mut rows = 0;
    let mut sink = |_| rows += 1;
    let mut page = IndexPageReader::new(Dialect::Wayback, &mut sent, None, &mut sink, false);
    for _ in 0..1000 {
        page.feed(&[b'x'; 10_000]);
        assert!(page.line.capacity() <= 2 * MAX_LINE_BYTES);
    }
    page.feed(b"\n");
    page.feed(row(1, "http://a.com/", "A").as_bytes());
    let counts = page.finish();
    assert_eq!((counts.bad, counts.lines, rows), (1, 2, 1));
}

#[test]
fn the_group_of_one_second_is_bounded_on_a_hostile_index() {
    let mut sent = SentRows::default();
    let page: String = (0..3 * MAX_GROUP)
        .map(|i| row(1, &format!("http://a.com/{i}"), "A"))
        .collect();
    let (rows, _) = read(&mut sent, &[page.as_bytes()]);
    assert_eq!(rows.len(), 3 * MAX_GROUP);
    assert!(sent.group.len() <= MAX_GROUP);
}

proptest! {
    #[test]
    fn cuts_between_pieces_do_not_matter(cuts in prop::collection::vec(0_usize..400, 0..6), tail in "[ -~\n]{0,80}") {
        let page = [row(1, "http://a.com/", "A"), "odd\n".to_owned(), row(1, "http://a.com/", "A"), row(3, "http://a.com/", "B"), tail].concat();
        let bytes = page.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let (rows, counts) = read(&mut SentRows::default(), &pieces);
        let (whole, whole_counts) = read(&mut SentRows::default(), &[bytes]);
        prop_assert_eq!(rows, whole);
        prop_assert_eq!(counts.resume_key, whole_counts.resume_key);
        prop_assert_eq!(counts.bad, whole_counts.bad);
    }
}
