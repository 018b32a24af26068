//! Tests of the row parsers: unusual rows, every recorded row, and arbitrary bytes.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

const ROW: &str = "gov,nasa)/ 19961231235847 http://www.nasa.gov:80/ text/html 200 MGIGF4GRGGF5GKV6VNCBAXOE3OR5BTZC 1811";

#[test]
fn a_row_has_seven_fields_and_may_have_more() {
    for line in [
        ROW.to_owned(),
        format!("{ROW}\n"),
        format!("{ROW}\r\n"),
        format!("{ROW} more and more"),
    ] {
        let capture = parse_line(line.as_bytes()).unwrap();
        assert_eq!(capture.urlkey.as_str(), "gov,nasa)/");
        assert_eq!(capture.timestamp.to_string(), "19961231235847");
        assert_eq!(capture.original, "http://www.nasa.gov:80/");
        assert_eq!(capture.mimetype, "text/html");
        assert_eq!(capture.statuscode, Some(200));
        assert_eq!(
            capture.digest.unwrap().as_str(),
            "MGIGF4GRGGF5GKV6VNCBAXOE3OR5BTZC"
        );
        assert_eq!(capture.length, Some(1811));
    }
}

#[test]
fn dashes_are_none_and_a_revisit_is_a_row() {
    let capture = parse_line(b"gov,e)/ 20200612014014 https://www.e.gov/ warc/revisit - DBA3N454ZRZ42QEBER5QRT332DJTTLR5 -").unwrap();
    assert!(capture.is_revisit());
    assert_eq!((capture.statuscode, capture.length), (None, None));
    let capture = parse_line(b"a)/ 20200612014014 https://a/ - - - -").unwrap();
    assert_eq!(capture.digest, None);
}

#[test]
fn the_eleven_classic_fields_have_their_length_in_the_ninth() {
    let line = b"com,example)/ 20140127171200 http://example.com text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A - - 1046 334 dupes.warc.gz";
    assert_eq!(parse_line(line).unwrap().length, Some(1046));
    let line = b"com,example)/ 20140127171200 http://example.com text/html 302 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A http://x.com/ - 1046 334 dupes.warc.gz";
    assert_eq!(parse_line(line).unwrap().length, Some(1046));
    let json = br#"["wiki,fatcat)/","20180812220054","http://fatcat.wiki/","text/html","200","O5RHV6OQ7SIHDJIEP7ZW53DLRX5NFIJR","-","-","8445","108062304","WIDE.warc.gz"]"#;
    assert_eq!(parse_json_row(json).unwrap().length, Some(8445));
}

const BAD_LINES: [(&str, BadRow); 13] = [
    ("", BadRow::TooFewFields),
    (
        "gov,nasa)/ 19961231235847 http://www.nasa.gov:80/",
        BadRow::TooFewFields,
    ),
    (" CDX N b a m s k r M S V g", BadRow::UrlKey),
    (
        " 20200612014014 http://a/ text/html 200 X 1",
        BadRow::UrlKey,
    ),
    (
        "a\u{1})/ 20200612014014 http://a/ text/html 200 X 1",
        BadRow::UrlKey,
    ),
    (
        "a)/ 2020061201401 http://a/ text/html 200 X 1",
        BadRow::Timestamp,
    ),
    (
        "a)/ 20201312014014 http://a/ text/html 200 X 1",
        BadRow::Timestamp,
    ),
    (
        "a)/ 20200612014014 mailto:a@b.c text/html 200 X 1",
        BadRow::OtherScheme,
    ),
    (
        "a)/ 20200612014014 data:image/png;base64,AAAA text/html 200 X 1",
        BadRow::OtherScheme,
    ),
    (
        "a)/ 20200612014014 http://a/with space text/html 200 X 1",
        BadRow::Statuscode,
    ),
    (
        "a)/ 20200612014014 http://a/ text/html OK X 1",
        BadRow::Statuscode,
    ),
    (
        "a)/ 20200612014014 http://a/ text/html 20000 X 1",
        BadRow::Statuscode,
    ),
    (
        "a)/ 20200612014014 http://a/ text/html 200 X many",
        BadRow::Length,
    ),
];

#[test]
fn the_error_of_a_bad_row_names_its_field() {
    let long_url = format!(
        "a)/ 20200612014014 http://{} text/html 200 X 1",
        "u".repeat(5000)
    );
    let long_mime = format!("a)/ 20200612014014 http://a/ {} 200 X 1", "m".repeat(300));
    let long_line = "x".repeat(MAX_LINE_BYTES + 1);
    let long = [
        (long_url.as_str(), BadRow::Original),
        (&long_mime, BadRow::Mimetype),
        (&long_line, BadRow::LineTooLong),
    ];
    for (line, why) in BAD_LINES.into_iter().chain(long) {
        assert_eq!(
            parse_line(line.as_bytes()),
            Err(why),
            "{}",
            line.get(..80).unwrap_or(line)
        );
    }
}

