//! Hashes of words, which stored simhashes and the weights of the classifier depend on: they never change.

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The hash of a word without regard to case: FNV-1a of its lower-case letters in UTF-8, ended by a zero byte, then
/// [`mixed_bits`].
#[must_use]
pub fn word_hash(word: &str) -> u64 {
    let add = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    let state = if word.is_ascii() {
        let letters = word.bytes().map(|byte| byte.to_ascii_lowercase());
        letters.fold(FNV_OFFSET, add)
    } else {
        let mut buffer = [0_u8; 4];
        word.chars()
            .flat_map(char::to_lowercase)
            .fold(FNV_OFFSET, |state, c| {
                c.encode_utf8(&mut buffer).bytes().fold(state, add)
            })
    };
    mixed_bits(add(state, 0))
}

/// The finaliser of `SplitMix64`: every bit of the input affects every bit of the output.
#[must_use]
pub fn mixed_bits(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// [`mixed_bits`] of a run of words, given the hash of all but the last and the hash of the last.
#[must_use]
pub fn joined_hash(before: u64, word: u64) -> u64 {
    mixed_bits(before.rotate_left(5) ^ word)
}
