//! The database of the whole sample archive: what `verify` reports when another program changes it, what the first recipe
//! returns, and what is said of a phrase that went and came back.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use rusqlite::Connection;

use crate::support::paths::{root, sample_location, sample_sites};
use crate::support::program::{answer, json_lines, run};

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
            "words, not `xx`",
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

#[test]
fn a_search_that_selects_one_interval_still_tells_the_truth_about_the_others() {
    let (folder, _) = crawled();
    let search = |more: &[&str]| {
        let words = [
            "search",
            "neighbourhoods",
            "--site",
            "pinecone-social-sample.com",
        ];
        answer(folder.path(), &[&words[..], more].concat())
    };
    let whole = json_lines(&search(&["--json"])).remove(0);
    assert_eq!(whole["version_numbers"], serde_json::json!([1, 3, 4]));
    for (more, selected, events) in [
        (&["--from", "2014"][..], 1, "4: back between"),
        (&["--added"], 1, "4: back between"),
        (
            &["--removed"],
            0,
            "4: in the oldest capture already; gone between",
        ),
    ] {
        let text = search(more);
        assert!(text.contains("in versions 1 and 3–4 of 4"), "{text}");
        assert!(text.contains(events), "{text}");
        let found = json_lines(&search(&[more, &["--json"]].concat())).remove(0);
        assert_eq!(
            found["intervals"],
            serde_json::json!([whole["intervals"][selected]])
        );
        for (name, value) in whole.as_object().unwrap() {
            if !["intervals", "summary", "excerpt"].contains(&name.as_str()) {
                assert_eq!(found[name], *value, "{name}");
            }
        }
    }
}

#[test]
fn a_change_is_told_by_words_that_changed() {
    let (folder, _) = crawled();
    let arguments = [
        "changes",
        "--site",
        "pinecone-social-sample.com",
        "--json",
        "--added",
        "advertisers AND hosting",
    ];
    for change in json_lines(&answer(folder.path(), &arguments)) {
        let what = change["what_changed"].as_str().unwrap();
        assert!(what.to_lowercase().contains("hosting"), "{what}");
    }
}
