//! Finds the WARC files and indexes of an archive. Files without an index are scanned.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::catalogue::{Catalogue, CatalogueRow, UnreadableRows};
use super::index::{IndexRow, read_index};
use super::lines::shown;
use super::scan::{BUFFER_BYTES, RecordLocation, ScanError, scan_file};
use crate::archive::ArchiveError;

/// A WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WarcFile {
    /// Base name.
    pub(super) name: String,
    /// Path; `None` when an index names a file that does not exist.
    pub(super) path: Option<PathBuf>,
}

/// The files of an archive and their rows.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) files: Vec<WarcFile>,
    pub(super) catalogue: Catalogue,
}

/// Opens a single WARC file or a folder of them.
pub(super) fn open(path: &Path) -> Result<Collection, ArchiveError> {
    let metadata = std::fs::metadata(path).map_err(|e| {
        file_error(
            path,
            format!("{e}; give a WARC file or a directory of WARC files"),
        )
    })?;
    let (folder, only) = if metadata.is_dir() {
        (path.to_path_buf(), None)
    } else if !metadata.is_file() {
        return Err(file_error(
            path,
            "it is a device or a pipe; give a WARC file or a directory of WARC files",
        ));
    } else {
        let name = base_name(path)
            .ok_or_else(|| file_error(path, "its name is not valid UTF-8; rename it"))?;
        (
            path.parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new("."))
                .to_path_buf(),
            Some(name),
        )
    };
    let listing = Listing::read(&folder)?;
    let (warcs, indexes) = match &only {
        None => (listing.warcs.clone(), listing.indexes.clone()),
        Some(name) => (vec![name.clone()], listing.indexes_of(name)),
    };
    if warcs.is_empty() && indexes.is_empty() {
        return Err(file_error(
            path,
            "the directory contains no WARC file (.warc, .warc.gz) and no index (.cdxj, .cdx); give another directory or a WARC file",
        ));
    }
    let mut loader = Loader::new(folder, warcs);
    for index in &indexes {
        loader.load_index(index, only.as_deref())?;
    }
    loader.require_some_file(path)?;
    loader.scan_the_rest()?;
    Ok(loader.finish())
}

pub(super) fn file_error(path: &Path, detail: impl Into<String>) -> ArchiveError {
    ArchiveError::File {
        path: shown(&path.display().to_string()),
        detail: detail.into(),
    }
}

fn base_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_owned())
}

