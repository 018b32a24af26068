//! One file of an export: compressed if wanted, hashed and counted while it is written.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use flate2::write::GzEncoder;
use flate2::{Compression as GzipLevel, GzBuilder};
use sha2::{Digest as _, Sha256};

use super::compression::Compression;
use super::error::ExportError;

const ZSTD_LEVEL: i32 = 10;
const BUFFER_BYTES: usize = 1 << 16;

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name inside the export's directory.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A file that is being written.
pub(super) struct ExportFile {
    name: String,
    path: PathBuf,
    encoder: Encoder,
}

enum Encoder {
    None(HashedFile),
    Gzip(GzEncoder<HashedFile>),
    Zstd(zstd::Encoder<'static, HashedFile>),
}

/// A file that hashes and counts the bytes that reach the disk.
struct HashedFile {
    file: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl ExportFile {
    /// Creates a new file. `name` is its name inside the export's directory.
    pub(super) fn create(
        name: &str,
        path: PathBuf,
        compression: Compression,
    ) -> Result<Self, ExportError> {
        let hashed = HashedFile {
            file: BufWriter::with_capacity(BUFFER_BYTES, create_new(&path)?),
            hasher: Sha256::new(),
            bytes: 0,
        };
        let encoder = match compression {
            Compression::None => Encoder::None(hashed),
            // No time and no name in the header: the same rows give the same bytes.
            Compression::Gzip => Encoder::Gzip(
                GzBuilder::new()
                    .mtime(0)
                    .write(hashed, GzipLevel::default()),
            ),
            Compression::Zstd => Encoder::Zstd(
                zstd::Encoder::new(hashed, ZSTD_LEVEL).map_err(|e| ExportError::write(&path, e))?,
            ),
        };
        Ok(Self {
            name: name.to_owned(),
            path,
            encoder,
        })
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<WrittenFile, ExportError> {
        let fail = |e| ExportError::write(&self.path, e);
        let mut hashed = match self.encoder {
            Encoder::None(hashed) => hashed,
            Encoder::Gzip(encoder) => encoder.finish().map_err(fail)?,
            Encoder::Zstd(encoder) => encoder.finish().map_err(fail)?,
        };
        hashed.file.flush().map_err(fail)?;
        // Files in directories are many and small. Syncing each would take longer than all other work.
        if !self.name.contains('/') {
            hashed.file.get_ref().sync_all().map_err(fail)?;
        }
        Ok(WrittenFile {
            name: self.name,
            bytes: hashed.bytes,
            sha256: HEXLOWER.encode(&hashed.hasher.finalize()),
        })
    }

    /// Path of the file during the export.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// An error of this file.
    pub(super) fn error(&self, cause: io::Error) -> ExportError {
        ExportError::write(&self.path, cause)
    }
}

/// Creates a file that must not exist yet.
pub(super) fn create_new(path: &Path) -> Result<File, ExportError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|e| ExportError::write(path, e))
}

impl Write for ExportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.encoder {
            Encoder::None(out) => out.write(bytes),
            Encoder::Gzip(out) => out.write(bytes),
            Encoder::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.encoder {
            Encoder::None(out) => out.flush(),
            Encoder::Gzip(out) => out.flush(),
            Encoder::Zstd(out) => out.flush(),
        }
    }
}

impl Write for HashedFile {
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
