//! Peak memory of an extraction, measured in a process of its own (Linux only).

use std::fs;
use std::path::{Path, PathBuf};

use policytrail::extract::{Options, PageInput, extract};
use policytrail::page::memory_of_parse;

use crate::support::own_process::{number_after, peak_bytes, run_alone, task};
use crate::support::paths::root;

const SENTENCE: &str =
    "We collect personal information about you when you register, and we use cookies.";

#[test]
fn a_page_takes_no_more_than_forty_times_its_bytes() {
    if let Some(page) = task() {
        extract_and_print_peak(Path::new(&page));
        return;
    }
    if peak_bytes().is_none() {
        eprintln!("SKIPPED: this system does not report the peak memory of a process");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = |name: &str, html: String| {
        let file = folder.path().join(name);
        fs::write(&file, html).unwrap();
        file
    };
    // The memory of the program itself, with its vocabularies loaded.
    let small = page(
        "small.html",
        format!("<h1>Privacy Policy</h1><p>{}</p>", SENTENCE.repeat(9)),
    );
    let least = peak_with(&small);
    let item = format!(
        "<h2>What we do</h2><p class=text>{SENTENCE}</p><ul><li><a href=/x>{SENTENCE}</a></li></ul>\n"
    );
    let large = page("large.html", item.repeat(8 * 1024 * 1024 / item.len()));
    for file in [large, largest_golden_page()] {
        let bytes = fs::metadata(&file).unwrap().len();
        let taken = peak_with(&file).saturating_sub(least);
        eprintln!("{}: {bytes} bytes, {taken} taken", file.display());
        assert!(
            taken <= memory_of_parse(usize::try_from(bytes).unwrap()),
            "{} of {bytes} bytes takes {taken} bytes",
            file.display()
        );
    }
}

/// Peak memory of a process that extracts one page.
fn peak_with(page: &Path) -> u64 {
    let test = "extraction_memory::a_page_takes_no_more_than_forty_times_its_bytes";
    number_after("peak ", &run_alone(test, page))
}

fn extract_and_print_peak(page: &Path) {
    let bytes = fs::read(page).unwrap();
    let input = PageInput {
        bytes: &bytes,
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    let words = extract(&input, &Options::default()).map_or(0, |document| document.word_count);
    eprintln!("{words} words\npeak {}", peak_bytes().unwrap());
}

fn largest_golden_page() -> PathBuf {
    fs::read_dir(root().join("tests/golden"))
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path().join("source.html")))
        .filter(|file| file.exists())
        .max_by_key(|file| fs::metadata(file).map_or(0, |m| m.len()))
        .unwrap()
}
