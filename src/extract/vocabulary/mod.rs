//! Word lists that are part of the program: policy words, titles, patterns of pages that are not policies.

mod page_patterns;
mod policy_words;
mod soft_errors;
mod stems;

pub(in crate::extract) use page_patterns::{NoiseTopic, PAGE_PATTERNS, first_of, is_consent_label};
pub(in crate::extract) use policy_words::{
    TitleTopic, has_words_of, language_by_words, mentions_policy, names_document, names_several,
    policy_words, title_topic,
};
pub(in crate::extract) use soft_errors::{log_in_question, soft_error};
