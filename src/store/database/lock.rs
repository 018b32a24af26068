//! One crawl at a time per database: two would ask the archive twice as fast as configured.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// Largest lock file that is taken for one: a process number has twenty digits at most.
const MOST_BYTES: u64 = 20;

/// Held while a crawl writes to a database. The operating system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub struct CrawlLock {
    _file: File,
}

impl CrawlLock {
    /// Takes the lock of a database that is there: the file `<database>.lock` beside it, beside the database itself when
    /// it is named by a link.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process crawls into the same database; [`StoreError::ForeignLock`] when something
    /// that is no lock stands in the lock's place, which is left untouched; [`StoreError::NotWritable`].
    pub fn take(database: &Path) -> Result<Self, StoreError> {
        let not_writable = |path: &Path, e: &io::Error| StoreError::NotWritable {
            path: path.into(),
            detail: e.to_string(),
        };
        let real = fs::canonicalize(database).map_err(|e| not_writable(database, &e))?;
        let mut name = real.into_os_string();
        name.push(".lock");
        let path = PathBuf::from(name);
        let no_lock = || StoreError::ForeignLock { path: path.clone() };
        let opened = open(&path).map_err(|e| not_writable(&path, &e))?;
        let mut file = opened.ok_or_else(no_lock)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                // The content only helps people; whatever stands there is shown as digits or not at all.
                let owner = content(&mut file).unwrap_or_default();
                let owner: String = owner.chars().filter(char::is_ascii_digit).collect();
                return Err(StoreError::InUse {
                    path: database.into(),
                    detail: format!("policytrail, process {owner}"),
                });
            }
            Err(TryLockError::Error(e)) => return Err(not_writable(&path, &e)),
        }
        if write_owner(&mut file).map_err(|e| not_writable(&path, &e))? {
            Ok(Self { _file: file })
        } else {
            Err(no_lock())
        }
    }
}

/// Opens the lock file, or makes it. The folder may be a stranger's: nothing but a file of its own name is opened, so that
/// no link leads the writing to another. `None` when something else than a file stands there.
fn open(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    match fs::symlink_metadata(path) {
        // To make a new file never follows a link.
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            match options.clone().create_new(true).open(path) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(Some),
            }
        }
        Err(e) => return Err(e),
        Ok(_) => {}
    }
    if fs::symlink_metadata(path)?.is_file() {
        options.open(path).map(Some)
    } else {
        Ok(None)
    }
}

/// Writes this process's number over that of another; false when something else stands there.
fn write_owner(file: &mut File) -> io::Result<bool> {
    // A power cut can leave zeros where a number was.
    let is_lock = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == 0);
    if file.metadata()?.len() > MOST_BYTES || !content(file).is_ok_and(|text| is_lock(&text)) {
        return Ok(false);
    }
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())?;
    Ok(true)
}

fn content(file: &mut File) -> io::Result<String> {
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        fs::write(&path, "").unwrap();
        (folder, path)
    }

    #[test]
    fn one_crawl_at_a_time_writes_to_a_database() {
        let (_folder, path) = database();
        let lock = CrawlLock::take(&path).unwrap();
        let refused = CrawlLock::take(&path).unwrap_err();
        assert!(
            matches!(refused, StoreError::InUse { .. })
                && refused
                    .to_string()
                    .contains(&std::process::id().to_string())
        );
        drop(lock);
        CrawlLock::take(&path).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_database_has_one_lock_by_whatever_name() {
        let (folder, path) = database();
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink("x.db", &link).unwrap();
        let _lock = CrawlLock::take(&link).unwrap();
        let refused = CrawlLock::take(&path).unwrap_err();
        assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    }

    #[test]
    #[cfg(unix)]
    fn nothing_is_written_through_a_link_in_the_locks_place() {
        let (folder, path) = database();
        let (precious, missing) = (folder.path().join("precious"), folder.path().join("new"));
        fs::write(&precious, "4711").unwrap();
        for target in [&precious, &missing] {
            let lock = folder.path().join("x.db.lock");
            std::os::unix::fs::symlink(target, &lock).unwrap();
            let refused = CrawlLock::take(&path).unwrap_err();
            assert!(
                matches!(refused, StoreError::ForeignLock { .. }),
                "{refused}"
            );
            fs::remove_file(lock).unwrap();
        }
        assert_eq!(fs::read_to_string(precious).unwrap(), "4711");
        assert!(!missing.exists());
    }

    #[test]
    fn a_file_that_holds_something_else_is_no_lock() {
        let (folder, path) = database();
        let lock = folder.path().join("x.db.lock");
        for content in ["my thesis", "1234567890123456789012345"] {
            fs::write(&lock, content).unwrap();
            let refused = CrawlLock::take(&path).unwrap_err();
            assert!(
                matches!(refused, StoreError::ForeignLock { .. }),
                "{refused}"
            );
            assert_eq!(fs::read_to_string(&lock).unwrap(), content);
        }
        fs::write(&lock, "\0\0\0").unwrap();
        CrawlLock::take(&path).unwrap();
    }
}
