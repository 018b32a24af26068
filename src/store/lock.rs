//! One crawl at a time per database: two would ask the archive twice as fast as configured.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Held while a crawl writes to a database. The operating system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub struct CrawlLock {
    _file: File,
}

impl CrawlLock {
    /// Takes the lock of a database (the file `<database>.lock` beside it).
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process crawls into the same database.
    pub fn take(database: &Path) -> Result<Self, StoreError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let not_writable = |e: &std::io::Error| StoreError::NotWritable {
            path: path.clone(),
            detail: e.to_string(),
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| not_writable(&e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                // The content only helps people; whatever stands there is shown as digits or not at all.
                let _ = (&mut file).take(20).read_to_string(&mut owner);
                let owner: String = owner.chars().filter(char::is_ascii_digit).collect();
                return Err(StoreError::InUse {
                    path: database.into(),
                    detail: format!("policytrail, process {owner}"),
                });
            }
            Err(TryLockError::Error(e)) => return Err(not_writable(&e)),
        }
        file.set_len(0)
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(|e| not_writable(&e))?;
        Ok(Self { _file: file })
    }
}
