//! Measures how long the worst pages of a megabyte take: `cargo bench --bench hostile`. No page may take a second.
//!
//! Prints one line for each kind of page that once made a parser or a pass slow, the slowest first. The best of three
//! rounds counts.

#![expect(clippy::print_stdout, reason = "a benchmark reports")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use policytrail::extract::{Options, PageInput, extract};

const BYTES: usize = 1_000_000;
/// A page that takes longer is reported immediately.
const LIMIT: Duration = Duration::from_secs(1);
const SENTENCE: &str =
    "We collect personal information about you when you register and use cookies. ";

/// One pattern, repeated to a megabyte, between a beginning and an end.
fn repeated(before: &str, pattern: &str, after: &str) -> String {
    let count = BYTES.saturating_sub(before.len() + after.len()) / pattern.len().max(1);
    format!("{before}{}{after}", pattern.repeat(count))
}

/// Like [`repeated`], with a different number in each copy where the pattern has `{}`.
fn numbered(before: &str, pattern: &str) -> String {
    let mut page = before.to_owned();
    let mut number = 0;
    while page.len() < BYTES {
        page.push_str(&pattern.replace("{}", &number.to_string()));
        number += 1;
    }
    page
}

/// Patterns that are repeated until a page is long enough.
const REPEATED: [&str; 121] = [
    "<div>",
    "<p>a",
    "<a>",
    "<a href=x>y",
    "<h1>",
    "<h1>Privacy</h1>",
    "<table>",
    "<table><tr><td>",
    "<table>x",
    "<tr>",
    "<td>x",
    "<b><i>",
    "<b><p>",
    "<b><i><u>x</b></i></u>",
    "<a><div>x</a>",
    "<font><p>",
    "<nobr><div>",
    "<ul><li>",
    "<li>",
    "<dl><dt>x<dd>y",
    "<blockquote>",
    "<blockquote>x</blockquote>",
    "<pre>x",
    "<svg>",
    "<svg><path>",
    "<math><mi>",
    "<svg><desc><p>",
    "<select><option>",
    "<template>",
    "<noscript>",
    "<frameset>",
    "<iframe>",
    "<script>",
    "<script></script>",
    "<style><!--",
    "<!--",
    "<!---->",
    "<![CDATA[",
    "<?x",
    "</p>",
    "</br>",
    "</b>",
    "</div>",
    "<br>",
    "<hr>",
    "<img alt=Privacy>",
    "&amp;",
    "&",
    "&#x41;",
    "&notit;",
    "<",
    "</",
    "<a b=\"",
    "<a b='c",
    "x",
    "x ",
    " ",
    "\n",
    "\u{a0}",
    "é",
    "個人情報",
    "\u{301}",
    "\u{ad}",
    "\0",
    "- x\n",
    "1. x\n",
    "| a | b |\n",
    "* ",
    "_",
    "`",
    "[",
    "](",
    "\\",
    "#",
    "> ",
    "{\"a\":",
    "[[",
    "a@b.c ",
    "privacy",
    "privacy policy ",
    "<p>Last updated: 1 May 2020",
    "Last updated ",
    "updated 2020 ",
    "<summary>",
    "<details>",
    "<button>x",
    "<button aria-expanded=true>",
    "<nav>",
    "<footer>",
    "<header><a href=x>y</a>",
    "<dialog>",
    "<section>",
    "<p><b>Heading</b></p><p>x</p>",
    "<p>SHORT</p>",
    "<b>x</b><br>",
    "<br><br>x",
    "<td rowspan=50 colspan=50>x",
    "<table><caption>",
    "<th>",
    "<object>",
    "<marquee>",
    "<applet>",
    "<form>",
    "<input type=password>",
    "<title>",
    "<body a=b>",
    "<html a=b>",
    "<p hidden>x",
    "<div style='display:none'>x",
    "<div style='",
    "<div class='a b c'>",
    "<span>",
    "<span>x</span>",
    "<small>x",
    "<code>x",
    "<ruby><rt>x",
    "<h2><h3>",
    "<p>© 2009 Acme",
    "<a href='#x'>x</a>",
    "<area>",
    "<base href=x>",
];

/// Patterns that are repeated with a number in them.
const NUMBERED: [&str; 18] = [
    "<div a{}=1>",
    "<div class=c{}>x",
    "<font size={}>",
    "<b id={}>",
    "<p id=x{}>We collect personal data {} times.</p>",
    "<h2>Heading {}</h2><p>We share data.</p>",
    "<a name=n{}>x",
    "<p>{} data</p>",
    "<li><p>{}",
    "<x-{}>",
    "<tr><td>{}<td>x",
    "<tr><th>{}</th><td>We collect data</td></tr>",
    "<h1>Terms of Use {}</h1><p>x",
    "<a href=/p{}>y</a> ",
    "<section id=s{}><nav>",
    "<p>Effective date: {} May 2020",
    "<br>{}. We collect personal data",
    "<meta name={}>",
];

