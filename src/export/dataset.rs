//! Writes a whole dataset: tables, pages, git history, WARC, and the files that describe them.

use std::fs;
use std::io;
use std::path::Path;

use super::citation::{bibtex, cff};
use super::croissant::croissant;
use super::data_card::DataCard;
use super::error::ExportError;
use super::file_names::{
    CITATION_BIB, CITATION_CFF, CROISSANT, DATA_CARD, GIT_REPOSITORY, GIT_STREAM, SITE_LIST, WARC,
    WARC_INDEX,
};
use super::folder::ExportFolder;
use super::git_history::{NoRepository, make_repository};
use super::options::{ExportOptions, PageFormat};
use super::pages::{PageCounts, write_git_stream, write_pages};
use super::table_files::{WrittenTable, check_formats, table_file_names, write_tables};
use super::warc::write_warc;
use crate::store::Store;
use crate::store::tables::Snapshot;

/// What an export wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The tables.
    pub tables: Vec<WrittenTable>,
    /// Other files and directories, with the number of versions or records in them.
    pub others: Vec<(String, u64)>,
    /// Messages about rows that were left out and steps that failed.
    pub notes: Vec<String>,
    /// Messages that are not about failures.
    pub remarks: Vec<String>,
}

/// Writes a dataset into a directory, which is created if it does not exist. All of it shows one state of the database.
///
/// # Errors
/// See [`ExportError`]; the files of an earlier export are then unchanged.
pub fn export(
    store: &Store,
    options: &ExportOptions,
    target: &Path,
) -> Result<Exported, ExportError> {
    check_formats(options)?;
    let mut folder = ExportFolder::open(target, &planned_names(options))?;
    let exported = store.snapshot(|snapshot| {
        let mut exported = Exported::default();
        exported.add_tables(write_tables(snapshot, options, &mut folder)?);
        if !options.pages.is_empty() {
            let pages = write_pages(snapshot, options, &mut folder)?;
            exported.add_pages(pages, &options.pages);
        }
        if options.git {
            write_git(snapshot, options, &mut folder, &mut exported)?;
        }
        if options.warc {
            let records = write_warc(snapshot, options, &mut folder)?;
            exported.others.push((WARC.to_owned(), records));
        }
        let card = DataCard::gather(snapshot, options)?;
        if card.is_empty() {
            exported
                .remarks
                .push("0 versions: nothing in the database matches the selection".to_owned());
        }
        describe(&card, options, &exported, &mut folder)?;
        Ok::<_, ExportError>(exported)
    })?;
    folder.commit()?;
    Ok(exported)
}

/// Writes the files that describe the dataset.
fn describe(
    card: &DataCard,
    options: &ExportOptions,
    exported: &Exported,
    folder: &mut ExportFolder,
) -> Result<(), ExportError> {
    let metadata = serde_json::to_vec_pretty(&croissant(card, options, &exported.tables))
        .map_err(|e| ExportError::write(Path::new(CROISSANT), e.into()))?;
    folder.put(CROISSANT, &metadata)?;
    let cited = card.cited(options);
    folder.put(CITATION_CFF, cff(&cited).as_bytes())?;
    let entry = bibtex(&cited) + "\n";
    folder.put(CITATION_BIB, entry.as_bytes())?;
    let readme = card.readme(options, &exported.tables, &exported.others);
    folder.put(DATA_CARD, readme.as_bytes())?;
    Ok(())
}

/// Writes the stream of commits, and a repository made from it if git is installed.
fn write_git(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut ExportFolder,
    exported: &mut Exported,
) -> Result<(), ExportError> {
    let commits = write_git_stream(snapshot, options, folder)?;
    let stream = (GIT_STREAM.to_owned(), commits.written);
    exported.others.push(stream);
    exported.note_left_out(commits.left_out, GIT_STREAM);
    let repository = folder.path(GIT_REPOSITORY)?;
    match make_repository(&folder.path(GIT_STREAM)?, &repository) {
        Ok(()) => {
            let repository = (GIT_REPOSITORY.to_owned(), commits.written);
            exported.others.push(repository);
        }
        Err(NoRepository::NoGit) => exported.remarks.push(format!(
            "git is not installed, so {GIT_REPOSITORY} was not created; {GIT_STREAM} holds the history"
        )),
        Err(NoRepository::Failed(message)) => {
            remove_partial(&repository)?;
            exported
                .notes
                .push(format!("git could not create {GIT_REPOSITORY}: {message}"));
        }
    }
    Ok(())
}

/// Removes a repository that git did not finish.
fn remove_partial(repository: &Path) -> Result<(), ExportError> {
    match fs::remove_dir_all(repository) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(ExportError::write(repository, e)),
        _ => Ok(()),
    }
}

/// The files and directories that an export may write, as far as they are known before it starts.
fn planned_names(options: &ExportOptions) -> Vec<String> {
    let mut names = table_file_names(options);
    let mut add = |name: &str| names.push(name.to_owned());
    options.pages.iter().for_each(|format| add(format.folder()));
    if options.git {
        [GIT_STREAM, GIT_REPOSITORY].into_iter().for_each(&mut add);
    }
    if options.warc {
        [WARC, WARC_INDEX, SITE_LIST].into_iter().for_each(&mut add);
    }
    [DATA_CARD, CROISSANT, CITATION_CFF, CITATION_BIB]
        .into_iter()
        .for_each(&mut add);
    names
}

impl Exported {
    fn add_tables(&mut self, tables: Vec<WrittenTable>) {
        for table in tables.iter().filter(|t| t.left_out > 0) {
            self.notes.push(format!(
                "{} rows of {} have unreadable values and were left out; another program has changed the database",
                table.left_out, table.table.name
            ));
        }
        self.tables = tables;
    }

    fn add_pages(&mut self, pages: PageCounts, formats: &[PageFormat]) {
        for format in formats {
            let name = format.folder();
            self.others.push((name.to_owned(), pages.written));
            self.note_left_out(pages.left_out, name);
        }
    }

    fn note_left_out(&mut self, versions: u64, name: &str) {
        if versions > 0 {
            self.notes.push(format!(
                "{versions} versions are not in {name}, because their site is not a domain or a value cannot be read; another \
                 program has changed the database"
            ));
        }
    }
}
