//! The dataset as its users meet it: the same bytes, whole files, real readers, and the way back.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/dataset.rs"]
mod dataset;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use dataset::{fails, files, folder, lines, policytrail, root, rows, succeeds};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use policytrail::export::dictionary_line;
use policytrail::store::tables::{PANEL, TABLES};
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

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
    for table in TABLES.iter().chain([&PANEL]) {
        let json = lines(&out.join(format!("{}.jsonl", table.name)));
        assert!(!json.is_empty(), "{}", table.name);
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
        let expected: Vec<String> = json.iter().map(|row| row["site"].to_string()).collect();
        assert_eq!(texts, expected);
    }
    let raw = fs::read(out.join("versions.csv")).unwrap();
    assert!(raw.ends_with(b"\r\n"), "RFC 4180 ends rows with CRLF");
}

#[test]
fn an_export_is_narrowed_by_site_date_language_and_conditions() {
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
        text(r, "last_seen").as_str() >= "20100101000000"
            && text(r, "first_seen").as_str() <= "20120630235959"
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

/// Makes of a version with several captures one that was sighted twice: at its first capture, and at the others.
fn sighted_twice(folder: &Path) -> (String, String) {
    let connection = Connection::open(folder.join("policytrail.db")).unwrap();
    let (policy, version, first, site): (i64, i64, String, String) = connection
        .query_row(
            "SELECT policy_id, version, v.first_seen, site FROM versions v JOIN policies USING (policy_id) JOIN sites USING (site_id)
             WHERE v.captures > 1 AND substr(v.first_seen, 1, 4) < substr(v.last_seen, 1, 4) AND site NOT LIKE 'velofix%'
             ORDER BY 1, 2 LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
        )
        .unwrap();
    connection
        .execute(
            "INSERT INTO repeated_sightings
             SELECT o.policy_id, o.version, 1 + (c.timestamp > ?3), 2, min(o.capture_id), count(*), NULL, min(c.timestamp), max(c.timestamp)
             FROM observations o JOIN captures c USING (capture_id) WHERE o.policy_id = ?1 AND o.version = ?2 GROUP BY 3",
            (policy, version, &first),
        )
        .unwrap();
    (site, first)
}

#[test]
fn a_version_that_is_sighted_twice_is_one_version() {
    let folder = folder();
    let path = folder.path();
    let before = rows(path, &[], "versions").len();
    sighted_twice(path);
    assert_eq!(rows(path, &[], "versions").len(), before + 1);
    let card = fs::read_to_string(path.join("rows/README.md")).unwrap();
    for line in [
        format!("| versions | {before} |"),
        format!("| sightings of them | {} |", before + 1),
        format!("({before} versions)"),
    ] {
        assert!(card.contains(&line), "{line} in {card}");
    }
}

#[test]
fn pages_and_commits_have_every_version_of_a_narrowed_time() {
    let folder = folder();
    let path = folder.path();
    let (site, first) = sighted_twice(path);
    let after = format!("first_seen>{first}");
    let year = &first[..4];
    let narrowed = rows(path, &["--site", &site, "--where", &after], "versions");
    let of_later_sightings = narrowed.iter().filter(|r| r["sighting"] == 2).count();
    assert_eq!(of_later_sightings, 1, "{year}");
    let output = succeeds(policytrail(
        path,
        &[
            "export",
            "--site",
            &site,
            "--where",
            &after,
            "--format",
            "markdown,git",
            "--layout",
            "versions",
            "--out",
            "pages",
        ],
    ));
    assert_eq!(files(&path.join("pages/markdown")).len(), narrowed.len());
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains(&format!(
            "policies.fast-import: {} versions",
            narrowed.len()
        )),
        "{told}"
    );
}

