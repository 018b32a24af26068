//! Suspect versions: `review` lists them, `exclude` and `include` decide about them, and every answer follows.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::support::dataset::rows;
use crate::support::program::{answer, fails, json_lines, policytrail, program, run, succeeds};
use crate::support::warc::{crawled_archive, write_warc};

const SITE: &str = "kestrel-sample.org";
const URL: &str = "http://kestrel-sample.org/privacy";

/// A page with the title of the policy and these paragraphs.
fn page(paragraphs: &str) -> Vec<u8> {
    format!("<html lang=en><title>Privacy Policy</title><body><h1>Privacy Policy</h1>{paragraphs}</body></html>")
        .into_bytes()
}

/// A policy of about 200 words; `year` is the only difference.
fn policy(year: &str) -> Vec<u8> {
    let mut paragraphs = format!("<p>This policy is that of the year {year}.</p>");
    for matter in [
        "orders",
        "visits",
        "letters",
        "complaints",
        "payments",
        "returns",
        "reviews",
        "surveys",
    ] {
        // Writing to a string cannot fail.
        let _ = write!(
            paragraphs,
            "<p>We collect personal information when you send us {matter}, and we keep your name and e-mail address for as long as \
             the law wants. We never share this information with third parties without your consent.</p>"
        );
    }
    page(&paragraphs)
}

/// A database of a policy that shows an error in French for two captures.
fn crawled() -> tempfile::TempDir {
    let broken = broken_page;
    crawled_archive(
        SITE,
        &[URL],
        [
            ("2015", URL, "text/html; charset=utf-8", policy("2015")),
            ("2016", URL, "text/html; charset=utf-8", policy("2015")),
            ("2017", URL, "text/html; charset=utf-8", broken()),
            ("2018", URL, "text/html; charset=utf-8", broken()),
            ("2019", URL, "text/html; charset=utf-8", policy("2015")),
            ("2020", URL, "text/html; charset=utf-8", policy("2020")),
        ],
    )
}

fn broken_page() -> Vec<u8> {
    page(
        "<p>La connexion prend plus de temps que prévu.</p><p>Une erreur est survenue. Nous réparons cela.</p>",
    )
}

fn versions(folder: &Path) -> Vec<Value> {
    json_lines(&answer(folder, &["log", SITE, "--json"]))
}

#[test]
fn an_error_page_with_the_title_of_the_policy_is_suspect_and_listed_with_the_text_before() {
    let folder = crawled();
    let folder = folder.path();
    let history = versions(folder);
    let marks: Vec<&Value> = history.iter().map(|v| &v["suspect"]).collect();
    let reasons = serde_json::json!(["few_words", "other_language", "error_wording"]);
    let none = serde_json::json!([]);
    assert_eq!(marks, [&none, &reasons, &none, &none]);
    let listed = json_lines(&answer(folder, &["review", SITE, "--json"]));
    assert_eq!(listed.len(), 1);
    assert!(listed[0]["text"].as_str().unwrap().contains("erreur"));
    assert!(
        listed[0]["before"]["text"]
            .as_str()
            .unwrap()
            .contains("consent")
    );
    assert_eq!(listed[0]["before"]["version"], 1);
    let text = answer(folder, &["review"]);
    assert!(
        text.contains("Une erreur est survenue")
            && text.contains("We collect personal information"),
        "{text}"
    );
    assert!(
        text.contains(&format!(
            "policytrail exclude kestrel-sample.org@20170101000000 --policy '{URL}' --why"
        )),
        "{text}"
    );
    assert!(answer(folder, &["status"]).contains("1 version whose text may not be the policy"));
    assert!(answer(folder, &["log", SITE]).contains("suspect: less than a tenth"));
    let exported = rows(folder, &[], "versions");
    assert_eq!(exported[1]["suspect"], reasons);
    let panel = rows(folder, &["--panel", "1y"], "panel");
    assert!(panel.iter().any(|row| row["suspect"] == reasons));
}

