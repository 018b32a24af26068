//! Simhash: 64 bits that are similar for similar texts (Charikar 2002; used for the web by Manku, Jain and Das Sarma,
//! and by the Princeton-Leuven crawler).

use super::shingles::shingle_hashes;

/// The simhash of a text, over all runs of three words in lower case, each counted as often as it occurs. 0 for a text
/// without words.
///
/// The hash is stored, so it never changes: a bit is set where more hashes of runs have it than not.
#[must_use]
pub fn simhash(text: &str) -> u64 {
    let mut balance = [0_i64; 64];
    for shingle in shingle_hashes(text) {
        for (bit, sum) in balance.iter_mut().enumerate() {
            *sum += if shingle >> bit & 1 == 1 { 1 } else { -1 };
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
