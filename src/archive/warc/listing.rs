//! The files in a directory: WARC files, indexes, and what else is there.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::collection::file_error;
use super::lines::shown;
use super::skipped::{SkipReason, Skipped};
use crate::archive::ArchiveError;

/// A file: its readable name and its path.
pub(super) type NamedFile = (String, PathBuf);

/// The WARC files and indexes in a directory, by name.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// WARC files.
    pub(super) warcs: Vec<NamedFile>,
    /// Index files.
    pub(super) indexes: Vec<NamedFile>,
    /// Files that are not read.
    pub(super) skipped: Skipped,
    /// Names of files whose format is not supported.
    pub(super) unsupported: Vec<String>,
}

/// What a file is, by its name.
enum FileKind {
    Warc,
    Index,
    Unsupported,
    MacOs,
    Other,
}

impl Listing {
    /// Reads a directory, without its sub-directories.
    pub(super) fn read(folder: &Path) -> Result<Self, ArchiveError> {
        let fail =
            |e: std::io::Error| file_error(folder, format!("{e}; make the directory readable"));
        let mut listing = Self::default();
        for entry in std::fs::read_dir(folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let Some(name) = path.file_name().map(readable_name) else {
                continue;
            };
            if !path.is_file() {
                continue;
            }
            match kind_of(&name) {
                FileKind::Warc => listing.warcs.push((name, path)),
                FileKind::Index => listing.indexes.push((name, path)),
                FileKind::Unsupported => {
                    listing.skipped.add(SkipReason::UnsupportedFile, 1);
                    listing.unsupported.push(name);
                }
                FileKind::MacOs => listing.skipped.add(SkipReason::MacOsFile, 1),
                FileKind::Other => {}
            }
        }
        listing.warcs.sort_unstable();
        listing.indexes.sort_unstable();
        listing.unsupported.sort_unstable();
        Ok(listing)
    }

    /// Keeps one WARC file, and its indexes: those with its name, or all in its directory when there are none.
    pub(super) fn keep_only(&mut self, name: &str, path: &Path) {
        self.warcs = vec![(name.to_owned(), path.to_path_buf())];
        let is_own = |index: &NamedFile| stem(&index.0) == stem(name);
        if self.indexes.iter().any(is_own) {
            self.indexes.retain(is_own);
        }
        self.skipped = Skipped::default();
        self.unsupported.clear();
    }

    /// Message for a directory that has neither a WARC file nor an index.
    pub(super) fn message_without_warc(&self) -> String {
        let mut message =
            "the directory contains no WARC file (.warc, .warc.gz) and no index (.cdxj, .cdx)"
                .to_owned();
        if let Some(name) = self.unsupported.first() {
            // Writing to a string cannot fail.
            let _ = write!(
                message,
                "; the format of `{}` is not supported",
                shown(name)
            );
        }
        message + "; give another directory or a WARC file"
    }
}

/// The name of a file as text. Bytes that are not UTF-8 become `%FF`, so that different names stay different.
pub(super) fn readable_name(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// The name of a format that is not supported, by the name of a file.
pub(super) fn unsupported_format(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_suffix(".gz").unwrap_or(&lower);
    match bare.rsplit_once('.').map(|(_, ending)| ending) {
        Some("wacz") => Some("WACZ"),
        Some("arc") => Some("ARC"),
        Some("zst") => Some("WARC with Zstandard compression"),
        _ => None,
    }
}

fn kind_of(name: &str) -> FileKind {
    let lower = name.to_ascii_lowercase();
    if lower.starts_with("._") {
        return FileKind::MacOs;
    }
    let bare = lower.strip_suffix(".gz").unwrap_or(&lower);
    let is_compressed = bare.len() < lower.len();
    match bare.rsplit_once('.').map(|(_, ending)| ending) {
        Some("warc") => FileKind::Warc,
        Some("cdxj" | "cdx") if !is_compressed => FileKind::Index,
        Some("cdxj" | "cdx" | "arc" | "wacz") => FileKind::Unsupported,
        _ if [".warc.", ".arc."].iter().any(|part| bare.contains(part)) => FileKind::Unsupported,
        _ => FileKind::Other,
    }
}

/// The common name of a file and its index: `sample` for `sample.warc.gz`, `sample.cdxj` and `sample.warc.gz.cdxj`.
pub(super) fn stem(name: &str) -> &str {
    let name = [".cdxj", ".cdx"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.strip_suffix(".warc").unwrap_or(name)
}
