//! `Proof`: where anybody can check what a capture showed.

use serde::Serialize;

/// Where anybody can check what a capture showed: at an archive that has it, or in a record of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Proof {
    /// Base URL of the archive, or `file`.
    pub archive: String,
    /// Address at an archive that has the capture; `None` for a capture from files, unless the user named the archive
    /// that they come from.
    pub memento_url: Option<String>,
    /// Name of the WARC file, for an archive of files.
    pub warc_file: Option<String>,
    /// Where the record begins in it, in bytes.
    pub warc_offset: Option<u64>,
    /// SHA-256 of the payload that was read; `None` if only its text is stored.
    pub payload_sha256: Option<String>,
}

impl Proof {
    /// The address; for a capture from files the record and the hash of its payload.
    #[must_use]
    pub fn text(&self) -> String {
        if let Some(url) = &self.memento_url {
            return url.clone();
        }
        let mut text = match (&self.warc_file, self.warc_offset) {
            (Some(file), Some(offset)) => format!("record at byte {offset} of {file}"),
            _ if self.archive == "file" => {
                "record in an archive of files whose names are not stored".to_owned()
            }
            _ => format!("capture of {}", self.archive),
        };
        if let Some(sha256) = &self.payload_sha256 {
            text += ", payload SHA-256 ";
            text += sha256;
        }
        text
    }
}

/// True for an address of the Wayback Machine, or the beginning of one.
#[must_use]
pub fn is_wayback_url(url: &str) -> bool {
    ["https://web.archive.org/", "http://web.archive.org/"]
        .iter()
        .any(|start| url.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_given_only_where_there_is_one() {
        let mut proof = Proof {
            archive: "file".to_owned(),
            warc_file: Some("crawl.warc.gz".to_owned()),
            warc_offset: Some(334),
            payload_sha256: Some("ab12".to_owned()),
            memento_url: None,
        };
        assert_eq!(
            proof.text(),
            "record at byte 334 of crawl.warc.gz, payload SHA-256 ab12"
        );
        proof.memento_url = Some("https://archive.example/2020/http://a.com/".to_owned());
        assert_eq!(proof.text(), "https://archive.example/2020/http://a.com/");
        assert!(!is_wayback_url(&proof.text()));
        assert!(is_wayback_url("https://web.archive.org/web/"));
        assert!(!is_wayback_url("https://web.archive.org.example.com/web/"));
    }
}