#[test]
fn odd_originals_of_real_crawls_are_kept_as_they_are() {
    for original in [
        "http://a.com:80/",
        "HTTP://A.COM/{}",
        "https://a.com/?q=&amp;x=%00",
        "http://a.com/\u{e9}",
    ] {
        let line = format!("com,a)/ 20200612014014 {original} unk - - -");
        assert_eq!(parse_line(line.as_bytes()).unwrap().original, original);
    }
    let line = b"com,a)/ 20200612014014 http://a.com/caf\xe9 unk - - -";
    assert_eq!(parse_line(line).unwrap().original, "http://a.com/caf%E9");
}

#[test]
fn json_rows_of_four_dialects_are_one_row() {
    let wayback = br#"["com,example)/", "20200102030405", "http://example.com/", "text/html", "200", "HT2DYGA5UKZCPBSFVCV3JOBXGW2G5UUA", "1792"]"#;
    let outback = br#"["com,example)/", 20200102030405, "http://example.com/", "text/html", 200, "HT2DYGA5UKZCPBSFVCV3JOBXGW2G5UUA", 1792, 396, "my.warc.gz"]"#;
    let pywb = br#"{"urlkey": "com,example)/", "timestamp": "20200102030405", "url": "http://example.com/", "mime": "text/html", "status": "200", "digest": "sha1:HT2DYGA5UKZCPBSFVCV3JOBXGW2G5UUA", "length": "1792", "filename": "x"}"#;
    let named = br#"{"timestamp": "20200102030405", "original": "http://example.com/", "mimetype": "text/html", "statuscode": 200, "digest": "HT2DYGA5UKZCPBSFVCV3JOBXGW2G5UUA", "length": 1792}"#;
    let first = parse_json_row(wayback).unwrap();
    for row in [&outback[..], pywb, named] {
        assert_eq!(parse_json_row(row).unwrap(), first);
    }
    let bare = parse_json_row(br#"{"urlkey": "com,example)/", "timestamp": "20140103030321", "url": "http://example.com?example=1", "status": null}"#).unwrap();
    assert_eq!(
        (bare.statuscode, bare.digest, bare.length),
        (None, None, None)
    );
    for bad in [
        &b"[]"[..],
        b"{}",
        b"7",
        b"null",
        b"[",
        br#"["urlkey","timestamp","original","mimetype","statuscode","digest","length"]"#,
        br#"{"message": "No Captures found for: x"}"#,
    ] {
        assert!(
            parse_json_row(bad).is_err(),
            "{}",
            String::from_utf8_lossy(bad)
        );
    }
}

fn recordings() -> Option<PathBuf> {
    let shared = std::env::var("POLICYTRAIL_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").into());
    let folder = PathBuf::from(shared).join("recordings");
    if !folder.is_dir() {
        eprintln!("SKIPPED: no recordings at {}", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn every_recorded_text_row_is_read() {
    let Some(folder) = recordings() else { return };
    let (mut rows, mut bad) = (0, 0);
    for entry in std::fs::read_dir(folder.join("ia")).unwrap() {
        let path = entry.unwrap().path();
        let head = path.with_extension("json");
        if path.extension().is_none_or(|e| e != "body")
            || !std::fs::read_to_string(head)
                .unwrap()
                .contains("/cdx/search/cdx?")
        {
            continue;
        }
        for line in std::fs::read(&path)
            .unwrap()
            .split(|b| *b == b'\n')
            .filter(|l| l.split(|b| *b == b' ').count() > 6)
        {
            rows += 1;
            bad += usize::from(parse_line(line).is_err());
        }
    }
    assert!(rows > 4000, "{rows}");
    assert_eq!(bad, 0);
    let text = std::fs::read_to_string(folder.join("ia/bad_timestamp_cdx.txt")).unwrap();
    assert!(
        text.lines().all(|line| parse_line(line.as_bytes()).is_ok()),
        "inserted 00 is repaired"
    );
    for name in [
        "duplicate-rows-2020-06-17.txt",
        "revisits-altright-2017.txt",
        "revisits-only-redirects-eserver-2018.txt",
    ] {
        let text = std::fs::read_to_string(folder.join("quoted").join(name)).unwrap();
        assert!(
            text.lines().all(|line| parse_line(line.as_bytes()).is_ok()),
            "{name}"
        );
    }
}

#[test]
fn every_recorded_index_file_is_read() {
    let Some(folder) = recordings() else { return };
    for (name, bad) in [("bad.cdx", 0), ("dupes.cdx", 0), ("iana.cdx", 0)] {
        let text = std::fs::read_to_string(folder.join("cdx_servers").join(name)).unwrap();
        let found = text
            .lines()
            .filter(|l| !l.starts_with(" CDX"))
            .filter(|l| parse_line(l.as_bytes()).is_err())
            .count();
        assert_eq!(found, bad, "{name}");
    }
}

#[test]
fn every_recorded_cdxj_row_is_read() {
    let Some(folder) = recordings() else { return };
    for name in [
        "cdx_servers/dupes.cdxj",
        "cdx_servers/iana.cdxj",
        "cdx_servers/example-no-digest.cdxj",
        "cdx_servers/missing-status-text.cdxj",
        "quoted/arquivo-cdxj-dup.txt",
    ] {
        for line in std::fs::read_to_string(folder.join(name)).unwrap().lines() {
            let mut parts = line.splitn(3, ' ');
            let (key, timestamp, object) = (
                parts.next().unwrap(),
                parts.next().unwrap(),
                parts.next().unwrap(),
            );
            let mut row: Value = serde_json::from_str(object).unwrap();
            row["urlkey"] = key.into();
            row["timestamp"] = timestamp.into();
            assert_eq!(
                capture_of_json(&row).unwrap().urlkey.as_str(),
                key,
                "{name}: {line}"
            );
        }
    }
}

#[test]
fn every_recorded_json_row_is_read() {
    let Some(folder) = recordings() else { return };
    for name in [
        "quoted/outbackcdx-example.json",
        "quoted/ia-11-field-authorised.json",
    ] {
        let rows: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        assert!(
            capture_of_json(rows.last().unwrap())
                .unwrap()
                .length
                .is_some(),
            "{name}"
        );
    }
    for name in [
        "01-ia-200-test_capture_object-0.json",
        "02-cc-200-test_capture_object-1.json",
    ] {
        let recording: Value = serde_json::from_str(
            &std::fs::read_to_string(folder.join("cdx_servers").join(name)).unwrap(),
        )
        .unwrap();
        let body: Value =
            serde_json::from_str(recording["response_text"].as_str().unwrap()).unwrap();
        let row = body
            .as_array()
            .map_or(body.clone(), |rows| rows.last().unwrap().clone());
        let capture = capture_of_json(&row).unwrap();
        assert_eq!(
            (capture.urlkey.as_str(), capture.statuscode),
            ("com,example)/", Some(200)),
            "{name}"
        );
    }
}

#[test]
fn recorded_json_answers_with_a_header_row_are_read_by_its_names() {
    let Some(folder) = recordings() else { return };
    for (name, expected) in [
        ("wayback-rs/cdx-result.json", 37),
        ("readme_examples/json-with-resumekey.json", 5),
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let rows: Vec<Vec<String>> = serde_json::from_str(&text).unwrap();
        let names = &rows[0];
        let data: Vec<_> = rows[1..]
            .iter()
            .take_while(|row| row.len() == names.len())
            .collect();
        for row in &data {
            let object: serde_json::Map<String, Value> = names
                .iter()
                .cloned()
                .zip(row.iter().map(|field| field.as_str().into()))
                .collect();
            let capture = capture_of_json(&Value::Object(object)).unwrap();
            assert!(row.contains(&capture.original), "{name}: {row:?}");
        }
        assert_eq!(data.len(), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn no_line_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_line(&line);
        let _ = parse_json_row(&line);
        prop_assert!(sort_key(&line).len() <= line.len());
    }

    #[test]
    fn no_field_makes_it_panic(fields in prop::collection::vec("[ -~é\u{1}]{0,20}|20200612014014|http://a/|200|-", 0..13)) {
        let _ = parse_line(fields.join(" ").as_bytes());
        let _ = parse_json_row(serde_json::to_string(&fields).unwrap().as_bytes());
    }
}

#[test]
fn an_original_of_an_old_charset_has_no_control_characters() {
    // Found by fuzzing: only URLs in UTF-8 were rid of them.
    let row = b"com,a)/ 20100101000000 http://a.com/\xC9\x00\x1B[2J text/html 200 - 1";
    let capture = parse_line(row).unwrap();
    assert_eq!(capture.original, "http://a.com/%C9%00%1B[2J");
}

#[test]
fn an_original_stays_within_its_limit_when_its_bytes_are_encoded() {
    // Found by fuzzing: 2,000 bytes of an old charset became 6,000 characters, which no reader accepts.
    let row = |bytes: usize| {
        let mut row = b"com,a)/ 20100101000000 http://a.com/".to_vec();
        row.extend(std::iter::repeat_n(0xC9, bytes));
        row.extend(b" text/html 200 - 1");
        row
    };
    assert!(parse_line(&row(1000)).is_ok());
    assert_eq!(parse_line(&row(2000)), Err(BadRow::Original));
}
