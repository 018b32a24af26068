//! Files that users give: datasets, settings, vocabularies and site lists.

use policytrail::config::DEFAULTS;
use policytrail::extract::{EXTRACTOR_VERSION, text_hash};
use serde_json::{Value, json};

use super::{EXAMPLE_DIGEST, SENTENCE};

const URL: &str = "http://example.com/privacy";

/// A version with this number, text and extractor.
fn version(number: u32, text: &str, extractor: &str) -> Value {
    let year = 2004 + number;
    let is_change = number > 1;
    let history = json!({
        "site": "example.com", "policy_url": URL, "version": number, "edition": 1, "sighting": 1, "sightings": 1,
        "same_as": null, "change": is_change.then_some("substantive"), "words_added": is_change.then_some(3),
        "words_removed": is_change.then_some(1), "first_seen": format!("{year}0611040411"),
        "last_seen": format!("{year}1211040411"), "changed_after": null, "captures": 2, "layouts": 1, "texts": 1,
        "kind": "privacy", "cross_domain": false, "suspect": [], "discovered_by": ["link", "path"],
    });
    let document = json!({
        "title": "Privacy Policy", "language": "en", "text": text, "markdown": text,
        "text_sha256": text_hash(text).to_string(), "word_count": text.split_whitespace().count(),
        "effective_date": null, "effective_date_sentence": null, "last_updated": null, "last_updated_sentence": null,
        "extractor_version": extractor, "discovery_score": 95, "link_text": "Privacy", "raw_url": null,
    });
    let capture = json!({
        "memento_url": null, "original": URL, "digest": EXAMPLE_DIGEST, "mimetype": "text/html", "read_url": URL,
        "read_timestamp": format!("{year}0611040411"), "content_type": "text/html", "redirects": "[]",
        "fetched_at": "20261129120000", "archive": "file", "warc_file": "a.warc.gz", "warc_offset": 12,
        "payload_sha256": "b970784241cfbebd28fb9ac2495a8989288ad7042fca80413c4475d2ce904c34",
    });
    let parts = [history, document, capture];
    parts
        .into_iter()
        .filter_map(|part| part.as_object().cloned())
        .flatten()
        .collect()
}

/// The other tables, each with one row.
fn other_tables() -> String {
    let site = json!({"site": "example.com", "rank": 1, "tags": "{\"country\":\"US\"}", "looked_at": "20261129120000",
        "unfinished": false, "drop_reason": null, "drop_detail": null});
    let policy = json!({"site": "example.com", "policy_url": URL, "kind": "privacy", "cross_domain": false, "urls": [URL],
        "left_open": 0});
    let discovery = json!({"site": "example.com", "policy_url": URL, "url": URL, "urlkey": "com,example)/privacy",
        "kind": "privacy", "source": "link", "score": 95, "home_timestamp": "20050611040411",
        "home_original": "http://example.com/", "link_text": "Privacy", "reasons": ["in the footer (+10)"]});
    let review = json!({"site": "example.com", "timestamp": "20050611040411", "decision": "exclude", "why": "error page",
        "decided_at": "20261129120000", "body_sha256": text_hash("other").to_string()});
    let capture = |time: &str, version: Option<u32>, reason: Option<&str>| {
        json!({"site": "example.com", "policy_url": URL, "timestamp": time, "original": URL,
            "urlkey": "com,example)/privacy", "mimetype": "text/html", "statuscode": 200, "digest": EXAMPLE_DIGEST,
            "length": 1234, "version": version, "drop_reason": reason, "drop_detail": reason, "fetched_timestamp": time,
            "fetched_original": URL, "fetched_urlkey": "com,example)/privacy", "fetched_digest": EXAMPLE_DIGEST,
            "read_timestamp": time, "read_url": URL, "read_status": 200, "content_type": "text/html", "redirects": "[]",
            "canonical": null, "fetched_at": "20261129120000", "payload_sha256": null, "payload_bytes": 2996,
            "archive": "file", "memento_url": null, "warc_file": "a.warc.gz", "warc_offset": 12})
    };
    format!(
        "\n==sites==\n{site}\n==policies==\n{policy}\n==discoveries==\n{discovery}\n==reviews==\n{review}\n==captures==\n{}\n{}\n{}",
        capture("20050611040411", Some(1), None),
        capture("20060611040411", Some(2), None),
        capture("20070611040411", None, Some("soft_404")),
    )
}

/// Datasets in JSON Lines.
pub(super) fn datasets() -> Vec<Vec<u8>> {
    let policy = SENTENCE.repeat(3);
    let first = version(1, policy.trim(), EXTRACTOR_VERSION);
    let second = version(2, SENTENCE.trim(), EXTRACTOR_VERSION);
    let old = version(1, policy.trim(), "1");
    let others = other_tables();
    [
        format!("\0{first}"),
        format!("\0{first}\n{second}"),
        format!("\x04{first}\n{second}{others}"),
        format!("\0{old}\n{}", version(2, "Words.", "1")),
        format!("\x01{first}"),
        format!("\x02{second}{others}"),
        format!("\0{others}"),
        "\0{}".to_owned(),
        "\0[1]\n".to_owned(),
        String::new(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// Settings and vocabularies.
pub(super) fn toml_files() -> Vec<Vec<u8>> {
    let vocabulary = include_str!("../../../data/vocabulary.toml");
    let short = "[privacy]\nnames = [[\"en\", \"privacy policy\"]]\n[cookies]\n[children]\n[hub]\n[filler]\n[generic]\n\
        [negative]\nnames = []\nweak = []\n[path]\nsections = []\nindex = []\nhomes = []\n[query]\nstems = [[\"en\", \"priva\"]]\n";
    [
        format!("\0{DEFAULTS}"),
        "\0[archive]\nlocation = \"pywb+http://127.0.0.1:8080/a\"\ncontact = \"a@example.com\"\ncdx_per_minute = 12\n".to_owned(),
        "\0[crawl]\nfrom = \"2005\"\nto = \"2020-07-31\"\nsample = \"interval=1y\"\nresolution_days = 0.5\n".to_owned(),
        "\0[run.alerts]\nkinds = [\"privacy\"]\nsites = [\"example.com\"]\nmin_change = \"minor\"\n[unknown]\nkey = 1\n".to_owned(),
        "\0\n==ENVIRONMENT==\nARCHIVE_CDX_PER_MINUTE=1e9\nCRAWL_FROM=2005\nSITES_NAMES=example.com,example.org\nCONTAKT=a\n".to_owned(),
        "\0a = [1, 2\n".to_owned(),
        "\0[crawl]\nfrom = 1979-05-27\nmemory_megabytes = 99999999999\nfrom.a = nan\n".to_owned(),
        format!("\x01{vocabulary}"),
        format!("\x01{short}"),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// Site lists.
pub(super) fn site_lists() -> Vec<Vec<u8>> {
    [
        "site,policy_url,rank,country\nexample.com,http://example.com/privacy,7,US\nexample.de,,,\n",
        "\u{feff}Site\r\nwww.example.com\r\n\"example.org\"\r\n",
        "site,notes\nexample.com,\"a, \"\"b\"\"\nc\"\n",
        "site;rank\nexample.com;1\n",
        "example.com\nexample.org\n",
        "site,rank,Rank\nexample.com,1,2\n",
        "site,policy_url\nlocalhost,\nexample.com,/privacy\nblogspot.com,\nbücher.example,\nexample.com,,,\n",
        "",
    ]
    .map(|list| list.as_bytes().to_vec())
    .to_vec()
}
