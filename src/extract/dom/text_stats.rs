//! Sums over the text of a subtree.

use crate::extract::vocabulary::policy_words;

/// A piece of text with fewer bytes than this is a label, not part of a sentence.
const SENTENCE_BYTES: usize = 40;

/// Sums over a subtree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::extract) struct TextStats {
    /// Bytes of text that are not white space.
    pub text_bytes: u32,
    /// Of these, bytes inside links.
    pub linked_bytes: u32,
    /// Policy words outside links.
    pub policy_words: u32,
    /// Bytes in pieces of running text long enough to be part of a sentence, outside links.
    pub prose_bytes: u32,
}

impl TextStats {
    pub(in crate::extract) fn add(&mut self, other: Self) {
        self.text_bytes = self.text_bytes.saturating_add(other.text_bytes);
        self.linked_bytes = self.linked_bytes.saturating_add(other.linked_bytes);
        self.policy_words = self.policy_words.saturating_add(other.policy_words);
        self.prose_bytes = self.prose_bytes.saturating_add(other.prose_bytes);
    }

    /// The weight of a subtree: its prose, increased if it has policy words.
    pub(in crate::extract) fn weight(self) -> u32 {
        self.prose_bytes / 2
            + self
                .policy_words
                .saturating_mul(20)
                .min(self.prose_bytes.saturating_mul(2))
    }

    /// The share of the text inside links, in percent.
    pub(in crate::extract) fn link_share(self) -> u32 {
        self.linked_bytes.saturating_mul(100) / self.text_bytes.max(1)
    }
}

pub(in crate::extract) fn text_stats(text: &str, is_linked: bool) -> TextStats {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return TextStats::default();
    }
    // Counted in chunks, so that the compiler can use vector instructions.
    let bytes: usize = trimmed
        .as_bytes()
        .chunks(128)
        .map(|chunk| usize::from(chunk.iter().map(|b| u8::from(*b > b' ')).sum::<u8>()))
        .sum();
    let count = u32::try_from(bytes).unwrap_or(u32::MAX);
    if is_linked {
        return TextStats {
            text_bytes: count,
            linked_bytes: count,
            ..TextStats::default()
        };
    }
    TextStats {
        text_bytes: count,
        linked_bytes: 0,
        policy_words: policy_words(trimmed),
        prose_bytes: if trimmed.len() >= SENTENCE_BYTES {
            count
        } else {
            0
        },
    }
}
