//! What a link leads to: a policy, or a page that links to policies.

pub use crate::model::{PolicyKind, Source};

/// What a link seems to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// A policy.
    Policy(PolicyKind),
    /// A page that leads to policies (`Legal`, `Impressum`).
    Hub,
}
