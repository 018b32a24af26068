//! Pages, and addresses with pages.

use super::SENTENCE;

fn html_pages() -> Vec<String> {
    let p = format!("<p>{SENTENCE}</p>");
    vec![
        format!(
            "<!doctype html><title>Privacy Policy - Example</title><nav><a href=/>Home</a></nav><main><h1>Privacy Policy</h1>{p}<h2>Cookies</h2><ul><li>One<li>Two</ul></main><footer><a href=/legal>Legal</a></footer>"
        ),
        format!(
            "<table width=600><tr><td bgcolor=#336699><font size=5><b>Privacy</b></font><tr><td>{SENTENCE}<br><br>{SENTENCE}<br>&bull; Names<br>&bull; Addresses</table>"
        ),
        format!(
            "<h1>Privacy</h1><table><tr><th colspan=2>What<th>Why<tr><td rowspan=3>{SENTENCE}<td>a|b<td>c</table><dl><dt>Cookie<dd>{SENTENCE}</dl><pre>  kept\n as is</pre>"
        ),
        format!(
            "<script type=\"application/ld+json\">{{\"@type\":\"WebPage\",\"text\":\"{}\"}}</script><script id=__NEXT_DATA__ type=application/json>{{\"a\":[\"<p>{}</p>\"]}}</script><div id=root></div>",
            SENTENCE.repeat(5),
            SENTENCE.repeat(5)
        ),
        format!(
            "<a name=terms></a><h2>Terms of Use</h2>{p}<a name=privacy></a><h2>Privacy Policy</h2>{p}{p}<details><summary>More</summary>{p}</details><blockquote><i>{SENTENCE}</i><a href='javascript:x()'>x</a></blockquote>"
        ),
        format!("<frameset><frame src=a.html><noframes>{p}</noframes></frameset>"),
        format!(
            "<form><input type=password></form><div style='display:none'>{p}</div><div class=cookie-banner>{p}</div><h3>Datenschutzerklärung</h3><p>Wir erheben personenbezogene Daten, wenn Sie sich anmelden.</p>"
        ),
        "<title>404 Not Found</title><h1>Not Found</h1><p>The page was not found.".to_owned(),
    ]
}

pub(super) fn pages() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for page in html_pages() {
        for flags in [[0, 0], [1, 244]] {
            seeds.push([&flags, page.as_bytes()].concat());
        }
    }
    let plain = format!(
        "PRIVACY POLICY\n\n1. What we collect\n\n{SENTENCE}\n\n* one\n* two\n\n{SENTENCE}\n"
    );
    seeds.push([&[2, 0], plain.as_bytes()].concat());
    let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    seeds.push([&[6, 0, 0xff, 0xfe], &wide[..]].concat());
    // Nested and repeated marks, up to a megabyte.
    for part in [
        "<div>",
        "<ul><li>a",
        "<b>privacy ",
        "<table><tr><td>",
        "<a href=x>privacy",
        "<p>a<br>",
        "&amp;",
        "<h2>privacy</h2><p>we collect",
        "- privacy\n",
        "<!--",
    ] {
        seeds.push([&[1, 255], part.as_bytes()].concat());
    }
    seeds
}

pub(super) fn addresses_and_pages() -> Vec<Vec<u8>> {
    let addresses = [
        "com,example)/about/privacy-policy.html?lang=en",
        "http://www.example.com/",
        "com,example,blog)/2012/01/why-privacy-matters",
        "https://example.com/legal/%70rivacy?a=1&b=http%3A%2F%2Fexample.org%2Fprivacy",
        "jp,example)/個人情報保護方針",
    ];
    let links = [
        "<a href=/privacy>Privacy Policy</a><p>words</p><footer><a href='http://example.org/privacy'>Datenschutz</a></footer>",
        "<map><area href=/p alt=Privacy></map><a href=/p title='Privacy Policy'><img src=btn_privacy.gif></a><a href=\"javascript:openWin('/p','w')\">Privacy</a>",
        "<select><option value='/p'>Privacy statement</select><base href=/x/><a href='#privacy'>Privacy</a><a href=/legal>Legal</a><p>Our privacy policy: <a href=q>click here</a>.",
    ];
    let mut seeds: Vec<Vec<u8>> = addresses
        .iter()
        .zip(links.iter().cycle())
        .map(|(l, p)| format!("{l}\n{p}").into_bytes())
        .collect();
    seeds.extend(
        html_pages()
            .iter()
            .take(5)
            .map(|page| format!("http://www.example.com/\n{page}").into_bytes()),
    );
    seeds
}
