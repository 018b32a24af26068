//! Options of the redline page, and where an answer goes: to standard output, to a file, to a browser.

use std::fs::DirBuilder;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::atomic_file::replace_file;
use super::super::failure::Failure;
use super::super::options::heading;
use super::super::output_files::{UsedFile, check_outputs};
use super::super::terminal::note;
use super::html::Extent;
use crate::report::safe_line;

/// Options of the redline page.
#[derive(Debug, clap::Args)]
pub(super) struct PageOptions {
    /// Leave out the unchanged paragraphs of an HTML page, except those next to a change
    #[arg(long, help_heading = heading::OUTPUT)]
    changes_only: bool,

    /// Write the answer to this file; without --format, a name that ends in `.html` gives an HTML page
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    out: Option<PathBuf>,

    /// Open the HTML page in a browser (that of the variable BROWSER, if it is set)
    #[arg(long, help_heading = heading::OUTPUT)]
    open: bool,
}

impl PageOptions {
    /// How much of the text the page shows.
    pub(super) fn extent(&self) -> Extent {
        if self.changes_only {
            Extent::ChangesOnly
        } else {
            Extent::Whole
        }
    }

    /// True if the options only make sense for an HTML page.
    pub(super) fn needs_html(&self) -> bool {
        self.open || self.changes_only
    }

    /// True if the answer is an HTML page, unless another format is named.
    pub(super) fn is_html(&self) -> bool {
        let ending = self.out.as_deref().and_then(Path::extension);
        self.needs_html()
            || ending
                .is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm"))
    }

    /// True if the answer goes to standard output.
    pub(super) fn is_printed(&self) -> bool {
        self.out.is_none() && !self.open
    }

    /// Refuses a file that is the database.
    pub(super) fn check(&self, database: &Path) -> Result<(), Failure> {
        let outputs = self.out.iter().map(|path| UsedFile::new("--out", path));
        let outputs: Vec<UsedFile> = outputs.collect();
        check_outputs(&outputs, &UsedFile::database(database))
    }

    /// Writes the answer to its place, and opens it if wanted.
    pub(super) fn write(&self, answer: &str) -> Result<(), Failure> {
        let Some(path) = self.path()? else {
            io::stdout().lock().write_all(answer.as_bytes())?;
            return Ok(());
        };
        replace_file(&path, answer.as_bytes())?;
        let name = safe_line(&path.to_string_lossy());
        if self.out.is_none() {
            note(format_args!("wrote {name}"));
        }
        if self.open && !open(&path) {
            return Err(anyhow::anyhow!(
                "no browser could be started; open `{name}`, or set the variable BROWSER"
            )
            .into());
        }
        Ok(())
    }

    /// The file, if one is wanted. A page that is only opened goes to a new directory for temporary files.
    fn path(&self) -> Result<Option<PathBuf>, Failure> {
        if self.out.is_some() || !self.open {
            return Ok(self.out.clone());
        }
        let folder = std::env::temp_dir().join(format!("policytrail-{}", std::process::id()));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Fails if somebody else made this directory: then its files are not ours.
        builder
            .create(&folder)
            .map_err(|e| anyhow::anyhow!("cannot create `{}`: {e}", folder.display()))?;
        Ok(Some(folder.join("changes.html")))
    }
}

/// Opens a file with the user's browser; false if none could be started.
fn open(path: &Path) -> bool {
    let chosen = std::env::var_os("BROWSER").filter(|browser| !browser.is_empty());
    let commands: Vec<Command> = match chosen {
        Some(browser) => vec![Command::new(browser)],
        None if cfg!(windows) => vec![Command::new("explorer")],
        None if cfg!(target_os = "macos") => vec![Command::new("open")],
        None => ["xdg-open", "x-www-browser", "firefox"]
            .map(Command::new)
            .into(),
    };
    commands.into_iter().any(|mut command| {
        let started = command
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        started.is_ok()
    })
}
