//! Folders that the tests read: the repository, the sample archive, the shared material beside the repository.

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the sample archive.
pub fn sample() -> PathBuf {
    root().join("data/sample")
}

/// The same folder as an argument of `--archive`.
pub fn sample_location() -> String {
    text(&sample())
}

/// The site list of the sample archive as an argument of `--sites`.
pub fn sample_sites() -> String {
    text(&sample().join("sites.csv"))
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A file or folder of the shared material (`../shared`, or the folder that `POLICYTRAIL_SHARED` names). Where it does
/// not exist, prints that the test is skipped and returns `None`.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("POLICYTRAIL_SHARED").map_or_else(|| root().join("../shared"), Into::into);
    let path = folder.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} does not exist; set POLICYTRAIL_SHARED",
        path.display()
    );
    None
}
