//! The sample archive, composed from texts and layouts: the same bytes every time.

mod common_pages;
mod continental;
mod expected;
mod harbourlight;
mod layout;
mod others;
mod pdf;
mod pinecone;
mod policy_text;
mod record;

use std::collections::HashMap;

use policytrail::archive::warc::writer::{
    CapturedResponse, EarlierCapture, RecordPlace, WarcWriter, cdxj_line,
};
use policytrail::model::{Capture, Timestamp, UrlKey};

use record::{Recorded, at};

/// Name of the WARC file.
const WARC_NAME: &str = "sample.warc.gz";

/// The sites of the archive. One of them has the URL of its policy.
const SITES_CSV: &str = "site,policy_url,rank,country\n\
    harbourlight-sample.com,,1,US\n\
    kupferkessel-sample.de,,2,DE\n\
    sakura-techo-sample.jp,,3,JP\n\
    velofix-sample.com,,4,US\n\
    northgate-outfitters-sample.com,,5,GB\n\
    pinecone-social-sample.com,,6,US\n\
    civic-ledger-sample.org,,7,US\n\
    atelier-lumen-sample.fr,http://www.atelier-lumen-sample.fr/confidentialite.html,8,FR\n";

/// The files of `data/sample/`: name and bytes.
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let captures = captures();
    let mut expected =
        serde_json::to_vec_pretty(&expected::expected(&captures)).expect("plain data");
    expected.push(b'\n');
    let (warc, index) = archive(&captures);
    vec![
        (WARC_NAME, warc),
        ("sample.cdxj", index),
        ("sites.csv", SITES_CSV.as_bytes().to_vec()),
        ("expected.json", expected),
    ]
}

/// Fields of the record that describes the WARC file.
const ABOUT: [(&str, &str); 3] = [
    ("software", "policytrail sample-archive"),
    ("format", "WARC File Format 1.1"),
    (
        "description",
        "Invented sites and policies; no page of these names was ever on the web.",
    ),
];

/// All captures, in the order of the crawl.
fn captures() -> Vec<Recorded> {
    let mut all = harbourlight::captures();
    all.extend(continental::captures());
    all.extend(others::captures());
    all.extend(pinecone::captures());
    all.sort_by(|a, b| (a.timestamp, &a.url).cmp(&(b.timestamp, &b.url)));
    all
}

/// Writes the WARC file and its index. As crawlers do since 2009, a payload that its URL had before is written as a
/// revisit.
fn archive(captures: &[Recorded]) -> (Vec<u8>, Vec<u8>) {
    let mut warc = WarcWriter::new(Vec::new());
    warc.warcinfo(WARC_NAME, at("20241231000000"), &ABOUT)
        .expect("memory takes all");
    let mut seen: HashMap<(String, String), (String, Timestamp)> = HashMap::new();
    let mut rows = Vec::new();
    for recorded in captures {
        let urlkey = UrlKey::of(&recorded.url).expect("a web address");
        let digest = recorded.digest();
        let response = CapturedResponse {
            url: &recorded.url,
            timestamp: recorded.timestamp,
            head: &recorded.head,
            payload: &recorded.payload,
        };
        let key = (urlkey.to_string(), digest.to_string());
        let earlier = seen
            .get(&key)
            .filter(|_| recorded.timestamp.year() >= 2009 && recorded.status == 200);
        let (place, revisit) = match earlier {
            Some((url, timestamp)) => (
                warc.revisit(
                    &response,
                    EarlierCapture {
                        url,
                        timestamp: *timestamp,
                    },
                ),
                true,
            ),
            None => (warc.response(&response), false),
        };
        let place = place.expect("memory takes all");
        if !revisit {
            seen.insert(key, (recorded.url.clone(), recorded.timestamp));
        }
        let capture = Capture {
            urlkey,
            timestamp: recorded.timestamp,
            original: recorded.url.clone(),
            mimetype: if revisit {
                "warc/revisit".to_owned()
            } else {
                recorded.mimetype.clone()
            },
            statuscode: (!revisit).then_some(recorded.status),
            digest: Some(digest),
            length: Some(place.length),
        };
        rows.push((capture, place));
    }
    (warc.finish().expect("memory takes all"), index(rows))
}

/// The CDXJ index of these records.
fn index(mut rows: Vec<(Capture, RecordPlace)>) -> Vec<u8> {
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let mut index = String::new();
    for (capture, place) in &rows {
        index += &cdxj_line(capture, *place, WARC_NAME);
        index.push('\n');
    }
    index.into_bytes()
}