/// The common name of a file and its index: `sample` for `sample.warc.gz`, `sample.cdxj` and `sample.warc.gz.cdxj`.
fn stem(name: &str) -> &str {
    let name = [".cdxj", ".cdx"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.strip_suffix(".warc").unwrap_or(name)
}

/// The WARC files and indexes in a folder, by name.
struct Listing {
    warcs: Vec<String>,
    indexes: Vec<String>,
}

impl Listing {
    fn read(folder: &Path) -> Result<Self, ArchiveError> {
        let fail =
            |e: std::io::Error| file_error(folder, format!("{e}; make the directory readable"));
        let mut listing = Self {
            warcs: Vec::new(),
            indexes: Vec::new(),
        };
        for entry in std::fs::read_dir(folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let Some(name) = base_name(&path).filter(|_| path.is_file()) else {
                continue;
            };
            let lower = name.to_ascii_lowercase();
            match lower.strip_suffix(".gz").unwrap_or(&lower).rsplit_once('.') {
                Some((_, "warc")) => listing.warcs.push(name),
                Some((_, "cdxj" | "cdx")) if !lower.ends_with("gz") => listing.indexes.push(name),
                _ => {}
            }
        }
        listing.warcs.sort_unstable();
        listing.indexes.sort_unstable();
        Ok(listing)
    }

    /// The indexes of one file: those with its name, or all in its folder when there are none.
    fn indexes_of(&self, warc: &str) -> Vec<String> {
        let own: Vec<String> = self
            .indexes
            .iter()
            .filter(|index| stem(index) == stem(warc))
            .cloned()
            .collect();
        if own.is_empty() {
            self.indexes.clone()
        } else {
            own
        }
    }
}

/// Collects rows from indexes and files.
struct Loader {
    folder: PathBuf,
    files: Vec<WarcFile>,
    numbers: HashMap<String, u32>,
    named: HashSet<u32>,
    rows: Vec<CatalogueRow>,
    bad: UnreadableRows,
}

impl Loader {
    fn new(folder: PathBuf, warcs: Vec<String>) -> Self {
        let mut loader = Self {
            folder,
            files: Vec::new(),
            numbers: HashMap::new(),
            named: HashSet::new(),
            rows: Vec::new(),
            bad: UnreadableRows::default(),
        };
        for name in warcs {
            let path = loader.folder.join(&name);
            loader.number_of(&name, Some(path));
        }
        loader
    }

    /// The number of a file. A new name gets a new number.
    fn number_of(&mut self, name: &str, path: Option<PathBuf>) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(WarcFile {
            name: name.to_owned(),
            path,
        });
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn load_index(&mut self, index: &str, only: Option<&str>) -> Result<(), ArchiveError> {
        let path = self.folder.join(index);
        let fail = |e: std::io::Error| {
            file_error(&path, format!("{e}; make the index readable or delete it"))
        };
        let file = File::open(&path).map_err(fail)?;
        // An index without a column for the file belongs to the file with its name, or to the only file.
        let unnamed = self.file_of_index(index);
        let reader = BufReader::with_capacity(BUFFER_BYTES, file);
        let report = read_index(reader, &mut |row| self.take(row, unnamed.as_deref(), only))
            .map_err(fail)?;
        if !report.has_offsets {
            tracing::warn!(
                index,
                "the index has no offsets (column V); reading the WARC files instead"
            );
        }
        if report.bad_rows > 0 {
            tracing::warn!(
                index,
                bad_rows = report.bad_rows,
                "skipped index rows that cannot be read"
            );
        }
        Ok(())
    }

    fn take(&mut self, row: Result<IndexRow, &str>, unnamed: Option<&str>, only: Option<&str>) {
        let row = match row {
            Ok(row) => row,
            Err(line) => return self.bad.add(line),
        };
        let Some(name) = row.filename.as_deref().or(unnamed) else {
            return self.bad.add(row.capture.urlkey.as_str());
        };
        if only.is_none_or(|only| only == name) {
            let file = self.number_of(name, None);
            self.named.insert(file);
            self.rows.push(CatalogueRow {
                capture: row.capture,
                file,
                place: RecordLocation {
                    offset: row.offset,
                    skip: 0,
                },
            });
        }
    }

    /// The file that an index belongs to, for an index that does not name it.
    fn file_of_index(&self, index: &str) -> Option<String> {
        let present = || self.files.iter().filter(|file| file.path.is_some());
        let same_stem = present().find(|file| stem(&file.name) == stem(index));
        let only_one = || present().next().filter(|_| present().count() == 1);
        same_stem.or_else(only_one).map(|file| file.name.clone())
    }

    /// Requires that one of the files that an index names exists.
    fn require_some_file(&self, path: &Path) -> Result<(), ArchiveError> {
        let named = || {
            (0_u32..)
                .zip(&self.files)
                .filter(|(number, _)| self.named.contains(number))
                .map(|(_, file)| file)
        };
        let Some(missing) = named()
            .next()
            .filter(|_| named().all(|file| file.path.is_none()))
        else {
            return Ok(());
        };
        let name = shown(&missing.name);
        Err(file_error(
            path,
            format!(
                "the index refers to `{name}`, but no file that it refers to exists; put these files in the directory of the index"
            ),
        ))
    }

    /// Scans every file that no row of an index names.
    fn scan_the_rest(&mut self) -> Result<(), ArchiveError> {
        let files: Vec<(u32, WarcFile)> = (0_u32..).zip(self.files.iter().cloned()).collect();
        for (number, file) in files {
            let Some(path) = file.path.filter(|_| !self.named.contains(&number)) else {
                continue;
            };
            tracing::info!(file = %path.display(), "the file has no index; reading all of it");
            let scan = scan_file(&path).map_err(|error| scan_error(&path, &error))?;
            if scan.shared_members > 0 {
                tracing::warn!(
                    file = %path.display(),
                    "the file is compressed as a whole, so each capture is read from the start of the file; compress each record separately to read it faster"
                );
            }
            if scan.bad_rows > 0 {
                tracing::warn!(file = %path.display(), bad_rows = scan.bad_rows, "skipped records without a valid URL or date");
                self.bad.add_nameless(scan.bad_rows);
            }
            self.rows
                .extend(scan.rows.into_iter().map(|(capture, place)| CatalogueRow {
                    capture,
                    file: number,
                    place,
                }));
        }
        Ok(())
    }

    fn finish(self) -> Collection {
        Collection {
            files: self.files,
            catalogue: Catalogue::new(self.rows, &self.bad),
        }
    }
}

/// The error for a file that cannot be scanned to its end: an incomplete archive is not used.
fn scan_error(path: &Path, error: &ScanError) -> ArchiveError {
    let ScanError {
        offset,
        detail,
        is_cut_off,
    } = error;
    let detail = if *is_cut_off && *offset == 0 {
        format!("it is cut off in its first record ({detail}); download it again")
    } else if *is_cut_off {
        format!(
            "it is cut off in the record at byte {offset} ({detail}); download it again, or remove the incomplete record \
             with `truncate --size={offset}`. An archive without an index must be complete"
        )
    } else if *offset == 0 {
        format!(
            "it does not begin as a WARC file does ({detail}); give a WARC file (.warc, .warc.gz) or a directory of WARC files; if it should be a WARC file, download it again"
        )
    } else {
        format!(
            "the record at byte {offset} cannot be read ({detail}); download the file again, or put its index (.cdxj, .cdx) in the same directory"
        )
    };
    file_error(path, detail)
}
