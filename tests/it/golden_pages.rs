//! Golden pages: one folder for each kind of page, `source.html` in, `expected.md` and `expected.json` out.
//!
//! A folder can also have the page's URL (`url.txt`) and the type of document to extract (`type.txt`: `any`).
//!
//! `POLICYTRAIL_BLESS=1 cargo test --test it golden_pages` writes the present output; read the difference before you commit.

use std::fs;
use std::path::{Path, PathBuf};

use policytrail::extract::{DocumentType, Options, PageInput, extract, markdown_fault, text_hash};
use policytrail::model::Document;
use serde_json::{Value, json};

use crate::support::paths::root;

fn folders() -> Vec<PathBuf> {
    let root = root().join("tests/golden");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .expect("tests/golden is part of the repository")
        .map(|entry| entry.expect("a folder that can be listed").path())
        .filter(|path| path.join("source.html").exists())
        .collect();
    folders.sort();
    folders
}

/// Fails if the text, the Markdown and the hash of a document disagree.
fn check_forms(document: &Document, folder: &Path) {
    let name = folder.display();
    assert_eq!(document.text_hash, text_hash(&document.text), "{name}");
    let is_unsafe = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!document.text.contains(is_unsafe), "{name}");
    let fault = markdown_fault(&document.markdown, &document.text);
    assert_eq!(fault, None, "{name}");
}

#[test]
fn golden_pages_give_exactly_their_expected_documents() {
    let bless = std::env::var_os("POLICYTRAIL_BLESS").is_some();
    let folders = folders();
    assert!(folders.len() >= 20, "only {} golden folders", folders.len());
    for folder in folders {
        let bytes = fs::read(folder.join("source.html")).expect("source.html");
        let url = fs::read_to_string(folder.join("url.txt"))
            .ok()
            .map(|text| url::Url::parse(text.trim()).expect("a URL in url.txt"));
        let input = PageInput {
            bytes: &bytes,
            content_type: Some("text/html"),
            url: url.as_ref(),
        };
        let document_type = match fs::read_to_string(folder.join("type.txt")) {
            Ok(text) if text.trim() == "any" => DocumentType::Any,
            Ok(text) => panic!("{}: unknown type {text:?}", folder.display()),
            Err(_) => DocumentType::default(),
        };
        let (markdown, facts) = match extract(&input, &Options { document_type }) {
            Ok(document) => {
                check_forms(&document, &folder);
                let facts = json!({
                    "title": document.title,
                    "language": document.language,
                    "word_count": document.word_count,
                    "text": document.text,
                });
                (document.markdown, facts)
            }
            Err(dropped) => (
                String::new(),
                json!({ "drop_reason": dropped.reason.code(), "detail": dropped.detail }),
            ),
        };
        if bless {
            fs::write(folder.join("expected.md"), &markdown).expect("expected.md");
            let pretty = serde_json::to_string_pretty(&facts).expect("JSON");
            fs::write(folder.join("expected.json"), pretty + "\n").expect("expected.json");
        }
        let expected = fs::read_to_string(folder.join("expected.md")).expect("expected.md");
        assert_eq!(markdown, expected, "{}", folder.display());
        let expected = fs::read_to_string(folder.join("expected.json")).expect("expected.json");
        let expected: Value = serde_json::from_str(&expected).expect("JSON");
        assert_eq!(facts, expected, "{}", folder.display());
    }
}
