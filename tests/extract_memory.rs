//! How much memory an extraction takes at most: the peak of a process of its own, told by the system (Linux only).

use std::fs;
use std::path::Path;
use std::process::Command;

use policytrail::extract::{Options, PageInput, extract};

/// A page takes at most so many times its own bytes.
const TIMES: u64 = 40;
/// In a process of its own this names the page to extract.
const PAGE: &str = "POLICYTRAIL_MEMORY_PAGE";

const SENTENCE: &str =
    "We collect personal information about you when you register, and we use cookies.";

/// Most memory that this process ever held, in bytes.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// The peak of a process that extracts one page.
fn peak_with(page: &Path) -> u64 {
    let own = std::env::current_exe().expect("this test's program");
    let output = Command::new(own)
        .args([
            "--exact",
            "a_page_takes_no_more_than_forty_times_its_bytes",
            "--nocapture",
        ])
        .env(PAGE, page)
        .output()
        .expect("the program starts again");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text.lines()
        .find_map(|line| line.strip_prefix("peak "))
        .and_then(|bytes| bytes.parse().ok())
        .expect("the peak of the other process")
}

#[test]
fn a_page_takes_no_more_than_forty_times_its_bytes() {
    if let Some(page) = std::env::var_os(PAGE) {
        let bytes = fs::read(page).expect("the page");
        let input = PageInput {
            bytes: &bytes,
            content_type: Some("text/html; charset=utf-8"),
            url: None,
        };
        let words = extract(&input, &Options::default()).map_or(0, |document| document.word_count);
        eprintln!(
            "{words} words\npeak {}",
            peak().expect("the system told it before")
        );
        return;
    }
    if peak().is_none() {
        eprintln!("SKIPPED: this system does not tell a process's peak of memory");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let page = |name: &str, html: String| {
        let file = folder.path().join(name);
        fs::write(&file, html).expect("a page");
        file
    };
    // What the program takes by itself, its vocabularies read.
    let small = page(
        "small.html",
        format!("<h1>Privacy Policy</h1><p>{}</p>", SENTENCE.repeat(9)),
    );
    let least = peak_with(&small);
    let item = format!(
        "<h2>What we do</h2><p class=text>{SENTENCE}</p><ul><li><a href=/x>{SENTENCE}</a></li></ul>\n"
    );
    let large = page("large.html", item.repeat(8 * 1024 * 1024 / item.len()));
    let golden = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"))
        .expect("the golden pages")
        .filter_map(|entry| Some(entry.ok()?.path().join("source.html")))
        .filter(|file| file.exists())
        .max_by_key(|file| fs::metadata(file).map_or(0, |m| m.len()))
        .expect("a golden page");
    for file in [large, golden] {
        let bytes = fs::metadata(&file).expect("the page").len();
        let taken = peak_with(&file).saturating_sub(least);
        eprintln!("{}: {bytes} bytes, {taken} taken", file.display());
        assert!(
            taken <= TIMES * bytes,
            "{} of {bytes} bytes takes {taken} bytes",
            file.display()
        );
    }
}
