//! What extraction as a whole promises: bounded time, stable hashes, no control characters.

use super::*;

fn run(html: &str) -> Result<Document, Dropped> {
    let input = PageInput {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    extract(&input, &Options::default())
}

const SENTENCE: &str =
    "We collect personal information about you when you register and use cookies. ";

/// Pages that took minutes before the guards: that this ends at all is what it shows (`cargo bench --bench hostile` measures how fast).
#[test]
fn deep_and_wide_pages_come_to_an_end_with_their_words() {
    let deep = format!("{}<p>{}</p>", "<div>".repeat(20_000), SENTENCE.repeat(5));
    assert!(run(&deep).unwrap().text.contains("register"));
    let lists = format!("{}{}", "<ul><li>".repeat(5_000), SENTENCE.repeat(5));
    assert!(run(&lists).unwrap().text.contains("register"));
    let quotes = format!("{}{}", "<blockquote><b>".repeat(3_000), SENTENCE.repeat(5));
    assert!(run(&quotes).unwrap().text.contains("register"));
    let tables = format!("{}{}", "<table><tr><td>".repeat(3_000), SENTENCE.repeat(5));
    assert!(run(&tables).is_ok());
    let wide = format!(
        "<h1>Privacy</h1>{}",
        format!("<p>{SENTENCE}</p><br>").repeat(20_000)
    );
    assert!(run(&wide).unwrap().text.contains("register"));
    let cells = format!(
        "<table><tr><th>a<th>b</tr>{}</table>",
        "<tr><td rowspan=65534 colspan=1000>x<td>y".repeat(1_000)
    );
    assert!(run(&format!("<p>{}</p>{cells}", SENTENCE.repeat(9))).is_ok());
}

#[test]
fn what_a_page_repeats_by_reference_takes_no_more_than_some_times_its_bytes() {
    let text = format!("<h1>Privacy Policy</h1><p>{}</p>", SENTENCE.repeat(9));
    let based = format!(
        "<base href='http://a.com/{}/'>{text}<p>{}</p>",
        "b".repeat(1_900),
        "<a href=x>y</a> z ".repeat(5_000)
    );
    let unclosed = format!(
        "{text}<a href='http://a.com/{}'>{}",
        "b".repeat(1_900),
        "<p>word".repeat(5_000)
    );
    let broken = format!(
        "{text}<a href='http://a.com/{}'>{}</a>",
        "b".repeat(1_900),
        "word<br><br>".repeat(5_000)
    );
    let spanning = format!(
        "{text}<table><tr>{}</tr>{}</table>",
        "<th colspan=50>a".repeat(200),
        "<tr><td>x<td>y".repeat(200)
    );
    let covering = format!(
        "{text}<table border=1>{}</table>",
        "<tr><td rowspan=50 colspan=50>x<td>y<td>z".repeat(1_000)
    );
    let ragged = format!(
        "{text}<table border=1><tr>{}</tr>{}</table>",
        "<td>abc".repeat(1_000),
        "<tr><td>x<td>y".repeat(1_000)
    );
    for page in [based, unclosed, broken, spanning, covering, ragged] {
        let document = run(&page).unwrap();
        assert!(
            document.markdown.len() < 6 * page.len(),
            "{} bytes of {}: {}",
            document.markdown.len(),
            page.len(),
            &document.markdown[document.markdown.len() - 300..]
        );
    }
}

#[test]
fn the_same_words_in_other_markup_have_the_same_hash() {
    let one = run("<h1>Privacy</h1><p>We <b>never</b> sell your personal information.</p><ul><li>Names</li></ul>").unwrap();
    let other = run(
        "<div class=x><center><font size=5>PRIVACY</font></center><br><br>We never\n sell  your <i>personal</i>&nbsp;information.<br>&bull; Names</div>",
    )
    .unwrap();
    assert_eq!(
        one.text_hash, other.text_hash,
        "{}\n---\n{}",
        one.text, other.text
    );
    let changed = run("<h1>Privacy</h1><p>We <b>always</b> sell your personal information.</p><ul><li>Names</li></ul>").unwrap();
    assert_ne!(one.text_hash, changed.text_hash);
}

#[test]
fn volatile_words_around_a_policy_do_not_reach_its_hash() {
    let page = |day: &str, visits: u32, session: &str| {
        format!(
            "<div id=header>Today is {day}</div><div id=main><h1>Privacy Policy</h1><p>{}</p><p>See our <a href='/terms?sid={session}'>terms</a>.</p><p>{}</p></div><div id=footer>You are visitor number {visits}</div>",
            SENTENCE.repeat(3),
            SENTENCE.repeat(2),
        )
    };
    let one = run(&page("Monday, 3 May 2004", 10_123, "a1")).unwrap();
    let other = run(&page("Tuesday, 4 May 2004", 10_999, "b2")).unwrap();
    assert_eq!(one.text_hash, other.text_hash, "{}", one.text);
}

#[test]
fn text_of_any_kind_is_survived_and_has_no_control_characters() {
    for odd in [
        "",
        " ",
        "<",
        "<!--",
        "<p>\u{1b}[2J\u{9b}1mprivacy",
        "&#27;[31m privacy policy &#x9b;",
        "<a href='javascript:x'>privacy policy</a>",
        "<table><tr><td>privacy",
        "<li>privacy<li>",
        "\u{feff}<pre>privacy\0policy",
    ] {
        if let Ok(document) = run(odd) {
            for text in [
                &document.text,
                &document.markdown,
                &document.title.unwrap_or_default(),
            ] {
                assert!(
                    !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'),
                    "{odd:?} {text:?}"
                );
            }
            assert!(!document.markdown.contains("javascript"), "{odd:?}");
        }
    }
}

#[test]
fn the_reasons_of_a_choice_are_told() {
    let html = format!(
        "<nav><a href=/>Home</a></nav><main><h1>Privacy</h1><p>{}</p></main>",
        SENTENCE.repeat(3)
    );
    let input = PageInput {
        bytes: html.as_bytes(),
        content_type: None,
        url: None,
    };
    let extraction = explain(&input, &Options::default()).unwrap();
    assert!(
        extraction.explanation.iter().any(|r| r.contains("<main>")),
        "{:?}",
        extraction.explanation
    );
}

proptest::proptest! {
    #[test]
    fn any_tag_soup_is_survived(page in "(<|>|/|<p>|<b>|</b>|<ul>|<li>|<table>|<tr>|<td>|<h2>|<a href=x>|</a>|<br>|<pre>|privacy |cookies |\\*|_|#|\\||- |1\\. |é|\\n){0,120}") {
        let _ = run(&page);
    }
}
