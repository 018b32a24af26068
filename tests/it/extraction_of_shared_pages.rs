//! Extraction against the shared material: human gold, archived pages of 2000–2019, labelled documents. Skips loudly.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};

use policytrail::extract::{DocumentType, Options, PageInput, extract, wrapped_text};
use policytrail::model::Document;
use serde_json::Value;

use crate::support::paths::shared;

fn document(bytes: &[u8], wanted_type: DocumentType) -> Option<Document> {
    let input = PageInput {
        bytes,
        content_type: None,
        url: None,
    };
    extract(
        &input,
        &Options {
            document_type: wanted_type,
        },
    )
    .ok()
}

fn grams(text: &str) -> HashMap<Vec<String>, usize> {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let mut grams = HashMap::new();
    for gram in words.windows(4) {
        *grams.entry(gram.to_vec()).or_default() += 1;
    }
    grams
}

/// Share of the first text's 4-grams that the second contains.
fn covered(wanted: &str, got: &str) -> f64 {
    let (wanted, got) = (grams(wanted), grams(got));
    let total: usize = wanted.values().sum();
    let both: usize = wanted
        .iter()
        .map(|(g, n)| *n.min(got.get(g).unwrap_or(&0)))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "some ten thousand words")]
    {
        both as f64 / total.max(1) as f64
    }
}

#[test]
fn policies_with_human_gold_are_extracted_completely_and_without_other_text() {
    let Some(root) = shared("extraction/ota") else {
        return;
    };
    let manifest = fs::read_to_string(root.join("manifest.jsonl")).unwrap();
    let (mut sum, mut count) = (0.0, 0.0);
    for line in manifest.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let bytes = fs::read(root.join(row["html"].as_str().unwrap())).unwrap();
        let found = document(&bytes, DocumentType::Privacy);
        let id = row["id"].as_str().unwrap();
        let found = found.unwrap_or_else(|| panic!("{id} was dropped"));
        assert!(!found.text.is_empty(), "{id}");
        if row["privacy"] != Value::Bool(true) {
            continue;
        }
        // Link targets are not words; the gold has them inline.
        let gold = fs::read_to_string(root.join(row["gold"].as_str().unwrap())).unwrap();
        let (recall, precision) = (
            covered(&gold, &found.markdown),
            covered(&found.markdown, &gold),
        );
        let f1 = 2.0 * recall * precision / (recall + precision).max(f64::EPSILON);
        assert!(f1 > 0.5, "{id}: {f1:.3}");
        sum += f1;
        count += 1.0;
    }
    assert!(sum / count > 0.93, "mean F1 {:.4}", sum / count);
}

#[test]
fn no_text_that_the_old_system_kept_is_lost() {
    let Some(root) = shared("extraction/princeton") else {
        return;
    };
    for entry in fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(id) = name.strip_suffix(".html") else {
            continue;
        };
        let found = document(&fs::read(&path).unwrap(), DocumentType::Privacy)
            .unwrap_or_else(|| panic!("{id} was dropped"));
        let old = fs::read_to_string(root.join(format!("{id}.old.md"))).unwrap();
        // The first lines are the old system's own words; 015 kept advertisements.
        let body: String = old.lines().skip(3).collect::<Vec<_>>().join("\n");
        let least = if id.starts_with("015") { 0.6 } else { 0.85 };
        assert!(
            covered(&body, &found.markdown) > least,
            "{id}: {:.3}",
            covered(&body, &found.markdown)
        );
    }
}

#[test]
fn labelled_privacy_policies_are_never_dropped() {
    let Some(path) = shared("classifier/documents.jsonl.gz") else {
        return;
    };
    let reader = BufReader::new(flate2::read::MultiGzDecoder::new(
        fs::File::open(path).unwrap(),
    ));
    let (mut policies, mut lost) = (0, Vec::new());
    for line in reader.lines() {
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if row["label"] != "privacy" {
            continue;
        }
        policies += 1;
        let text = row["text"]
            .as_str()
            .unwrap()
            .replace('&', "&amp;")
            .replace('<', "&lt;");
        let html = text.replace("\n\n", "</p><p>");
        let page = format!("<html><body><p>{html}</p></body></html>");
        let input = PageInput {
            bytes: page.as_bytes(),
            content_type: Some("text/html; charset=utf-8"),
            url: None,
        };
        let result = extract(&input, &Options::default());
        if let Err(dropped) = result {
            lost.push(format!("{} {}: {dropped}", row["service"], row["kind"]));
        }
    }
    assert!(policies > 100);
    // One of the labels is wrong: "Base" is the front page of a documentation.
    assert!(lost.len() <= 1, "{lost:#?}");
}

#[test]
fn every_document_can_be_written_as_plain_text() {
    let Some(root) = shared("extraction/ota") else {
        return;
    };
    for entry in fs::read_dir(&root).unwrap().take(40) {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "html") {
            let found = document(&fs::read(&path).unwrap(), DocumentType::Any).unwrap();
            let text = wrapped_text(&found.markdown, 80);
            let words = covered(&found.text, &text);
            // Table cells are printed side by side, which breaks some 4-grams.
            assert!(words > 0.4, "{}: {words:.3}", path.display());
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        }
    }
}
