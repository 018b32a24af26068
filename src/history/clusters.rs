//! Clusters of texts that are nearly the same: policy generators, hosting companies, parked pages.
//!
//! One pass over the texts, without chains: a text joins the cluster of an earlier leader, or becomes a leader itself.
//! Simhashes find the candidates, the texts decide. Two hashes that differ in [`MAX_CLUSTER_BITS`] bits agree in one of
//! their four quarters (Manku, Jain and Das Sarma 2007), so leaders are listed by each quarter.

use std::collections::HashMap;
use std::rc::Rc;

use super::shingles::ShingleSet;
use super::simhash::distance;

/// Most bits in which the simhash of a text differs from that of its leader. The view `near_documents` has the same limit.
pub const MAX_CLUSTER_BITS: u32 = 3;
/// Least share of shingles that a text has in common with its leader.
pub const MIN_CLUSTER_SIMILARITY: f64 = 0.8;

/// Quarters of a simhash.
const QUARTERS: usize = 4;
/// Bits of a quarter.
const QUARTER_BITS: usize = 16;
/// Most leaders whose shingles are compared with those of one text. It bounds the time for texts that were made to have
/// one simhash.
const MAX_COMPARED: usize = 64;
/// Most shingles of leaders in the newer half of the cache: 8 bytes each, and the older half can have as many.
const MAX_CACHED_SHINGLES: usize = 8 << 20;

/// The cluster that a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membership {
    /// Place of the cluster's leader among the texts; of a leader its own.
    pub leader: usize,
    /// Bits in which the simhashes of the text and of the leader differ.
    pub simhash_distance: u32,
    /// Share of shingles that the text and the leader have in common: 1 for the leader.
    pub similarity: f64,
}

/// Puts every text into a cluster. `simhashes` has the texts in the order in which they become leaders; `text` returns the
/// text at a place; `done` is called after each text with the number of texts that are done.
///
/// Of several leaders that are near enough, the one with the nearest simhash is taken, and of these the earliest.
///
/// # Errors
/// What `text` returns.
pub fn clusters<E>(
    simhashes: &[u64],
    text: impl FnMut(usize) -> Result<String, E>,
    mut done: impl FnMut(usize),
) -> Result<Vec<Membership>, E> {
    let mut leaders = LeaderIndex::new();
    let mut shingles = ShingleCache::new(text);
    let mut memberships = Vec::with_capacity(simhashes.len());
    for (place, simhash) in simhashes.iter().copied().enumerate() {
        let candidates = leaders.near(simhash);
        let membership = nearest(place, &candidates, &mut shingles)?;
        if membership.is_none() {
            leaders.add(Leader { simhash, place });
        }
        let of_leader = Membership {
            leader: place,
            simhash_distance: 0,
            similarity: 1.0,
        };
        memberships.push(membership.unwrap_or(of_leader));
        done(place + 1);
    }
    Ok(memberships)
}

/// The membership of a text in the cluster of the first candidate that has enough shingles in common with it.
fn nearest<E, T: FnMut(usize) -> Result<String, E>>(
    place: usize,
    candidates: &[Candidate],
    shingles: &mut ShingleCache<T>,
) -> Result<Option<Membership>, E> {
    if candidates.is_empty() {
        return Ok(None);
    }
    let own = shingles.read(place)?;
    for candidate in candidates.iter().take(MAX_COMPARED) {
        let similarity = own.similarity(&*shingles.of(candidate.place)?);
        if similarity >= MIN_CLUSTER_SIMILARITY {
            return Ok(Some(Membership {
                leader: candidate.place,
                simhash_distance: candidate.bits,
                similarity,
            }));
        }
    }
    Ok(None)
}

/// A text that has a cluster.
#[derive(Debug, Clone, Copy)]
struct Leader {
    simhash: u64,
    place: usize,
}

/// A leader whose simhash is near. The order is that in which candidates are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    bits: u32,
    place: usize,
}

/// The leaders by each quarter of their simhashes.
struct LeaderIndex {
    by_quarter: [Vec<Vec<Leader>>; QUARTERS],
}

impl LeaderIndex {
    fn new() -> Self {
        Self {
            by_quarter: std::array::from_fn(|_| vec![Vec::new(); 1 << QUARTER_BITS]),
        }
    }

    fn add(&mut self, leader: Leader) {
        for (quarter, lists) in self.by_quarter.iter_mut().enumerate() {
            lists[quarter_of(leader.simhash, quarter)].push(leader);
        }
    }

