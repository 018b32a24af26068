//! Writes a file completely or not at all, and checks before the work whether it can be written.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// Most symbolic links that are followed in a row.
const MAX_LINKS: usize = 40;
/// The unfinished file, and the files that SQLite may add to it.
const CONTENT: [&str; 4] = ["whole", "whole-journal", "whole-wal", "whole-shm"];
const LOCK: &str = "lock";
/// Endings of the files that SQLite keeps next to a database in use, or after its process was killed.
const DATABASE_LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// An unfinished file in the directory `<name>.part` next to its place, so that one rename moves it there. One process at
/// a time holds that directory; it removes what a killed process left in it. Dropping the value removes everything.
#[derive(Debug)]
pub(super) struct AtomicFile {
    place: PathBuf,
    folder: PathBuf,
    _lock: File,
}

impl AtomicFile {
    /// Starts a file that will replace `path`, or the target if `path` is a symbolic link.
    ///
    /// Fails if `path` is not a file, or its directory does not exist or is read-only.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        Self::create_beside(path).map_err(|why| {
            Failure::usage(anyhow::anyhow!("cannot write `{}`: {why}", path.display()))
        })
    }

    fn create_beside(path: &Path) -> Result<Self, String> {
        if path.as_os_str() == "-" {
            return Err("standard output cannot be used here; give the name of a file".to_owned());
        }
        let place = follow_links(path)?;
        let parent = folder_of(&place);
        if !parent.is_dir() {
            let parent = parent.display();
            return Err(format!(
                "the directory `{parent}` does not exist; create it first, or give another file"
            ));
        }
        let mut folder = place.clone().into_os_string();
        folder.push(".part");
        let folder = PathBuf::from(folder);
        let unwritable =
            |e: io::Error| format!("{e}; make its directory writable, or give another file");
        match fs::create_dir(&folder) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.map_err(unwritable)?,
        }
        if !fs::symlink_metadata(&folder).is_ok_and(|m| m.is_dir()) {
            return Err(format!(
                "`{}` is in the way; remove it, or give another file",
                folder.display()
            ));
        }
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK))
            .map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(
                    "another process is writing it; wait until that process ends, or give another file".to_owned(),
                );
            }
            Err(TryLockError::Error(e)) => return Err(unwritable(e)),
        }
        let unfinished = Self {
            place,
            folder,
            _lock: lock,
        };
        unfinished.remove_content();
        Ok(unfinished)
    }

    /// Where the file is until it is complete.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(CONTENT[0])
    }

    /// Moves the file to its place.
    pub(super) fn commit(self) -> Result<(), Failure> {
        fs::rename(self.path(), &self.place).map_err(|e| self.error(&e))
    }

    /// As [`Self::commit`], for a closed database. The logs of the old database are removed first: SQLite would apply them
    /// to the new one.
    pub(super) fn commit_database(self) -> Result<(), Failure> {
        for log in DATABASE_LOGS {
            let mut name = self.place.clone().into_os_string();
            name.push(log);
            match fs::remove_file(PathBuf::from(name)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(self.error(&e)),
                _ => {}
            }
        }
        self.commit()
    }

    fn error(&self, error: &io::Error) -> Failure {
        anyhow::anyhow!("cannot write `{}`: {error}", self.place.display()).into()
    }

    fn remove_content(&self) {
        for name in CONTENT {
            let _ = fs::remove_file(self.folder.join(name));
        }
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next process. A directory with foreign files stays.
        self.remove_content();
        let _ = fs::remove_file(self.folder.join(LOCK));
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Replaces a file. A reader sees either the old or the new content.
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unfinished = AtomicFile::create(path)?;
    File::create_new(unfinished.path())
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|e| unfinished.error(&e))?;
    unfinished.commit()
}

/// Fails if a file cannot be written. A run checks this before its first request.
pub(super) fn check_writable(path: &Path) -> Result<(), Failure> {
    AtomicFile::create(path).map(drop)
}

/// Follows symbolic links to a file, or to a name that does not exist yet. Anything else is refused: a rename would replace
/// even a device.
fn follow_links(path: &Path) -> Result<PathBuf, String> {
    let mut place = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let kind = match fs::symlink_metadata(&place) {
            Ok(metadata) => metadata.file_type(),
            // The name does not exist, or its directory is not readable: creating the file will show that.
            Err(_) => return Ok(place),
        };
        if kind.is_dir() {
            return Err("it is a directory; give another file".to_owned());
        }
        if kind.is_file() {
            return Ok(place);
        }
        let parent = folder_of(&place);
        // `/dev/stdout` leads through `/proc` to whatever file this process writes to.
        let is_in_proc = fs::canonicalize(parent).is_ok_and(|p| p.starts_with("/proc"));
        if !kind.is_symlink() || is_in_proc {
            return Err(
                "it is a device or a pipe, not a regular file; give another file".to_owned(),
            );
        }
        let target = fs::read_link(&place).map_err(|e| e.to_string())?;
        place = parent.join(target);
    }
    Err("it is a symbolic link to a file that does not exist; give another file".to_owned())
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("feed.xml");
        check_writable(&file).unwrap();
        assert!(names(folder.path()).is_empty());
        for text in ["old", "new"] {
            replace_file(&file, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["feed.xml"]);
    }

    #[test]
    fn what_a_killed_process_left_goes_and_what_another_holds_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        let part = folder.path().join("copy.db.part");
        fs::create_dir(&part).unwrap();
        for name in [LOCK, "whole", "whole-journal"] {
            fs::write(part.join(name), "half").unwrap();
        }
        let held = AtomicFile::create(&file).unwrap();
        assert_eq!(names(&part), [LOCK]);
        let told = AtomicFile::create(&file).unwrap_err().line();
        assert!(told.contains("another process"), "{told}");
        drop(held);
        assert!(names(folder.path()).is_empty());
        fs::write(&part, "a download").unwrap();
        assert!(
            AtomicFile::create(&file)
                .unwrap_err()
                .line()
                .contains("in the way")
        );
        assert_eq!(fs::read_to_string(&part).unwrap(), "a download");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_followed_to_its_file_and_what_is_no_file_is_left_alone() {
        use std::os::unix::fs::{FileTypeExt as _, symlink};
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("web")).unwrap();
        symlink("web/feed.xml", at("link")).unwrap();
        symlink("link", at("second")).unwrap();
        for text in ["made", "replaced"] {
            replace_file(&at("second"), text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("web/feed.xml")).unwrap(), text);
        }
        assert!(at("link").is_symlink() && at("second").is_symlink());
        assert_eq!(names(&at("web")), ["feed.xml"]);
        // A socket instead of a device: neither is a file, and creating one needs no privileges.
        let _socket = UnixListener::bind(at("socket")).unwrap();
        symlink("socket", at("to socket")).unwrap();
        symlink("round", at("round")).unwrap();
        for name in ["socket", "to socket", "round", "web"] {
            assert!(replace_file(&at(name), b"x").is_err(), "{name}");
            assert!(check_writable(&at(name)).is_err(), "{name}");
        }
        let kind = fs::symlink_metadata(at("socket")).unwrap().file_type();
        assert!(kind.is_socket());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_file_behind_an_open_descriptor_is_not_replaced() {
        use std::os::fd::AsRawFd as _;
        let log = tempfile::NamedTempFile::new().unwrap();
        let descriptor = format!("/proc/self/fd/{}", log.as_raw_fd());
        assert!(check_writable(Path::new(&descriptor)).is_err());
    }
}
