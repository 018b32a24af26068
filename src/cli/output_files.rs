//! Refuses output files that are the same file as one that the command reads or keeps.
//!
//! Files are compared by their identity (device and inode), not by name: a link, or another way to write a path, names
//! the same file. A file that does not exist yet is compared by its directory and name.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// Endings of the files that belong to a database: the logs of `SQLite`, and the lock of a crawl.
const BESIDE_DATABASE: [&str; 4] = ["-wal", "-shm", "-journal", ".lock"];

/// A file that a command uses, with the name that a message gives to it.
#[derive(Debug, Clone)]
pub(super) struct UsedFile {
    name: &'static str,
    path: PathBuf,
}

impl UsedFile {
    /// A file under the name of its option, such as `--summary`, or in words, such as `the list of sites`.
    pub(super) fn new(name: &'static str, path: &Path) -> Self {
        Self {
            name,
            path: path.to_path_buf(),
        }
    }

    /// A database and the files that belong to it.
    pub(super) fn database(path: &Path) -> Vec<Self> {
        let mut files = vec![Self::new("the database", path)];
        // SQLite opens the file behind a link and keeps its logs there.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        for ending in BESIDE_DATABASE {
            let mut name = real.clone().into_os_string();
            name.push(ending);
            files.push(Self::new("a file of the database", Path::new(&name)));
        }
        files
    }
}

/// Fails if an output is the same file as an input or as another output.
pub(super) fn check_outputs(outputs: &[UsedFile], inputs: &[UsedFile]) -> Result<(), Failure> {
    for (at, output) in outputs.iter().enumerate() {
        let others = inputs.iter().chain(&outputs[..at]);
        if let Some(other) = others
            .into_iter()
            .find(|o| is_same_file(&o.path, &output.path))
        {
            return Err(Failure::usage(anyhow::anyhow!(
                "{} would overwrite {}: `{}` is the same file as `{}`; give another file",
                output.name,
                other.name,
                output.path.display(),
                other.path.display()
            )));
        }
    }
    Ok(())
}

/// True if two paths name one file, whether or not it exists.
fn is_same_file(one: &Path, other: &Path) -> bool {
    same_file::is_same_file(one, other).unwrap_or(false) || place(one) == place(other)
}

/// The path of a file that may not exist yet, with its directory resolved.
fn place(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    folder.join(path.file_name().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_is_known_under_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).unwrap();
        fs::write(at("trail.db"), "x").unwrap();
        fs::hard_link(at("trail.db"), at("hard")).unwrap();
        std::os::unix::fs::symlink("trail.db", at("soft")).unwrap();
        let inputs = UsedFile::database(&at("trail.db"));
        let refused =
            |name: &str| check_outputs(&[UsedFile::new("--summary", &at(name))], &inputs).is_err();
        for name in [
            "trail.db",
            "hard",
            "soft",
            "sub/../trail.db",
            "trail.db-wal",
            "trail.db.lock",
            "sub/../trail.db-shm",
        ] {
            assert!(refused(name), "{name}");
        }
        for name in ["other.db", "sub/trail.db", "trail.json"] {
            assert!(!refused(name), "{name}");
        }
    }

    #[test]
    fn two_outputs_need_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name| UsedFile::new("--feed", &folder.path().join(name));
        assert!(check_outputs(&[file("a"), file("b")], &[]).is_ok());
        let error = check_outputs(&[file("a"), file("./a")], &[])
            .unwrap_err()
            .line();
        assert!(
            error.contains("same file") && error.contains("give another file"),
            "{error}"
        );
    }
}
