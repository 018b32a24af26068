//! The files of an export: which ones it replaces, what a killed export leaves, hostile names.

use std::fs::{self, File};

use rusqlite::Connection;

use crate::support::dataset::{files, folder};
use crate::support::program::{fails, policytrail, succeeds};

#[test]
fn files_that_no_export_wrote_are_never_replaced() {
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
fn a_users_own_files_are_never_replaced_or_removed() {
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
    // Files that the export does not write are not in the way.
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
fn an_export_removes_the_files_of_the_previous_export() {
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
    // Twice: everything is in place except the checksums.
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
    // Killed between the two renames of a directory: the old one has its temporary name.
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
            "export", "--quiet", "--format", EVERYTHING, "--layout", "versions", "--out", "a/b/c",
        ],
    )
    .output()
    .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("unreadable values") && message.contains("not in markdown"),
        "{message}"
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

const EVERYTHING: &str = "jsonl,csv,parquet,markdown,text,git,warc";
