//! A database of the first schema, and the same brought up to date.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::paths::root;
use super::program::answer;

/// A site of that database.
pub const KUPFER: &str = "kupferkessel-sample.de";

/// Four sites of the sample archive, as the program of the first schema stored them.
pub fn schema_1() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let packed = fs::read(root().join("tests/data/schema1.db.zst")).unwrap();
    fs::write(
        folder.path().join("policytrail.db"),
        zstd::decode_all(packed.as_slice()).unwrap(),
    )
    .unwrap();
    folder
}

/// The same, brought up to date.
pub fn current() -> tempfile::TempDir {
    static UP_TO_DATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let folder = schema_1();
        answer(folder.path(), &["log", KUPFER]);
        fs::read(database(folder.path())).unwrap()
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(database(folder.path()), &*UP_TO_DATE).unwrap();
    folder
}

/// The file of that database.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("policytrail.db")
}
