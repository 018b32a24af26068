//! A copy of the database while it is in use, by SQLite's online backup.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, Progress, StepResult};

use crate::store::database::{APPLICATION_ID, Store, StoreError};

/// Pages copied at a time; others may write in between.
const STEP_PAGES: i32 = 1024;
/// First bytes of every SQLite file, and where it keeps its `application_id` (<https://sqlite.org/fileformat.html>).
const MAGIC: &[u8] = b"SQLite format 3\0";
const APPLICATION_ID_AT: usize = 68;

impl Store {
    /// True of a file whose place a copy may take: a database of this program, or an empty file. By its first bytes.
    #[must_use]
    pub fn may_be_replaced(path: &Path) -> bool {
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| {
            let length = APPLICATION_ID_AT + size_of_val(&APPLICATION_ID);
            file.take(length as u64).read_to_end(&mut head)
        });
        let is_own = || {
            head.starts_with(MAGIC)
                && head.get(APPLICATION_ID_AT..) == Some(&APPLICATION_ID.to_be_bytes()[..])
        };
        read.is_ok() && (head.is_empty() || is_own())
    }

    /// Copies the database into a new file, as it stands at one moment, while others may read and write it.
    ///
    /// `progress` is told the pages left and the pages in all.
    ///
    /// # Errors
    /// When reading or writing fails; the new file is then unfinished.
    pub fn copy_to(
        &self,
        target: &Path,
        mut progress: impl FnMut(i64, i64),
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let fail = |e| StoreError::of(target, e);
        // One state of the database from the first page to the last: without it each write of another process would
        // begin the copy anew.
        let snapshot = connection
            .transaction()
            .map_err(|e| StoreError::of(self.path(), e))?;
        snapshot
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(|e| StoreError::of(self.path(), e))?;
        let mut copy = Connection::open(target).map_err(fail)?;
        {
            let backup = Backup::new(&snapshot, &mut copy).map_err(fail)?;
            loop {
                let step = backup.step(STEP_PAGES).map_err(fail)?;
                let Progress {
                    remaining,
                    pagecount,
                } = backup.progress();
                progress(i64::from(remaining), i64::from(pagecount));
                match step {
                    StepResult::Done => break,
                    StepResult::More => {}
                    // Nobody can hold the snapshot or the new file; if somebody does, it is not this program's business.
                    _ => {
                        return Err(StoreError::InUse {
                            path: target.into(),
                            detail: "another process opened it while it was being written"
                                .to_owned(),
                        });
                    }
                }
            }
        }
        let check: String = copy
            .query_row("PRAGMA quick_check(1)", [], |r| r.get(0))
            .map_err(fail)?;
        // One file that can be moved anywhere: no write-ahead log beside it.
        copy.pragma_update(None, "journal_mode", "DELETE")
            .map_err(fail)?;
        drop(copy);
        if check == "ok" {
            Ok(())
        } else {
            Err(StoreError::Damaged {
                path: self.path().into(),
                detail: check,
            })
        }
    }
}
