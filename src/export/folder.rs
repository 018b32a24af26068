//! The directory of an export. All files are opened here.
//!
//! All files are written into the directory `.export.part` inside the target and moved to their places when the last
//! byte is on disk. So an interrupted export leaves the old files unchanged, and the next export removes what the
//! interrupted one left behind. Each file and directory is moved by one `rename`. No filesystem moves several at once,
//! so `SHA256SUMS` is moved last: while it does not match (`sha256sum --check`), an export was stopped between two
//! renames and must be repeated.
//!
//! The mark in the README and the list of checksums say what belongs to an earlier export. The new dataset replaces all
//! of that, so two datasets are never mixed. Anything else is never touched: if it is in the way, the export is refused.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::compression::Compression;
use super::error::ExportError;
use super::export_file::{ExportFile, WrittenFile, create_new};
use super::file_names::{CHECKSUMS, DATA_CARD, is_relative_name};
use super::previous_export::PreviousExport;

/// Hidden directory of an export that is not finished.
const STAGING: &str = ".export.part";
/// End of the name under which a replaced directory waits in the staging directory until it is removed.
const REPLACED: &str = ".old";
const LOCK: &str = ".export.lock";

/// A target directory while an export writes to it.
pub(super) struct ExportFolder {
    target: PathBuf,
    staging: Staging,
    /// Held until the export ends: two exports at once would mix their files.
    _lock: File,
    committed: bool,
}

/// The hidden directory that holds the new files, and what they will replace.
struct Staging {
    path: PathBuf,
    checksums: BufWriter<File>,
    previous: PreviousExport,
}

impl ExportFolder {
    /// Creates the directory if it does not exist, and checks that it is writable and that no foreign file has one of
    /// the planned names.
    pub(super) fn open(target: &Path, planned: &[String]) -> Result<Self, ExportError> {
        fs::create_dir_all(target).map_err(|e| ExportError::write(target, e))?;
        let lock = lock(target)?;
        match Staging::create(target, planned) {
            Ok(staging) => Ok(Self {
                target: target.into(),
                staging,
                _lock: lock,
                committed: false,
            }),
            Err(error) => {
                // The first error is reported, not one of this removal.
                let _ = fs::remove_file(target.join(LOCK));
                Err(error)
            }
        }
    }

    /// Creates a new file and its parent directories. `name` is relative, its parts separated by `/`.
    pub(super) fn create(
        &self,
        name: &str,
        compression: Compression,
    ) -> Result<ExportFile, ExportError> {
        let path = self.path(name)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| ExportError::write(parent, e))?;
        }
        ExportFile::create(name, path, compression)
    }

    /// Ends a file and records its checksum.
    pub(super) fn close(&mut self, file: ExportFile) -> Result<WrittenFile, ExportError> {
        let written = file.finish()?;
        writeln!(
            self.staging.checksums,
            "{}  {}",
            written.sha256, written.name
        )
        .map_err(|e| ExportError::write(&self.staging.path.join(CHECKSUMS), e))?;
        Ok(written)
    }

    /// Writes a small file at once.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<WrittenFile, ExportError> {
        let mut file = self.create(name, Compression::None)?;
        file.write_all(bytes).map_err(|e| file.error(e))?;
        self.close(file)
    }

    /// Path of a file during the export.
    pub(super) fn path(&self, name: &str) -> Result<PathBuf, ExportError> {
        if is_relative_name(name) {
            Ok(self.staging.path.join(name))
        } else {
            let cause = io::Error::new(
                io::ErrorKind::InvalidInput,
                "this name cannot be used for a file",
            );
            Err(ExportError::write(&self.target, cause))
        }
    }

    /// Moves everything to its place.
    pub(super) fn commit(mut self) -> Result<(), ExportError> {
        let mut names = self.staging.finish()?;
        let new: BTreeSet<String> = names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        self.staging.previous.check(&self.target, new.iter())?;
        // The README first, because it marks the directory as that of an export; the checksums last.
        names.sort_by_key(|name| (name == CHECKSUMS, name != DATA_CARD, name.clone()));
        let checksums = names.pop();
        for name in names {
            if self.target.join(&name).is_dir() {
                // One rename cannot replace a directory: the old one is moved away first.
                self.move_away(&name.to_string_lossy())?;
            }
            self.move_in(&name)?;
        }
        for name in self.staging.previous.names.difference(&new) {
            if fs::symlink_metadata(self.target.join(name)).is_ok() {
                self.move_away(name)?;
            }
        }
        if let Some(name) = checksums {
            self.move_in(&name)?;
        }
        self.committed = true;
        Ok(())
    }

    /// Moves a new file or directory to its place.
    fn move_in(&self, name: &OsString) -> Result<(), ExportError> {
        let to = self.target.join(name);
        fs::rename(self.staging.path.join(name), &to).map_err(|e| ExportError::write(&to, e))
    }

    /// Moves something that an earlier export wrote into the staging directory, and it is removed together with that
    /// directory.
    fn move_away(&self, name: &str) -> Result<(), ExportError> {
        let from = self.target.join(name);
        let to = self.staging.path.join(format!("{name}{REPLACED}"));
        fs::rename(&from, &to).map_err(|e| ExportError::write(&from, e))
    }
}

