//! Settings from files and flags, and the command `check`: all faults are reported at once, before any request.

use std::fs;
use std::path::Path;

use crate::support::dataset;
use crate::support::paths::{root, sample_location};
use crate::support::program::{answer, fails, run};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn all_wrong_settings_are_reported_together() {
    let folder = folder();
    fs::write(
        folder.path().join("x.toml"),
        "[archive]\ncdx_per_minut = 3\n[crawl]\nsample = 'some'\n",
    )
    .unwrap();
    let arguments = [
        "backfill",
        "example.com",
        "--config",
        "x.toml",
        "--from",
        "2012-13",
        "--playback-per-second",
        "fast",
    ];
    fails(
        folder.path(),
        &arguments,
        2,
        &[
            "cdx_per_minut",
            "did you mean",
            "every-change",
            "--from",
            "2012-13",
            "--playback-per-second",
        ],
    );
    fails(
        folder.path(),
        &["status", "--config", "missing.toml"],
        2,
        &["missing.toml", "--config"],
    );
}

#[test]
fn no_setting_exceeds_the_limits_of_the_wayback_machine() {
    let folder = folder();
    fails(
        folder.path(),
        &[
            "backfill",
            "example.com",
            "--cdx-per-minute",
            "31",
            "--contact",
            "a@b.org",
        ],
        2,
        &["limit of 30"],
    );
    fails(
        folder.path(),
        &[
            "backfill",
            "example.com",
            "--playback-per-second",
            "9",
            "--contact",
            "a@b.org",
        ],
        2,
        &["limit of 8"],
    );
}

