//! Exports as pages and as a git history.

use std::fs::{self};
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

use crate::support::dataset::{digits, files, folder, rows, sighted_twice};
use crate::support::program::{policytrail, succeeds};

#[test]
fn pages_and_commits_have_every_version_of_a_time_filter() {
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
    let message = String::from_utf8(output.stdout).unwrap();
    assert!(
        message.contains(&format!(
            "policies.fast-import: {} versions",
            narrowed.len()
        )),
        "{message}"
    );
}

/// The first line of a version's page as the Princeton-Leuven corpus has it.
fn first_line(version: &Value) -> String {
    let stamp = digits(&version["first_seen"]);
    let original = version["original"].as_str().unwrap();
    let quoted = original
        .replace(':', "%3A")
        .replace('?', "%3F")
        .replace('=', "%3D");
    format!(
        "> *The following text is extracted and transformed from the {} privacy policy that was archived on {}-{}-{}. Please check the \
         [original snapshot on the Wayback Machine](https://web.archive.org/web/{stamp}id_/{quoted}) for the most accurate reproduction.*",
        version["site"].as_str().unwrap(),
        &stamp[..4],
        &stamp[4..6],
        &stamp[6..8]
    )
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
        let first = first_line(version);
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
fn the_git_history_has_one_commit_per_version_in_order_of_time() {
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
#[cfg(unix)]
fn an_incomplete_repository_is_removed_when_git_fails() {
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
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("git could not create policies.git: no "),
        "{message}"
    );
    assert!(
        !message.contains('\u{1b}') && !message.contains('\u{202e}'),
        "{message}"
    );
    assert!(!path.join("out/policies.git").exists());
    // Without git only the stream is written; this is reported and no fault.
    let output = export("/nowhere");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(message.contains("git is not installed"), "{message}");
}
