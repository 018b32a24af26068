//! `policytrail diff`: what changed between two versions, word by word.

mod command;
mod html;
mod markdown_roles;
mod text;
mod unified;
mod wording;

pub(super) use command::{Arguments, run};