#[test]
fn a_remote_archive_is_not_queried_without_a_contact() {
    let folder = folder();
    fails(
        folder.path(),
        &["backfill", "example.com"],
        2,
        &["--contact", "[archive]"],
    );
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn check_sends_no_request_and_reports_all_faults() {
    let folder = folder();
    let list = root().join("data/sample/sites.csv");
    let good = format!(
        "[archive]\nlocation = '{}'\n[sites]\nfile = '{}'\n",
        sample_location(),
        list.display()
    );
    fs::write(folder.path().join("good.toml"), &good).unwrap();
    let output = run(folder.path(), &["check", "--config", "good.toml"]);
    let message = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && message.contains("no request was sent"),
        "{output:?}"
    );
    assert!(!folder.path().join("policytrail.db").exists());

    let bad = "[archive]\nlocation = 'http://127.0.0.1:1'\n[run]\nbudget = 'soon'\nrecheck_min_days = 9\npages_per_turn = 0\n";
    fs::write(folder.path().join("bad.toml"), bad).unwrap();
    for command in ["check", "run"] {
        let faults = [
            "`soon`; give a time such as 2h",
            "recheck_max_days",
            "pages_per_turn",
        ];
        fails(
            folder.path(),
            &[command, "--config", "bad.toml", "example.com"],
            2,
            &faults,
        );
    }
    for flag in ["--feed", "--metrics", "--summary"] {
        let file = "nowhere/file";
        let arguments = ["run", "--config", "good.toml", flag, file];
        fails(
            folder.path(),
            &arguments,
            2,
            &["directory `nowhere` does not exist", "create it first"],
        );
    }
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn sites_can_be_listed_in_the_settings_file() {
    let folder = folder();
    let settings = |names: &str| {
        format!(
            "[archive]\nlocation = '{}'\n[sites]\nnames = {names}\n",
            sample_location()
        )
    };
    let file = folder.path().join("job.toml");
    fs::write(
        &file,
        settings("['velofix-sample.com', 'sakura-techo-sample.jp']"),
    )
    .unwrap();
    let output = run(folder.path(), &["run", "--config", "job.toml"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["sites_finished"], 2, "{output:?}");
    for (names, word) in [
        ("['localhost', 'a.com']", "contains an invalid site"),
        ("[7]", "list of texts"),
        ("'a.com'", "list of texts"),
    ] {
        fs::write(&file, settings(names)).unwrap();
        fails(
            folder.path(),
            &["check", "--config", "job.toml"],
            2,
            &["sites.names", word],
        );
    }
}

#[test]
fn check_reports_the_faults_of_all_files_together() {
    let folder = folder();
    fs::create_dir(folder.path().join("dir")).unwrap();
    fs::write(
        folder.path().join("run.toml"),
        "[archive]\nlocation = \"no.warc\"\n[sites]\nfile = \"no.csv\"\n[database]\npath = \"dir\"\n\
         [discover]\nvocabulary = \"no.toml\"\n[run]\nfeed = \"nodir/x\"\nmetrics = \"dir\"\n",
    )
    .unwrap();
    fails(
        folder.path(),
        &["check", "--config", "run.toml"],
        2,
        &[
            "`no.csv`",
            "`no.toml`",
            "`no.warc`",
            "`nodir/x`",
            "cannot write `dir`",
            "`dir` is a directory",
        ],
    );
}

#[test]
fn all_faults_of_values_site_list_and_contact_are_told_at_once() {
    let folder = folder();
    let folder = folder.path();
    fs::write(
        folder.join("sites.csv"),
        "site,rank\nlocalhost,1\nexample.com,first\n",
    )
    .unwrap();
    fs::write(
        folder.join("bad.toml"),
        "[crawl]\ngrid = \"9w\"\n[archive]\ncdx_per_minut = 3\n",
    )
    .unwrap();
    for command in ["backfill", "run", "check", "plan"] {
        let arguments = [
            command,
            "--config",
            "bad.toml",
            "--sites",
            "sites.csv",
            "--to",
            "soon",
            "--resolution",
            "-1",
        ];
        fails(
            folder,
            &arguments,
            2,
            &[
                "cdx_per_minute",
                "9w",
                "--to",
                "--resolution",
                "line 2",
                "line 3",
                "no contact given",
            ],
        );
    }
    assert!(!folder.join("policytrail.db").exists());
}

#[test]
fn a_settings_file_in_the_directory_is_read_and_told() {
    let folder = folder();
    let folder = folder.path();
    fs::write(
        folder.join("policytrail.toml"),
        "[database]\npath = \"other.db\"\n",
    )
    .unwrap();
    fails(
        folder,
        &["status"],
        2,
        &["`policytrail.toml` in this directory", "other.db"],
    );
    fs::write(
        folder.join("named.toml"),
        "[database]\npath = \"named.db\"\n",
    )
    .unwrap();
    fails(
        folder,
        &["status", "--config", "named.toml"],
        2,
        &["named.db"],
    );
}

#[test]
fn a_settings_file_in_the_directory_is_told_once() {
    let folder = dataset::folder();
    let file = folder.path().join("policytrail.toml");
    fs::write(&file, "[archive]\ncontact = 'a@example.org'\n").unwrap();
    let site = "pinecone-social-sample.com";
    for arguments in [&["diff", site][..], &["evidence", site, "--out", "a.zip"]] {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{output:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(told.matches("in this directory").count(), 1, "{told}");
    }
}

#[test]
fn a_plan_for_files_quotes_no_pace() {
    let folder = folder();
    let archive = sample_location();
    let plan = ["plan", "pinecone-social-sample.com", "--archive", &archive];
    let text = answer(folder.path(), &plan);
    assert!(
        text.contains("pages: at least") && !text.contains("per minute"),
        "{text}"
    );
    let json = answer(folder.path(), &[&plan[..], &["--json"]].concat());
    assert!(!json.contains("seconds"), "{json}");
}

/// The messages of a command that must fail with exit code 2.
fn faults(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_a_settings_file_with_a_fault_may_say_is_not_missed() {
    let folder = folder();
    let folder = folder.path();
    let invented = ["no contact given", "no site given"];
    let whole = "[archive]\ncontact = 'a@example.org'\n[sites]\nnames = ['example.com']\n";
    for (name, bytes) in [
        (
            "syntax.toml",
            [whole, "budget = = 2\n"].concat().into_bytes(),
        ),
        ("binary.toml", vec![0, 159, 146, 150]),
        ("large.toml", "# filler\n".repeat(200_000).into_bytes()),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
    }
    fs::create_dir(folder.join("directory.toml")).unwrap();
    for name in [
        "syntax.toml",
        "binary.toml",
        "large.toml",
        "directory.toml",
        "missing.toml",
    ] {
        for command in ["backfill", "check"] {
            let told = faults(folder, &[command, "--config", name]);
            assert_eq!(told.lines().count(), 1, "{told}");
            assert!(told.contains(name), "{told}");
        }
    }
    for (contact, names, missing) in [
        ("7", "['example.com']", &[][..]),
        ("'a@example.org'", "'example.com'", &[]),
        ("''", "'example.com'", &["no contact given"]),
        ("7", "[]", &["no site given"]),
    ] {
        let text = format!("[archive]\ncontact = {contact}\n[sites]\nnames = {names}\n");
        fs::write(folder.join("wrong.toml"), text).unwrap();
        for command in ["backfill", "check"] {
            let told = faults(folder, &[command, "--config", "wrong.toml"]);
            assert!(told.contains("must be a "), "{told}");
            let told_missing: Vec<&str> =
                invented.into_iter().filter(|m| told.contains(m)).collect();
            assert_eq!(told_missing, missing, "{told}");
        }
    }
}

#[test]
fn check_tells_what_is_unusual_in_the_archive() {
    let folder = folder();
    let folder = folder.path();
    fs::create_dir(folder.join("cut")).unwrap();
    let whole = fs::read(root().join("data/sample/sample.warc.gz")).unwrap();
    fs::write(folder.join("cut/a.warc.gz"), &whole[..whole.len() / 2]).unwrap();
    for quiet in [&[][..], &["--quiet"]] {
        let check = ["check", "--archive", "cut", "harbourlight-sample.com"];
        let told = answer(folder, &[&check[..], quiet].concat());
        for part in ["cut/a.warc.gz", "byte ", "1 warning; no request was sent"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(!told.contains("no problem found"), "{told}");
    }
}
