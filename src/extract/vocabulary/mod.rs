//! Word lists that are part of the program: policy words, titles, patterns of pages that are not policies.

mod language_words;
mod page_patterns;
mod policy_words;
mod soft_errors;
mod stems;
mod titles;

pub(in crate::extract) use page_patterns::{NoiseTopic, PAGE_PATTERNS, first_of, is_consent_label};
pub(crate) use page_patterns::{says_log_in, says_not_found};
pub(crate) use policy_words::{cookie_words, policy_words};
pub(in crate::extract) use policy_words::{has_words_of, language_by_words};
pub(in crate::extract) use soft_errors::{log_in_question, soft_error};
pub(crate) use titles::{TitleTopic, names_document, title_topic};
pub(in crate::extract) use titles::{mentions_policy, names_several};
