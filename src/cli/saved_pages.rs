//! Saved pages that a user names: which files of a directory they are, and how they are read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::terminal::{error_line, note};
use crate::report::safe_line;

/// Largest file that is read; the crawl's limit for a page is 32 MB by default.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The failure for a directory that cannot be read.
pub(super) fn unusable(folder: &Path, error: &io::Error) -> Failure {
    Failure::usage(anyhow::anyhow!(
        "cannot read directory `{}`: {error}",
        folder.display()
    ))
}

/// The wanted files of a directory, sorted. Links that lead out of the directory are reported and left out, unless
/// `follow_links`: a directory from somewhere else could name any file of this machine as a page.
pub(super) fn page_files(
    folder: &Path,
    follow_links: bool,
    is_wanted: fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, Failure> {
    let real_folder = fs::canonicalize(folder).map_err(|e| unusable(folder, &e))?;
    let leads_out =
        |path: &Path| !fs::canonicalize(path).is_ok_and(|real| real.starts_with(&real_folder));
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|e| e.path()))
                .collect::<io::Result<_>>()
        })
        .map_err(|e| unusable(folder, &e))?;
    files.retain(|path| path.is_file() && is_wanted(path));
    if !follow_links {
        for path in files.iter().filter(|path| leads_out(path)) {
            remark(&format!(
                "{}: not read, because it is a link that leads out of the directory; use --follow-links to read it",
                path.display()
            ));
        }
        files.retain(|path| !leads_out(path));
    }
    files.sort();
    Ok(files)
}

/// Reads a file of at most 64 MB.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    File::open(path).and_then(read_bounded).map_err(|e| {
        Failure::usage(anyhow::anyhow!(
            "cannot read `{}`: {e}; give the file of a saved page, or - for standard input",
            path.display()
        ))
    })
}

/// Reads at most 64 MB.
pub(super) fn read_bounded(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
        return Err(io::Error::other("it is larger than 64 MB"));
    }
    Ok(bytes)
}

/// The extension of a file in lower case, empty if it has none.
pub(super) fn extension(path: &Path) -> String {
    path.extension()
        .and_then(|e| e.to_str())
        .unwrap_or("")
        .to_ascii_lowercase()
}

/// True for a file of a kind that extraction can read.
pub(super) fn is_page(path: &Path) -> bool {
    matches!(
        extension(path).as_str(),
        "html" | "htm" | "xhtml" | "shtml" | "php" | "asp" | "aspx" | "jsp" | "pdf" | "txt"
    )
}

/// The `Content-Type` that the name of a file says.
pub(super) fn type_by_name(path: &Path) -> Option<&'static str> {
    match extension(path).as_str() {
        "pdf" => Some("application/pdf"),
        "txt" => Some("text/plain"),
        _ => None,
    }
}

/// Prints why a page gives no text.
pub(super) fn report(line: &str) {
    error_line(&safe_line(line));
}

/// Prints what is useful to know.
pub(super) fn remark(line: &str) {
    note(format_args!("policytrail: {}", safe_line(line)));
}
