//! Writes a file whole or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use super::failure::Failure;

/// Writes beside the file and renames: who reads it sees the old one or the new one.
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|e| {
        // What is left is rubbish; if it cannot be removed, the first error is still the one to tell.
        let _ = fs::remove_file(&unfinished);
        anyhow::anyhow!("cannot write `{}`: {e}", path.display()).into()
    })
}
