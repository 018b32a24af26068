//! Tests of extraction as a whole: bounded time, stable hashes, no control characters.

use crate::extract::{Options, PageInput, explain, extract};
use crate::model::{Document, Dropped};

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

/// These pages took minutes before there were limits. The test only shows that extraction ends; its speed is
/// measured by `cargo bench --bench hostile`.
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
fn dates_and_counters_inside_the_text_do_not_reach_its_hash() {
    let page = |day: &str, visits: u32| {
        format!(
            "<center>Today is {day}</center><div><p>{day}</p><h1>Privacy Policy</h1><p>Printed on {day}</p><p>{}</p><p>{}</p>\
             <p>You are visitor number {visits}</p><p>Page generated in 0.{visits} seconds.</p></div>",
            SENTENCE.repeat(3),
            SENTENCE.repeat(2),
        )
    };
    let one = run(&page("Monday, 3 May 2004", 10_123)).unwrap();
    let other = run(&page("Tuesday, 4 May 2004", 10_999)).unwrap();
    assert_eq!(one.text_hash, other.text_hash, "{}", one.text);
    assert!(
        one.text.starts_with("Privacy Policy\nWe collect"),
        "{}",
        one.text
    );
}

#[test]
fn a_section_called_by_its_matter_is_kept_and_a_box_of_the_frame_is_not() {
    for name in [
        "comments",
        "newsletter",
        "social",
        "survey",
        "feedback",
        "chat",
        "search",
        "login",
        "ads",
        "consent",
        "copyright",
        "cookie-consent",
        "cookie-settings",
        "related",
        "sponsors",
    ] {
        let section = |attributes: &str, inner: &str| {
            format!(
                "<section {attributes}><h2>About {name}</h2><p>What you tell us is kept for some time and then deleted.</p>{inner}</section>"
            )
        };
        let page = |section: &str| {
            let text = |who: &str| {
                format!(
                    "<section><h2>{who}</h2><p>{who} {}</p></section>",
                    SENTENCE.repeat(3)
                )
            };
            run(&format!(
                "<h1>Privacy Policy</h1>{}{section}{}",
                text("We"),
                text("They")
            ))
            .unwrap()
            .text
        };
        for attributes in [format!("id={name}"), format!("class={name}")] {
            assert!(
                page(&section(&attributes, "")).contains("kept for some time"),
                "{attributes}"
            );
            let form = "<form><input name=mail><button>Send</button></form>";
            assert!(
                !page(&section(&attributes, form)).contains("kept for some time"),
                "{attributes}"
            );
            assert!(
                !page(&section(&format!("{attributes} hidden"), "")).contains("kept for some time"),
                "{attributes}"
            );
        }
    }
}

#[test]
fn a_box_in_the_middle_of_the_text_is_kept_whatever_its_name_is() {
    let midst = format!(
        "<h1>Privacy Policy</h1><section>{0}</section><div id=chat><h2>Chat</h2><p>What you tell us in the chat is kept for a month.</p></div><section>{0}</section>",
        SENTENCE.repeat(3)
    );
    assert!(run(&midst).unwrap().text.contains("kept for a month"));
    let linked = format!(
        "<h1>Privacy Policy</h1><a href='#chat'>Chat</a><div><p>{}</p><div id=chat><h2>Chat</h2><p>What you tell us in the chat is kept for a month.</p></div></div>",
        SENTENCE.repeat(5)
    );
    assert!(run(&linked).unwrap().text.contains("kept for a month"));
}

