//! The house: rooms import only from rooms above them in the list, and pure rooms touch no I/O.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in order, with the other rooms that each may know, and whether it is pure.
const ROOMS: [(&str, &[&str], bool); 12] = [
    ("model", &[], true),
    ("config", &["model"], false),
    ("archive", &["model"], false),
    ("page", &["model"], true),
    ("discover", &["model", "archive", "page"], false),
    ("sample", &["model"], true),
    ("extract", &["model", "page"], true),
    ("history", &["model"], true),
    ("store", &["model", "history"], false),
    (
        "crawl",
        &[
            "model", "config", "archive", "page", "discover", "sample", "extract", "history",
            "store",
        ],
        false,
    ),
    ("export", &["model", "archive", "sample", "store"], false),
    (
        "cli",
        &[
            "model", "config", "archive", "page", "discover", "sample", "extract", "history",
            "store", "crawl", "export",
        ],
        false,
    ),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Code without comments and without unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
    text.lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str() == "tests")
        || path.file_name().is_some_and(|n| n == "tests.rs")
}

#[test]
fn imports_go_one_way() {
    let mut faults = Vec::new();
    for (room, knows, _) in ROOMS {
        let folder = src().join(room);
        assert!(folder.is_dir(), "there is no room {room}");
        for file in sources(&folder).iter().filter(|f| !is_test(f)) {
            let code = code(file);
            for (other, _, _) in ROOMS
                .iter()
                .filter(|(other, ..)| *other != room && !knows.contains(other))
            {
                if code.contains(&format!("crate::{other}::"))
                    || code.contains(&format!("crate::{other};"))
                {
                    faults.push(format!("{} imports from {other}", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn pure_rooms_know_no_runtime_no_network_and_no_database() {
    let mut faults = Vec::new();
    for (room, _, _) in ROOMS.iter().filter(|(_, _, pure)| *pure) {
        for file in sources(&src().join(room)) {
            let code = code(&file);
            for word in [
                "tokio",
                "reqwest",
                "rusqlite",
                "std::fs",
                "TcpStream",
                "TcpListener",
                "UdpSocket",
                "std::process",
                "std::thread",
                "async fn",
            ] {
                if code.contains(word) {
                    faults.push(format!("{} mentions {word}", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_list_of_rooms_is_the_one_in_the_library() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let declared: Vec<&str> = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod "))
        .filter_map(|l| l.strip_suffix(';'))
        .collect();
    let rooms: Vec<&str> = ROOMS.iter().map(|(room, ..)| *room).collect();
    assert_eq!(declared, rooms);
}

#[test]
fn every_file_says_first_what_it_is_for() {
    for file in sources(&src()) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not begin with what it is for",
            file.display()
        );
    }
}

#[test]
fn only_one_place_quits_or_sleeps() {
    for file in sources(&src()) {
        let code = code(&file);
        assert!(!code.contains("process::exit"), "{}", file.display());
        let sleeps = code.contains("sleep(") && !is_test(&file);
        let place = file
            .strip_prefix(src())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        assert!(
            !sleeps || place.starts_with("archive/") || place == "cli/logging.rs",
            "{place} sleeps"
        );
    }
}
