//! The phrases of a vocabulary.

use super::super::kind::PolicyKind;

/// What a phrase says about the link or path that contains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PhraseClass {
    /// Full name of a policy.
    Name(PolicyKind),
    /// A word that hints at a policy.
    Word(PolicyKind),
    /// A page that leads to policies, or (minor) sometimes does.
    Hub {
        minor: bool,
    },
    Filler,
    Generic,
    /// Not a policy, whatever the other words are.
    Negative,
    /// Related to a policy: settings and choices.
    Weak,
}

/// One phrase, folded.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) text: String,
    pub(super) class: PhraseClass,
    /// True when any ending may follow.
    pub(super) any_ending: bool,
    /// Language codes, separated by spaces.
    pub(super) languages: String,
}

impl Phrase {
    /// True for a name or word of the privacy policy.
    pub(super) fn is_about_privacy(&self) -> bool {
        matches!(
            self.class,
            PhraseClass::Name(PolicyKind::Privacy) | PhraseClass::Word(PolicyKind::Privacy)
        )
    }

    /// True for phrases that are not searched inside words without separators.
    pub(super) fn is_whole_word_only(&self) -> bool {
        matches!(
            self.class,
            PhraseClass::Hub { .. }
                | PhraseClass::Filler
                | PhraseClass::Generic
                | PhraseClass::Word(PolicyKind::Children)
        )
    }
}
