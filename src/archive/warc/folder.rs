//! Opens an archive of files: finds its WARC files and indexes, and reads the files without an index from end to end.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::catalogue::{Catalogue, CatalogueRow, UnreadableRows};
use super::collection::{Collection, WarcFile, file_error};
use super::index::{IndexLine, read_index};
use super::lines::shown;
use super::listing::{Listing, readable_name, stem, unsupported_format};
use super::members::RecordLocation;
use super::peek::BUFFER_BYTES;
use super::probe::complete_rows;
use super::scan::{FaultKind, ScanFault, WarcScan, scan};
use super::skipped::{SkipReason, Skipped};
use crate::archive::ArchiveError;

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
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_path_buf();
        (folder, path.file_name().map(readable_name))
    };
    if let Some(format) = only.as_deref().and_then(unsupported_format) {
        return Err(file_error(
            path,
            format!(
                "the format {format} is not supported; give a WARC file (.warc, .warc.gz) or a directory of WARC files"
            ),
        ));
    }
    let mut listing = Listing::read(&folder)?;
    if let Some(name) = &only {
        listing.keep_only(name, path);
    }
    if listing.warcs.is_empty() && listing.indexes.is_empty() {
        return Err(file_error(path, listing.message_without_warc()));
    }
    let mut loader = Loader::new(&listing);
    for file in &listing.unsupported {
        loader.warn(
            file,
            "the file is left out, because its format is not supported",
        );
    }
    for index in &listing.indexes {
        loader.load_index(index, only.as_deref());
    }
    loader.require_some_file(path)?;
    loader.complete_index_rows();
    loader.scan_the_rest();
    loader.finish(path)
}

/// Collects rows from indexes and files.
struct Loader {
    files: Vec<WarcFile>,
    numbers: HashMap<String, u32>,
    named: HashSet<u32>,
    rows: Vec<CatalogueRow>,
    bad: UnreadableRows,
    skipped: Skipped,
    records: u64,
}

