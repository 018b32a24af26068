//! The classifier: no short policy is lost, no page beside policies is taken for one, and `policytrail classify`.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;

use flate2::read::GzDecoder;
use policytrail::classify::classify;
use policytrail::model::{DocumentKind, KindProbabilities};
use serde_json::Value;

use crate::support::paths::{root, shared};
use crate::support::program::{fails, json_lines, run};

/// The least probability of privacy that a short policy must have.
const LEAST: f64 = 0.5;
/// Policies of 30 to 100 words, which the classifier has not learnt; its features were revised after looking at them.
const SHORT_POLICIES: &str = "tests/data/short_policies.jsonl";
/// Pages beside policies, which the classifier has not learnt; its features were revised after looking at them.
const NEW_PAGES: &str = "tests/data/pages_beside_policies.jsonl";
/// Texts that the classifier has learnt.
const LEARNT_PAGES: &str = "data/classifier/hard_negatives.jsonl";
const LEARNT_DOCUMENTS: &str = "data/classifier/own_documents.jsonl";

/// The lines of a file of texts.
fn lines(path: &str) -> Vec<Value> {
    json_lines(&fs::read_to_string(root().join(path)).unwrap())
}

fn probabilities(line: &Value) -> KindProbabilities {
    classify(line["text"].as_str().unwrap())
}

/// The sentences of a text that are long enough to be somebody's own words.
fn sentences(text: &str) -> Vec<&str> {
    let parts = text.split(['\n', '.', '!', '?', '。']).map(str::trim);
    parts.filter(|part| part.chars().count() > 30).collect()
}

#[test]
fn short_policies_stay_above_the_threshold() {
    let policies = lines(SHORT_POLICIES);
    let mut languages: Vec<&str> = policies
        .iter()
        .filter_map(|p| p["language"].as_str())
        .collect();
    languages.sort_unstable();
    languages.dedup();
    assert!(policies.len() >= 60 && languages.len() >= 15);
    let lost: Vec<String> = policies
        .iter()
        .map(|policy| (probabilities(policy).of(DocumentKind::Privacy), policy))
        .filter(|(probability, _)| *probability < LEAST)
        .map(|(probability, policy)| format!("{probability:.3} {policy}"))
        .collect();
    // A Japanese text without a title: `data/classifier/README.md` names it among the known failures.
    assert!(lost.len() <= 1, "{}:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn no_page_beside_policies_is_taken_for_one() {
    for path in [NEW_PAGES, LEARNT_PAGES] {
        for page in lines(path) {
            let probability = probabilities(&page).of(DocumentKind::Privacy);
            assert!(probability < LEAST, "{probability:.3} {page}");
        }
    }
}

#[test]
fn our_documents_have_the_kinds_of_their_labels() {
    for document in lines(LEARNT_DOCUMENTS) {
        let kind = probabilities(&document).most_probable();
        assert_eq!(kind.code(), document["label"], "{document}");
    }
}

/// The figures on the texts that the weights were learnt from: a fault in features or weights would lower them. Those on
/// held-out services are in the card.
#[test]
fn the_labelled_documents_are_told_apart() {
    let Some(path) = shared("classifier/documents.jsonl.gz") else {
        return;
    };
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let (mut texts, mut right, mut privacy, mut found, mut wrong) = (0, 0, 0, 0, 0);
    for document in json_lines(&text) {
        let given = probabilities(&document);
        let is_privacy = document["label"] == "privacy";
        let is_found = given.of(DocumentKind::Privacy) >= LEAST;
        texts += 1;
        right += usize::from(document["label"] == given.most_probable().code());
        privacy += usize::from(is_privacy);
        found += usize::from(is_privacy && is_found);
        wrong += usize::from(!is_privacy && is_found);
    }
    assert!(right * 100 >= texts * 97, "{right} of {texts}");
    assert!(found * 100 >= privacy * 98 && wrong * 100 <= privacy * 2);
}

#[test]
fn no_two_of_our_texts_share_a_sentence() {
    let files = [SHORT_POLICIES, NEW_PAGES, LEARNT_PAGES, LEARNT_DOCUMENTS];
    let texts: Vec<Value> = files.into_iter().flat_map(lines).collect();
    let mut seen = HashSet::new();
    for text in &texts {
        for sentence in sentences(text["text"].as_str().unwrap()) {
            assert!(seen.insert(sentence.to_lowercase()), "twice: {sentence}");
        }
    }
}

const POLICY: &str = "Privacy Policy\n\nWe collect your name and e-mail address when you register. We use this personal \
    information to answer you, and we never share personal data with third parties. You may ask us to delete it.\n";

#[test]
fn texts_and_pages_are_classified_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::write(pages.join("policy.txt"), POLICY).unwrap();
    fs::write(
        pages.join("page.html"),
        format!(
            "<title>Shop</title><h1>Privacy Policy</h1><p>{}</p>",
            &POLICY[16..]
        ),
    )
    .unwrap();
    fs::write(
        pages.join("story.md"),
        "# The lighthouse\n\nThe keeper lit the lamp at dusk and watched the ferry leave for the islands.\n",
    )
    .unwrap();
    let output = run(
        folder.path(),
        &["classify", "--in", "pages", "--format", "json"],
    );
    assert!(output.status.success(), "{output:?}");
    let answers = json_lines(&String::from_utf8(output.stdout).unwrap());
    let kinds: Vec<&str> = answers
        .iter()
        .filter_map(|a| a["document_kind"].as_str())
        .collect();
    assert_eq!(kinds, ["privacy", "privacy", "other"]);
    assert!(answers[0]["probabilities"]["privacy"].as_f64().unwrap() > 0.5);

    let table = run(folder.path(), &["classify", "pages/policy.txt"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.starts_with("File") && table.contains("privacy"),
        "{table}"
    );
}

#[test]
fn what_cannot_be_classified_is_told_with_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    let missing = ["classify", "missing.html"];
    fails(folder.path(), &missing, 2, &["cannot read `missing.html`"]);
    let empty = ["classify", "--in", "."];
    fails(folder.path(), &empty, 2, &[".txt, .md, .html or .pdf"]);
    fs::write(folder.path().join("empty.html"), "<html></html>").unwrap();
    let output = run(folder.path(), &["classify", "empty.html", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"dropped\""));
}
