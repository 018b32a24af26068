//! `policytrail evidence`: the evidence for a change, or for one version, in one ZIP file.

mod bundle;
mod capture_files;
mod checks;
mod command;
mod contents;
mod custody;
mod page;

pub(super) use command::{Arguments, run};
