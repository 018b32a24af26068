//! Exported tables: the same bytes every time, the same rows in every format, filters.

use std::collections::BTreeSet;
use std::fs::{self, File};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use policytrail::model::{Redirect, Timestamp};
use policytrail::store::tables::{CLUSTERS, ColumnType, PANEL, TABLES};
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::dataset::{files, folder, lines, rows, sighted_twice};
use crate::support::program::{fails, policytrail, succeeds};

const EVERYTHING: &str = "jsonl,csv,parquet,markdown,text,git,warc";

#[test]
fn the_same_database_gives_the_same_bytes_in_any_time_zone() {
    let folder = folder();
    let export = |out: &str, zone: &str, locale: &str| {
        let mut command = policytrail(
            folder.path(),
            &[
                "export", "--format", EVERYTHING, "--panel", "6mo", "--out", out,
            ],
        );
        command
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("LANG", locale);
        succeeds(command);
        files(&folder.path().join(out))
    };
    let one = export("one", "Pacific/Kiritimati", "tr_TR.UTF-8");
    let two = export("deeper/two", "America/St_Johns", "C");
    let again = export("one", "UTC", "C");
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        two.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &one {
        assert!(
            two[name] == *bytes && again[name] == *bytes,
            "{name} differs"
        );
    }
    let listed = String::from_utf8(one["SHA256SUMS"].clone()).unwrap();
    let mut sums = BTreeSet::new();
    for line in listed.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let bytes = &one[name];
        assert_eq!(
            sum,
            data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)),
            "{name}"
        );
        sums.insert(name.to_owned());
    }
    let mut all: BTreeSet<String> = one.keys().cloned().collect();
    all.remove("SHA256SUMS");
    assert_eq!(
        sums, all,
        "every file has its checksum, and nothing is left lying about"
    );
}

#[test]
fn every_format_holds_the_same_rows() {
    let folder = folder();
    succeeds(policytrail(
        folder.path(),
        &[
            "export",
            "--format",
            "jsonl,csv,parquet",
            "--panel",
            "1y",
            "--out",
            "out",
        ],
    ));
    let out = folder.path().join("out");
    for table in TABLES.iter().chain([&CLUSTERS, &PANEL]) {
        let json = lines(&out.join(format!("{}.jsonl", table.name)));
        // Nobody has reviewed the sample, and its sites share no text.
        assert!(
            !json.is_empty() || ["reviews", "clusters"].contains(&table.name),
            "{}",
            table.name
        );
        let mut csv = csv::Reader::from_path(out.join(format!("{}.csv", table.name))).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
        assert_eq!(csv.headers().unwrap().iter().collect::<Vec<_>>(), names);
        let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), json.len(), "{}", table.name);
        for (record, row) in records.iter().zip(&json) {
            assert_eq!(row.as_object().unwrap().keys().len(), names.len());
            for (field, name) in record.iter().zip(&names) {
                let cell = match &row[*name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(field, cell, "{name}");
            }
        }
        let parquet = SerializedFileReader::new(
            File::open(out.join(format!("{}.parquet", table.name))).unwrap(),
        )
        .unwrap();
        let fields = parquet.metadata().file_metadata().schema().get_fields();
        assert_eq!(fields.iter().map(|f| f.name()).collect::<Vec<_>>(), names);
        let texts: Vec<String> = parquet
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().next().unwrap().1.to_string())
            .collect();
        let expected: Vec<String> = json.iter().map(|row| row[names[0]].to_string()).collect();
        assert_eq!(texts, expected);
    }
    let raw = fs::read(out.join("versions.csv")).unwrap();
    assert!(raw.ends_with(b"\r\n"), "RFC 4180 ends rows with CRLF");
}

/// True for a time in the ISO 8601 form, and for one of 14 digits.
fn forms(text: &str) -> (bool, bool) {
    (
        text.parse::<Timestamp>().is_err() && Timestamp::from_iso(text).is_some(),
        text.parse::<Timestamp>().is_ok(),
    )
}

