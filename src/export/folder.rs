//! The folder of an export: the one place that opens files.
//!
//! Everything is written into a folder `.export.part` inside the target, and moved to its place when the last byte is on
//! disk: an export that is interrupted leaves the old files whole, and what it left behind is removed by the next. Where
//! the target does not hold a dataset yet, or holds one, each file and folder is moved by one `rename`; no filesystem
//! moves several at once, so `SHA256SUMS` comes last: as long as it does not fit (`sha256sum --check`), an export was
//! stopped between two renames and is to be repeated.
//!
//! What is of an export is known by the mark in its README and by its list of checksums. All of that makes room for the
//! new dataset, so that no two are mixed; anything else is never touched: the export is refused where it is in the way.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use flate2::write::GzEncoder;
use flate2::{Compression as GzipLevel, GzBuilder};
use sha2::{Digest as _, Sha256};

use super::ExportError;
use super::earlier::{Earlier, is_name};

/// The data card, which marks a folder as that of a dataset.
pub(super) const CARD: &str = "README.md";
/// What git makes of the stream of commits; the one thing that is ours without a checksum.
pub(super) const REPOSITORY: &str = "policies.git";
/// First line of the README of a dataset; a README without it is somebody's own and is never replaced.
pub(super) const MARK: &str = "<!-- written by policytrail export -->";
const STAGING: &str = ".export.part";
/// Ending of a folder that steps aside for its successor.
const ASIDE: &str = ".old";
const LOCK: &str = ".export.lock";
/// Checksums of all files but itself and what another program wrote.
pub(super) const SUMS: &str = "SHA256SUMS";
const ZSTD_LEVEL: i32 = 10;

/// How the files of tables in text form are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip, `.gz`.
    Gzip,
    /// Zstandard, `.zst`.
    Zstd,
}

impl Compression {
    /// What follows the file's name.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name inside the export's folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// A target folder while it is written to.
pub(super) struct Folder {
    target: PathBuf,
    staging: PathBuf,
    sums: BufWriter<File>,
    earlier: Earlier,
    /// Held until the export is over: two at once would mix their files.
    _lock: File,
    committed: bool,
}

impl Folder {
    /// Makes the folder if it is not there, and checks that it may be written to, and that nothing of somebody's own is in
    /// the way of what is planned.
    pub(super) fn open(target: &Path, planned: &[String]) -> Result<Self, ExportError> {
        fs::create_dir_all(target).map_err(|e| ExportError::write(target, e))?;
        let lock = lock(target)?;
        match stage(target, planned) {
            Ok((earlier, staging, sums)) => Ok(Self {
                target: target.into(),
                staging,
                sums: BufWriter::new(sums),
                earlier,
                _lock: lock,
                committed: false,
            }),
            Err(error) => {
                // The error is what there is to tell.
                let _ = fs::remove_file(target.join(LOCK));
                Err(error)
            }
        }
    }

