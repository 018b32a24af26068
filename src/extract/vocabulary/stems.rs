//! Finds the stems of a fixed list in running text: the leftmost first, the longest of several at one position, without
//! overlaps.
//!
//! Every letter of every page passes through this search. An Aho-Corasick automaton of the vocabulary is larger than
//! the first-level cache of a processor and waits for memory at every letter. A filter of four kilobytes on three
//! letters at a time does not.

/// Shortest stem, in bytes.
const KEY_BYTES: usize = 3;
/// Number of bits of a byte that distinguish letters and ignore the case of ASCII.
const KEY_BITS: u32 = 5;
const KEYS: usize = 1 << (KEY_BITS * 3);

/// A list of stems to search for; ASCII letters match in either case.
#[derive(Debug)]
pub(in crate::extract) struct StemSet {
    /// One bit for each key with which a stem begins.
    begins: Box<[u64; KEYS / 64]>,
    /// For each key, one bit for each fourth letter of its stems; all bits when a stem ends before it.
    next: Vec<u32>,
    /// For each key, the position of its first stem in `sorted`.
    first: Vec<u16>,
    /// All stems by key, the longest first.
    sorted: Vec<Stem>,
}

#[derive(Debug)]
struct Stem {
    key: usize,
    /// The first eight bytes, and a mask of their bits without those for case.
    start: u64,
    telling: u64,
    text: String,
    /// The position in the caller's list.
    place: usize,
}

impl Stem {
    fn new(text: &str, place: usize) -> Option<Self> {
        let telling = (0..text.len().min(8)).fold(0, |bits, at| bits | 0xDF << (8 * at));
        Some(Self {
            key: key(text.as_bytes())?,
            start: start(text.as_bytes()) & telling,
            telling,
            text: text.to_owned(),
            place,
        })
    }
}

/// The first eight bytes of a text as a number, zeros for missing ones.
fn start(text: &[u8]) -> u64 {
    if let Some(bytes) = text.first_chunk() {
        return u64::from_le_bytes(*bytes);
    }
    let bytes = text.iter().rev();
    bytes.fold(0, |start, byte| start << 8 | u64::from(*byte))
}

impl StemSet {
    /// Builds the set. Stems shorter than three bytes are left out, and all beyond the first 65,535.
    pub(in crate::extract) fn new(list: &[String]) -> Self {
        let mut stems: Vec<Stem> = list
            .iter()
            .enumerate()
            .filter_map(|(at, stem)| Stem::new(stem, at))
            .take(usize::from(u16::MAX))
            .collect();
        stems.sort_by(|a, b| a.key.cmp(&b.key).then(b.text.len().cmp(&a.text.len())));
        let mut begins = Box::new([0; KEYS / 64]);
        let mut next = vec![0; KEYS];
        let mut first = vec![0; KEYS];
        for (at, Stem { key, text, .. }) in stems.iter().enumerate().rev() {
            next[*key] |= match text.as_bytes().get(KEY_BYTES) {
                Some(letter) => 1 << (letter & 31),
                None => u32::MAX,
            };
            begins[key / 64] |= 1 << (key % 64);
            first[*key] = u16::try_from(at).unwrap_or(u16::MAX);
        }
        Self {
            begins,
            next,
            first,
            sorted: stems,
        }
    }

    /// Calls `found` with the list position of every stem of the text, in order.
    pub(in crate::extract) fn each(&self, text: &str, mut found: impl FnMut(usize)) {
        let text = text.as_bytes();
        let mut key = 0;
        // No stem may begin before this position: it is inside the last stem, or the key is not complete.
        let mut free = KEY_BYTES - 1;
        for (last, letter) in text.iter().enumerate() {
            key = (key << KEY_BITS | usize::from(letter & 31)) % KEYS;
            if self.begins[key / 64] >> (key % 64) & 1 == 1
                && last >= free
                && self.next[key] >> (text.get(last + 1).unwrap_or(&0) & 31) & 1 == 1
                && let Some((length, place)) = self.longest(key, &text[last + 1 - KEY_BYTES..])
            {
                found(place);
                free = last + length;
            }
        }
    }

    fn longest(&self, key: usize, text: &[u8]) -> Option<(usize, usize)> {
        let first = usize::from(*self.first.get(key)?);
        let start = start(text);
        self.sorted[first..]
            .iter()
            .take_while(|stem| stem.key == key)
            .filter(|stem| start & stem.telling == stem.start)
            .find(|stem| {
                text.get(..stem.text.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(stem.text.as_bytes()))
            })
            .map(|stem| (stem.text.len(), stem.place))
    }
}

/// The key of a text's first three bytes.
fn key(text: &[u8]) -> Option<usize> {
    let letters: &[u8; KEY_BYTES] = text.first_chunk()?;
    Some(
        letters
            .iter()
            .fold(0, |key, letter| key << KEY_BITS | usize::from(letter & 31)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::{AhoCorasick, MatchKind};

    fn found(list: &[String], text: &str) -> Vec<usize> {
        let mut places = Vec::new();
        StemSet::new(list).each(text, |place| places.push(place));
        places
    }

    #[test]
    fn the_longest_stem_of_the_leftmost_place_counts_once() {
        let list: Vec<String> = ["data", "data protection", "protect", "dés", "個人情報"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(found(&list, "DATA Protection of data"), [1, 0]);
        assert_eq!(
            found(&list, "metadata protecting, 個人情報 désa"),
            [0, 2, 4, 3]
        );
        assert_eq!(found(&list, "da"), [0; 0]);
    }

    proptest::proptest! {
        #[test]
        fn an_automaton_finds_the_same(
            list in proptest::collection::vec("[a-cé]{3,6}", 1..8),
            text in "[a-cA-Cé ]{0,60}",
        ) {
            let automaton = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(&list)
                .unwrap();
            let lengths: Vec<usize> = automaton.find_iter(&text).map(|m| m.len()).collect();
            let ours: Vec<usize> = found(&list, &text).into_iter().map(|place| list[place].len()).collect();
            proptest::prop_assert_eq!(ours, lengths);
        }
    }
}
