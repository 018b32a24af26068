//! Prints the figures of a backfill of the large simulated archive, and of discovery with each of its sources:
//! `cargo run --release --example simulated-archive [SITES [SEED]]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "mod.rs"]
mod simulated_archive;

use policytrail::discover::Vocabulary;
use simulated_archive::{measure, world};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| {
        let text = arguments.next();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (sites, seed) = (number(240), number(1));
    let world = world(usize::try_from(sites).unwrap_or(240), seed);
    let (score, _) = measure(&world, &[], Vocabulary::built_in()).await;
    for (site, fault) in &score.faults {
        println!("{site}: {fault}");
    }
    let mut costs = score.costs.clone();
    costs.sort_by_key(|(_, asked, versions)| std::cmp::Reverse(asked.saturating_sub(6 * versions)));
    for (site, asked, versions) in costs.iter().take(10) {
        println!("{site}: {asked} requests at playback for {versions} versions");
    }
    for capture in &score.captures_twice {
        println!("sent twice: {capture}");
    }
    for payload in &score.payloads_twice {
        println!("payload sent twice: {payload}");
    }
    println!("{score}");

    let without_english = without_english();
    for (words, vocabulary) in [
        ("all languages", Vocabulary::built_in()),
        ("without English", &without_english),
    ] {
        for (how, settings) in [
            ("by path and link", &[][..]),
            ("by path", &[("discover.by_link", "false")][..]),
            ("by link", &[("discover.by_path", "false")][..]),
        ] {
            let (score, _) = measure(&world, settings, vocabulary).await;
            println!(
                "{words:16} {how:17} policies: recall {:.3}, precision {:.3}",
                score.policy_recall(),
                score.policy_precision()
            );
        }
    }
}

/// The built-in vocabulary without its English lines, except for the words of paths and link texts that name no policy.
fn without_english() -> Vocabulary {
    let text = include_str!("../../data/vocabulary.toml");
    let mut section = "";
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            section = line;
        }
        if matches!(
            section,
            "[privacy]" | "[cookies]" | "[children]" | "[hub]" | "[query]"
        ) {
            let entries = line.split_inclusive("],");
            entries.filter(|e| !e.contains("[\"en\"")).collect()
        } else {
            line.to_owned()
        }
    });
    let text: Vec<String> = lines.collect();
    Vocabulary::from_toml(&text.join("\n")).unwrap_or_else(|error| panic!("{error}"))
}
