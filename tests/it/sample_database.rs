//! The database of the whole sample archive: what `verify` reports when another program changes it, and what the
//! first recipe returns.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use rusqlite::Connection;

use crate::support::paths::{root, sample_location, sample_sites};
use crate::support::program::run;

/// A database of the whole sample archive, written by the present program.
static CRAWLED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let (sample, sites) = (sample_location(), sample_sites());
    let arguments = ["backfill", "--archive", &sample, "--sites", &sites];
    let output = run(folder.path(), &arguments);
    assert!(output.status.success(), "{output:?}");
    fs::read(folder.path().join("policytrail.db")).unwrap()
});

/// A folder with the database.
fn crawled() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("policytrail.db");
    fs::write(&database, &*CRAWLED).unwrap();
    (folder, database)
}

/// The exit code of `verify` and its report, after another program has run a statement.
fn verify_after(sql: &str) -> (Option<i32>, String) {
    let (folder, database) = crawled();
    Connection::open(database)
        .unwrap()
        .execute_batch(sql)
        .unwrap();
    let output = run(folder.path(), &["verify"]);
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn an_unchanged_database_verifies() {
    let (code, message) = verify_after("");
    assert!(
        code == Some(0) && message.contains("no fault found"),
        "{message}"
    );
}

#[test]
fn verify_finds_changed_texts_bytes_and_derived_rows() {
    for (sql, words) in [
        (
            "UPDATE versions SET layouts = 99 WHERE version = 2",
            "the number of layouts is wrong: policy and version ",
        ),
        (
            "UPDATE documents SET language = 'xx' WHERE document_id = 1",
            "its language and number of words differ from those of its document",
        ),
        (
            "UPDATE renditions SET language = 'xx' WHERE rendition_id = 1",
            "the database says `xx`",
        ),
        (
            "UPDATE renditions SET word_count = 1 WHERE rendition_id = 1",
            "` and 1",
        ),
        (
            "UPDATE renditions SET effective_date = '1999-12-31' WHERE rendition_id = 1",
            "differ from the dates in its text",
        ),
        (
            "UPDATE mementos SET payload_id = 1",
            ", which has the same digest",
        ),
        (
            "DELETE FROM drops; DELETE FROM captures WHERE capture_id NOT IN (SELECT capture_id FROM mementos UNION SELECT capture_id FROM observations)",
            "the count of captures is wrong: archive 1",
        ),
        (
            "UPDATE home_page_scans SET scan = '{}'",
            "the scan of its home page or of a hub cannot be read",
        ),
    ] {
        let (code, message) = verify_after(sql);
        assert_eq!(code, Some(1), "{sql}: {message}");
        assert!(
            message.contains(words) && message.contains("fault"),
            "{sql}: {message}"
        );
    }
}

#[test]
fn the_first_recipe_returns_privacy_policies_only() {
    let recipes = fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let query = recipes.split("```sql\n").nth(1).unwrap();
    let query = query
        .split(";\n")
        .next()
        .unwrap()
        .replace("kupferkessel-sample.de", "harbourlight-sample.com")
        .replace("20120601", "20190601");
    let (_folder, database) = crawled();
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare(&query).unwrap();
    let rows = statement.query_map([], |r| Ok((r.get("policy_url")?, r.get("version")?)));
    let rows: Vec<(String, u32)> = rows.unwrap().map(Result::unwrap).collect();
    let url = "https://www.harbourlight-sample.com/privacy-policy".to_owned();
    assert_eq!(rows, [(url, 5)]);
}