#[test]
fn times_have_the_iso_form_unless_the_14_digits_are_wanted() {
    let folder = folder();
    let redirects = Redirect::list_to_json(&[Redirect {
        from: "http://a.com/".to_owned(),
        status: 301,
        timestamp: "20120611040411".parse().unwrap(),
        to: "http://b.com/".to_owned(),
    }]);
    Connection::open(folder.path().join("policytrail.db"))
        .unwrap()
        .execute("UPDATE mementos SET redirects = ?1", [&redirects])
        .unwrap();
    for (form, is_iso) in [("iso", true), ("wayback", false)] {
        let arguments = "export --format jsonl,csv,parquet,git --panel 1y --out";
        let mut arguments: Vec<&str> = arguments.split(' ').collect();
        arguments.extend([form, "--timestamps", form]);
        succeeds(policytrail(folder.path(), &arguments));
        let out = folder.path().join(form);
        let mut times = 0;
        for table in TABLES.iter().chain([&PANEL]) {
            let json = lines(&out.join(format!("{}.jsonl", table.name)));
            let mut csv = csv::Reader::from_path(out.join(format!("{}.csv", table.name))).unwrap();
            let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
            for (at, column) in table.columns.iter().enumerate() {
                for (row, record) in json.iter().zip(&records) {
                    let cell = row[column.name].as_str().unwrap_or_default();
                    if column.kind == ColumnType::Time && !cell.is_empty() {
                        times += 1;
                        assert_eq!(forms(cell), (is_iso, !is_iso), "{}", column.name);
                        assert_eq!(cell, &record[at]);
                    } else if column.kind == ColumnType::Redirects && !cell.is_empty() {
                        let hops: Value = serde_json::from_str(cell).unwrap();
                        let time = hops[0]["timestamp"].as_str().unwrap();
                        assert_eq!(forms(time), (is_iso, !is_iso));
                        assert_eq!(cell, &record[at]);
                    }
                }
            }
        }
        assert!(times > 500, "{times}");
        let stream = fs::read(out.join("policies.fast-import")).unwrap();
        let wanted = if is_iso {
            r#","first_seen":"2004-05-11T19:11:39Z","#
        } else {
            r#","first_seen":"20040511191139","#
        };
        assert!(String::from_utf8_lossy(&stream).contains(wanted));
        let card = fs::read_to_string(out.join("README.md")).unwrap();
        assert_eq!(card.contains("`2012-06-11T04:04:11Z`"), is_iso);
        assert_eq!(card.contains("14 digits"), !is_iso);
    }
    let parquet = |form: &str| fs::read(folder.path().join(form).join("captures.parquet")).unwrap();
    assert!(parquet("iso") == parquet("wayback"));
}

#[test]
fn an_export_can_be_filtered_by_site_date_language_and_conditions() {
    let folder = folder();
    let path = folder.path();
    let all = rows(path, &[], "versions");
    let expect = |arguments: &[&str], keep: &dyn Fn(&Value) -> bool| {
        let wanted: Vec<&Value> = all.iter().filter(|r| keep(r)).collect();
        assert!(
            !wanted.is_empty() && wanted.len() < all.len(),
            "{arguments:?} shows nothing"
        );
        let found = rows(path, arguments, "versions");
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{arguments:?}");
    };
    let text = |r: &Value, field: &str| r[field].as_str().unwrap_or_default().to_owned();
    expect(
        &[
            "--site",
            "kupferkessel-sample.de",
            "--site",
            "velofix-sample.com",
        ],
        &|r| ["kupferkessel-sample.de", "velofix-sample.com"].contains(&text(r, "site").as_str()),
    );
    expect(&["--language", "fr"], &|r| text(r, "language") == "fr");
    expect(&["--from", "2010", "--to", "2012-06"], &|r| {
        text(r, "last_seen").as_str() >= "2010-01-01T00:00:00Z"
            && text(r, "first_seen").as_str() <= "2012-06-30T23:59:59Z"
    });
    expect(
        &["--where", "word_count>300", "--where", "language!=en"],
        &|r| r["word_count"].as_u64().unwrap() > 300 && text(r, "language") != "en",
    );
    expect(&["--where", "cross_domain=true"], &|r| {
        r["cross_domain"] == true
    });
    expect(&["--where", "discovered_by=path"], &|r| {
        r["discovered_by"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s == "path")
    });
    expect(&["--where", "text~COOKIE"], &|r| {
        text(r, "text").to_ascii_lowercase().contains("cookie")
    });
    expect(&["--where", "first_seen<2005"], &|r| {
        text(r, "first_seen").as_str() < "2005"
    });
    expect(&["--where", "changed_after!=2010"], &|r| {
        !text(r, "changed_after").starts_with("2010")
    });
    let policies = rows(path, &["--language", "fr"], "policies");
    assert_eq!(
        policies.len(),
        1,
        "other tables keep what belongs to the versions chosen"
    );
}