#[test]
fn an_excluded_text_is_in_no_answer_and_its_captures_are_drops_with_the_reason() {
    let folder = crawled();
    let folder = folder.path();
    assert!(answer(folder, &["search", "erreur"]).contains(SITE));
    fails(
        folder,
        &["exclude", "kestrel-sample.org@2017", "--why", " "],
        2,
        &["--why is empty"],
    );
    succeeds(policytrail(
        folder,
        &["exclude", "kestrel-sample.org@2017", "--why", "error page"],
    ));
    // The text before and the same text after it are one version again.
    let history = versions(folder);
    assert_eq!(history.len(), 2);
    assert_eq!(history[0]["captures"], 3);
    assert_eq!(answer(folder, &["review"]), "");
    assert_eq!(run(folder, &["search", "erreur"]).status.code(), Some(1));
    assert_eq!(json_lines(&answer(folder, &["changes", "--json"])).len(), 1);
    assert!(answer(folder, &["verify"]).contains("no fault found"));
    let dropped = rows(folder, &[], "drops");
    assert_eq!(dropped.len(), 2);
    assert_eq!(dropped[0]["reason"], "excluded_by_review");
    assert_eq!(dropped[0]["detail"], "error page");
    let decisions = rows(folder, &[], "reviews");
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0]["why"], "error page");
    // A later crawl keeps to the decision, also for captures that it finds then.
    write_warc(
        &folder.join("archive/later.warc.gz"),
        [("2021", URL, "text/html; charset=utf-8", broken_page())],
    );
    succeeds(policytrail(
        folder,
        &["backfill", SITE, "--archive", "archive", "--url", URL],
    ));
    assert_eq!(versions(folder).len(), 2);
    assert_eq!(rows(folder, &[], "drops").len(), 3);
}

#[test]
fn a_decision_is_taken_back_and_both_stay_as_rows_also_in_an_imported_dataset() {
    let folder = crawled();
    let folder = folder.path();
    let before = versions(folder);
    succeeds(policytrail(
        folder,
        &["exclude", "kestrel-sample.org#2", "--why", "error page"],
    ));
    fails(
        folder,
        &["include", "kestrel-sample.org@2015"],
        2,
        &["neither excluded nor suspect"],
    );
    succeeds(policytrail(
        folder,
        &[
            "include",
            "kestrel-sample.org@2018",
            "--why",
            "it was the page",
        ],
    ));
    let after = versions(folder);
    assert_eq!(after.len(), before.len());
    // The version is back, and a reviewer has accepted it.
    assert_eq!(after[1]["suspect"], serde_json::json!([]));
    assert_eq!(answer(folder, &["review"]), "");
    let decisions = json_lines(&answer(folder, &["review", "--decisions", "--json"]));
    assert_eq!(decisions.len(), 2);
    assert_eq!(decisions[0]["decision"], "include");
    assert_eq!(decisions[0]["is_in_force"], true);
    assert_eq!(decisions[1]["is_in_force"], false);
    assert!(answer(folder, &["verify"]).contains("no fault found"));
    succeeds(policytrail(
        folder,
        &["export", "--format", "jsonl", "--out", "out"],
    ));
    succeeds(policytrail(folder, &["import", "out", "--db", "other.db"]));
    let imported = json_lines(&answer(
        folder,
        &["review", "--decisions", "--json", "--db", "other.db"],
    ));
    assert_eq!(imported, decisions);
    fails(
        folder,
        &[
            "exclude",
            "kestrel-sample.org#2",
            "--why",
            "x",
            "--db",
            "other.db",
        ],
        2,
        &["was imported"],
    );
}

#[test]
#[cfg(unix)]
fn the_printed_command_excludes_the_text_that_is_shown_and_no_other_policy() {
    const COOKIES: &str = "http://kestrel-sample.org/cookie-policy?of=all&by=us";
    const HTML: &str = "text/html; charset=utf-8";
    let folder = crawled_archive(
        SITE,
        &[URL, COOKIES],
        [
            ("2015", URL, HTML, policy("2015")),
            ("2019", URL, HTML, policy("2015")),
            ("2015", COOKIES, HTML, policy("2014")),
            ("2017", COOKIES, HTML, broken_page()),
            ("2019", COOKIES, HTML, policy("2014")),
        ],
    );
    let folder = folder.path();
    assert_eq!(
        json_lines(&answer(folder, &["log", SITE, "--json"])).len(),
        4
    );
    let text = answer(folder, &["review"]);
    let command = text
        .lines()
        .find_map(|line| line.strip_prefix("  policytrail exclude "))
        .unwrap();
    fails(
        folder,
        &[
            "exclude",
            "kestrel-sample.org@2017",
            "--policy",
            URL,
            "--why",
            "x",
        ],
        2,
        &["no version with a capture at that time", "--policy"],
    );
    let script = format!("\"$0\" exclude {command}");
    let mut shell = std::process::Command::new("sh");
    shell.arg("-c").arg(script).arg(program());
    shell.current_dir(folder);
    succeeds(shell);
    let left = json_lines(&answer(folder, &["log", SITE, "--json"]));
    let urls: Vec<&Value> = left.iter().map(|v| &v["policy_url"]).collect();
    assert_eq!(urls, [URL, COOKIES], "{left:?}");
    assert_eq!(answer(folder, &["review"]), "");
}