/// Beginnings after which a scan of the tags and the parser may disagree about what is a tag.
const AMBIGUOUS: [&str; 9] = [
    "<svg><title>",
    "<svg><style>",
    "<svg><![CDATA[><!--]]></svg>",
    "<script><!--<script></script><!--</script>",
    "<a =\">",
    "<a href=p?x=\">",
    "<a b=c=\">",
    "</ =\">",
    "<frameset></frameset><script>",
];

fn pages() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    for pattern in REPEATED {
        let words = SENTENCE.repeat(3);
        let table = format!("<h1>Privacy Policy</h1><p>{words}<table><tr><td>");
        pages.push((pattern, repeated("<html><body>", pattern, &words)));
        pages.push((pattern, repeated(&table, pattern, "")));
    }
    for pattern in NUMBERED {
        pages.push((pattern, numbered("<h1>Privacy Policy</h1>", pattern)));
        pages.push((pattern, numbered("<table><tr><td><ul>", pattern)));
    }
    let attributes = numbered("<h1>Privacy</h1><div ", "a{}=b ") + ">" + SENTENCE;
    pages.push(("one tag of attributes", attributes));
    pages.extend(pages_in_json());
    pages.extend(ambiguous_pages());
    pages.extend(other_pages());
    pages
}

/// Pages whose text is in JSON.
fn pages_in_json() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    let json = numbered(
        "<script type=application/json>[",
        "{\"text\":\"We collect personal information {}\"},",
    );
    pages.push(("JSON", json + "0]</script>"));
    let nested = format!(
        "<script type=application/json>{}{}</script>",
        "[".repeat(120),
        "\"privacy data\",".repeat(60_000)
    );
    pages.push(("JSON that does not end", nested));
    let html = format!(
        "{{\"html\":\"{}\"}}",
        "<p>We collect personal data<table><tr>".repeat(25_000)
    );
    pages.push((
        "a page inside JSON",
        format!("<script type=application/json>{html}</script>"),
    ));
    let inside: String = (0..20_000)
        .map(|_| "\"<p>We collect personal information, cookies\",")
        .collect();
    pages.push((
        "twenty thousand pages inside JSON",
        format!("<script type=application/json>[{inside}0]</script>"),
    ));
    pages
}

fn ambiguous_pages() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    for beginning in AMBIGUOUS {
        pages.push((beginning, repeated(beginning, "<div>", SENTENCE)));
        let nearly = beginning.to_owned() + &"<div>".repeat(980);
        pages.push((beginning, repeated(&nearly, "<p>x", SENTENCE)));
        for element in ["<a ", "</a ", "<br ", "<xmp "] {
            let attributes = numbered(&format!("{beginning}{element}"), "a{}=\"\"");
            pages.push((beginning, attributes + ">" + SENTENCE));
        }
    }
    pages
}

fn other_pages() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    pages.push((
        "elements of raw text",
        repeated("", "<xmp></xmp>", SENTENCE),
    ));
    // Unclosed tags that only a check of all readings finds.
    pages.push(("a comment without end", repeated("<!--", "a<t ", "")));
    pages.push(("end tags in a comment", repeated("<!--", "a</t", "")));
    let base = format!("<base href='/{}/'>", "x".repeat(30_000));
    pages.push(("a long base", repeated(&base, "<a href=x>y</a>", SENTENCE)));
    let deep = "<div>".repeat(500) + &repeated("", "<b><p>x", "") + SENTENCE;
    pages.push(("deep and misnested", deep));
    let links = repeated(
        "<ul>",
        "<li><a href='/privacy?a=b&c=d#e'>Privacy policy</a>",
        SENTENCE,
    );
    pages.push(("links", links));
    pages
}

fn main() {
    let mut times: Vec<(Duration, &str, usize)> = pages()
        .iter()
        .map(|(name, page)| {
            let input = PageInput {
                bytes: page.as_bytes(),
                content_type: Some("text/html; charset=utf-8"),
                url: None,
            };
            let best = (0..3)
                .map(|_| {
                    let started = Instant::now();
                    let _ = black_box(extract(&input, &Options::default()));
                    started.elapsed()
                })
                .min()
                .unwrap_or_default();
            if best > LIMIT {
                println!("over the limit: {best:.1?}  {}", name.escape_debug());
            }
            (best, *name, page.len())
        })
        .collect();
    times.sort_by(|a, b| b.cmp(a));
    for (time, name, bytes) in times.iter().take(40) {
        println!(
            "{:>8.1} ms  {bytes:>8} bytes  {}",
            time.as_secs_f64() * 1e3,
            name.escape_debug()
        );
    }
    println!("{} pages", times.len());
}
