//! `policytrail backup`: a copy of the database while it is in use.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::atomic_file::AtomicFile;
use super::failure::{Exit, Failure};
use super::options::CommonOptions;
use crate::report::safe_line;
use crate::store::Store;

/// Copy the database to a file, even while a crawl writes to it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  policytrail backup policytrail-copy.db")]
pub(super) struct Arguments {
    /// File for the copy; an older copy is replaced only when the new copy is complete
    #[arg(value_name = "FILE")]
    target: PathBuf,

    #[command(flatten)]
    common: CommonOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[])?;
    let target = &arguments.target;
    let same = |a: &std::path::Path| fs::canonicalize(a).ok();
    if target.exists() && same(target) == same(&settings.database) {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` is the database itself; give another file for the copy",
            target.display()
        )));
    }
    let store = Store::open_to_read(&settings.database)?;
    if target.is_file() && !Store::may_be_replaced(target) {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` is not a policytrail database and was not changed; give another file",
            target.display()
        )));
    }
    let file = AtomicFile::create(target)?;
    store.copy_to(&file.path(), |left, all| {
        tracing::debug!(left, all, "copying database pages");
    })?;
    file.commit_database()?;
    let bytes = fs::metadata(target).map_or(0, |m| m.len());
    let name = safe_line(&target.to_string_lossy());
    writeln!(io::stdout(), "{name}: {bytes} bytes")
        .map_err(|error| Failure::from(error).after_writing(target))?;
    Ok(Exit::Done)
}
