//! The time limit that separates alternating texts from rewritten ones.

/// Longest absence of a text that returns, half a year. A text that returns within this time alternates with another;
/// one that returns later was rewritten twice. The sampler and the derivation of editions use the same limit.
pub const RETURN_SECONDS: u64 = 183 * 86_400;
