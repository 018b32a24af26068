//! The commands that read histories (`log`, `show`, `diff`, `search`) on a database of the first schema.

use rusqlite::Connection;
use serde_json::Value;

use crate::support::old_database::{KUPFER, current, database, schema_1};
use crate::support::program::{answer, fails, json_lines, run};

#[test]
fn a_database_of_the_first_schema_is_migrated_and_verifies() {
    let folder = schema_1();
    let before: Vec<(i64, i64, String)> = {
        let connection = Connection::open(database(folder.path())).unwrap();
        let mut rows = connection
            .prepare("SELECT policy_id, version, first_seen FROM versions ORDER BY 1, 2")
            .unwrap();
        rows.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(before.len(), 13);
    let message = answer(folder.path(), &["verify"]);
    assert!(
        message.contains("68 payloads") && message.contains("no fault found"),
        "{message}"
    );
    let connection = Connection::open(database(folder.path())).unwrap();
    let mut rows = connection
        .prepare("SELECT policy_id, version, first_seen FROM versions ORDER BY 1, 2")
        .unwrap();
    let after: Vec<(i64, i64, String)> = rows
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(after, before);
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |r| r.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(
        number(
            "SELECT count(*) FROM versions WHERE previous_version IS NOT NULL AND change_kind IS NULL"
        ),
        0
    );
    assert_eq!(
        number("SELECT count(*) FROM documents WHERE simhash = 0"),
        0
    );
    let schema = policytrail::store::Store::schema_version();
    assert_eq!(number("PRAGMA user_version"), schema);
}

#[test]
fn log_prints_one_line_per_version_in_80_columns() {
    let folder = current();
    let text = answer(folder.path(), &["log", KUPFER]);
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    assert!(
        text.contains("4 versions in 19 captures\nseen 2004-05-11 to 2023-07-08"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
    let versions = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    assert_eq!(versions.len(), 4);
    assert_eq!(versions[1]["previous_version"], 1);
    assert!(versions[1]["words_added"].as_u64().unwrap() > 0);
    for version in &versions {
        assert!(
            text.contains(&format!("\n{:>4} ", version["version"].as_u64().unwrap())),
            "{text}"
        );
    }
    assert!(answer(folder.path(), &["log", KUPFER, "--color", "always"]).contains("\u{1b}[1m"));
}

#[test]
fn show_prints_the_version_in_force_on_a_day_and_says_when_that_is_uncertain() {
    let folder = current();
    let versions = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    let show = |what: String| {
        json_lines(&answer(folder.path(), &["show", &what, "--format", "json"])).remove(0)
    };
    let second = &versions[1];
    assert_eq!(show(format!("{KUPFER}#2"))["version"], 2);
    assert_eq!(show(KUPFER.to_owned())["version"], 4);
    let first_day = second["first_seen"].as_str().unwrap();
    assert_eq!(show(format!("{KUPFER}@{first_day}"))["version"], 2);
    let last_of_first = second["changed_after"].as_str().unwrap();
    let between = show(format!("{KUPFER}@{}1231", &last_of_first[..4]));
    assert_eq!(between["version"], 1);
    assert!(
        between["note"].as_str().unwrap().contains("not certain"),
        "{between}"
    );
    let markdown = answer(folder.path(), &["show", &format!("{KUPFER}#2")]);
    assert!(markdown.starts_with("# "), "{markdown}");
    let raw = run(folder.path(), &["show", &format!("{KUPFER}#2"), "--raw"]).stdout;
    assert!(raw.starts_with(b"<"), "{raw:?}");
    fails(
        folder.path(),
        &["show", &format!("{KUPFER}@1999")],
        2,
        &["the first capture is from 2004-05-11"],
    );
    fails(
        folder.path(),
        &["show", &format!("{KUPFER}#9")],
        2,
        &["versions 1 to 4", "policytrail log"],
    );
    fails(
        folder.path(),
        &["show", "kupferkesel-sample.de"],
        2,
        &["is not in", KUPFER, "policytrail backfill"],
    );
    fails(
        folder.path(),
        &["show", &format!("{KUPFER}@soon")],
        2,
        &["soon", "2012-06-11"],
    );
    fails(
        folder.path(),
        &["show", KUPFER, "--policy", "2"],
        2,
        &["--policy N", "datenschutz"],
    );
}

#[test]
fn diff_has_forms_for_terminals_browsers_patches_and_programs() {
    let folder = current();
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff", KUPFER];
        arguments.extend(more);
        answer(folder.path(), &arguments)
    };
    let json: Value = serde_json::from_str(&diff(&["1", "2", "--format", "json"])).unwrap();
    let (from, to) = (
        json["from"]["version"].as_u64(),
        json["to"]["version"].as_u64(),
    );
    assert_eq!((from, to), (Some(1), Some(2)));
    let log = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    assert_eq!(json["words_added"], log[1]["words_added"]);
    assert_eq!(json["change"], log[1]["change"]);
    let plain = diff(&["2"]);
    assert!(
        plain.contains("{+") && plain.contains("changed between"),
        "{plain}"
    );
    assert!(diff(&["2", "--color", "always"]).contains("\u{1b}[32;4m"));
    let unified = diff(&["#1", "#2", "--format", "unified"]);
    assert!(
        unified.starts_with("--- ") && unified.contains("\n@@ "),
        "{unified}"
    );
    let html = diff(&["1", "4", "--format", "html"]);
    assert!(
        html.contains("default-src 'none'") && html.contains("<ins>") && html.contains("<del>"),
        "{html}"
    );
    for never in ["<script", "<img", "<link", "src=", "javascript:", "url("] {
        assert!(!html.contains(never), "{never}");
    }
    let same: Value = serde_json::from_str(&diff(&["3", "3", "--format", "json"])).unwrap();
    assert_eq!(same["change"], "identical");
    fails(
        folder.path(),
        &["diff", KUPFER, "1"],
        2,
        &["no version before version 1"],
    );
    fails(
        folder.path(),
        &["diff", KUPFER, "1", "17"],
        2,
        &["versions 1 to 4"],
    );
}

#[test]
fn versions_are_named_alike_in_show_diff_and_log() {
    let folder = current();
    let numbers = |arguments: &[&str]| -> Vec<u64> {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        json_lines(&answer(folder.path(), &all))
            .iter()
            .map(|line| line["version"].as_u64().unwrap())
            .collect()
    };
    let suffixed = format!("{KUPFER}@2..3");
    for command in ["log", "show"] {
        assert_eq!(numbers(&[command, KUPFER, "2..3"]), [2, 3]);
        assert_eq!(numbers(&[command, KUPFER, "#2", "latest"]), [2, 3, 4]);
        assert_eq!(numbers(&[command, KUPFER, "..2"]), [1, 2]);
        assert_eq!(numbers(&[command, &suffixed]), [2, 3]);
        assert_eq!(numbers(&[command, KUPFER, "first"]), [1]);
        assert_eq!(numbers(&[command, KUPFER, "1999..2005"]), [1]);
        fails(
            folder.path(),
            &[command, KUPFER, "3..2"],
            2,
            &["ends with version 2"],
        );
        fails(
            folder.path(),
            &[command, KUPFER, "2..3..4"],
            2,
            &["`3..4` is not a version"],
        );
    }
    let log = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    let second_year = &log[1]["first_seen"].as_str().unwrap()[..4];
    assert!(numbers(&["log", KUPFER, second_year]).contains(&2));
    assert_eq!(numbers(&["show", KUPFER]), [4]);
    let compared = |arguments: &[&str]| {
        let mut all = vec!["diff", KUPFER];
        all.extend(arguments);
        all.extend(["--format", "json"]);
        let json: Value = serde_json::from_str(&answer(folder.path(), &all)).unwrap();
        assert_eq!(json["warnings"], serde_json::json!([]));
        (
            json["from"]["version"].as_u64(),
            json["to"]["version"].as_u64(),
        )
    };
    assert_eq!(compared(&["first..latest"]), (Some(1), Some(4)));
    assert_eq!(compared(&["3.."]), (Some(3), Some(4)));
    assert_eq!(compared(&["latest"]), (Some(3), Some(4)));
    let text = answer(folder.path(), &["show", KUPFER, "1..2"]);
    assert!(text.starts_with("<!-- version 1, first seen"), "{text}");
    assert!(text.contains("\n<!-- version 2, first seen"), "{text}");
    fails(
        folder.path(),
        &["show", KUPFER, "1..2", "--raw"],
        2,
        &["one version, not a range"],
    );
}

#[test]
fn a_comparison_of_two_languages_or_editions_warns() {
    let folder = current();
    let connection = Connection::open(database(folder.path())).unwrap();
    connection
        .execute_batch(
            "UPDATE documents SET language = 'fr' WHERE document_id = (
                 SELECT document_id FROM versions JOIN policies USING (policy_id) JOIN sites USING (site_id)
                 WHERE site = 'kupferkessel-sample.de' AND version = 2);
             UPDATE versions SET edition = 2 WHERE version = 3 AND policy_id = (
                 SELECT policy_id FROM policies JOIN sites USING (site_id) WHERE site = 'kupferkessel-sample.de');",
        )
        .unwrap();
    drop(connection);
    for (range, warning) in [
        ("1..2", "language `de` and version 2 in language `fr`"),
        ("1..3", "edition 1 and version 3 to edition 2"),
    ] {
        let output = run(folder.path(), &["diff", KUPFER, range, "--format", "json"]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            message.contains("warning: ") && message.contains(warning),
            "{message}"
        );
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(
            json["warnings"][0].as_str().unwrap().contains(warning),
            "{json}"
        );
    }
}

#[test]
fn search_reports_when_a_phrase_appeared_and_disappeared() {
    let folder = current();
    let hits = json_lines(&answer(
        folder.path(),
        &["search", "persönlichen", "daten", "--format", "json"],
    ));
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!(hits[0]["site"], KUPFER);
    let japanese = json_lines(&answer(
        folder.path(),
        &["search", "個人情報", "--format", "json"],
    ));
    assert_eq!(japanese[0]["site"], "sakura-techo-sample.jp");
    assert!(
        japanese[0]["excerpt"]
            .as_str()
            .unwrap()
            .contains("個人情報")
    );
    fails(
        folder.path(),
        &["search", "no such phrase anywhere"],
        1,
        &["not found in any version"],
    );
    fails(
        folder.path(),
        &["search", "–"],
        2,
        &["no word to search for"],
    );
}

#[test]
fn a_policy_keeps_its_number_when_it_is_selected_alone() {
    let folder = current();
    let connection = Connection::open(database(folder.path())).unwrap();
    connection
        .execute(
            "UPDATE policies SET kind = 'cookies', site_id = (SELECT site_id FROM sites WHERE site = ?1)
             WHERE policy_id = (SELECT max(policy_id) FROM policies WHERE versions > 0)",
            [KUPFER],
        )
        .unwrap();
    drop(connection);
    let message = answer(folder.path(), &["log", KUPFER, "--policy", "2"]);
    assert!(message.contains("policy 2 (cookies)"), "{message}");
}
