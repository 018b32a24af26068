//! WARC files and folders of them.

use super::bodies::gzip;
use super::{EXAMPLE_DIGEST, SENTENCE};

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

pub(super) fn warcs() -> Vec<Vec<u8>> {
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

/// Folders: files as `warc_folders` separates them, each after the number of its name.
pub(super) fn folders() -> Vec<Vec<u8>> {
    let all = records();
    let whole = all.concat();
    let members: Vec<u8> = all.iter().flat_map(|record| gzip(record)).collect();
    let (index, classic) = indexes(all[0].len());
    let (index, classic) = (index.into_bytes(), classic.into_bytes());
    let packed_index = index.clone();
    let cut = &whole[..whole.len() - 40];
    let name = |number: u8, content: &[u8]| [&[number], content].concat();
    let folder = |files: &[Vec<u8>]| files.join(&b"\n==FILE==\n"[..]);
    vec![
        folder(&[name(0, &whole), name(4, &index)]),
        folder(&[name(0, &whole), name(6, &classic)]),
        folder(&[name(0, &whole), name(5, &packed_index), name(1, &members)]),
        folder(&[name(0, &all[1]), name(2, &all[6]), name(3, &gzip(&all[5]))]),
        folder(&[
            name(0, cut),
            name(1, &members[..members.len() / 2]),
            name(9, b"\0\x05\x16\x07"),
        ]),
        folder(&[
            name(0, b""),
            name(1, b"not compressed"),
            name(13, b"site\nexample.com\n"),
            name(15, &all[1]),
        ]),
        folder(&[
            name(8, &gzip(&index)),
            name(0, &whole),
            name(10, b"\x28\xb5\x2f\xfd"),
        ]),
        folder(&[name(0, &all[6]), name(2, &all[1]), name(7, &classic)]),
    ]
}
