//! `policytrail backup`: a copy of the database while it is in use.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::atomic_file::AtomicFile;
use super::failure::{Exit, Failure};
use super::options::CommonOptions;
use crate::report::safe_line;
use crate::store::Store;

/// Copy the database to a file, also while a crawl writes to it
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The copy; an older one of this name is replaced when the new one is whole
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
            "`{}` is the database itself; name another file",
            target.display()
        )));
    }
    let store = Store::open_to_read(&settings.database)?;
    if target.is_file() && !Store::may_be_replaced(target) {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` is no copy of a policytrail database and was left untouched; name another file",
            target.display()
        )));
    }
    let file = AtomicFile::create(target)?;
    store.copy_to(&file.path(), |left, all| {
        tracing::debug!(left, all, "pages");
    })?;
    file.commit_database()?;
    let bytes = fs::metadata(target).map_or(0, |m| m.len());
    let name = safe_line(&target.to_string_lossy());
    writeln!(io::stdout(), "{name}: {bytes} bytes")?;
    Ok(Exit::Done)
}
