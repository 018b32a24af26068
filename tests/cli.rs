//! The command line as a user meets it: help, documents, bad input, exit codes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn policytrail(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_policytrail"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn sample() -> String {
    root().join("data/sample").to_string_lossy().into_owned()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a command that must fail with this code and say these words, in lines that each begin with the program's name.
#[track_caller]
fn fails(folder: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let output = policytrail(folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    for word in words {
        assert!(
            told.contains(word),
            "{arguments:?} does not say {word:?}: {told}"
        );
    }
    assert!(!told.contains('\u{1b}'), "{told:?}");
    assert!(!told.contains("panicked"), "{told}");
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn the_readme_shows_the_help_that_is_printed() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_policytrail"))
        .args(["backfill", "--help"])
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(
        readme.contains(help.trim()),
        "put this into README.md:\n{help}"
    );
}

#[test]
fn the_readme_names_every_reason_for_a_drop() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for reason in policytrail::model::DropReason::ALL {
        assert!(
            readme.contains(&format!("| `{reason}` |")),
            "{reason} is not in the README"
        );
    }
}

#[test]
fn sites_that_are_none_are_all_named_before_anything_happens() {
    let folder = folder();
    let list = folder.path().join("sites.csv");
    fs::write(
        &list,
        "site,policy_url\nexample.com,\nlocalhost,\nexample.org,nowhere\n",
    )
    .unwrap();
    let arguments = [
        "backfill",
        "co.uk",
        "--url",
        "ftp://x.com/",
        "--sites",
        list.to_str().unwrap(),
        "--archive",
        &sample(),
    ];
    fails(
        folder.path(),
        &arguments,
        2,
        &["co.uk", "--url", "line 3", "line 4"],
    );
    assert!(!folder.path().join("policytrail.db").exists());
    fails(folder.path(), &["backfill"], 2, &["no site", "--sites"]);
}