#[test]
fn pages_have_the_form_of_the_old_corpus() {
    let folder = folder();
    let path = folder.path();
    let connection = Connection::open(path.join("policytrail.db")).unwrap();
    let link = "UPDATE renditions SET markdown = markdown || char(10) || '[Terms](https://example.com/terms?a=1)' || char(10)";
    connection.execute(link, []).unwrap();
    drop(connection);
    succeeds(policytrail(
        path,
        &[
            "export",
            "--format",
            "markdown,text",
            "--layout",
            "versions",
            "--links",
            "archive",
            "--out",
            "all",
        ],
    ));
    succeeds(policytrail(
        path,
        &["export", "--format", "markdown", "--out", "latest"],
    ));
    let latest = files(&path.join("latest/markdown"));
    assert!(
        latest.contains_key("h/ha/har/harbourlight-sample.com.md"),
        "{:?}",
        latest.keys()
    );
    assert!(latest.contains_key("h/ha/har/harbourlight-sample.com.cookies.md"));
    let versions = rows(path, &[], "versions");
    let pages = files(&path.join("all/markdown"));
    assert_eq!(pages.len(), versions.len());
    assert_eq!(files(&path.join("all/text")).len(), versions.len());
    for version in &versions {
        let (stamp, original) = (
            version["first_seen"].as_str().unwrap(),
            version["original"].as_str().unwrap(),
        );
        let quoted = original
            .replace(':', "%3A")
            .replace('?', "%3F")
            .replace('=', "%3D");
        let first = format!(
            "> *The following text is extracted and transformed from the {} privacy policy that was archived on {}-{}-{}. Please check the \
             [original snapshot on the Wayback Machine](https://web.archive.org/web/{stamp}id_/{quoted}) for the most accurate reproduction.*",
            version["site"].as_str().unwrap(),
            &stamp[..4],
            &stamp[4..6],
            &stamp[6..8]
        );
        let found = pages
            .values()
            .filter(|page| page.starts_with(format!("{first}\n\n# ").as_bytes()))
            .count();
        assert_eq!(found, 1, "{first}");
    }
    let web = |page: &Vec<u8>| String::from_utf8_lossy(page).matches("](http").count();
    let archived = |page: &Vec<u8>| {
        String::from_utf8_lossy(page)
            .matches("](https://web.archive.org/web/")
            .count()
    };
    assert!(pages.values().all(|page| web(page) == archived(page)));
    assert!(
        pages.values().all(|page| archived(page) > 1),
        "a page has lost its link"
    );
}

