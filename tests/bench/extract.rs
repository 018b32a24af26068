//! Measures how fast pages become documents, compared with how fast they are parsed: `cargo bench --bench extract`.
//!
//! Uses one thread. Reads the golden folders, and the shared pages if there are any (`POLICYTRAIL_SHARED` or
//! `../shared`). Parsing and extracting alternate, and the best of the rounds counts, so that a busy machine slows down
//! both.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark reports"
)]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use policytrail::extract::{Options, PageInput, extract};
use policytrail::page::decode;

const ROUNDS: u32 = 9;

/// The pages in a folder and in the folders directly inside it.
fn pages(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && depth == 0 {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|e| e == "html") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
        .iter()
        .filter_map(|file| fs::read(file).ok())
        .collect()
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn measure(name: &str, pages: &[Vec<u8>]) {
    let texts: Vec<String> = pages.iter().map(|page| decode(page, None).text).collect();
    let (mut parsing, mut extracting) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        parsing = parsing.min(timed(|| {
            for text in &texts {
                black_box(scraper::Html::parse_document(text));
            }
        }));
        extracting = extracting.min(timed(|| {
            for bytes in pages {
                let input = PageInput {
                    bytes,
                    content_type: None,
                    url: None,
                };
                let _ = black_box(extract(&input, &Options::default()));
            }
        }));
    }
    let (parsing, extracting) = (parsing.as_secs_f64(), extracting.as_secs_f64());
    let bytes: usize = pages.iter().map(Vec::len).sum();
    #[expect(clippy::cast_precision_loss, reason = "a few million bytes")]
    let (count, megabytes) = (pages.len() as f64, bytes as f64 / 1e6);
    println!(
        "{name:<8} {count:>4} pages {megabytes:>6.1} MB  extract {:>5.0} pages/s {:>5.1} ms/MB  parse alone {:>5.1} ms/MB  ratio {:.2}",
        count / extracting,
        extracting * 1e3 / megabytes,
        parsing * 1e3 / megabytes,
        extracting / parsing,
    );
}

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    measure("golden", &pages(&here.join("tests/golden")));
    let shared = std::env::var_os("POLICYTRAIL_SHARED")
        .map_or_else(|| here.join("../shared"), PathBuf::from);
    for set in ["ota", "princeton"] {
        let found = pages(&shared.join("extraction").join(set));
        if found.is_empty() {
            eprintln!(
                "SKIPPED {set}: no pages in {}; set POLICYTRAIL_SHARED",
                shared.display()
            );
        } else {
            measure(set, &found);
        }
    }
}
