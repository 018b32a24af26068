//! `policytrail diff`: what changed between two versions, word by word.

mod command;
pub(super) mod html;
mod markdown_roles;
mod page_file;
mod text;
pub(super) mod unified;
pub(super) mod wording;

pub(super) use command::{Arguments, json, run};