#[test]
fn an_export_without_texts_or_with_wrong_conditions_is_checked_first() {
    let folder = folder();
    let path = folder.path();
    let manifest = rows(path, &["--no-text"], "versions");
    fails(
        path,
        &["export", "--out", "x", "--no-text", "--format", "jsonl,git"],
        2,
        &["--no-text"],
    );
    fails(
        path,
        &["export", "--out", "x", "--panel", "1y", "--format", "git"],
        2,
        &["--panel"],
    );
    assert!(
        manifest
            .iter()
            .all(|r| r.get("text").is_none() && r.get("markdown").is_none())
    );
    fails(
        path,
        &["export", "--out", "x", "--where", "words>3"],
        2,
        &["no field `words`", "word_count"],
    );
}

#[test]
fn a_version_seen_in_two_runs_of_captures_is_one_version() {
    let folder = folder();
    let path = folder.path();
    let before = rows(path, &[], "versions").len();
    sighted_twice(path);
    assert_eq!(rows(path, &[], "versions").len(), before + 1);
    let card = fs::read_to_string(path.join("rows/README.md")).unwrap();
    for line in [
        format!("| versions | {before} |"),
        format!("| sightings of these versions | {} |", before + 1),
        format!("({before} versions)"),
    ] {
        assert!(card.contains(&line), "{line} in {card}");
    }
}

#[test]
fn a_panel_has_a_row_for_each_half_year_of_a_policys_life() {
    let folder = folder();
    let panel = rows(folder.path(), &["--panel", "6mo"], "panel");
    let versions = lines(&folder.path().join("rows/versions.jsonl"));
    let mut seen = BTreeSet::new();
    for row in &panel {
        let text = |field: &str| row[field].as_str().unwrap();
        assert_eq!(
            text("period"),
            format!("{}_{}", row["year"], text("season"))
        );
        assert!(text("middle").ends_with("-01T00:00:00Z"));
        assert!(
            seen.insert((text("site"), text("policy_url"), text("period"))),
            "{row}"
        );
        let (middle, first, last) = (text("middle"), text("first_seen"), text("last_seen"));
        assert_eq!(row["uncertain"], !(first <= middle && middle <= last));
        assert!(versions.iter().any(|v| v["policy_url"] == row["policy_url"]
            && v["version"] == row["version"]
            && v["text_sha256"] == row["text_sha256"]));
    }
    let of_lumen: Vec<&str> = panel
        .iter()
        .filter(|r| r["site"] == "atelier-lumen-sample.fr")
        .map(|r| r["period"].as_str().unwrap())
        .collect();
    assert_eq!(
        (of_lumen.first(), of_lumen.last(), of_lumen.len()),
        (Some(&"2007_B"), Some(&"2022_A"), 30)
    );
}

#[test]
fn contradicting_options_and_unknown_names_are_refused() {
    let folder = folder();
    let path = folder.path();
    for (arguments, word) in [
        (
            ["--compress", "zst", "--format", "parquet"].as_slice(),
            "--compress",
        ),
        (&["--wrap", "80", "--format", "markdown"], "--wrap"),
        (&["--layout", "versions", "--format", "git"], "--layout"),
        (&["--links", "archive", "--format", "text"], "--links"),
        (
            &["--timestamps", "wayback", "--format", "parquet"],
            "--timestamps",
        ),
        (&["--site", "velofix.com"], "velofix.com"),
        (&["--from", "2020", "--to", "2010"], "--from"),
        (&["--language", "english"], "--language"),
    ] {
        let mut all = vec!["export", "--out", "x"];
        all.extend(arguments);
        fails(path, &all, 2, &[word]);
    }
    assert!(!path.join("x").exists());
    let french = rows(path, &["--language", "FR"], "versions");
    assert!(!french.is_empty());
    let output = succeeds(policytrail(
        path,
        &["export", "--out", "x", "--language", "xx"],
    ));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("0 versions"), "{message}");
}
