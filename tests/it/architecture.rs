//! The structure of the crate: which room may import from which, no circles of files, pure rooms without input or output.

mod circles;
mod modules;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use self::circles::{circles, shortest_circle};
use self::modules::{Modules, code_beside_declarations};
use crate::support::paths::root;

/// The rooms in their order, with the rooms that each may import from, and whether it is pure.
const ROOMS: [(&str, &[&str], bool); 14] = [
    ("model", &[], true),
    ("config", &["model"], false),
    ("archive", &["model"], false),
    ("page", &["model"], true),
    ("discover", &["model", "archive", "page"], false),
    ("sample", &["model"], true),
    ("extract", &["model", "page"], true),
    ("classify", &["model", "extract"], true),
    ("history", &["model"], true),
    ("store", &["model", "history"], false),
    (
        "crawl",
        &[
            "model", "config", "archive", "page", "discover", "sample", "extract", "classify",
            "history", "store",
        ],
        false,
    ),
    (
        "export",
        &["model", "archive", "sample", "history", "store"],
        false,
    ),
    ("report", &["model", "history", "store"], false),
    (
        "cli",
        &[
            "model", "config", "archive", "page", "discover", "sample", "extract", "classify",
            "history", "store", "crawl", "export", "report",
        ],
        false,
    ),
];

/// Rooms that still have circles of files. It must be empty in the end.
const ROOMS_WITH_CIRCLES: &[&str] = &[];

/// Rooms in which a `mod.rs` still holds code. It must be empty in the end.
const ROOMS_WITH_CODE_IN_MOD: &[&str] = &[];

/// Functions over the limits of `.clippy.toml` that the whole crate may have, each with its reason.
const MOST_LONG_FUNCTIONS: usize = 5;

fn src() -> PathBuf {
    root().join("src")
}

/// Every Rust file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The path of a file below `src`, with `/` between its parts.
fn place(file: &Path) -> String {
    let parts = file.strip_prefix(src()).unwrap().iter();
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The text of every file by its path below `src`.
fn sources() -> BTreeMap<String, String> {
    let files = files(&src()).into_iter();
    files
        .map(|file| (place(&file), fs::read_to_string(&file).unwrap()))
        .collect()
}

fn room(place: &str) -> &str {
    place.split(['/', '.']).next().unwrap_or_default()
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

/// Fails unless the rooms with faults are exactly those of the list of exceptions.
fn only_in(exceptions: &[&str], faults: &[(String, String)]) {
    let unexpected: Vec<&str> = faults
        .iter()
        .filter(|(room, _)| !exceptions.contains(&room.as_str()))
        .map(|(_, fault)| fault.as_str())
        .collect();
    assert!(unexpected.is_empty(), "\n{}", unexpected.join("\n"));
    for exception in exceptions {
        assert!(
            faults.iter().any(|(room, _)| room == exception),
            "{exception} needs its exception no longer: remove it"
        );
    }
}

#[test]
fn rooms_import_only_from_rooms_before_them() {
    let names: Vec<&str> = ROOMS.iter().map(|(name, ..)| *name).collect();
    for (at, (name, knows, _)) in ROOMS.iter().enumerate() {
        assert!(
            knows.iter().all(|known| names[..at].contains(known)),
            "{name} knows a room after it"
        );
    }
    let mut faults = Vec::new();
    for ((from, to), path) in Modules::read(&sources()).imports() {
        let known = ROOMS.iter().find(|(name, ..)| *name == room(&from));
        let fits =
            known.is_none_or(|(name, knows, _)| *name == room(&to) || knows.contains(&room(&to)));
        if !fits {
            faults.push(format!("{from} imports from {to} ({path})"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_files_import_from_each_other_in_a_circle() {
    let modules = Modules::read(&sources());
    let (graph, imports) = (modules.graph(), modules.imports());
    let mut faults = Vec::new();
    for group in circles(&graph) {
        let first = group.first().unwrap();
        let way = shortest_circle(&graph, first);
        let steps = way.windows(2).map(|step| {
            let path = &imports[&(step[0].clone(), step[1].clone())];
            format!("  {} imports from {} ({path})\n", step[0], step[1])
        });
        let rooms: BTreeSet<&str> = group.iter().map(|file| room(file)).collect();
        let others: Vec<&String> = group.iter().filter(|file| !way.contains(file)).collect();
        let fault = format!(
            "a circle of {} files:\n{}  others in it: {others:?}",
            group.len(),
            steps.collect::<String>()
        );
        faults.extend(rooms.iter().map(|room| ((*room).to_owned(), fault.clone())));
    }
    only_in(ROOMS_WITH_CIRCLES, &faults);
}

#[test]
fn a_mod_rs_only_documents_declares_and_re_exports() {
    let modules = Modules::read(&sources());
    let with_code = modules
        .code()
        .filter(|(file, _)| file.ends_with("mod.rs") || *file == "lib.rs")
        .filter_map(|(file, code)| {
            let words = code_beside_declarations(code)?;
            Some((
                room(file).to_owned(),
                format!("{file} holds code: {words} …"),
            ))
        });
    only_in(ROOMS_WITH_CODE_IN_MOD, &with_code.collect::<Vec<_>>());
}

#[test]
fn at_most_five_functions_are_long_or_take_many_arguments() {
    let mut found = Vec::new();
    for (file, text) in sources() {
        for lint in ["too_many_lines", "too_many_arguments"] {
            let times = text.matches(&format!("clippy::{lint}")).count();
            found.extend(std::iter::repeat_n(format!("{file}: {lint}"), times));
        }
    }
    assert!(
        found.len() <= MOST_LONG_FUNCTIONS,
        "{} exceptions:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn pure_rooms_know_no_runtime_no_network_and_no_database() {
    let mut faults = Vec::new();
    for (room, _, _) in ROOMS.iter().filter(|(_, _, pure)| *pure) {
        for file in files(&src().join(room)) {
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
fn every_file_begins_with_its_purpose() {
    for file in files(&src()) {
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
    for file in files(&src()) {
        let code = code(&file);
        assert!(!code.contains("process::exit"), "{}", file.display());
        let sleeps = code.contains("sleep(") && !is_test(&file);
        let place = place(&file);
        assert!(
            !sleeps || place.starts_with("archive/") || place == "cli/progress_display.rs",
            "{place} sleeps"
        );
    }
}
