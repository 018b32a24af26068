//! Reads files that a user names, up to a size limit: a device or a wrong file cannot fill the memory.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a file of at most `max_bytes`.
///
/// # Errors
/// The system's error; [`io::ErrorKind::FileTooLarge`] if the file is larger.
pub fn read_at_most(path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    let mut file = File::open(path)?.take(limit.saturating_add(1));
    file.read_to_end(&mut bytes)?;
    if bytes.len() > max_bytes {
        let mebibytes = max_bytes >> 20;
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is larger than {mebibytes} MiB"),
        ));
    }
    Ok(bytes)
}

/// Reads a text file of at most `max_bytes`.
///
/// # Errors
/// The errors of [`read_at_most`]; [`io::ErrorKind::InvalidData`] if the file is not UTF-8.
pub fn read_text_at_most(path: &Path, max_bytes: usize) -> io::Result<String> {
    let bytes = read_at_most(path, max_bytes)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not valid UTF-8"))
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
