//! Runs one target: on its corpus, then on random changes of it, until the time is over.

use std::fs;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::mutation::mutated;
use super::supervisor::current_input;
use super::{Check, corpus_of, seeds};

/// Start of the random numbers, always the same, so that a finding comes again.
const RANDOM_SEED: u64 = 17;
/// Largest input.
const LONGEST: usize = 65_536;
/// Most memory that a target may need. The caches of the program's word lists are part of it.
const MOST_MEGABYTES: u64 = 1024;

/// Runs one target for a number of seconds.
pub fn work(target: &str, check: Check, seconds: u64) -> ExitCode {
    // A panic in another thread or task is a finding too.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        hook(panic);
        std::process::abort();
    }));
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let current = current_input(target);
    fs::create_dir_all(current.parent().unwrap()).unwrap();
    let corpus = corpus(target);
    let mut random = fastrand::Rng::with_seed(RANDOM_SEED);
    let mut executions = 0_usize;
    while executions < corpus.len() || Instant::now() < until {
        let changed;
        let input = if let Some(input) = corpus.get(executions) {
            input
        } else {
            changed = mutated(&corpus, &mut random, LONGEST);
            &changed
        };
        fs::write(&current, input).unwrap();
        check(input);
        executions += 1;
    }
    let (megabytes, seconds) = (most_megabytes(), began.elapsed().as_secs());
    println!("{target:20} {executions:8} executions {seconds:5} s {megabytes:5} MB");
    assert!(megabytes <= MOST_MEGABYTES, "{target} needs {megabytes} MB");
    fs::remove_file(&current).unwrap();
    ExitCode::SUCCESS
}

/// The seeds, and the inputs that libFuzzer found on this machine.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut corpus = seeds::of(target);
    let found = fs::read_dir(corpus_of(target))
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<_> = found.map(|entry| entry.path()).collect();
    found.sort();
    corpus.extend(found.into_iter().filter_map(|path| fs::read(path).ok()));
    assert!(!corpus.is_empty(), "{target} has no seeds");
    corpus
}

/// The largest memory of this process so far; 0 where the system does not say (not Linux).
fn most_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
