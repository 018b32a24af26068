//! The dataset: files made of the database, the same bytes every time.
//!
//! The tables are described once, in [`crate::store::tables`]; a [`RowWriter`] turns the rows of any of them into bytes and
//! never opens a file. `folder` opens them all, out of sight, and moves them to their place when the last is whole.
//! Nothing here reads a clock: the date of a dataset is that of the newest run, or capture, in the database.

mod atom;
mod card;
mod columnar;
mod comma;
mod earlier;
mod folder;
mod git;
mod jsonl;
mod links;
mod page;
mod pages;
mod panel;
mod place;
mod reading;
mod reasons;
mod rows;
mod warc;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use atom::atom_feed;
use folder::{CARD, Folder, REPOSITORY};
pub use folder::{Compression, Written};
pub use page::Links;
pub use pages::{Layout, PageFormat};
pub use panel::Period;
pub use reading::{ImportedRows, ReadError, import_dataset};
pub use rows::{TableFormat, TableRows};
pub use warc::SITE_LIST;

use crate::store::tables::{Cell, Column, Filter, Snapshot};
use crate::store::{Store, StoreError};

/// The tables described for machines.
const CROISSANT: &str = "dataset.json";
/// A history for `git fast-import`.
const STREAM: &str = "policies.fast-import";

/// Turns the rows of one table into bytes.
pub trait RowWriter {
    /// Writes one row, its cells in the order of the columns.
    ///
    /// # Errors
    /// When the output fails.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()>;

    /// Writes what comes after the last row.
    ///
    /// # Errors
    /// When the output fails.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What to export, and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportOptions {
    /// Forms of the tables.
    pub tables: Vec<TableFormat>,
    /// A panel of so long periods beside the other tables.
    pub panel: Option<Period>,
    /// Forms of the pages.
    pub pages: Vec<PageFormat>,
    /// A git history of the pages.
    pub git: bool,
    /// The payloads held, as WARC.
    pub warc: bool,
    /// Which versions become pages.
    pub layout: Layout,
    /// Where the links of Markdown lead.
    pub links: Links,
    /// Characters at which lines of plain text are broken.
    pub wrap: Option<usize>,
    /// What is wanted.
    pub filter: Filter,
    /// Leave out the words of the policies.
    pub no_text: bool,
    /// Of JSON Lines and CSV.
    pub compression: Compression,
}

/// What an export made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The tables, with their rows.
    pub tables: Vec<TableRows>,
    /// Other files and folders, with the number of versions or records in them.
    pub others: Vec<(String, u64)>,
    /// What was left out or could not be done, in words.
    pub notes: Vec<String>,
    /// What is worth knowing and no fault, in words.
    pub remarks: Vec<String>,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A file cannot be written.
    #[error("cannot write `{}`: {cause}; check the folder given with --out and the room on its disk", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Another export writes there.
    #[error("another export writes to `{}`; wait until it ends, or name another folder with --out", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// Something in the folder is not of an export.
    #[error("`{}` is not of an export and would be replaced; move it, or name another folder with --out", path.display())]
    Foreign {
        /// What would be replaced.
        path: PathBuf,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write {
            path: path.into(),
            cause,
        }
    }
}

