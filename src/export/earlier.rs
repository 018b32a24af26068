//! What an earlier export wrote into a folder, and what there is somebody's own.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use super::ExportError;
use super::folder::{CARD, MARK, REPOSITORY, SUMS};

/// The files and folders of an earlier export, by their names in the target folder.
pub(super) struct Earlier {
    pub(super) names: BTreeSet<String>,
}

impl Earlier {
    /// Reads what the folder's own list says; nothing when its README is not that of an export.
    ///
    /// # Errors
    /// When a folder of the export holds a file that the export did not write: it would be removed with it.
    pub(super) fn of(target: &Path) -> Result<Self, ExportError> {
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
        names.extend([CARD, SUMS, REPOSITORY].map(str::to_owned));
        Ok(Self { names })
    }

    /// Refuses names under which something lies that is not of an export.
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

/// True for a relative name, its parts parted by `/`, that leads nowhere else.
pub(super) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
    };
    name.split('/').all(is_part)
}

fn is_marked(target: &Path) -> bool {
    let mut start = Vec::new();
    if let Ok(file) = File::open(target.join(CARD)) {
        // What cannot be read is not ours.
        let _ = file.take(MARK.len() as u64).read_to_end(&mut start);
    }
    start == MARK.as_bytes()
}

/// The files that the list of checksums names; a list of other hands may name anything, so only names are taken.
fn listed(target: &Path) -> Result<BTreeSet<String>, ExportError> {
    let path = target.join(SUMS);
    let fail = |e| ExportError::write(&path, e);
    let list = match File::open(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        list => list.map_err(fail)?,
    };
    let mut files = BTreeSet::new();
    for line in BufReader::new(list).lines() {
        let line = line.map_err(fail)?;
        let name = line.split_once("  ").map(|(_, name)| name);
        // No export writes what is hidden; its own staging folder and lock are.
        let is_ours = |name: &&str| is_name(name) && !name.starts_with('.');
        files.extend(name.filter(is_ours).map(str::to_owned));
    }
    Ok(files)
}

/// Refuses a folder with a file that is not listed. `folder` is relative to the target.
fn check_folder(target: &Path, folder: &str, files: &BTreeSet<String>) -> Result<(), ExportError> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let path = target.join(&folder);
        let fail = |e| ExportError::write(&path, e);
        let entries = match fs::read_dir(&path) {
            // Removed by hand.
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
