//! The files of a bundle, and the ZIP file made of them. The same files give the same bytes.

use std::fmt::Write as _;
use std::io::{self, Cursor, Write as _};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Checksums of all other files.
pub(super) const CHECKSUMS: &str = "SHA256SUMS";

/// The files of a bundle, in order.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    files: Vec<(String, Vec<u8>)>,
}

impl Bundle {
    /// Adds a file.
    pub(super) fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.push((name.into(), bytes.into()));
    }

    /// The ZIP file, with the checksums of all files.
    pub(super) fn zipped(mut self) -> io::Result<Vec<u8>> {
        let mut sums = String::new();
        for (name, bytes) in &self.files {
            // Writing to a string cannot fail.
            let _ = writeln!(sums, "{}  {name}", sha256(bytes));
        }
        self.add(CHECKSUMS, sums);
        // A fixed date (1980-01-01, the first of the format) and fixed permissions, so that the bytes depend on the
        // files only.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.files {
            zip.start_file(name.as_str(), options)
                .map_err(io::Error::other)?;
            zip.write_all(bytes)?;
        }
        Ok(zip.finish().map_err(io::Error::other)?.into_inner())
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let zipped = || {
            let mut bundle = Bundle::default();
            bundle.add("old/page.html", "words");
            bundle.zipped().unwrap()
        };
        let first = zipped();
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert_eq!(first, zipped());
        assert!(first.starts_with(b"PK\x03\x04"));
    }
}
