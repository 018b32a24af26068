//! Runs the fuzz targets without libFuzzer, with the stable toolchain (README.md here):
//!
//! ```text
//! cargo run --example fuzz -- run SECONDS [TARGET…]    each target on its corpus, then on random changes of it
//! cargo run --example fuzz -- input TARGET FILE        one input
//! cargo run --example fuzz -- seeds                    writes the initial corpora
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a fuzz target panics if what must hold does not, and the program reports"
)]

mod mutation;
mod seeds;
mod supervisor;
#[path = "targets/mod.rs"]
mod targets;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

/// A function that panics if what must hold for an input does not.
type Check = fn(&[u8]);

/// All targets.
const TARGETS: [(&str, Check); 11] = [
    ("body_decoding", targets::body_decoding::check),
    ("cdx_line", targets::cdx_line::check),
    ("extraction", targets::extraction::check),
    ("imports", targets::imports::check),
    ("index_answers", targets::index_answers::check),
    ("playback_answers", targets::playback_answers::check),
    ("site_lists", targets::site_lists::check),
    ("toml_files", targets::toml_files::check),
    ("vocabulary_and_links", targets::vocabulary_and_links::check),
    ("warc", targets::warc::check),
    ("warc_folders", targets::warc_folders::check),
];

/// The folder of corpora, in which each target has a folder.
fn corpus_of(target: &str) -> PathBuf {
    folder("corpus").join(target)
}

/// A folder beside the targets.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz")
        .join(name)
}

fn check_of(target: &str) -> Option<Check> {
    TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .map(|(_, check)| *check)
}

fn main() -> ExitCode {
    if cfg!(debug_assertions) {
        targets::cpu_time::expect_no_optimisation();
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["run", seconds, ref wanted @ ..] => {
            let seconds = seconds.parse().expect("a number of seconds");
            supervisor::run(seconds, wanted)
        }
        ["work", target, seconds] => {
            let check = check_of(target).expect("the name of a target");
            worker::work(target, check, seconds.parse().unwrap())
        }
        ["input", target, file] => {
            let check = check_of(target).expect("the name of a target");
            check(&std::fs::read(file).unwrap());
            ExitCode::SUCCESS
        }
        ["seeds"] => {
            for (target, _) in TARGETS {
                seeds::write(target, &corpus_of(target)).unwrap();
            }
            ExitCode::SUCCESS
        }
        _ => {
            println!("give `run SECONDS [TARGET…]`, `input TARGET FILE` or `seeds`");
            ExitCode::FAILURE
        }
    }
}
