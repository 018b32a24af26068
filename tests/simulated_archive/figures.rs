//! Prints the figures of a backfill of the large simulated archive:
//! `cargo run --release --example simulated-archive [SITES [SEED]]`.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

#[path = "mod.rs"]
mod simulated_archive;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| {
        arguments
            .next()
            .map_or(default, |text| text.parse().unwrap_or(default))
    };
    let (sites, seed) = (number(240), number(1));
    let world = simulated_archive::world(usize::try_from(sites).unwrap_or(240), seed);
    let (score, _) = simulated_archive::measure(&world, &[]).await;
    for (site, fault) in &score.faults {
        println!("{site}: {fault}");
    }
    let mut costs = score.costs.clone();
    costs.sort_by_key(|(_, asked, versions)| std::cmp::Reverse(asked.saturating_sub(6 * versions)));
    for (site, asked, versions) in costs.iter().take(25) {
        println!("{site}: {asked} requests at playback for {versions} versions");
    }
    for capture in &score.captures_twice {
        println!("sent twice: {capture}");
    }
    for payload in &score.payloads_twice {
        println!("payload sent twice: {payload}");
    }
    println!("{score}");
}