impl Drop for ExportFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next export. The lock is released after this.
        let _ = fs::remove_dir_all(&self.staging.path);
        let _ = fs::remove_file(self.target.join(LOCK));
        if !self.committed {
            // Succeeds only for an empty directory, such as one that this export created.
            let _ = fs::remove_dir(&self.target);
        }
    }
}

impl Staging {
    /// Creates an empty staging directory with its list of checksums.
    fn create(target: &Path, planned: &[String]) -> Result<Self, ExportError> {
        let path = target.join(STAGING);
        if path.exists() {
            restore_moved(&path, target)?;
            recover_checksums(&path, target)?;
        }
        let previous = PreviousExport::read(target)?;
        previous.check(target, planned.iter())?;
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|e| ExportError::write(&path, e))?;
        }
        fs::create_dir(&path).map_err(|e| ExportError::write(&path, e))?;
        let checksums = create_new(&path.join(CHECKSUMS))?;
        Ok(Self {
            path,
            checksums: BufWriter::new(checksums),
            previous,
        })
    }

    /// Writes the checksums to disk; returns the names of all new files and directories.
    fn finish(&mut self) -> Result<Vec<OsString>, ExportError> {
        self.checksums
            .flush()
            .and_then(|()| self.checksums.get_ref().sync_all())
            .map_err(|e| ExportError::write(&self.path.join(CHECKSUMS), e))?;
        let fail = |e| ExportError::write(&self.path, e);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(fail)? {
            names.push(entry.map_err(fail)?.file_name());
        }
        Ok(names)
    }
}

/// Adds the checksums of an export that was killed while it moved its files: its own list was not in place yet.
fn recover_checksums(staging: &Path, target: &Path) -> Result<(), ExportError> {
    let list = staging.join(CHECKSUMS);
    // The README is moved first.
    if staging.join(DATA_CARD).exists() || !list.exists() {
        return Ok(());
    }
    let appended = fs::read(&list).and_then(|lines| {
        let mut checksums = OpenOptions::new()
            .create(true)
            .append(true)
            .open(target.join(CHECKSUMS))?;
        checksums.write_all(&lines)?;
        checksums.sync_all()
    });
    appended.map_err(|e| ExportError::write(&target.join(CHECKSUMS), e))
}

/// Moves back the directories that a killed export had moved away.
fn restore_moved(staging: &Path, target: &Path) -> Result<(), ExportError> {
    let fail = |e| ExportError::write(staging, e);
    for entry in fs::read_dir(staging).map_err(fail)? {
        let moved = entry.map_err(fail)?.path();
        let name = moved.file_name().unwrap_or_default().to_string_lossy();
        let Some(name) = name.strip_suffix(REPLACED) else {
            continue;
        };
        let place = target.join(name);
        if !place.exists() {
            fs::rename(&moved, &place).map_err(|e| ExportError::write(&place, e))?;
        }
    }
    Ok(())
}

fn lock(target: &Path) -> Result<File, ExportError> {
    let path = target.join(LOCK);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| ExportError::write(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ExportError::Busy {
            folder: target.into(),
        }),
        Err(TryLockError::Error(e)) => Err(ExportError::write(&path, e)),
    }
}
