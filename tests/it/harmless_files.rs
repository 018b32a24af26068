//! Files of the user and a closed stderr: nothing is overwritten, nothing is read that was not named, the work goes on.

use std::fs::{self, File};
use std::process::Stdio;

use crate::support::dataset;
use crate::support::paths::sample_location;
use crate::support::program::{fails, on_sample_sites, policytrail, run, succeeds};

const PAGE: &str = "<title>Privacy Policy</title><h1>Privacy Policy</h1><p>We collect your name and e-mail address when \
                    you register, and we never share this personal information with third parties.</p>";

#[test]
fn an_output_is_never_the_database_the_site_list_the_settings_or_another_output() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("sites.csv"), "site\nexample.com\n").unwrap();
    fs::write(at("settings.toml"), "").unwrap();
    fs::write(at("trail.db"), "").unwrap();
    fs::hard_link(at("sites.csv"), at("link.csv")).unwrap();
    let before = |name: &str| fs::read(at(name)).unwrap();
    let files = ["sites.csv", "settings.toml", "trail.db"];
    let old: Vec<Vec<u8>> = files.iter().map(|name| before(name)).collect();
    for option in ["--summary", "--metrics", "--feed", "--log-requests"] {
        for target in [
            "sites.csv",
            "link.csv",
            "settings.toml",
            "trail.db",
            "./trail.db-wal",
            "trail.db.lock",
        ] {
            let arguments = [
                "run",
                "--db",
                "trail.db",
                "--sites",
                "sites.csv",
                "--config",
                "settings.toml",
                "--archive",
                "http://127.0.0.1:9",
                option,
                target,
            ];
            fails(
                folder.path(),
                &arguments,
                2,
                &[option, "overwrite", "give another file"],
            );
        }
    }
    let twice = [
        "run",
        "example.com",
        "--archive",
        "http://127.0.0.1:9",
        "--feed",
        "a",
        "--metrics",
        "./a",
    ];
    fails(
        folder.path(),
        &twice,
        2,
        &["--metrics", "--feed", "give another file"],
    );
    let new: Vec<Vec<u8>> = files.iter().map(|name| before(name)).collect();
    assert_eq!(old, new);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_stderr_stops_no_work() {
    let folder = tempfile::tempdir().unwrap();
    for (command, more) in [
        ("backfill", &[][..]),
        ("run", &["--summary", "summary.json"]),
        ("discover", &[]),
    ] {
        let mut command = on_sample_sites(folder.path(), command, &sample_location(), more);
        command.stderr(Stdio::from(
            File::options().write(true).open("/dev/full").unwrap(),
        ));
        succeeds(command);
    }
    assert!(
        fs::read_to_string(folder.path().join("summary.json"))
            .unwrap()
            .contains("\"outcome\"")
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_named_and_the_files_are_complete() {
    let folder = dataset::folder();
    for (arguments, written) in [
        (&["status"][..], None),
        (&["search", "data", "--format", "csv"], None),
        (&["log", "pinecone-social-sample.com"], None),
        (&["export", "--out", "files"], Some("files")),
        (&["backup", "copy.db"], Some("copy.db")),
        (
            &["evidence", "pinecone-social-sample.com", "--out", "a.zip"],
            Some("a.zip"),
        ),
    ] {
        let mut command = policytrail(folder.path(), arguments);
        command.stdout(Stdio::from(
            File::options().write(true).open("/dev/full").unwrap(),
        ));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(
            told.contains("cannot write to standard output: No space left"),
            "{told}"
        );
        if let Some(written) = written {
            let complete = format!("`{written}` is complete, but not reported");
            assert!(told.contains(&complete), "{told}");
            assert!(folder.path().join(written).exists());
        }
    }
}

#[test]
fn no_file_is_called_minus() {
    let folder = dataset::folder();
    for arguments in [
        &["evidence", "pinecone-social-sample.com", "--out", "-"][..],
        &["diff", "pinecone-social-sample.com", "--out", "-"],
        &["backup", "-"],
    ] {
        fails(folder.path(), arguments, 2, &["give the name of a file"]);
        assert!(!folder.path().join("-").exists());
    }
}

#[test]
#[cfg(unix)]
fn links_out_of_the_directory_are_read_only_when_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("pages")).unwrap();
    fs::write(at("pages/own.html"), PAGE).unwrap();
    fs::write(at("secret.html"), PAGE).unwrap();
    std::os::unix::fs::symlink("own.html", at("pages/inside.html")).unwrap();
    std::os::unix::fs::symlink("../secret.html", at("pages/outside.html")).unwrap();
    let output = run(
        folder.path(),
        &["extract", "--in", "pages", "--out", "texts"],
    );
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("outside.html") && told.contains("--follow-links"),
        "{told}"
    );
    assert!(
        at("texts/own.md").exists()
            && at("texts/inside.md").exists()
            && !at("texts/outside.md").exists()
    );
    succeeds(policytrail(
        folder.path(),
        &[
            "extract",
            "--in",
            "pages",
            "--out",
            "texts",
            "--follow-links",
        ],
    ));
    assert!(at("texts/outside.md").exists());
}
