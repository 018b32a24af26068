//! How a dataset is to be cited, and what its data card says about its origin.

use std::fs;

use policytrail::extract::EXTRACTOR_VERSION;
use rusqlite::Connection;
use serde_json::Value;

use crate::support::dataset::folder;
use crate::support::program::{fails, policytrail, succeeds};

/// The values of a user who knows the syntax of every format.
const TITLE: &str = r#"Banks "2024": {50 %} & more, a_b \ `c` <b>|"#;

/// A folder with an export that has every option of the citation, made from a database of 29 February 2024.
fn cited() -> tempfile::TempDir {
    let folder = folder();
    let path = folder.path();
    Connection::open(path.join("policytrail.db"))
        .unwrap()
        .execute("UPDATE runs SET finished_at = '20240229120000'", [])
        .unwrap();
    let arguments = [
        "export",
        "--out",
        "out",
        "--title",
        TITLE,
        "--author",
        "Doe, Jane: Q.",
        "--author",
        "Institut für Recht & \"Daten\"",
        "--doi",
        "https://doi.org/10.5281/zenodo.1234567",
        "--license",
        "cc-by-4.0",
    ];
    succeeds(policytrail(path, &arguments));
    folder
}

/// A file of that export.
fn read(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join("out").join(name)).unwrap()
}

#[test]
fn the_files_of_the_citation_have_title_authors_doi_and_licence() {
    let folder = cited();
    let cff = read(&folder, "CITATION.cff");
    for line in [
        "cff-version: 1.2.0\n",
        "type: dataset\n",
        concat!(
            r#"title: "Banks \"2024\": {50 %} & more, a_b \\ `c` <b>|""#,
            "\n"
        ),
        "version: \"2024.02.29\"\ndate-released: \"2024-02-29\"\n",
        "doi: \"10.5281/zenodo.1234567\"\n",
        "license: \"CC-BY-4.0\"\n",
        "authors:\n  - family-names: \"Doe\"\n    given-names: \"Jane: Q.\"\n  - name: \"Institut für Recht & \\\"Daten\\\"\"\n",
    ] {
        assert!(cff.contains(line), "{line}{cff}");
    }
    let bib = read(&folder, "CITATION.bib");
    for line in [
        "@misc{policytrail2024,\n",
        "  author = {Doe, Jane: Q. and {Institut für Recht \\& \"Daten\"}},\n",
        r#"  title = {{Banks "2024": {\textbraceleft}50 \%{\textbraceright} \& more, a\_b {\textbackslash} `c` <b>|}},"#,
        "  year = {2024},\n",
        "  doi = {10.5281/zenodo.1234567},\n",
    ] {
        assert!(bib.contains(line), "{line}{bib}");
    }
}

#[test]
fn data_card_and_metadata_have_title_authors_doi_and_licence() {
    let folder = cited();
    let bib = read(&folder, "CITATION.bib");
    let card = read(&folder, "README.md");
    for line in [
        r#"# Banks "2024": {50 %} \& more, a\_b \\ \`c\` \<b>\|"#,
        "Jane: Q. Doe, Institut für Recht \\& \"Daten\". DOI: <https://doi.org/10.5281/zenodo.1234567>\n",
        "under the licence CC-BY-4.0 (https://creativecommons.org/licenses/by/4.0/)",
        &format!("```bibtex\n{bib}```"),
    ] {
        assert!(card.contains(line), "{line}{card}");
    }
    let json: Value = serde_json::from_str(&read(&folder, "dataset.json")).unwrap();
    assert_eq!(json["name"], TITLE);
    assert_eq!(
        json["license"],
        "https://creativecommons.org/licenses/by/4.0/"
    );
    assert_eq!(json["creator"][0]["familyName"], "Doe");
    assert_eq!(json["identifier"], "https://doi.org/10.5281/zenodo.1234567");
    assert_eq!(json["citeAs"], bib.trim_end());
}

#[test]
fn a_dataset_without_these_options_can_be_cited_too() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "out"]));
    let cff = fs::read_to_string(path.join("out/CITATION.cff")).unwrap();
    assert!(cff.contains("title: \"Histories of privacy policies\"\n"));
    assert!(cff.contains("license: \"CC0-1.0\"\n"));
    assert!(
        cff.ends_with("authors:\n  - name: \"Anonymous\"\n"),
        "{cff}"
    );
    for (option, value, words) in [
        ("--doi", "zenodo", "10.5281/zenodo.1234567"),
        ("--licence", "free", "CC-BY-4.0"),
        ("--title", "two\nlines", "one line"),
        ("--title", " ", "empty"),
        ("--author", "Doe,", "empty"),
    ] {
        fails(
            path,
            &["export", "--out", "x", option, value],
            2,
            &[option, words],
        );
    }
    assert!(!path.join("x").exists());
}

#[test]
fn the_data_card_names_archives_sampling_crawl_and_extractor() {
    let folder = folder();
    let path = folder.path();
    let connection = Connection::open(path.join("policytrail.db")).unwrap();
    connection
        .execute_batch(
            "UPDATE mementos SET fetched_at = '20230102030405';
             UPDATE mementos SET fetched_at = '20240506070809' WHERE capture_id = (SELECT max(capture_id) FROM mementos);
             UPDATE sites SET sampling = NULL WHERE site_id = 1",
        )
        .unwrap();
    let sites: i64 = connection
        .query_row("SELECT count(*) FROM sites", [], |r| r.get(0))
        .unwrap();
    succeeds(policytrail(path, &["export", "--out", "out"]));
    let card = fs::read_to_string(path.join("out/README.md")).unwrap();
    for line in [
        "| fetched | from 2023-01-02 to 2024-05-06 |\n".to_owned(),
        "| archive | WARC or ARC files: ".to_owned(),
        format!("| sampling | all captures: {} sites |\n", sites - 1),
        "| sampling | not recorded: 1 site |\n".to_owned(),
        format!("| extractor | version {EXTRACTOR_VERSION}: "),
    ] {
        assert!(card.contains(&line), "{line}{card}");
    }
}
