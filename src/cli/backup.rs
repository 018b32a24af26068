//! `policytrail backup`: a copy of the database while it is in use.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::failure::{Exit, Failure};
use super::options::Common;
use super::replace::{check_writable, replace_database, unfinished};
use crate::store::Store;

/// Copy the database to a file, also while a crawl writes to it
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The copy; an older one of this name is replaced when the new one is whole
    #[arg(value_name = "FILE")]
    target: PathBuf,

    #[command(flatten)]
    common: Common,
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
    let store = Store::open(&settings.database)?;
    check_writable(target)?;
    let unfinished = unfinished(target);
    // Of a process with this number that was killed.
    let _ = fs::remove_file(&unfinished);
    let copied = store.copy_to(&unfinished, |left, all| tracing::debug!(left, all, "pages"));
    if let Err(error) = copied {
        // What is left is rubbish; if it cannot be removed, the first error is still the one to tell.
        let _ = fs::remove_file(&unfinished);
        return Err(error.into());
    }
    replace_database(&unfinished, target)
        .map_err(|e| anyhow::anyhow!("cannot write `{}`: {e}", target.display()))?;
    let bytes = fs::metadata(target).map_or(0, |m| m.len());
    writeln!(io::stdout(), "{}: {bytes} bytes", target.display())?;
    Ok(Exit::Done)
}
