//! The command `backup`: it writes whole copies and replaces nothing but copies.

use std::fs;

use crate::support::paths::sample_location;
use crate::support::program::{fails, run};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_new_backup_contains_nothing_of_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let (target, log) = (folder.path().join("b.db"), folder.path().join("b.db-wal"));
    let backup = || {
        let output = run(folder.path(), &["backup", "--db", "a.db", "b.db"]);
        assert!(output.status.success(), "{output:?}");
    };
    let store = policytrail::store::Store::open_or_create(&folder.path().join("a.db")).unwrap();
    let name = |name: &str| policytrail::model::Site::parse(name).unwrap();
    store.site(&name("true.com"), None, None).unwrap();
    backup();
    // A process that wrote to the copy was killed: its changes are in the log beside the copy.
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
fn a_backup_is_a_whole_copy_and_never_overwrites_the_database_itself() {
    let folder = folder();
    let sample = sample_location();
    let backfill = [
        "backfill",
        "--archive",
        &sample,
        "--db",
        "a.db",
        "velofix-sample.com",
    ];
    assert!(run(folder.path(), &backfill).status.success());
    for _ in 0..2 {
        let output = run(folder.path(), &["backup", "--db", "a.db", "b.db"]);
        assert!(output.status.success(), "{output:?}");
    }
    let status = |database: &str| {
        let output = run(
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
    fails(folder.path(), &nowhere, 2, &["does not exist"]);
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
    let backup = |target: &str| run(folder.path(), &["backup", "--db", "a.db", target]);
    let other = rusqlite::Connection::open(at("other.db")).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(other);
    fs::write(at("note.txt"), "my thesis").unwrap();
    for foreign in ["note.txt", "other.db"] {
        let before = fs::read(at(foreign)).unwrap();
        let arguments = ["backup", "--db", "a.db", foreign];
        fails(folder.path(), &arguments, 2, &[foreign, "was not changed"]);
        assert_eq!(fs::read(at(foreign)).unwrap(), before);
    }
    fs::write(at("empty.db"), "").unwrap();
    assert!(backup("empty.db").status.success());
    assert!(backup("empty.db").status.success());
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        // A socket takes the role of a device: only the superuser can create devices.
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let arguments = ["backup", "--db", "a.db", "socket"];
        fails(
            folder.path(),
            &arguments,
            2,
            &["socket", "not a regular file"],
        );
        for option in ["--feed", "--metrics", "--summary"] {
            let arguments = [
                "run",
                "--archive",
                "nowhere",
                option,
                "socket",
                "example.com",
            ];
            fails(
                folder.path(),
                &arguments,
                2,
                &["socket", "not a regular file"],
            );
        }
        assert!(fs::read(at("socket")).is_err());
        symlink("target.db", at("link.db")).unwrap();
        assert!(backup("link.db").status.success());
        assert!(at("link.db").is_symlink() && at("target.db").is_file());
    }
}