    /// The leaders whose simhashes differ in few bits, nearest first.
    fn near(&self, simhash: u64) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (quarter, lists) in self.by_quarter.iter().enumerate() {
            for leader in &lists[quarter_of(simhash, quarter)] {
                let bits = distance(simhash, leader.simhash);
                if bits <= MAX_CLUSTER_BITS {
                    found.push(Candidate {
                        bits,
                        place: leader.place,
                    });
                }
            }
        }
        // A leader can agree in several quarters.
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A quarter of a simhash, as the place of a list.
fn quarter_of(simhash: u64, quarter: usize) -> usize {
    let bits = simhash >> (quarter * QUARTER_BITS) & ((1 << QUARTER_BITS) - 1);
    usize::try_from(bits).unwrap_or_default()
}

/// The shingles of the leaders that were compared last. It has two halves: when the newer one is full, it becomes the older
/// one, and what was in the older one is forgotten.
struct ShingleCache<T> {
    text: T,
    newer: HashMap<usize, Rc<ShingleSet>>,
    older: HashMap<usize, Rc<ShingleSet>>,
    newer_shingles: usize,
}

impl<E, T: FnMut(usize) -> Result<String, E>> ShingleCache<T> {
    fn new(text: T) -> Self {
        Self {
            text,
            newer: HashMap::new(),
            older: HashMap::new(),
            newer_shingles: 0,
        }
    }

    /// The shingles of a text that is not a leader yet.
    fn read(&mut self, place: usize) -> Result<ShingleSet, E> {
        (self.text)(place).map(|text| ShingleSet::of(&text))
    }

    /// The shingles of a leader.
    fn of(&mut self, leader: usize) -> Result<Rc<ShingleSet>, E> {
        if let Some(shingles) = self.newer.get(&leader) {
            return Ok(Rc::clone(shingles));
        }
        let shingles = match self.older.remove(&leader) {
            Some(shingles) => shingles,
            None => Rc::new(self.read(leader)?),
        };
        if self.newer_shingles + shingles.len() > MAX_CACHED_SHINGLES {
            self.older = std::mem::take(&mut self.newer);
            self.newer_shingles = 0;
        }
        self.newer_shingles += shingles.len();
        self.newer.insert(leader, Rc::clone(&shingles));
        Ok(shingles)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;
    use crate::history::simhash;

    /// A text of a hundred sentences with words of its own.
    fn text(seed: u32) -> String {
        let word = |n: u32| format!("word{}", n.wrapping_mul(2_654_435_761) >> 8);
        let sentence =
            |n: u32| format!("We {} your {}.", word(seed * 200 + n), word(seed * 300 + n));
        let sentences: Vec<String> = (0..100).map(sentence).collect();
        sentences.join("\n")
    }

    fn of_texts(texts: &[String]) -> Vec<Membership> {
        let simhashes: Vec<u64> = texts.iter().map(|text| simhash(text)).collect();
        let read = |place: usize| Ok::<_, Infallible>(texts[place].clone());
        clusters(&simhashes, read, |_| ()).unwrap()
    }

    #[test]
    fn texts_that_are_nearly_the_same_have_the_first_of_them_as_leader() {
        let near = |n: u32| text(1) + &format!("Company {n} is responsible.");
        let found = of_texts(&[text(2), near(1), text(3), near(2), near(3)]);
        let leaders: Vec<usize> = found.iter().map(|m| m.leader).collect();
        assert_eq!(leaders, [0, 1, 2, 1, 1]);
        assert!(found[3].similarity > 0.95 && found[3].similarity < 1.0);
        assert!(found[3].simhash_distance <= MAX_CLUSTER_BITS);
    }

    #[test]
    fn one_simhash_is_not_enough_without_common_words() {
        let texts = [text(1), text(2), text(1) + "More."];
        let read = |place: usize| Ok::<_, Infallible>(texts[place].clone());
        let found = clusters(&[7, 7, 6], read, |_| ()).unwrap();
        let leaders: Vec<usize> = found.iter().map(|m| m.leader).collect();
        assert_eq!(leaders, [0, 1, 0]);
    }

    #[test]
    fn a_text_joins_a_leader_and_never_a_member() {
        // Each text is three bits from the one before it, and six from the one before that.
        let read = |_: usize| Ok::<_, Infallible>("the same words".to_owned());
        let found = clusters(&[0, 0b111, 0b11_1111, 0b1_1111_1111], read, |_| ()).unwrap();
        let leaders: Vec<usize> = found.iter().map(|m| m.leader).collect();
        assert_eq!(leaders, [0, 0, 2, 2]);
    }

    #[test]
    fn every_place_of_up_to_three_other_bits_is_found_and_four_are_not() {
        let base = 0x0123_4567_89ab_cdef_u64;
        let mut index = LeaderIndex::new();
        index.add(Leader {
            simhash: base,
            place: 0,
        });
        for first in 0..64 {
            for second in 0..64 {
                let third = (first * 31 + second * 17 + 5) % 64;
                let other = base ^ (1 << first) ^ (1 << second) ^ (1 << third);
                assert_eq!(index.near(other).len(), 1, "{first} {second} {third}");
            }
        }
        assert!(index.near(base ^ 0b1111).is_empty());
    }

    #[test]
    fn texts_are_read_only_where_a_leader_is_near() {
        let reads = Cell::new(0);
        let read = |_: usize| {
            reads.set(reads.get() + 1);
            Ok::<_, Infallible>("the same words".to_owned())
        };
        let far: Vec<u64> = (0..100_u64)
            .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        clusters(&far, read, |_| ()).unwrap();
        assert_eq!(reads.get(), 0);
        clusters(&[5; 10], read, |_| ()).unwrap();
        assert_eq!(reads.get(), 10, "the leader once, each other text once");
    }
}
