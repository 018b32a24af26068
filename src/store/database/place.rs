//! The file that a database is opened at: what stands there, and whether it is still the same one.

use std::fs::{self, Metadata};
use std::path::Path;

use super::error::StoreError;

/// Refuses what is no file: SQLite would open a device or a folder, and write beside it.
pub(super) fn check(path: &Path, found: &Metadata) -> Result<(), StoreError> {
    let fail = |what| {
        Err(StoreError::NoFile {
            path: path.into(),
            what,
        })
    };
    match found {
        found if found.is_dir() => fail("a directory"),
        found if !found.is_file() => fail("a device or a pipe"),
        _ => Ok(()),
    }
}

/// Which file a database is. A file that was removed is written to all the same, and gone when it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of the file that stands there now; `None` where there is none, or where the system does not tell (Windows, which lets
    /// nobody remove a file that is open).
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Self::told(&metadata)
    }

    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "other systems tell nothing")]
    fn told(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }

    #[cfg(not(unix))]
    fn told(_: &Metadata) -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;
    use crate::model::Site;

    fn write_to(store: &Store) -> Result<crate::model::SiteId, StoreError> {
        store.site(&Site::parse("example.com").unwrap(), None, None)
    }

    #[test]
    #[cfg(unix)]
    fn a_database_that_was_removed_or_replaced_takes_nothing_more() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let store = Store::open_or_create(&path).unwrap();
        write_to(&store).unwrap();
        fs::rename(&path, &away).unwrap();
        for replaced in [false, true] {
            if replaced {
                fs::copy(&away, &path).unwrap();
            }
            let told = write_to(&store).unwrap_err();
            assert!(matches!(told, StoreError::Removed { .. }), "{told}");
        }
        fs::rename(&away, &path).unwrap();
        write_to(&store).unwrap();
    }

    #[test]
    fn what_is_no_file_is_named_and_nothing_is_written_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut places = vec![folder.path().join("folder")];
        fs::create_dir(&places[0]).unwrap();
        // A socket stands for a device, which only the superuser makes.
        #[cfg(unix)]
        let _socket = {
            places.push(folder.path().join("socket"));
            std::os::unix::net::UnixListener::bind(&places[1]).unwrap()
        };
        for place in &places {
            for open in [Store::open_or_create, Store::open, Store::open_to_read] {
                let told = open(place).unwrap_err();
                assert!(matches!(told, StoreError::NoFile { .. }), "{told}");
                assert!(told.to_string().contains(&place.display().to_string()));
            }
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), places.len());
    }

    #[test]
    fn an_empty_file_is_a_database_only_for_who_makes_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for open in [Store::open, Store::open_to_read] {
            let told = open(file.path()).unwrap_err();
            assert!(matches!(told, StoreError::Empty { .. }), "{told}");
            assert_eq!(fs::metadata(file.path()).unwrap().len(), 0);
        }
        Store::open_or_create(file.path()).unwrap();
        Store::open_to_read(file.path()).unwrap();
    }
}
