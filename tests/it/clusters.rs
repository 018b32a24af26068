//! `clusters`: texts that are nearly the same on several sites, as a command and as a table of the dataset.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::dataset::rows;
use crate::support::program::{answer, fails, json_lines, policytrail, succeeds};
use crate::support::warc::write_warc;

/// Sentences of an invented generator of policies.
const TEMPLATE: [&str; 12] = [
    "We collect your name, your address and your e-mail when you order.",
    "We keep invoices for ten years because the tax office wants to see them.",
    "Our server writes the address of your computer into a log for seven days.",
    "A cookie remembers your basket until you close the browser.",
    "We never sell personal data, and we lend it to nobody.",
    "The parcel service gets your address and nothing else.",
    "You can ask at any time which data we have about you.",
    "You can ask us to correct or to delete your data.",
    "Payments are made by a bank that has a privacy policy of its own.",
    "Our newsletter goes only to people who asked for it twice.",
    "Children under sixteen must ask their parents before they order.",
    "We change this policy when the law or our shop changes.",
];
/// Sentences of an invented seller of domains.
const PARKED: [&str; 8] = [
    "This domain is for sale, and the page that you see is made by its seller.",
    "We use cookies to count how many people look at each name.",
    "Partners show advertisements here and see the address of your computer.",
    "We collect personal information only if you send us an offer.",
    "Your offer is stored with your name and your e-mail address.",
    "We pass your name to the holder of the name that you want to buy.",
    "We delete offers that nobody accepted after two years.",
    "You may ask us which personal data we keep about you.",
];

/// A page with these sentences and one more.
fn page(sentences: &[&str], own: &str) -> Vec<u8> {
    let paragraphs: Vec<String> = sentences
        .iter()
        .chain([&own])
        .map(|sentence| format!("<p>{sentence}</p>"))
        .collect();
    let body = paragraphs.concat();
    format!("<html><head><title>Privacy Policy</title></head><body><h1>Privacy Policy</h1>{body}</body></html>")
        .into_bytes()
}

/// A database of sites: three with nearly one text, three with the page of a seller, one of its own.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let long: Vec<&str> = TEMPLATE.iter().copied().cycle().take(12).collect();
    let own = page(
        &[
            "We are a club and collect personal data of our members, such as the day on which they joined.",
        ],
        "Nobody else gets them. We have used cookies since 2010, and you may refuse them.",
    );
    let urls: Vec<(String, Vec<u8>)> = [
        (
            "apfelladen-test.de",
            page(&long, "Apple GmbH is responsible."),
        ),
        (
            "birnenladen-test.de",
            page(&long, "Pear GmbH is responsible."),
        ),
        (
            "kirschladen-test.de",
            page(&long, "Pear GmbH is responsible."),
        ),
        ("one-test.com", page(&PARKED, "Thank you.")),
        ("two-test.com", page(&PARKED, "Thank you.")),
        ("three-test.com", page(&PARKED, "Thank you.")),
        ("club-test.org", own),
    ]
    .into_iter()
    .map(|(site, body)| (format!("http://{site}/privacy"), body))
    .collect();
    let years = ["2011", "2012", "2013", "2014", "2015", "2016", "2017"];
    let captures = years
        .iter()
        .zip(&urls)
        .map(|(year, (url, body))| (*year, url.as_str(), "text/html", body.clone()));
    write_warc(&archive.join("captures.warc.gz"), captures);
    let sites: Vec<&str> = urls
        .iter()
        .filter_map(|(url, _)| url.split('/').nth(2))
        .collect();
    let mut arguments = vec!["backfill", "--archive", "archive"];
    arguments.extend(sites);
    succeeds(policytrail(folder.path(), &arguments));
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["clusters", "--format", "json"];
    all.extend(arguments);
    json_lines(&answer(folder, &all))
}

#[test]
fn texts_of_several_sites_are_listed_with_their_leader_and_parked_ones_are_marked() {
    let folder = folder();
    let found = json(folder.path(), &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    let (shop, parked) = (&found[0], &found[1]);
    assert_eq!(shop["cluster"], 1);
    assert_eq!(shop["sites"], 3);
    assert_eq!(shop["documents"], 2);
    assert_eq!(shop["parked"], false);
    assert_eq!(shop["leader_site"], "apfelladen-test.de");
    assert_eq!(shop["leader_version"], 1);
    assert_eq!(shop["site_list"][2], "kirschladen-test.de");
    let words = shop["first_words"].as_str().unwrap();
    assert!(
        words.starts_with("Privacy Policy We collect your name"),
        "{words}"
    );
    assert_eq!(parked["sites"], 3);
    assert_eq!(parked["documents"], 1);
    assert_eq!(parked["parked"], true);
    let text = answer(folder.path(), &["clusters"]);
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("apfelladen-test.de#1"), "{text}");
    let csv = answer(
        folder.path(),
        &["clusters", "--format", "csv", "--limit", "1"],
    );
    assert_eq!(csv.lines().count(), 2, "{csv}");
}

#[test]
fn nothing_found_is_exit_code_1_and_one_site_is_no_cluster() {
    let folder = folder();
    let none = &["clusters", "--min-sites", "4"];
    fails(
        folder.path(),
        none,
        1,
        &["no text is nearly the same on 4 sites"],
    );
    fails(
        folder.path(),
        &["clusters", "--min-sites", "1"],
        2,
        &["--min-sites"],
    );
}

#[test]
fn the_dataset_has_a_row_for_each_document_of_a_cluster() {
    let folder = folder();
    let rows_of = |arguments: &[&str]| rows(folder.path(), arguments, "clusters");
    let all = rows_of(&["--format", "jsonl"]);
    assert_eq!(all.len(), 3, "{all:#?}");
    assert_eq!(all[0]["similarity"], 1.0);
    assert_eq!(all[0]["text_sha256"], all[1]["leader_sha256"]);
    assert_eq!(all[1]["cluster_documents"], 2);
    let similarity = all[1]["similarity"].as_f64().unwrap();
    assert!((0.8..1.0).contains(&similarity), "{similarity}");
    assert_eq!(all[1]["sites"].as_array().unwrap().len(), 2);
    assert_eq!(all[2]["parked"], true);
    let versions = rows(folder.path(), &[], "versions");
    let hashes: Vec<&Value> = versions.iter().map(|v| &v["text_sha256"]).collect();
    assert!(all.iter().all(|row| hashes.contains(&&row["text_sha256"])));
    // Of two of the sites only: one document, in one cluster.
    let some = rows_of(&[
        "--site",
        "birnenladen-test.de",
        "--site",
        "kirschladen-test.de",
    ]);
    assert_eq!(some.len(), 1);
    assert_eq!(some[0]["cluster_sites"], 2);
    let bare = rows_of(&["--no-text"]);
    assert_eq!(bare.len(), 3);
    assert!(bare[0].get("first_words").is_none());
}
