//! Dependencies: licences that fit, nothing unused, one version of crates that must agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::paths::root;

/// Licences that may be linked into a program under MIT or Apache-2.0.
const ALLOWED: [&str; 15] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "0BSD",
    "MPL-2.0",
    "OpenSSL",
    "CDLA-Permissive-2.0",
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// True when at least one alternative of each part of a licence expression is allowed.
fn fits(expression: &str) -> bool {
    let flat = expression.replace('/', " OR ").replace(['(', ')'], " ");
    let parts = flat.split(" AND ");
    parts.into_iter().all(|part| {
        part.split(" OR ")
            .any(|licence| ALLOWED.contains(&licence.trim()))
    })
}

#[test]
fn every_licence_fits() {
    let unfit: Vec<String> = metadata()["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| !p["license"].as_str().is_some_and(fits))
        .map(|p| format!("{} {}: {}", p["name"], p["version"], p["license"]))
        .collect();
    assert!(unfit.is_empty(), "{}", unfit.join("\n"));
}

#[test]
fn the_html_crates_share_one_parser() {
    let metadata = metadata();
    let versions: BTreeSet<&str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["name"] == "html5ever")
        .map(|p| p["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
}

#[test]
fn every_dependency_is_used() {
    let metadata = metadata();
    let package = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"] == "policytrail")
        .unwrap();
    let (program, tests) = (code(&root().join("src")), code(&root().join("tests")));
    let unused: Vec<String> = package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|d| {
            let name = d["name"].as_str().unwrap().replace('-', "_");
            let used = |code: &str| code.contains(&format!("{name}::"));
            !(used(&program) || d["kind"] == "dev" && used(&tests))
        })
        .map(|d| d["name"].to_string())
        .collect();
    assert!(unused.is_empty(), "unused: {}", unused.join(", "));
}

fn code(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &code(&path);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all += &fs::read_to_string(&path).unwrap();
        }
    }
    all
}

/// Crates that only the command line, Parquet or PDFs need.
const CRATES_OF_FEATURES: [&str; 10] = [
    "anyhow",
    "clap",
    "indicatif",
    "landlock",
    "parquet",
    "pdf-extract",
    "prometheus-client",
    "rlimit",
    "seccompiler",
    "tracing-subscriber",
];

#[test]
fn the_library_without_features_pulls_no_crate_of_theirs() {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "-e", "normal", "--prefix", "none"])
        .arg("--no-default-features")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = tree.lines().filter_map(|l| l.split(' ').next()).collect();
    assert!(names.contains("rusqlite"), "{names:?}");
    for name in CRATES_OF_FEATURES {
        assert!(!names.contains(name), "{name}");
    }
}