#[test]
fn the_git_history_has_a_commit_for_each_version_in_order_of_time() {
    let git = |folder: &Path, arguments: &[&str]| {
        Command::new("git")
            .current_dir(folder)
            .args(arguments)
            .output()
    };
    let folder = folder();
    if git(folder.path(), &["--version"]).is_err() {
        return;
    }
    succeeds(policytrail(
        folder.path(),
        &["export", "--format", "git", "--out", "out"],
    ));
    let repository = folder.path().join("out/policies.git");
    let run = |arguments: &[&str]| {
        let output = git(&repository, arguments).unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["fsck", "--strict", "--no-dangling"]);
    let versions = rows(folder.path(), &["--no-text"], "versions");
    let times: Vec<i64> = run(&["log", "--reverse", "--format=%at"])
        .lines()
        .map(|l| l.parse().unwrap())
        .collect();
    assert_eq!(times.len(), versions.len());
    assert!(times.is_sorted());
    for body in run(&["log", "--format=%b%x00"])
        .split('\0')
        .map(str::trim)
        .filter(|b| !b.is_empty())
    {
        let metadata: Value = serde_json::from_str(body).unwrap();
        assert!(versions.contains(&metadata), "{metadata}");
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
        assert!(text("middle").ends_with("01000000"));
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
fn what_is_not_of_an_export_is_never_replaced() {
    let folder = folder();
    let out = folder.path().join("project");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("README.md"), "# Mine\n").unwrap();
    fails(
        folder.path(),
        &["export", "--out", "project"],
        2,
        &["README.md", "--out"],
    );
    assert_eq!(files(&out).len(), 1, "{:?}", files(&out).keys());
    assert_eq!(
        fs::read_to_string(out.join("README.md")).unwrap(),
        "# Mine\n"
    );
}

#[test]
fn files_of_somebodys_own_are_never_replaced_nor_removed() {
    let folder = folder();
    let path = folder.path();
    let own = |name: &str| {
        let file = path.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine").unwrap();
    };
    // Without a dataset.
    for (at, name, format) in [
        (1, "sites.csv", "csv"),
        (2, "SHA256SUMS", "csv"),
        (3, "policies.warc.gz", "warc"),
        (4, "policies.git/x", "git"),
        (5, "text/x", "text"),
    ] {
        let out = format!("own{at}");
        own(&format!("{out}/{name}"));
        let top = name.split('/').next().unwrap();
        fails(
            path,
            &["export", "--format", format, "--out", &out],
            2,
            &[top],
        );
        let left = files(&path.join(&out));
        assert!(
            left.values().all(|bytes| bytes == b"mine"),
            "{:?}",
            left.keys()
        );
    }
    own("own1/markdown/x");
    // What is not written is in nobody's way.
    succeeds(policytrail(path, &["export", "--out", "own1"]));
    assert_eq!(files(&path.join("own1"))["sites.csv"], b"mine");
    // Beside a dataset, and in it.
    fails(
        path,
        &["export", "--format", "csv", "--out", "own1"],
        2,
        &["sites.csv"],
    );
    succeeds(policytrail(
        path,
        &["export", "--format", "text", "--out", "out"],
    ));
    own("out/text/h/mine.txt");
    fails(path, &["export", "--out", "out"], 2, &["mine.txt"]);
    fs::rename(path.join("out/text/h/mine.txt"), path.join("out/mine.txt")).unwrap();
    succeeds(policytrail(path, &["export", "--out", "out"]));
    assert_eq!(files(&path.join("out"))["mine.txt"], b"mine");
}

#[test]
fn an_export_leaves_nothing_of_the_one_before_it() {
    let folder = folder();
    let path = folder.path();
    let export = |format: &[&str], out: &str| {
        let mut arguments = vec!["export", "--out", out];
        arguments.extend(format);
        succeeds(policytrail(path, &arguments));
        let mut left = files(&path.join(out));
        let has_git = path.join(out).join("policies.git").exists();
        left.extend(has_git.then(|| ("policies.git".to_owned(), Vec::new())));
        left
    };
    export(&["--format", EVERYTHING], "out");
    fs::write(path.join("out/mine.txt"), "mine").unwrap();
    for format in [
        ["--format", "csv", "--no-text"].as_slice(),
        &["--format", "jsonl", "--site", "velofix-sample.com"],
        &["--format", "jsonl", "--compress", "zst"],
    ] {
        let mut left = export(format, "out");
        assert_eq!(left.remove("mine.txt").as_deref(), Some(b"mine".as_slice()));
        fs::remove_dir_all(path.join("fresh")).ok();
        assert_eq!(left, export(format, "fresh"), "{format:?}");
    }
}

#[test]
fn an_export_that_was_killed_at_its_end_can_be_repeated() {
    let folder = folder();
    let path = folder.path();
    let run = |out: &str| {
        succeeds(policytrail(
            path,
            &["export", "--format", "jsonl,text", "--out", out],
        ));
        files(&path.join(out))
    };
    let whole = run("whole");
    // Twice: all is in its place but the checksums.
    fs::create_dir(path.join("out")).unwrap();
    run("out");
    for _ in 0..2 {
        let part = path.join("out/.export.part");
        fs::create_dir(&part).unwrap();
        fs::rename(path.join("out/SHA256SUMS"), part.join("SHA256SUMS")).unwrap();
        assert_eq!(run("out"), whole);
    }
}

#[test]
#[cfg(unix)]
fn half_a_repository_is_removed_when_git_fails() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let path = folder.path();
    let git = path.join("bin/git");
    fs::create_dir(path.join("bin")).unwrap();
    fs::write(
        &git,
        "#!/bin/sh\ncase $1 in init) mkdir policies.git;; *) printf 'no \\033[31mroom \\342\\200\\256' >&2; exit 1;; esac\n",
    )
    .unwrap();
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    let export = |search: &str| {
        let mut command = policytrail(path, &["export", "--format", "git", "--out", "out"]);
        command.env("PATH", search).output().unwrap()
    };
    let system = std::env::var("PATH").unwrap();
    let bin = path.join("bin");
    let output = export(&format!("{}:{system}", bin.display()));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("git made no policies.git: no "), "{told}");
    assert!(
        !told.contains('\u{1b}') && !told.contains('\u{202e}'),
        "{told}"
    );
    assert!(!path.join("out/policies.git").exists());
    // Without git there is the stream; that is told and no fault.
    let output = export("/nowhere");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("git is not here"), "{told}");
}

