//! Files that a user names, read whole: up to a limit, so that a device or a wrong file takes no memory without end.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a file of at most so many bytes.
///
/// # Errors
/// What the system said; [`io::ErrorKind::FileTooLarge`] when there is more.
pub fn read_at_most(path: &Path, most_bytes: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most_bytes).unwrap_or(u64::MAX);
    let mut file = File::open(path)?.take(limit.saturating_add(1));
    file.read_to_end(&mut bytes)?;
    if bytes.len() > most_bytes {
        let mebibytes = most_bytes >> 20;
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {mebibytes} MiB"),
        ));
    }
    Ok(bytes)
}

/// The same of a text.
///
/// # Errors
/// As [`read_at_most`]; [`io::ErrorKind::InvalidData`] when it is not UTF-8.
pub fn read_text_at_most(path: &Path, most_bytes: usize) -> io::Result<String> {
    let bytes = read_at_most(path, most_bytes)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"12345678\xFF").unwrap();
        assert_eq!(read_at_most(file.path(), 9).unwrap().len(), 9);
        let kind = |e: io::Error| e.kind();
        let more = read_at_most(file.path(), 8).map_err(kind);
        assert_eq!(more, Err(io::ErrorKind::FileTooLarge));
        let text = read_text_at_most(file.path(), 9).map_err(kind);
        assert_eq!(text, Err(io::ErrorKind::InvalidData));
    }
}
