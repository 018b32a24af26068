//! Measures how many CDX rows per second the parser reads on one core: `cargo bench --bench cdx`. The goal is a million.
#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::hint::black_box;
use std::time::Instant;

use policytrail::archive::cdx::parse_line;

fn main() {
    let lines: Vec<String> = (0..100_000_u32)
        .map(|i| {
            format!(
                "com,example)/legal/privacy-policy?page={i} {}0612{:06} https://www.example.com/legal/privacy-policy?page={i} text/html 200 MGIGF4GRGGF5GKV6VNCBAXOE3OR5BTZC {}",
                2000 + i % 24, 100_000 + i % 60 * 100 + i % 59, 1000 + i
            )
        })
        .collect();
    let start = Instant::now();
    let mut good = 0_u32;
    for _ in 0..20 {
        for line in &lines {
            good += u32::from(black_box(parse_line(black_box(line.as_bytes()))).is_ok());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{good} good rows, {:.0} rows/s", 20.0 * 100_000.0 / seconds);
}
