//! Word lists that are part of the program: policy words, titles, patterns of pages that are not policies.

mod language_words;
mod page_patterns;
mod policy_words;
mod soft_errors;
mod stems;
mod titles;

pub(in crate::extract) use page_patterns::{NoiseTopic, PAGE_PATTERNS, first_of, is_consent_label};
pub(in crate::extract) use policy_words::{has_words_of, language_by_words, policy_words};
pub(in crate::extract) use soft_errors::{log_in_question, soft_error};
pub(in crate::extract) use titles::{
    TitleTopic, mentions_policy, names_document, names_several, title_topic,
};