    /// A new file; `name` is relative, its parts parted by `/`. Folders on the way are made.
    pub(super) fn create(&self, name: &str, compression: Compression) -> Result<Sink, ExportError> {
        let path = self.path(name)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| ExportError::write(parent, e))?;
        }
        let plain = Plain {
            file: BufWriter::with_capacity(1 << 16, create(&path)?),
            hasher: Sha256::new(),
            bytes: 0,
        };
        let packed = match compression {
            Compression::None => Packed::None(plain),
            // No time and no name in the header: the same rows give the same bytes.
            Compression::Gzip => {
                Packed::Gzip(GzBuilder::new().mtime(0).write(plain, GzipLevel::default()))
            }
            Compression::Zstd => Packed::Zstd(
                zstd::Encoder::new(plain, ZSTD_LEVEL).map_err(|e| ExportError::write(&path, e))?,
            ),
        };
        Ok(Sink {
            name: name.to_owned(),
            path,
            packed,
        })
    }

    /// Ends a file and notes its checksum.
    pub(super) fn close(&mut self, sink: Sink) -> Result<Written, ExportError> {
        let fail = |e| ExportError::write(&sink.path, e);
        let mut plain = match sink.packed {
            Packed::None(plain) => plain,
            Packed::Gzip(encoder) => encoder.finish().map_err(fail)?,
            Packed::Zstd(encoder) => encoder.finish().map_err(fail)?,
        };
        plain.file.flush().map_err(fail)?;
        // Trees of many small files are left to the system: a sync of each would take longer than all the rest.
        if !sink.name.contains('/') {
            plain.file.get_ref().sync_all().map_err(fail)?;
        }
        let written = Written {
            name: sink.name,
            bytes: plain.bytes,
            sha256: HEXLOWER.encode(&plain.hasher.finalize()),
        };
        writeln!(self.sums, "{}  {}", written.sha256, written.name)
            .map_err(|e| ExportError::write(&self.staging.join(SUMS), e))?;
        Ok(written)
    }

    /// Writes a small file whole.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<Written, ExportError> {
        let mut sink = self.create(name, Compression::None)?;
        sink.write_all(bytes).map_err(|e| sink.fault(e))?;
        self.close(sink)
    }

    /// Where a file is while the export lasts.
    pub(super) fn path(&self, name: &str) -> Result<PathBuf, ExportError> {
        if is_name(name) {
            Ok(self.staging.join(name))
        } else {
            let cause = io::Error::new(io::ErrorKind::InvalidInput, "that is no name for a file");
            Err(ExportError::write(&self.target, cause))
        }
    }

    /// Moves everything to its place.
    pub(super) fn commit(mut self) -> Result<(), ExportError> {
        let sums = self.staging.join(SUMS);
        self.sums
            .flush()
            .and_then(|()| self.sums.get_ref().sync_all())
            .map_err(|e| ExportError::write(&sums, e))?;
        let mut names = Vec::new();
        for entry in
            fs::read_dir(&self.staging).map_err(|e| ExportError::write(&self.staging, e))?
        {
            names.push(
                entry
                    .map_err(|e| ExportError::write(&self.staging, e))?
                    .file_name(),
            );
        }
        let new: BTreeSet<String> = names
            .iter()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        self.earlier.check(&self.target, new.iter())?;
        // The README first, because it marks the folder as ours; the checksums last.
        names.sort_by_key(|name| (name == SUMS, name != CARD, name.clone()));
        let sums = names.pop();
        for name in names {
            let (from, to) = (self.staging.join(&name), self.target.join(&name));
            if to.is_dir() {
                // A folder cannot be replaced by one rename: the old one steps aside.
                self.step_aside(&name.to_string_lossy())?;
            }
            fs::rename(&from, &to).map_err(|e| ExportError::write(&to, e))?;
        }
        for name in self.earlier.names.difference(&new) {
            if fs::symlink_metadata(self.target.join(name)).is_ok() {
                self.step_aside(name)?;
            }
        }
        if let Some(name) = sums {
            let to = self.target.join(&name);
            fs::rename(self.staging.join(&name), &to).map_err(|e| ExportError::write(&to, e))?;
        }
        self.committed = true;
        Ok(())
    }

    /// Moves what an earlier export wrote out of the way; it is removed with the rest of the staging folder.
    fn step_aside(&self, name: &str) -> Result<(), ExportError> {
        let place = self.target.join(name);
        let aside = self.staging.join(format!("{name}{ASIDE}"));
        fs::rename(&place, &aside).map_err(|e| ExportError::write(&place, e))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next export; the lock is let go of after this.
        let _ = fs::remove_dir_all(&self.staging);
        let _ = fs::remove_file(self.target.join(LOCK));
        if !self.committed {
            // An empty folder that this export made is no use to anybody; one that is not empty stays.
            let _ = fs::remove_dir(&self.target);
        }
    }
}

/// Makes an empty staging folder with its list of checksums.
fn stage(target: &Path, planned: &[String]) -> Result<(Earlier, PathBuf, File), ExportError> {
    let staging = target.join(STAGING);
    if staging.exists() {
        restore(&staging, target)?;
        remember(&staging, target)?;
    }
    let earlier = Earlier::of(target)?;
    earlier.check(target, planned.iter())?;
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(|e| ExportError::write(&staging, e))?;
    }
    fs::create_dir(&staging).map_err(|e| ExportError::write(&staging, e))?;
    let sums = create(&staging.join(SUMS))?;
    Ok((earlier, staging, sums))
}

/// Notes as ours what an export had moved to its place when it was killed: its own list had not come to its place yet.
fn remember(staging: &Path, target: &Path) -> Result<(), ExportError> {
    let list = staging.join(SUMS);
    // The README is the first that moves.
    if staging.join(CARD).exists() || !list.exists() {
        return Ok(());
    }
    let noted = fs::read(&list).and_then(|lines| {
        let mut sums = OpenOptions::new()
            .create(true)
            .append(true)
            .open(target.join(SUMS))?;
        sums.write_all(&lines)?;
        sums.sync_all()
    });
    noted.map_err(|e| ExportError::write(&target.join(SUMS), e))
}

/// Puts back the folders that an export had moved aside when it was killed.
fn restore(staging: &Path, target: &Path) -> Result<(), ExportError> {
    let fail = |e| ExportError::write(staging, e);
    for entry in fs::read_dir(staging).map_err(fail)? {
        let aside = entry.map_err(fail)?.path();
        let name = aside.file_name().unwrap_or_default().to_string_lossy();
        let Some(name) = name.strip_suffix(ASIDE) else {
            continue;
        };
        let place = target.join(name);
        if !place.exists() {
            fs::rename(&aside, &place).map_err(|e| ExportError::write(&place, e))?;
        }
    }
    Ok(())
}

fn create(path: &Path) -> Result<File, ExportError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|e| ExportError::write(path, e))
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

/// A file that is being written.
pub(super) struct Sink {
    name: String,
    path: PathBuf,
    packed: Packed,
}

enum Packed {
    None(Plain),
    Gzip(GzEncoder<Plain>),
    Zstd(zstd::Encoder<'static, Plain>),
}

struct Plain {
    file: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl Sink {
    /// Where it is written.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// An error of this file.
    pub(super) fn fault(&self, cause: io::Error) -> ExportError {
        ExportError::write(&self.path, cause)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.packed {
            Packed::None(out) => out.write(bytes),
            Packed::Gzip(out) => out.write(bytes),
            Packed::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.packed {
            Packed::None(out) => out.flush(),
            Packed::Gzip(out) => out.flush(),
            Packed::Zstd(out) => out.flush(),
        }
    }
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
