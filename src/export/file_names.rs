//! Names of the files of an export.

/// The data card. It marks a directory as that of a dataset.
pub(super) const DATA_CARD: &str = "README.md";
/// First line of the data card. A README without it was not written by an export and is never replaced.
pub(super) const MARK: &str = "<!-- written by policytrail export -->";
/// Checksums of all files except itself and the git repository.
pub(super) const CHECKSUMS: &str = "SHA256SUMS";
/// Machine-readable description of the tables.
pub(super) const CROISSANT: &str = "dataset.json";
/// How to cite the dataset, in the Citation File Format.
pub(super) const CITATION_CFF: &str = "CITATION.cff";
/// The same for BibTeX.
pub(super) const CITATION_BIB: &str = "CITATION.bib";
/// The history for `git fast-import`.
pub(super) const GIT_STREAM: &str = "policies.fast-import";
/// The repository that git makes from that stream: the only part of an export without a checksum.
pub(super) const GIT_REPOSITORY: &str = "policies.git";
/// The archived pages.
pub(super) const WARC: &str = "policies.warc.gz";
/// The index of that archive.
pub(super) const WARC_INDEX: &str = "policies.cdxj";
/// Sites and URLs of the policies whose pages a WARC export holds, as a site list.
pub const SITE_LIST: &str = "policies.sites.csv";

/// True for a relative name whose parts are separated by `/` and which cannot lead outside its directory.
pub(super) fn is_relative_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
    };
    name.split('/').all(is_part)
}

/// Unit of the number that the data card gives for a file or directory that is not a table.
#[must_use]
pub fn counted(name: &str) -> &'static str {
    if name.contains(".warc") {
        "records"
    } else {
        "versions"
    }
}
