//! Measures how fast documents are put into clusters: `cargo bench --bench clusters [-- DOCUMENTS]`.
//!
//! Makes 1,000,000 texts (or DOCUMENTS) with a common vocabulary: one in three is written from one of 2,000 templates with
//! a few words of its own, the others have their own words. The texts are written again whenever they are read, so the
//! time contains their making, and the memory does not contain them.

#![expect(clippy::print_stdout, reason = "a benchmark reports")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::time::Instant;

use policytrail::history::{clusters, simhash};

const DOCUMENTS: usize = 1_000_000;
const TEMPLATES: usize = 2_000;
const SENTENCES: usize = 60;

/// Scrambles a number: random enough, and the same every time.
fn scrambled(x: usize) -> usize {
    let x = (x as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x >> 33) as usize
}

/// The text of a document: 600 words.
fn text(place: usize) -> String {
    let is_of_template = place.is_multiple_of(3);
    let seed = if is_of_template {
        scrambled(place) % TEMPLATES
    } else {
        TEMPLATES + place
    };
    let mut text = String::new();
    for sentence in 0..SENTENCES {
        for word in 0..10 {
            let number = scrambled(seed * 1_000_003 + sentence * 31 + word) % 5_000;
            let _ = write!(text, "word{number} ");
        }
        text.push('\n');
    }
    if is_of_template {
        let _ = writeln!(text, "Company {place} is responsible.");
    }
    text
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or_default();
    let number = line.split_whitespace().next();
    number
        .and_then(|n| n.parse::<u64>().ok())
        .unwrap_or_default()
        / 1024
}

fn main() {
    let documents = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(DOCUMENTS);
    let started = Instant::now();
    let simhashes: Vec<u64> = (0..documents).map(|place| simhash(&text(place))).collect();
    println!("{documents} simhashes: {:.1?}", started.elapsed());
    let started = Instant::now();
    let Ok(memberships) = clusters(&simhashes, |place| Ok::<_, Infallible>(text(place)), |_| ());
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for membership in &memberships {
        *sizes.entry(membership.leader).or_default() += 1;
    }
    let several = sizes.values().filter(|size| **size > 1).count();
    println!(
        "{documents} documents in {} clusters, {several} of several documents: {:.1?}, peak memory {} MB",
        sizes.len(),
        started.elapsed(),
        peak_megabytes()
    );
}
