//! `policytrail evidence`: the bundle of a change, checked with other means than the program's.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use crate::support::dataset::{digits, folder};
use crate::support::paths::sample;
use crate::support::program::{answer, fails, run};

const SITE: &str = "pinecone-social-sample.com";

fn unzipped(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    names
        .into_iter()
        .map(|name| {
            let mut bytes = Vec::new();
            zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, name: &str) -> &'a str {
    std::str::from_utf8(&files[name]).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[test]
fn a_bundle_is_checked_with_public_tools() {
    let folder = folder();
    let path = folder.path();
    let out = answer(path, &["evidence", SITE, "1", "2", "--out", "a.zip"]);
    assert!(
        out.contains("original WARC records") && out.contains("digest reproduced"),
        "{out}"
    );
    answer(path, &["evidence", SITE, "1..2", "--out", "b.zip"]);
    assert!(fs::read(path.join("a.zip")).unwrap() == fs::read(path.join("b.zip")).unwrap());
    let files = unzipped(&path.join("a.zip"));
    let sums = text(&files, "SHA256SUMS");
    for (name, bytes) in files.iter().filter(|(name, _)| *name != "SHA256SUMS") {
        assert!(
            sums.contains(&format!("{}  {name}\n", hex(bytes))),
            "{name}"
        );
    }
    let evidence: Value = serde_json::from_str(text(&files, "evidence.json")).unwrap();
    assert!(evidence["window"]["after"].as_str() < evidence["window"]["before"].as_str());
    for side in evidence["sides"].as_array().unwrap() {
        let folder = side["folder"].as_str().unwrap();
        assert!(files.contains_key(&format!("{folder}/page.html")));
        for record in side["warc"]["records"].as_array().unwrap() {
            let bytes = fs::read(sample().join(record["file"].as_str().unwrap())).unwrap();
            let offset = usize::try_from(record["offset"].as_u64().unwrap()).unwrap();
            let mut member = Vec::new();
            flate2::read::GzDecoder::new(&bytes[offset..])
                .read_to_end(&mut member)
                .unwrap();
            let record_bytes = member.strip_suffix(b"\r\n\r\n").unwrap();
            assert_eq!(record["sha256"], hex(record_bytes).as_str());
            let warc = &files[&format!("{folder}/original.warc")];
            assert!(
                warc.windows(record_bytes.len())
                    .any(|part| part == record_bytes)
            );
        }
    }
    let page = text(&files, "README.html");
    for word in [
        "sha256sum --check SHA256SUMS",
        "warcio check",
        "tail -c +",
        "original records",
        "does not prove",
    ] {
        assert!(page.contains(word), "{word} in {page}");
    }
    let custody = text(&files, "custody.csv");
    assert!(
        custody.lines().count() > 6 && custody.contains("crawler of the archive"),
        "{custody}"
    );
    check_with_tools(path, page);
}

/// Runs `unzip`, `sha256sum` and a command of the page, where the machine has them.
fn check_with_tools(path: &Path, page: &str) {
    let shell = |folder: &Path, command: &str| {
        let output = Command::new("sh")
            .current_dir(folder)
            .args(["-c", command])
            .output();
        output
            .ok()
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    if shell(path, "command -v unzip tail gzip head sha256sum | wc -l")
        .is_none_or(|n| n.trim() != "5")
    {
        eprintln!("SKIPPED: unzip, tail, gzip, head or sha256sum is missing");
        return;
    }
    let listed = shell(
        path,
        "unzip -q a.zip -d unpacked && cd unpacked && sha256sum --check SHA256SUMS && echo all",
    )
    .unwrap();
    assert!(listed.ends_with("all\n"), "{listed}");
    let command = page
        .lines()
        .find(|line| line.contains("tail -c +"))
        .unwrap();
    let command = command
        .trim_start_matches("<pre>")
        .trim_end_matches("</pre>")
        .replace("&gt;", ">");
    let printed = shell(&sample(), &command).unwrap();
    let sha256 = printed.split(' ').next().unwrap();
    assert!(
        page.contains(&format!("This prints {sha256}:")),
        "{command} gives {printed}"
    );
}

#[test]
fn what_is_rebuilt_or_missing_is_said_to_be() {
    let folder = folder();
    let path = folder.path();
    let connection = Connection::open(path.join("policytrail.db")).unwrap();
    connection.execute("DELETE FROM records", []).unwrap();
    drop(connection);
    answer(path, &["evidence", SITE, "--out", "rebuilt.zip"]);
    let files = unzipped(&path.join("rebuilt.zip"));
    assert!(text(&files, "README.html").contains("REBUILT, not original"));
    let evidence: Value = serde_json::from_str(text(&files, "evidence.json")).unwrap();
    for side in evidence["sides"].as_array().unwrap() {
        assert_eq!(side["warc"]["is_original"], false);
        assert_eq!(side["archive_digest"]["is_reproduced"], true, "{side}");
        let warc = &files[side["warc"]["name"].as_str().unwrap()];
        let mut records = String::new();
        flate2::read::MultiGzDecoder::new(warc.as_slice())
            .read_to_string(&mut records)
            .unwrap();
        assert!(
            records.contains("Other response headers"),
            "it says what it lacks"
        );
    }

    answer(path, &["export", "--out", "dataset"]);
    answer(path, &["import", "dataset", "--db", "copy.db"]);
    let output = run(
        path,
        &[
            "evidence", SITE, "--db", "copy.db", "--out", "copy.zip", "--quiet",
        ],
    );
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("policytrail: missing of new"), "{message}");
    let files = unzipped(&path.join("copy.zip"));
    let page = text(&files, "README.html");
    assert!(
        page.contains("Missing: the bytes of the page")
            && page.contains("nothing says that the page was removed")
    );
    assert!(
        !files
            .keys()
            .any(|name| name.contains("page.") || name.contains("warc"))
    );
}

#[test]
fn one_version_alone_and_refused_files() {
    let folder = folder();
    let path = folder.path();
    answer(path, &["evidence", SITE, "first", "--out", "one.zip"]);
    let files = unzipped(&path.join("one.zip"));
    assert!(files.contains_key("capture/original.warc") && !files.contains_key("changes.html"));
    fails(
        path,
        &["evidence", SITE, "--out", "policytrail.db"],
        2,
        &["same file"],
    );
    fails(
        path,
        &["evidence", "nobody.com", "--out", "x.zip"],
        2,
        &["nobody.com"],
    );
    assert!(File::open(path.join("x.zip")).is_err());
}

#[test]
fn a_redline_page_shows_the_first_change_first() {
    let folder = folder();
    let path = folder.path();
    let whole = answer(path, &["diff", SITE, "1", "2", "--format", "html"]);
    answer(
        path,
        &[
            "diff",
            SITE,
            "1",
            "2",
            "--changes-only",
            "--out",
            "changes.html",
        ],
    );
    let changes = fs::read_to_string(path.join("changes.html")).unwrap();
    assert!(changes.len() < whole.len());
    assert!(changes.contains("unchanged paragraphs</p>") && !changes.contains("<details>"));
    // The addresses of the last capture of the old words and of the first of the new ones are there in full.
    let versions = answer(path, &["log", SITE, "--format", "json"]);
    let versions: Vec<Value> = versions
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let (after, first) = (&versions[1]["changed_after"], &versions[1]["memento_url"]);
    for page in [&whole, &changes] {
        assert!(page.contains(&format!("/web/{}/", digits(after))), "{page}");
        assert!(
            page.contains(&format!(">{}</a>", first.as_str().unwrap())),
            "{page}"
        );
    }
    // At most one unchanged paragraph outside the fold is before the first change.
    let before = whole.split("id=\"c1\"").next().unwrap();
    let unfolded = before.rsplit("</details>").next().unwrap();
    assert!(unfolded.matches(" class=\"b").count() <= 2, "{unfolded}");
    // A named format is more than the name of a file, and an option that needs a page refuses it.
    let text = answer(path, &["diff", SITE, "1", "2"]);
    answer(
        path,
        &[
            "diff", SITE, "1", "2", "--format", "text", "--out", "y.html",
        ],
    );
    assert_eq!(fs::read_to_string(path.join("y.html")).unwrap(), text);
    for arguments in [
        ["diff", SITE, "--open", "--format", "json"],
        ["diff", SITE, "--changes-only", "--format", "text"],
        ["diff", SITE, "--open", "--changes-only", "--json"],
    ] {
        fails(path, &arguments, 2, &["need an HTML page"]);
    }
    fails(
        path,
        &["diff", SITE, "--out", "policytrail.db"],
        2,
        &["same file"],
    );
}

#[cfg(unix)]
#[test]
fn a_redline_is_opened_by_the_browser_of_the_user() {
    let folder = folder();
    let path = folder.path();
    let browser = path.join("browser");
    fs::write(
        &browser,
        "#!/bin/sh\ncp \"$1\" \"$(dirname \"$0\")/seen.html\"\n",
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&browser, mode).unwrap();
    let mut command = crate::support::program::policytrail(path, &["diff", SITE, "--open"]);
    command.env("BROWSER", &browser).env("TMPDIR", path);
    crate::support::program::succeeds(command);
    let seen = path.join("seen.html");
    for _ in 0..100 {
        if fs::read_to_string(&seen).is_ok_and(|page| page.ends_with("</html>\n")) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the browser was not started");
}