impl Loader {
    fn new(listing: &Listing) -> Self {
        let mut loader = Self {
            files: Vec::new(),
            numbers: HashMap::new(),
            named: HashSet::new(),
            rows: Vec::new(),
            bad: UnreadableRows::default(),
            skipped: listing.skipped.clone(),
            records: 0,
        };
        for (name, path) in &listing.warcs {
            loader.number_of(name, Some(path.clone()));
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

    /// Logs and records what is unusual in a file.
    fn warn(&mut self, file: &str, what: &str) {
        let file = shown(file);
        tracing::warn!(file, "{what}");
        self.skipped.warn(format!("`{file}`: {what}"));
    }

    /// Records what could not be read.
    fn fail(&mut self, path: &Path, detail: &str) {
        let file = shown(&path.display().to_string());
        self.skipped.fail(format!("`{file}`: {detail}"));
    }

    fn load_index(&mut self, (index, path): &(String, PathBuf), only: Option<&str>) {
        // An index without a column for the file belongs to the file with its name, or to the only file.
        let unnamed = self.file_of_index(index);
        let report = File::open(path).and_then(|file| {
            let reader = BufReader::with_capacity(BUFFER_BYTES, file);
            read_index(reader, &mut |row| self.take(row, unnamed.as_deref(), only))
        });
        let report = match report {
            Ok(report) => report,
            Err(error) => {
                let detail = format!(
                    "the index cannot be read to its end ({error}); make it readable and run the command again"
                );
                return self.fail(path, &detail);
            }
        };
        if !report.has_offsets {
            self.warn(
                index,
                "the index has no offsets (column V); the WARC files are read instead",
            );
        }
        if report.bad_rows > 0 {
            let bad_rows = report.bad_rows;
            let what = format!("index rows that cannot be read are left out: {bad_rows}");
            self.warn(index, &what);
        }
    }

    fn take(&mut self, line: IndexLine<'_>, unnamed: Option<&str>, only: Option<&str>) {
        let row = match line {
            IndexLine::Row(row) => row,
            IndexLine::Skipped(reason) => return self.skipped.add(reason, 1),
            IndexLine::Unreadable(line) => return self.add_unreadable(line),
        };
        let Some(name) = row.filename.as_deref().or(unnamed) else {
            return self.add_unreadable(row.capture.urlkey.as_str());
        };
        if only.is_none_or(|only| only == name) {
            let file = self.number_of(name, None);
            self.named.insert(file);
            self.rows.push(CatalogueRow {
                capture: row.capture,
                file,
                place: RecordLocation {
                    offset: row.offset,
                    ..RecordLocation::default()
                },
            });
        }
    }

    fn add_unreadable(&mut self, line: &str) {
        self.bad.add(line);
        self.skipped.add(SkipReason::UnreadableRow, 1);
    }

    /// The file that an index belongs to, for an index that does not name it.
    fn file_of_index(&self, index: &str) -> Option<String> {
        let present = || self.files.iter().filter(|file| file.path.is_some());
        let same_stem = present().find(|file| stem(&file.name) == stem(index));
        let only_one = || present().next().filter(|_| present().count() == 1);
        same_stem.or_else(only_one).map(|file| file.name.clone())
    }

    /// Requires that the archive has a file, not only an index that names some.
    fn require_some_file(&self, path: &Path) -> Result<(), ArchiveError> {
        let Some(missing) = self.files.first() else {
            return Ok(());
        };
        if self.files.iter().any(|file| file.path.is_some()) {
            return Ok(());
        }
        let name = shown(&missing.name);
        Err(file_error(
            path,
            format!(
                "the index refers to `{name}`, but no file that it refers to exists; put these files in the directory of the index"
            ),
        ))
    }

    /// Completes the rows of the indexes from their records.
    fn complete_index_rows(&mut self) {
        let others = complete_rows(&mut self.rows, &self.files);
        if others > 0 {
            tracing::info!(
                rows = others,
                "index rows of requests, metadata and other records that are no captures are left out"
            );
        }
        self.skipped.add(SkipReason::RowOfOtherRecord, others);
    }

    /// Scans every file that no row of an index names.
    fn scan_the_rest(&mut self) {
        let files: Vec<(u32, WarcFile)> = (0_u32..).zip(self.files.iter().cloned()).collect();
        for (number, file) in files {
            let Some(path) = file.path.filter(|_| !self.named.contains(&number)) else {
                continue;
            };
            tracing::info!(file = %path.display(), "the file has no index; reading all of it");
            match File::open(&path) {
                Ok(opened) => self.add_scan(number, &path, scan(opened)),
                Err(error) => {
                    let detail =
                        format!("{error}; make the file readable and run the command again");
                    self.fail(&path, &detail);
                }
            }
        }
    }

    /// Adds the rows of a file, and says what was left out.
    fn add_scan(&mut self, file: u32, path: &Path, scan: WarcScan) {
        let name = path.display().to_string();
        if scan.shared_members > 0 {
            tracing::info!(
                file = %name,
                "gzip members hold several records, so captures are read from the start of their members; compress each record separately to read it faster"
            );
        }
        if scan.wrong_lengths > 0 {
            let records = scan.wrong_lengths;
            self.warn(
                &name,
                &format!("records with a wrong length are read to their real ends: {records}"),
            );
        }
        for (reason, count) in scan.skipped.counts() {
            if reason != SkipReason::DamagedPart {
                self.warn(&name, &format!("{reason} are left out: {count}"));
            }
            self.skipped.add(reason, count);
        }
        if scan.records == 0 && scan.faults.is_empty() {
            // A failed download leaves an empty file.
            self.fail(path, "the file is empty; download it again");
        }
        let is_warc = scan.records > 0;
        for fault in &scan.faults {
            let detail = fault_detail(fault, is_warc);
            if fault.kind == FaultKind::CutOff && is_warc {
                self.warn(&name, &detail);
            } else {
                self.fail(path, &detail);
            }
        }
        let more = scan.fault_count.saturating_sub(scan.faults.len() as u64);
        if more > 0 {
            self.fail(path, &format!("{more} more damaged parts"));
        }
        let bad = |(reason, count)| {
            if reason == SkipReason::NoUrlOrDate {
                count
            } else {
                0
            }
        };
        self.bad.add_nameless(scan.skipped.counts().map(bad).sum());
        self.records = self.records.saturating_add(scan.records);
        let rows = scan.rows.into_iter();
        self.rows.extend(rows.map(|(capture, place)| CatalogueRow {
            capture,
            file,
            place,
        }));
    }

    /// The collection. An archive in which nothing can be read is refused.
    fn finish(self, path: &Path) -> Result<Collection, ArchiveError> {
        if self.rows.is_empty()
            && let Some(failure) = self.skipped.failures().first()
        {
            return Err(file_error(
                path,
                format!("nothing in it can be read; {failure}"),
            ));
        }
        Ok(Collection {
            files: self.files,
            catalogue: Catalogue::new(self.rows, &self.bad),
            skipped: self.skipped,
            records: self.records,
        })
    }
}

/// What is wrong with a part of a file, where, and what to do.
pub(super) fn fault_detail(fault: &ScanFault, is_warc: bool) -> String {
    let ScanFault {
        offset,
        detail,
        kind,
    } = fault;
    match (kind, is_warc) {
        (FaultKind::System, _) => format!(
            "the file cannot be read from byte {offset} on ({detail}); only the records before it are read. Make the file readable and run the command again"
        ),
        (FaultKind::CutOff, true) => format!(
            "the file is cut off in the record at byte {offset} ({detail}); the records before it are read. If the file should be longer, download it again"
        ),
        (FaultKind::CutOff, false) => {
            format!("the file is cut off in its first record ({detail}); download it again")
        }
        (FaultKind::Damaged, true) => format!(
            "the record at byte {offset} cannot be read ({detail}); the other records are read. Download the file again, or put its index (.cdxj, .cdx) in the same directory"
        ),
        (FaultKind::RestUnread, true) => format!(
            "the file cannot be read from byte {offset} on ({detail}); only the records before it are read. Download the file again, or put its index (.cdxj, .cdx) in the same directory"
        ),
        (FaultKind::Damaged | FaultKind::RestUnread, false) => format!(
            "the file does not begin as a WARC file does (byte {offset}: {detail}); give a WARC file (.warc, .warc.gz) or a directory of WARC files; if it should be a WARC file, download it again"
        ),
    }
}
