//! Writes the initial corpus of every fuzz target: `cargo run --example fuzz-seeds`. All of it is made up here.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

const EXAMPLE_DIGEST: &str = "OSSAPWJ23L56IYVRW3GFEAR4MCJMGPTB";
const SENTENCE: &str =
    "We collect personal information about you when you register, and we use cookies. ";

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    for (target, seeds) in [
        ("cdx_line", index_rows()),
        ("body_decoding", bodies()),
        ("warc", warcs()),
        ("extraction", pages()),
        ("vocabulary_and_links", addresses_and_pages()),
    ] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:02}")), seed)?;
        }
    }
    Ok(())
}

fn index_rows() -> Vec<Vec<u8>> {
    let rows = [
        format!("com,example)/privacy 20120611040411 http://example.com/privacy text/html 200 {EXAMPLE_DIGEST} 1234"),
        format!("com,example)/ 20000800241623 http://www.example.com:80/ unk - {EXAMPLE_DIGEST} -"),
        format!("com,example)/a 20140101000000 https://example.com/a warc/revisit - {EXAMPLE_DIGEST} - - 77 12 a.warc.gz"),
        "com,example)/x 20140101000000 mailto:a@example.com text/html 200 - -".to_owned(),
        format!(r#"["com,example)/","20120611040411","http://example.com/","text/html","200","{EXAMPLE_DIGEST}","1234"]"#),
        format!(r#"["com,example)/",20120611040411,"http://example.com/","text/html",200,"{EXAMPLE_DIGEST}",1234,9,8,7,6]"#),
        format!(
            r#"{{"urlkey":"com,example)/","timestamp":"20120611040411","url":"http://example.com/ä b","mime":"text/html","status":"200","digest":"sha1:{EXAMPLE_DIGEST}","length":"1"}}"#
        ),
        r#"{"timestamp":"20120611040411","original":"http://example.com/?b=2&a=1","mimetype":"-","statuscode":"-"}"#.to_owned(),
    ];
    rows.into_iter().map(String::into_bytes).collect()
}

fn packed(name: &str, bytes: &[u8]) -> Vec<u8> {
    match name {
        "gzip" => gzip(bytes),
        "zlib" => {
            let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
            out.write_all(bytes)
                .and_then(|()| out.finish())
                .unwrap_or_default()
        }
        "deflate" => {
            let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
            out.write_all(bytes)
                .and_then(|()| out.finish())
                .unwrap_or_default()
        }
        "zstd" => zstd::encode_all(bytes, 3).unwrap_or_default(),
        _ => {
            let mut out = Vec::new();
            let _ = brotli::CompressorWriter::new(&mut out, 4096, 5, 18).write_all(bytes);
            out
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes)
        .and_then(|()| out.finish())
        .unwrap_or_default()
}

fn bodies() -> Vec<Vec<u8>> {
    let text = SENTENCE.repeat(3);
    let mut seeds: Vec<Vec<u8>> = vec![
        text.clone().into_bytes(),
        [b"br\n", text.as_bytes()].concat(),
        [&b"gzip, gzip\n"[..], &gzip(&gzip(text.as_bytes()))].concat(),
        [&b"gzip\n"[..], &gzip(b"one"), &gzip(b"two"), b"\0\0padding"].concat(),
        [&b"gzip\n"[..], &gzip(&vec![b'a'; 100_000])].concat(),
    ];
    for (header, name) in [
        ("gzip", "gzip"),
        ("deflate", "zlib"),
        ("deflate", "deflate"),
        ("zstd", "zstd"),
        ("br", "brotli"),
    ] {
        seeds.push([header.as_bytes(), b"\n", &packed(name, text.as_bytes())].concat());
        seeds.push([&b"\n"[..], &packed(name, text.as_bytes())].concat());
    }
    seeds
}

fn record(kind: &str, url: &str, date: &str, more: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n{more}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>words";
const CHUNKS: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
const MOVED: &[u8] = b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n";
const BACK: &[u8] = b"HTTP/1.1 301 Moved\r\nLocation: http://example.com/a\r\n\r\n";

/// One record of each kind.
fn records() -> [Vec<u8>; 8] {
    let packed_page = [
        &b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"[..],
        &gzip(SENTENCE.as_bytes()),
    ]
    .concat();
    let digest = format!("WARC-Payload-Digest: sha1:{EXAMPLE_DIGEST}\r\n");
    let refers = format!(
        "{digest}WARC-Refers-To-Target-URI: http://example.com/\r\nWARC-Refers-To-Date: 2012-06-11T04:04:11Z\r\n"
    );
    let response = |url: &str, date: &str, more: &str, block: &[u8]| {
        record("response", url, date, more, block)
    };
    [
        record(
            "warcinfo",
            "",
            "2012-06-11T04:04:11Z",
            "",
            b"software: none\r\n",
        ),
        response("http://example.com/", "2012-06-11T04:04:11Z", &digest, PAGE),
        response(
            "<http://example.com/a>",
            "2012-06-11T04:04:12.123456Z",
            "",
            MOVED,
        ),
        response("http://example.com/b", "2012-06-11T04:04:13Z", "", BACK),
        response(
            "http://www.example.org/c",
            "2012-06-11T04:04:14Z",
            "",
            CHUNKS,
        ),
        response(
            "https://sub.example.com/d?x=1",
            "2012-06-11T04:04:15Z",
            "",
            &packed_page,
        ),
        record(
            "revisit",
            "http://example.com/",
            "2013-06-11T04:04:11Z",
            &refers,
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
        ),
        record(
            "resource",
            "http://example.com/e",
            "2013-06-11T04:04:11Z",
            "Content-Type: text/plain\r\n",
            b"words",
        ),
    ]
}

fn warcs() -> Vec<Vec<u8>> {
    let all = records();
    let whole = all.concat();
    let (index, classic) = indexes(all[0].len());
    let with = |flags: u8, index: &str| {
        [&[flags][..], &whole, b"\n==INDEX==\n", index.as_bytes()].concat()
    };
    let mut seeds = vec![
        with(4, &index),
        with(5, &index),
        with(12, &classic),
        with(20, &index),
    ];
    for flags in [0, 1, 17] {
        seeds.push([&[flags][..], &whole].concat());
    }
    seeds.push([&[2][..], &gzip(&whole)].concat());
    seeds.push(
        [
            &[2][..],
            &all.iter()
                .flat_map(|record| gzip(record))
                .collect::<Vec<u8>>(),
        ]
        .concat(),
    );
    seeds.extend(all.iter().map(|record| [&[0][..], record].concat()));
    seeds
}

/// Returns a CDXJ and a CDX index of the second record, which begins at the byte `offset`.
fn indexes(offset: usize) -> (String, String) {
    let index = format!(
        concat!(
            "com,example)/ 20120611040411 {{\"url\": \"http://example.com/\", \"mime\": \"text/html\", \"status\": \"200\", ",
            "\"digest\": \"{0}\", \"length\": \"300\", \"offset\": \"{1}\", \"filename\": \"a.warc\"}}\n",
            "com,example)/a 20120611040412 {{\"url\": \"http://example.com/a\", \"offset\": 0}}\n",
        ),
        EXAMPLE_DIGEST, offset
    );
    let classic = format!(
        " CDX N b a m s k r M S V g\ncom,example)/ 20120611040411 http://example.com/ text/html 200 {EXAMPLE_DIGEST} - - 300 {offset} a.warc\n"
    );
    (index, classic)
}

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

fn pages() -> Vec<Vec<u8>> {
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

fn addresses_and_pages() -> Vec<Vec<u8>> {
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
