//! Simhash: 64 bits that are similar for similar texts (Charikar 2002; used for the web by Manku, Jain and Das Sarma,
//! and by the Princeton-Leuven crawler).

use crate::model::words;

/// Number of consecutive words in a feature. Single words ignore order; longer runs change with every small edit.
const SHINGLE_WORDS: usize = 3;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The simhash of a text, over all runs of three words in lower case, each counted as often as it occurs. 0 for a text
/// without words.
///
/// The hash is stored, so it never changes: FNV-1a of the words' letters in UTF-8, each word ended by a zero byte, then
/// the finaliser of `SplitMix64`. A bit is set where more features have it than not.
#[must_use]
pub fn simhash(text: &str) -> u64 {
    let hashes: Vec<u64> = words(text).map(hash_of_word).collect();
    if hashes.is_empty() {
        return 0;
    }
    let mut balance = [0_i64; 64];
    for shingle in hashes.windows(SHINGLE_WORDS.min(hashes.len())) {
        let feature = shingle
            .iter()
            .fold(FNV_OFFSET, |state, word| mixed(state.rotate_left(5) ^ word));
        for (bit, sum) in balance.iter_mut().enumerate() {
            *sum += if feature >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    balance
        .iter()
        .enumerate()
        .fold(0, |hash, (bit, sum)| hash | u64::from(*sum > 0) << bit)
}

/// Number of bits in which two simhashes differ, 0 to 64. Unrelated texts are about 32 apart.
#[must_use]
pub fn distance(one: u64, other: u64) -> u32 {
    (one ^ other).count_ones()
}

fn hash_of_word(word: &str) -> u64 {
    let add = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    let mut buffer = [0_u8; 4];
    let state = word
        .chars()
        .flat_map(char::to_lowercase)
        .fold(FNV_OFFSET, |state, c| {
            c.encode_utf8(&mut buffer).bytes().fold(state, add)
        });
    mixed(add(state, 0))
}

/// The finaliser of `SplitMix64`: every bit of the input affects every bit of the output.
fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty different sentences.
    fn policy() -> String {
        let verbs = ["collect", "store", "share", "use", "delete"];
        let things = [
            "your name",
            "your address",
            "cookies",
            "log files",
            "payment data",
            "photos",
            "messages",
            "your location",
        ];
        let sentence = |verb: &str, thing: &str| {
            format!("We {verb} {thing} where the {thing} help us to {verb} less.")
        };
        let sentences: Vec<String> = verbs
            .iter()
            .flat_map(|verb| things.iter().map(move |thing| sentence(verb, thing)))
            .collect();
        sentences.join("\n")
    }

    #[test]
    fn the_hash_never_changes_because_it_is_stored() {
        assert_eq!(simhash(""), 0);
        assert_eq!(simhash("…!"), 0);
        assert_eq!(format!("{:016x}", simhash("We collect your name")), PINNED);
        assert_eq!(
            simhash("WE collect,  your name"),
            simhash("We collect your name")
        );
    }

    const PINNED: &str = "0080b60184822428";

    #[test]
    fn alike_texts_are_near_and_others_are_far() {
        let text = policy();
        let edited = text.replacen("photos where", "pictures where", 1);
        let other = "Dieser Text hat mit dem ersten nichts gemein. ".repeat(20);
        assert!(distance(simhash(&text), simhash(&edited)) <= 8);
        assert!(distance(simhash(&text), simhash(&other)) >= 16);
    }
}
