//! What the phrases in a text say about it.

use std::collections::BTreeMap;

use super::super::kind::PolicyKind;
use super::phrase::{Phrase, PhraseClass};

/// How plainly a text names a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum MatchStrength {
    /// A word only (`privacy`).
    Word,
    /// A full name (`privacy policy`).
    Name,
}

/// What the vocabulary finds in a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct TextMatch {
    /// The policy named and how plainly.
    pub(in super::super) policy: Option<(PolicyKind, MatchStrength)>,
    /// True when it contains words of a legal hub.
    pub(in super::super) hub: bool,
    /// True when that hub nearly always leads to policies.
    pub(in super::super) main_hub: bool,
    /// Number of words that belong to no phrase.
    pub(in super::super) other_words: usize,
    /// Those words.
    pub(in super::super) others: Vec<String>,
    /// Words that make it a policy about children, if only such words do.
    children: Vec<String>,
    /// A phrase that shows that the target is not a policy. Next to the full name of a policy it counts only as another
    /// word: "Free Fortune Cookie Privacy Policy".
    pub(in super::super) negative: Option<String>,
    /// A phrase of settings and choices.
    pub(in super::super) weak: Option<String>,
    /// True when the text says nothing about its target (`click here`), or is empty.
    pub(in super::super) generic: bool,
    /// The phrases found, with their languages.
    pub(in super::super) phrases: Vec<String>,
}

impl TextMatch {
    /// What these phrases say together.
    pub(super) fn of_phrases(phrases: &[&Phrase]) -> Self {
        let mut found = Self::default();
        let mut strongest: BTreeMap<PolicyKind, MatchStrength> = BTreeMap::new();
        for phrase in phrases {
            let with_languages = format!("{} ({})", phrase.text, phrase.languages);
            let mut strengthen = |kind, strength| {
                let now = strongest.entry(kind).or_insert(strength);
                *now = (*now).max(strength);
            };
            match phrase.class {
                PhraseClass::Word(PolicyKind::Children) if !fits_languages(phrase, phrases) => {
                    found.other_words += 1;
                    found.others.push(phrase.text.clone());
                    continue;
                }
                PhraseClass::Name(kind) => strengthen(kind, MatchStrength::Name),
                PhraseClass::Word(kind) => {
                    strengthen(kind, MatchStrength::Word);
                    if kind == PolicyKind::Children {
                        found.children.push(phrase.text.replace(' ', ""));
                    }
                }
                PhraseClass::Hub { minor } => {
                    found.hub = true;
                    found.main_hub |= !minor;
                }
                PhraseClass::Negative => found.negative = Some(with_languages.clone()),
                PhraseClass::Weak => found.weak = Some(with_languages.clone()),
                PhraseClass::Filler | PhraseClass::Generic => continue,
            }
            found.phrases.push(with_languages);
        }
        found.policy = policy_of(&strongest);
        if strongest.get(&PolicyKind::Children) == Some(&MatchStrength::Name) {
            found.children.clear();
        }
        if matches!(found.policy, Some((_, MatchStrength::Name))) && found.negative.take().is_some()
        {
            found.other_words += 1;
        }
        found
    }

    /// True when the text names a policy, or contains a phrase for or against one.
    pub(in super::super) fn is_telling(&self) -> bool {
        self.policy.is_some() || self.negative.is_some() || self.weak.is_some()
    }

    /// The same match on a page of an owner with these names (without separators). "Save the Children Privacy Policy"
    /// is not about children on `savethechildren.org`.
    pub(in super::super) fn on_page_of(mut self, owner_names: &[String]) -> Self {
        let in_name = |word: &String| owner_names.iter().any(|name| name.contains(word.as_str()));
        if let Some((PolicyKind::Children, strength)) = self.policy
            && !self.children.is_empty()
            && self.children.iter().all(in_name)
        {
            self.policy = Some((PolicyKind::Privacy, strength));
        }
        self
    }
}

/// True for a word in a language of the policy's name. "Kinder Morgan Privacy Policy" and "Pottery Barn" contain words
/// of other languages only by chance. English words are used together with names in any language ("Datenschutz für
/// Kids").
fn fits_languages(word: &Phrase, phrases: &[&Phrase]) -> bool {
    let languages = || word.languages.split(' ');
    let mut named = phrases
        .iter()
        .filter(|phrase| phrase.is_about_privacy())
        .flat_map(|phrase| phrase.languages.split(' '));
    languages().any(|l| l == "en") || named.any(|named| languages().any(|l| l == named))
}

/// The policy that a text names. A policy on privacy *and* cookies is the privacy policy; children's privacy is a
/// policy of its own; and "children" alone means a toy department.
fn policy_of(
    strongest: &BTreeMap<PolicyKind, MatchStrength>,
) -> Option<(PolicyKind, MatchStrength)> {
    let of = |kind| strongest.get(&kind).copied();
    let privacy = of(PolicyKind::Privacy);
    match (privacy, of(PolicyKind::Cookies), of(PolicyKind::Children)) {
        (privacy, _, Some(MatchStrength::Name)) => {
            Some((PolicyKind::Children, privacy.unwrap_or(MatchStrength::Name)))
        }
        (Some(strength), _, Some(_)) => Some((PolicyKind::Children, strength)),
        (Some(strength), _, None) => Some((PolicyKind::Privacy, strength)),
        (None, Some(strength), _) => Some((PolicyKind::Cookies, strength)),
        (None, None, _) => None,
    }
}
