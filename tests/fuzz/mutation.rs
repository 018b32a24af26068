//! Changes inputs at random.

use fastrand::Rng;

/// Most changes of one input.
const MOST_CHANGES: usize = 8;
/// Longest part that is moved, repeated or removed.
const LONGEST_PART: usize = 64;

/// One input of the corpus with some changes.
pub fn mutated(corpus: &[Vec<u8>], random: &mut Rng, longest: usize) -> Vec<u8> {
    let mut input = corpus[random.usize(..corpus.len())].clone();
    for _ in 0..random.usize(1..=MOST_CHANGES) {
        change(&mut input, corpus, random);
    }
    input.truncate(longest);
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=input.len());
    match random.u8(..8) {
        0 if at < input.len() => input[at] ^= 1 << random.u8(..8),
        1 if at < input.len() => input[at] = random.u8(..),
        2 => input.insert(at, random.u8(..)),
        3 => drop(input.drain(part(input.len(), random))),
        4 => {
            let copy = input[part(input.len(), random)].to_vec();
            insert(input, at, &copy.repeat(random.usize(1..=16)));
        }
        5 => {
            let other = &corpus[random.usize(..corpus.len())];
            insert(input, at, &other[part(other.len(), random)]);
        }
        6 => {
            // Numbers at their limits.
            let numbers = [
                "0",
                "1",
                "-1",
                "255",
                "65536",
                "4294967296",
                "18446744073709551616",
                "1e999",
            ];
            insert(input, at, numbers[random.usize(..numbers.len())].as_bytes());
        }
        7 if random.u8(..4) == 0 => input.truncate(at),
        _ => {
            let other = &corpus[random.usize(..corpus.len())];
            input.truncate(at);
            input.extend_from_slice(&other[random.usize(..=other.len())..]);
        }
    }
}

/// A part of an input of this length.
fn part(length: usize, random: &mut Rng) -> std::ops::Range<usize> {
    let start = random.usize(..=length);
    start..(start + random.usize(..=LONGEST_PART)).min(length)
}

fn insert(input: &mut Vec<u8>, at: usize, part: &[u8]) {
    input.splice(at..at, part.iter().copied());
}