/// Writes a dataset into a folder, which is made if it is not there. All of it shows one state of the database.
///
/// # Errors
/// See [`ExportError`]; the files of an earlier export are then still whole.
pub fn export(
    store: &Store,
    options: &ExportOptions,
    target: &Path,
) -> Result<Exported, ExportError> {
    let mut folder = Folder::open(target, &planned(options))?;
    let exported = store.snapshot(|snapshot| {
        let mut exported = Exported {
            tables: rows::write_tables(snapshot, options, &mut folder)?,
            ..Exported::default()
        };
        for table in exported.tables.iter().filter(|t| t.left_out > 0) {
            exported.notes.push(format!(
                "{} rows of {} have unreadable values and were left out; the database was changed by other hands",
                table.left_out, table.table.name
            ));
        }
        if !options.pages.is_empty() {
            let pages = pages::write_pages(snapshot, options, &mut folder)?;
            exported.add_pages(pages, &options.pages);
        }
        if options.git {
            write_git(snapshot, options, &mut folder, &mut exported)?;
        }
        if options.warc {
            let records = warc::write_warc(snapshot, options, &mut folder)?;
            exported.others.push((warc::WARC.to_owned(), records));
        }
        let card = card::Card::gather(snapshot, options)?;
        if card.is_empty() {
            exported
                .remarks
                .push("0 versions: nothing in the database is what was asked for".to_owned());
        }
        let croissant = serde_json::to_vec_pretty(&card.croissant(&exported))
            .map_err(|e| ExportError::write(target, e.into()))?;
        folder.put(CROISSANT, &croissant)?;
        folder.put(CARD, card.readme(options, &exported).as_bytes())?;
        Ok::<_, ExportError>(exported)
    })?;
    folder.commit()?;
    Ok(exported)
}

/// What the number beside a file or folder that is no table counts.
#[must_use]
pub fn counted(name: &str) -> &'static str {
    if name.contains(".warc") {
        "records"
    } else {
        "versions"
    }
}

/// A line of the data dictionary: name, type, meaning.
#[must_use]
pub fn dictionary_line(column: &Column) -> String {
    let empty = if column.nullable { ", or empty" } else { "" };
    format!(
        "| `{}` | {}{empty} | {} |",
        column.name,
        column.kind.name(),
        column.meaning
    )
}

/// The stream of commits, and a repository made of it where git is there.
fn write_git(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut Folder,
    exported: &mut Exported,
) -> Result<(), ExportError> {
    let (_, commits) = pages::write_git_stream(snapshot, options, folder, STREAM)?;
    exported.others.push((STREAM.to_owned(), commits.written));
    exported.note_left_out(commits.left_out, STREAM);
    let repository = folder.path(REPOSITORY)?;
    match git::make_repository(&folder.path(STREAM)?, &repository) {
        Ok(()) => exported
            .others
            .push((REPOSITORY.to_owned(), commits.written)),
        Err(git::NoRepository::NoGit) => exported.remarks.push(format!(
            "the program git is not here: no {REPOSITORY}, only {STREAM}"
        )),
        Err(git::NoRepository::Failed(told)) => {
            remove_half(&repository)?;
            exported
                .notes
                .push(format!("git made no {REPOSITORY}: {told}"));
        }
    }
    Ok(())
}

/// Removes what git left of a repository: half of one is worse than none.
fn remove_half(repository: &Path) -> Result<(), ExportError> {
    match fs::remove_dir_all(repository) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(ExportError::write(repository, e)),
        _ => Ok(()),
    }
}

/// The files and folders that an export may write, as far as they are known before.
fn planned(options: &ExportOptions) -> Vec<String> {
    let mut names = rows::table_files(options);
    let mut add = |name: &str| names.push(name.to_owned());
    options.pages.iter().for_each(|format| add(format.folder()));
    if options.git {
        [STREAM, REPOSITORY].into_iter().for_each(&mut add);
    }
    if options.warc {
        [warc::WARC, warc::INDEX, warc::SITE_LIST]
            .into_iter()
            .for_each(&mut add);
    }
    [CARD, CROISSANT].into_iter().for_each(&mut add);
    names
}

impl Exported {
    fn add_pages(&mut self, pages: pages::Pages, formats: &[PageFormat]) {
        for format in formats {
            let name = format.folder();
            self.others.push((name.to_owned(), pages.written));
            self.note_left_out(pages.left_out, name);
        }
    }

    fn note_left_out(&mut self, versions: u64, name: &str) {
        if versions > 0 {
            self.notes.push(format!(
                "{versions} versions are not in {name}: their site is no domain, or a value cannot be read; the database was \
                 changed by other hands"
            ));
        }
    }
}
