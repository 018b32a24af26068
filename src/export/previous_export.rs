//! Which files of a directory an earlier export wrote. All others are foreign and never touched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use super::error::ExportError;
use super::file_names::{CHECKSUMS, DATA_CARD, GIT_REPOSITORY, MARK, is_relative_name};

/// The files and directories of an earlier export.
pub(super) struct PreviousExport {
    /// Their names in the target directory.
    pub(super) names: BTreeSet<String>,
}

impl PreviousExport {
    /// Reads the list of checksums in the directory. The result is empty if the README was not written by an export.
    ///
    /// # Errors
    /// If a directory of the export holds a file that the export did not write: it would be removed too.
    pub(super) fn read(target: &Path) -> Result<Self, ExportError> {
        let mut names = BTreeSet::new();
        if !is_marked(target) {
            return Ok(Self { names });
        }
        let files = listed(target)?;
        let folders = files.iter().filter_map(|f| Some(f.split_once('/')?.0));
        for folder in folders.collect::<BTreeSet<_>>() {
            check_folder(target, folder, &files)?;
        }
        let top = |name: &String| name.split('/').next().map(str::to_owned);
        names.extend(files.iter().filter_map(top));
        names.extend([DATA_CARD, CHECKSUMS, GIT_REPOSITORY].map(str::to_owned));
        Ok(Self { names })
    }

    /// Refuses names under which there is something that no export wrote.
    pub(super) fn check<'n>(
        &self,
        target: &Path,
        mut names: impl Iterator<Item = &'n String>,
    ) -> Result<(), ExportError> {
        let is_foreign = |name: &&String| {
            !self.names.contains(*name) && fs::symlink_metadata(target.join(name)).is_ok()
        };
        match names.find(is_foreign) {
            None => Ok(()),
            Some(name) => Err(ExportError::Foreign {
                path: target.join(name),
            }),
        }
    }
}

/// True if the README of the directory begins with the mark of an export.
fn is_marked(target: &Path) -> bool {
    let mut start = Vec::new();
    if let Ok(file) = File::open(target.join(DATA_CARD)) {
        // An unreadable file was not written by an export.
        let _ = file.take(MARK.len() as u64).read_to_end(&mut start);
    }
    start == MARK.as_bytes()
}

/// The files named in the list of checksums. Somebody else may have written the list, so only relative names are read.
fn listed(target: &Path) -> Result<BTreeSet<String>, ExportError> {
    let path = target.join(CHECKSUMS);
    let fail = |e| ExportError::write(&path, e);
    let list = match File::open(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        list => list.map_err(fail)?,
    };
    let mut files = BTreeSet::new();
    for line in BufReader::new(list).lines() {
        let line = line.map_err(fail)?;
        let name = line.split_once("  ").map(|(_, name)| name);
        // No export lists hidden files.
        let is_exported = |name: &&str| is_relative_name(name) && !name.starts_with('.');
        files.extend(name.filter(is_exported).map(str::to_owned));
    }
    Ok(files)
}

/// Refuses a directory with a file that is not listed. `folder` is relative to the target.
fn check_folder(target: &Path, folder: &str, files: &BTreeSet<String>) -> Result<(), ExportError> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let path = target.join(&folder);
        let fail = |e| ExportError::write(&path, e);
        let entries = match fs::read_dir(&path) {
            // Somebody removed it.
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(fail)?,
        };
        for entry in entries {
            let entry = entry.map_err(fail)?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(fail)?.is_dir() {
                folders.push(name);
            } else if !files.contains(&name) {
                return Err(ExportError::Foreign { path: entry.path() });
            }
        }
    }
    Ok(())
}