#[test]
fn what_does_not_go_together_or_does_not_exist_is_refused() {
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
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("0 versions"), "{told}");
}

#[test]
fn an_export_that_was_killed_leaves_the_old_one_whole_and_the_next_cleans_up() {
    let folder = folder();
    let run = || {
        succeeds(policytrail(
            folder.path(),
            &["export", "--format", "jsonl,markdown", "--out", "out"],
        ))
    };
    run();
    let out = folder.path().join("out");
    let before = files(&out);
    // Killed between the two renames of a folder: the old one stands aside.
    let part = out.join(".export.part");
    fs::create_dir(&part).unwrap();
    fs::write(part.join("versions.jsonl"), "half a li").unwrap();
    fs::rename(out.join("markdown"), part.join("markdown.old")).unwrap();
    let locked = File::create(out.join(".export.lock")).unwrap();
    locked.lock().unwrap();
    fails(
        folder.path(),
        &["export", "--out", "out"],
        2,
        &["another export"],
    );
    drop(locked);
    assert_eq!(
        fs::read(out.join("versions.jsonl")).unwrap(),
        before["versions.jsonl"]
    );
    fails(
        folder.path(),
        &["export", "--out", "out", "--db", "nowhere.db"],
        2,
        &["nowhere.db"],
    );
    run();
    assert_eq!(files(&out), before);
}

#[test]
fn a_hostile_database_writes_nothing_outside_its_folder() {
    let folder = folder();
    let connection = Connection::open(folder.path().join("policytrail.db")).unwrap();
    connection
        .execute(
            "UPDATE sites SET site = '../../../escaped' WHERE site LIKE 'velofix%'",
            [],
        )
        .unwrap();
    connection
        .execute("UPDATE policies SET kind = '../x' WHERE policy_id = 1", [])
        .unwrap();
    connection.execute("UPDATE versions SET first_seen = 'soon' WHERE policy_id = (SELECT max(policy_id) FROM policies)", []).unwrap();
    connection
        .execute(
            "UPDATE mementos SET content_type = 'a' || char(13, 10) || 'Set-Cookie: b'",
            [],
        )
        .unwrap();
    drop(connection);
    let output = policytrail(
        folder.path(),
        &[
            "export", "--format", EVERYTHING, "--layout", "versions", "--out", "a/b/c",
        ],
    )
    .output()
    .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("unreadable values") && told.contains("not in markdown"),
        "{told}"
    );
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.retain(|n| !n.starts_with("policytrail.db"));
    assert_eq!(names, ["a"]);
    assert!(
        files(&folder.path().join("a"))
            .keys()
            .all(|n| n.starts_with("b/c/") && !n.contains("escaped"))
    );
}

#[test]
fn the_readme_has_the_data_dictionary() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for table in TABLES.iter().chain([&PANEL]) {
        let dictionary: Vec<String> = table.columns.iter().map(dictionary_line).collect();
        let dictionary = dictionary.join("\n");
        assert!(
            readme.contains(&dictionary),
            "put this under `{}` into README.md:\n{dictionary}",
            table.name
        );
    }
    let output = policytrail(&root(), &["export", "--help"])
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(
        readme.contains(help.trim()),
        "put this into README.md:\n{help}"
    );
}