#[test]
fn sections_are_joined_in_languages_without_a_vocabulary_and_short_ones_at_the_end() {
    let bulgarian = "Нашето дружество събира данни на посетителите на този сайт в съответствие със закона. Вашето име, адрес и телефон се използват само за изпълнение на поръчката. ";
    let sections: Vec<String> = (1..6)
        .map(|n| {
            format!(
                "<section><h2>{n}.</h2><p>K{n} {}</p></section>",
                bulgarian.repeat(if n == 2 { 12 } else { 3 })
            )
        })
        .collect();
    let text = run(&format!(
        "<main><h1>Заглавие</h1>{}</main>",
        sections.concat()
    ))
    .unwrap()
    .text;
    assert!(
        (1..6).all(|n| text.contains(&format!("K{n} "))),
        "{text:.300}"
    );
    let contact = format!(
        "<div class=c><div><h1>Privacy Policy</h1><p>{}</p></div><div><h2>Changes</h2><p>This page may be changed at any time without a word to you.</p></div>\
         <div><h2>Contact us</h2><p>If you have questions, please write to Acme Ltd, 1 High Street.</p></div><div class=foot><h2>Acme</h2><p>Acme makes the best anvils that money can buy.</p></div></div>",
        SENTENCE.repeat(18)
    );
    let text = run(&contact).unwrap().text;
    assert!(text.ends_with("High Street."), "{text}");
    assert!(text.contains("at any time"), "{text}");
}

#[test]
fn words_in_odd_places_are_kept() {
    let text = format!("<p>{}</p>", SENTENCE.repeat(3));
    let map = format!("<h1>Privacy Policy</h1><map name=m><area shape=rect href=/>{text}");
    assert!(run(&map).unwrap().text.contains("register"));
    let field = format!(
        "<h1>Privacy Policy</h1><form><textarea rows=20>{}</textarea></form>",
        SENTENCE.repeat(5)
    );
    assert!(run(&field).unwrap().text.contains("register"));
    let panels = format!(
        "<h1>Privacy Policy</h1>{text}<button class=accordion>1. What we collect</button><div class=panel>{text}</div>\
         <button class=accordion>2. Whom we tell</button>\n<div class=panel><p>We share personal data with third parties who help us.</p></div><button>Send</button>"
    );
    let text_of = run(&panels).unwrap().text;
    assert!(
        text_of.contains("1. What we collect") && text_of.contains("2. Whom we tell"),
        "{text_of}"
    );
    assert!(!text_of.contains("Send"), "{text_of}");
    let set = "<h1>Privacy</h1><pre>We collect your personal information.<ul><li>Name</li><li>Email</li></ul><h2>Cookies</h2>We use cookies.<table><tr><td>a1</td><td>b2</td></tr></table>End of it, which is a privacy policy.</pre>";
    let lines = run(set).unwrap().text;
    for line in ["Name", "Email", "Cookies", "We use cookies.", "a1", "b2"] {
        assert!(lines.lines().any(|l| l == line), "{lines}");
    }
}

#[test]
fn a_heading_that_is_never_closed_does_not_swallow_the_text() {
    let page = format!(
        "<title>Privacy Policy</title><h1>Privacy Policy<p>{}</p><ul><li>one</li><li>two</li></ul><p>{}</p>",
        SENTENCE.repeat(3),
        SENTENCE.repeat(2)
    );
    let markdown = run(&page).unwrap().markdown;
    assert!(
        markdown.starts_with("# Privacy Policy\n\nWe collect"),
        "{markdown}"
    );
    assert!(markdown.contains("\n\n- one\n- two\n\nWe"), "{markdown}");
}

#[test]
fn pictures_of_words_are_headings_where_nothing_else_is() {
    let text = format!("<p>{}</p>", SENTENCE.repeat(3));
    let page = format!(
        "<h1>Privacy Policy</h1>{text}<p><img src=a alt='What do we collect?'></p>{text}<img src=b alt='How we use cookies'><br>We do.\
         <p><img src=c alt='Privacy seal'></p><p>See <img src=d alt='our privacy rules'> here.</p><a href=/x><img src=e alt='Our privacy promise'></a>{text}"
    );
    let markdown = run(&page).unwrap().markdown;
    assert!(
        markdown.contains("\n## What do we collect?\n"),
        "{markdown}"
    );
    assert!(markdown.contains("\n## How we use cookies\n"), "{markdown}");
    for other in ["seal", "rules", "promise"] {
        assert!(!markdown.contains(other), "{markdown}");
    }
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
