//! Writes a file whole or not at all, and says before the work whether that can be.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// Writes beside the file and renames: who reads it sees the old one or the new one.
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unfinished = unfinished(path);
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|e| {
        // What is left is rubbish; if it cannot be removed, the first error is still the one to tell.
        let _ = fs::remove_file(&unfinished);
        anyhow::anyhow!("cannot write `{}`: {e}", path.display()).into()
    })
}

/// What SQLite keeps beside a database that is in use, or was when its process was killed.
pub(super) const DATABASE_LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Puts a closed database in its place. The logs of the one that was there go first: SQLite would write them into this one.
pub(super) fn replace_database(unfinished: &Path, path: &Path) -> io::Result<()> {
    for log in DATABASE_LOGS {
        let mut name = path.as_os_str().to_owned();
        name.push(log);
        match fs::remove_file(PathBuf::from(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    fs::rename(unfinished, path)
}

/// A file that cannot be written at the end of the night is a fault to tell at its beginning.
pub(super) fn check_writable(path: &Path) -> Result<(), Failure> {
    let fail = |why: &str| {
        Err(Failure::usage(anyhow::anyhow!(
            "cannot write `{}`: {why}; name another file",
            path.display()
        )))
    };
    if path.is_dir() {
        return fail("it is a folder");
    }
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return fail(&format!(
            "there is no folder `{}`: make it first",
            folder.display()
        ));
    }
    let trial = unfinished(path);
    match File::create(&trial).and_then(|_| fs::remove_file(&trial)) {
        Ok(()) => Ok(()),
        Err(e) => fail(&format!("{e}: its folder must be writable")),
    }
}

/// Where a file is until it is whole: beside its place, so that a rename is enough.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    PathBuf::from(unfinished)
}