#[test]
fn archives_that_cannot_be_used_are_named_with_a_cure_and_leave_no_database() {
    let folder = folder();
    let warc = fs::read(root().join("data/sample/sample.warc.gz")).unwrap();
    fs::write(folder.path().join("cut.warc.gz"), &warc[..warc.len() / 2]).unwrap();
    fs::write(
        folder.path().join("noise.warc.gz"),
        [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    )
    .unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (archive, words) in [
        ("missing.warc.gz", ["missing.warc.gz", "give a WARC file"]),
        ("cut.warc.gz", ["cut off", "download it again"]),
        ("noise.warc.gz", ["noise.warc.gz", "give a WARC file"]),
        ("empty", ["empty", "WARC"]),
    ] {
        fails(
            folder.path(),
            &["backfill", "example.com", "--archive", archive],
            2,
            &words,
        );
    }
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn an_index_that_points_past_the_end_drops_those_captures_and_no_others() {
    let folder = folder();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let warc = fs::read(root().join("data/sample/sample.warc.gz")).unwrap();
    fs::write(archive.join("sample.warc.gz"), &warc[..warc.len() / 2]).unwrap();
    fs::copy(
        root().join("data/sample/sample.cdxj"),
        archive.join("sample.cdxj"),
    )
    .unwrap();
    let sites = [
        "harbourlight-sample.com",
        "kupferkessel-sample.de",
        "velofix-sample.com",
        "pinecone-social-sample.com",
    ];
    let mut arguments = vec!["backfill", "--archive", "archive", "--sample", "all"];
    arguments.extend(sites);
    let output = policytrail(folder.path(), &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let database = rusqlite::Connection::open(folder.path().join("policytrail.db")).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert!(count("SELECT count(*) FROM drops WHERE reason = 'damaged_record'") > 0);
    assert!(count("SELECT count(*) FROM versions") > 0);
}

#[test]
fn an_archive_that_is_not_there_is_told_at_once() {
    let folder = folder();
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let archive = format!("http://{address}");
    fails(
        folder.path(),
        &["backfill", "example.com", "--archive", &archive],
        3,
        &[&archive],
    );
}

#[test]
fn databases_that_cannot_be_used_are_named_and_left_untouched() {
    let folder = folder();
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    fs::write(
        folder.path().join("text.db"),
        "no database at all, but long enough to look at".repeat(100),
    )
    .unwrap();
    let newer = folder.path().join("newer.db");
    drop(policytrail::store::Store::open_or_create(&newer).unwrap());
    rusqlite::Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let before = fs::read(&foreign).unwrap();
    for (database, words) in [
        ("foreign.db", "not a policytrail database"),
        ("text.db", "not a policytrail database"),
        ("newer.db", "newer policytrail"),
        ("nowhere/x.db", "no folder"),
    ] {
        let arguments = [
            "backfill",
            "example.com",
            "--archive",
            &sample(),
            "--db",
            database,
        ];
        fails(folder.path(), &arguments, 2, &[database, words, "--db"]);
    }
    assert_eq!(fs::read(&foreign).unwrap(), before);
    fails(
        folder.path(),
        &["status"],
        2,
        &["policytrail.db", "backfill"],
    );
    fails(
        folder.path(),
        &["export", "--out", "x"],
        2,
        &["policytrail.db"],
    );
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn settings_that_are_wrong_are_all_told_together() {
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
fn an_archive_of_others_is_not_asked_without_a_contact() {
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
fn a_page_becomes_its_policy_on_stdout() {
    let folder = folder();
    let page = folder.path().join("page.html");
    fs::write(
        &page,
        "<html><head><title>Privacy Policy | Example</title></head><body><nav><a href=/>Home</a><a href=/shop>Shop</a></nav>\
         <main><h1>Privacy Policy</h1><p>We collect your name and e-mail address when you register, and we use this personal \
         information to answer you.</p><p>We never share personal data with third parties. See <a href='/cookies'>our cookie \
         policy</a>.</p></main></body></html>",
    )
    .unwrap();
    let extract = |more: &[&str]| {
        let mut arguments = vec![
            "extract",
            "page.html",
            "--url",
            "http://www.example.com/privacy",
        ];
        arguments.extend(more);
        let output = policytrail(folder.path(), &arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let markdown = extract(&[]);
    assert!(
        markdown.starts_with("# Privacy Policy\n\nWe collect your name"),
        "{markdown}"
    );
    assert!(
        markdown.contains("[our cookie policy](http://www.example.com/cookies)")
            && !markdown.contains("Shop"),
        "{markdown}"
    );
    let text = extract(&["--format", "text"]);
    assert!(
        text.lines().all(|l| l.chars().count() <= 80)
            && text.contains("We never share personal data"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&extract(&["--format", "json"])).unwrap();
    assert_eq!(
        (json["title"].as_str(), json["language"].as_str()),
        (Some("Privacy Policy"), Some("en"))
    );
    fails(
        folder.path(),
        &["extract", "page.html", "--explain"],
        0,
        &["policytrail: "],
    );
    fails(
        folder.path(),
        &["extract", "missing.html"],
        2,
        &["missing.html"],
    );
    fails(
        folder.path(),
        &["extract", "page.html", "--url", "x"],
        2,
        &["--url"],
    );
}

#[test]
fn a_folder_of_pages_becomes_a_folder_of_policies() {
    let folder = folder();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::write(pages.join("a.html"), "<h1>Privacy</h1><p>We collect no personal data. We use no cookies and share nothing with anybody.</p>").unwrap();
    fs::write(pages.join("b.html"), "").unwrap();
    fs::write(pages.join("notes.md"), "not a page").unwrap();
    let output = policytrail(
        folder.path(),
        &["extract", "--in", "pages", "--out", "texts"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "2 pages, 1 policies, 1 dropped\n"
    );
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("empty_shell")
    );
    assert_eq!(
        fs::read_dir(folder.path().join("texts")).unwrap().count(),
        1
    );
    assert!(
        fs::read_to_string(folder.path().join("texts/a.md"))
            .unwrap()
            .contains("no personal data")
    );
}

#[test]
fn no_text_of_a_folder_takes_the_place_of_another_or_of_a_page() {
    let folder = folder();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    let words = |name: &str| {
        format!(
            "Privacy policy of {name}\n\nWe collect no personal data. We use no cookies and share nothing.\n"
        )
    };
    for name in ["privacy.txt", "Privacy.php", "other.txt"] {
        fs::write(pages.join(name), words(name)).unwrap();
    }
    fs::write(
        pages.join("privacy.html"),
        "<h1>Privacy</h1><p>We collect no personal data. We use no cookies and share nothing with anybody.</p>",
    )
    .unwrap();
    let large = fs::File::create(pages.join("large.html")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let arguments = [
        "extract", "--in", "pages", "--out", "texts", "--format", "text",
    ];
    let output = policytrail(folder.path(), &arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("large.html"), "{told}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.starts_with("5 pages, ") && out.ends_with(", 1 not read\n"),
        "{out}"
    );
    let mut made: Vec<String> = fs::read_dir(folder.path().join("texts"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    made.sort();
    assert_eq!(
        made,
        [
            "Privacy.php.txt",
            "other.txt",
            "privacy.html.txt",
            "privacy.txt.txt"
        ]
    );
    fails(
        folder.path(),
        &[
            "extract", "--in", "pages", "--out", "./pages", "--format", "text",
        ],
        2,
        &["--in and --out"],
    );
    assert_eq!(
        fs::read_to_string(pages.join("other.txt")).unwrap(),
        words("other.txt")
    );
}

#[test]
fn characters_that_reorder_text_reach_no_terminal() {
    let folder = folder();
    let page = "<title>Privacy \u{202e}ycavirp</title><a href=/privacy>Privacy \u{202e} policy</a>\
                <h1>Privacy \u{2066} policy</h1><p>We collect no personal data. We use no cookies and share nothing.</p>";
    fs::write(folder.path().join("page.html"), page).unwrap();
    for arguments in [
        ["extract", "page.html", "--format", "json"].as_slice(),
        &[
            "discover",
            "--page",
            "page.html",
            "--url",
            "http://example.com/",
            "--format",
            "json",
        ],
    ] {
        let output = policytrail(folder.path(), arguments);
        assert!(output.status.success(), "{output:?}");
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(told.contains("Privacy"), "{told}");
        assert!(!told.contains(['\u{202e}', '\u{2066}']), "{told}");
    }
}

#[test]
fn an_export_that_cannot_be_written_leaves_nothing_behind() {
    let folder = folder();
    drop(policytrail::store::Store::open_or_create(&folder.path().join("policytrail.db")).unwrap());
    fs::write(folder.path().join("file"), "").unwrap();
    fails(
        folder.path(),
        &["export", "--out", "file/x"],
        1,
        &["file/x", "--out"],
    );
    let output = policytrail(folder.path(), &["export", "--out", "out"]);
    assert!(output.status.success());
    let made: Vec<_> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(made.contains(&"versions.jsonl".to_owned()), "{made:?}");
    assert!(!made.iter().any(|name| name.starts_with('.')), "{made:?}");
}

#[test]
fn a_job_is_checked_without_a_request_and_all_its_faults_are_told() {
    let folder = folder();
    let list = root().join("data/sample/sites.csv");
    let good = format!(
        "[archive]\nlocation = '{}'\n[sites]\nfile = '{}'\n",
        sample(),
        list.display()
    );
    fs::write(folder.path().join("good.toml"), &good).unwrap();
    let output = policytrail(folder.path(), &["check", "--config", "good.toml"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && told.contains("nothing was asked"),
        "{output:?}"
    );
    assert!(!folder.path().join("policytrail.db").exists());

    let bad = "[archive]\nlocation = 'http://127.0.0.1:1'\n[run]\nbudget = 'soon'\nrecheck_min_days = 9\npages_per_turn = 0\n";
    fs::write(folder.path().join("bad.toml"), bad).unwrap();
    for command in ["check", "run"] {
        let faults = ["`soon`: write 2h", "recheck_max_days", "pages_per_turn"];
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
            &["no folder `nowhere`", "make it first"],
        );
    }
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn sites_may_stand_in_the_settings_themselves() {
    let folder = folder();
    let settings = |names: &str| {
        format!(
            "[archive]\nlocation = '{}'\n[sites]\nnames = {names}\n",
            sample()
        )
    };
    let file = folder.path().join("job.toml");
    fs::write(
        &file,
        settings("['velofix-sample.com', 'sakura-techo-sample.jp']"),
    )
    .unwrap();
    let output = policytrail(folder.path(), &["run", "--config", "job.toml"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["sites_finished"], 2, "{output:?}");
    for (names, word) in [
        ("['localhost', 'a.com']", "names no site"),
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
fn nothing_of_an_older_backup_gets_into_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let (target, log) = (folder.path().join("b.db"), folder.path().join("b.db-wal"));
    let backup = || {
        let output = policytrail(folder.path(), &["backup", "--db", "a.db", "b.db"]);
        assert!(output.status.success(), "{output:?}");
    };
    let store = policytrail::store::Store::open_or_create(&folder.path().join("a.db")).unwrap();
    let name = |name: &str| policytrail::model::Site::parse(name).unwrap();
    store.site(&name("true.com"), None, None).unwrap();
    backup();
    // Somebody worked on the copy, and was killed: what that wrote lies in the log beside it.
    let copy = rusqlite::Connection::open(&target).unwrap();
    copy.pragma_update(None, "journal_mode", "WAL").unwrap();
    copy.execute("UPDATE sites SET site = 'stale.com'", [])
        .unwrap();
    let left_behind = fs::read(&log).unwrap();
    drop(copy);
    fs::write(&log, left_behind).unwrap();
    backup();
    assert_eq!(
        policytrail::store::Store::open(&target)
            .unwrap()
            .site_names()
            .unwrap(),
        ["true.com"]
    );
}

#[test]
fn a_backup_is_a_whole_database_and_never_the_database_itself() {
    let folder = folder();
    let sample = sample();
    let backfill = [
        "backfill",
        "--archive",
        &sample,
        "--db",
        "a.db",
        "velofix-sample.com",
    ];
    assert!(policytrail(folder.path(), &backfill).status.success());
    for _ in 0..2 {
        let output = policytrail(folder.path(), &["backup", "--db", "a.db", "b.db"]);
        assert!(output.status.success(), "{output:?}");
    }
    let status = |database: &str| {
        let output = policytrail(
            folder.path(),
            &["status", "--db", database, "--format", "json"],
        );
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (
            status["versions"].clone(),
            status["policies_by_site"].clone(),
        )
    };
    assert_eq!(status("a.db"), status("b.db"));
    let itself = ["backup", "--db", "a.db", "./a.db"];
    fails(folder.path(), &itself, 2, &["the database itself"]);
    let nowhere = ["backup", "--db", "a.db", "nowhere/b.db"];
    fails(folder.path(), &nowhere, 2, &["no folder"]);
    fails(
        folder.path(),
        &["backup", "--db", "none.db", "b.db"],
        2,
        &["no database"],
    );
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_backup_replaces_copies_of_a_database_and_nothing_else() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    drop(policytrail::store::Store::open_or_create(&at("a.db")).unwrap());
    let backup = |target: &str| policytrail(folder.path(), &["backup", "--db", "a.db", target]);
    let other = rusqlite::Connection::open(at("other.db")).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(other);
    fs::write(at("note.txt"), "my thesis").unwrap();
    for foreign in ["note.txt", "other.db"] {
        let before = fs::read(at(foreign)).unwrap();
        let arguments = ["backup", "--db", "a.db", foreign];
        fails(folder.path(), &arguments, 2, &[foreign, "left untouched"]);
        assert_eq!(fs::read(at(foreign)).unwrap(), before);
    }
    fs::write(at("empty.db"), "").unwrap();
    assert!(backup("empty.db").status.success());
    assert!(backup("empty.db").status.success());
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        // A socket stands for a device, which only the superuser makes.
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let arguments = ["backup", "--db", "a.db", "socket"];
        fails(folder.path(), &arguments, 2, &["socket", "no file"]);
        for option in ["--feed", "--metrics", "--summary"] {
            let arguments = [
                "run",
                "--archive",
                "nowhere",
                option,
                "socket",
                "example.com",
            ];
            fails(folder.path(), &arguments, 2, &["socket", "no file"]);
        }
        assert!(fs::read(at("socket")).is_err());
        symlink("target.db", at("link.db")).unwrap();
        assert!(backup("link.db").status.success());
        assert!(at("link.db").is_symlink() && at("target.db").is_file());
    }
}

#[test]
fn a_database_that_is_no_file_or_empty_is_a_fault_of_usage_and_left_as_it_is() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder")).unwrap();
    fs::write(at("empty.db"), "").unwrap();
    for command in [
        &["status"][..],
        &["log", "a.com"],
        &["verify"],
        &["search", "data"],
    ] {
        for (database, word) in [("folder", "a folder"), ("empty.db", "is empty")] {
            let arguments = [command, &["--db", database]].concat();
            fails(folder.path(), &arguments, 2, &[database, word, "--db"]);
        }
    }
    assert_eq!(fs::metadata(at("empty.db")).unwrap().len(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    fs::write(
        at("run.toml"),
        "[archive]\ncontact = \"a@example.org\"\n[sites]\nnames = [\"example.com\"]\n[database]\npath = \"empty.db\"\n",
    )
    .unwrap();
    let output = policytrail(folder.path(), &["check", "--config", "run.toml"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("to be made"), "{told}");
}

#[test]
fn check_names_what_is_wrong_with_every_file_at_once() {
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
            "`dir` is a folder",
        ],
    );
}

#[test]
fn a_plan_expects_no_home_page_that_a_finished_look_has_seen() {
    let folder = folder();
    let sample = sample();
    let site = ["--archive", &sample, "--db", "a.db", "velofix-sample.com"];
    let plan = || {
        let arguments = [&["plan", "--offline", "--format", "json"], &site[..]].concat();
        let output = policytrail(folder.path(), &arguments);
        let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ["playback_least", "playback_likely"].map(|key| plan[key].as_u64().unwrap())
    };
    drop(policytrail::store::Store::open_or_create(&folder.path().join("a.db")).unwrap());
    let by_name = [
        "plan",
        "--offline",
        "--archive",
        &sample,
        "--db",
        "a.db",
        "b.com",
        "a.com",
    ];
    let table = String::from_utf8(policytrail(folder.path(), &by_name).stdout).unwrap();
    assert!(table.find("a.com") < table.find("b.com"), "{table}");
    assert_eq!(plan(), [2, 8], "of a site that was never looked at");
    let backfill = policytrail(folder.path(), &[&["backfill"], &site[..]].concat());
    assert!(backfill.status.success(), "{backfill:?}");
    assert_eq!(plan(), [0, 0], "a second backfill would ask for nothing");
}

#[test]
fn a_slip_of_the_hand_is_named_as_what_it_is() {
    let folder = folder();
    fs::write(
        folder.path().join("ranks.csv"),
        "site,rank\nexample.com,-5\n",
    )
    .unwrap();
    let sample = sample();
    let backfill = |more: &[&str], words: &[&str]| {
        let arguments = [&["backfill", "--archive", &sample, "--db", "a.db"], more].concat();
        fails(folder.path(), &arguments, 2, words);
    };
    for option in [
        "--resolution",
        "--max-requests",
        "--cdx-per-minute",
        "--playback-per-second",
    ] {
        backfill(&[option, "-1", "a.com"], &[option, "is -1", "must be from"]);
    }
    backfill(&["--resolution", "1e308", "a.com"], &["is 1e308:"]);
    backfill(
        &["--from", "2010", "--to", "2005", "a.com"],
        &["--from", "that of --to"],
    );
    backfill(&["velofix-sample.com@2010"], &["an @", "a domain such as"]);
    backfill(&["--sites", "ranks.csv"], &["line 2", "rank `-5`"]);
    backfill(
        &["--log-requests", "log.jsonl", "a.com"],
        &["no requests are made", "--log-requests"],
    );
    let search = ["search", "data", "--limit", "0", "--db", "a.db"];
    fails(folder.path(), &search, 2, &["--limit"]);
    assert!(!folder.path().join("a.db").exists());
}

#[test]
fn a_command_that_fails_is_told_and_the_run_goes_on() {
    let folder = folder();
    let sample = sample();
    let run = [
        "run",
        "--archive",
        &sample,
        "--db",
        "a.db",
        "--on-change",
        "exit 7",
        "--summary",
        "s.json",
        "velofix-sample.com",
    ];
    let output = policytrail(folder.path(), &run);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(
        fs::read(folder.path().join("s.json")).unwrap(),
        output.stdout
    );
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["new_versions_count"], 2);
    let failures = summary["failures"].as_array().unwrap();
    assert!(
        failures.len() == 2 && failures[0].as_str().unwrap().contains("exit status: 7"),
        "{failures:?}"
    );
    for line in String::from_utf8(output.stderr).unwrap().lines() {
        let _: serde_json::Value = serde_json::from_str(line).unwrap();
    }
}
