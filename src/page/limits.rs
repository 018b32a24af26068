//! The limits of a page that the guard applies before and during the parse.

/// Deepest nesting of open elements. Deeper elements lose their tags, and their text stays. Browsers stop at 512 as well.
pub const MAX_DEPTH: usize = 512;
/// Maximum number of bytes of a page that are read. The largest of 882 real pages of policies has 2.14 MB.
pub const MAX_HTML_BYTES: usize = 8 * 1024 * 1024;
/// Memory that a page takes while it is parsed and extracted, as a multiple of its bytes (`tests/it/extraction_memory.rs`).
const MEMORY_PER_BYTE: u64 = 40;
/// Maximum number of attributes of one tag. A tag with more keeps only its name.
pub(super) const MAX_ATTRIBUTES: usize = 256;
/// Maximum number of elements of a page. It limits the memory of the tree. Further elements lose their tags; scripts
/// and similar elements are removed completely. The largest of 882 real pages of policies has 8,632.
pub(super) const MAX_ELEMENTS: usize = 300_000;
/// Maximum number of copies of unclosed formatting elements that the parser may have to make before their tags are
/// removed.
pub(super) const MAX_REPEATED_FORMATTING: usize = 200_000;

/// Returns the memory that parsing and extracting a page of this size takes at most, in bytes.
#[must_use]
pub fn memory_of_parse(page_bytes: usize) -> u64 {
    page_bytes.min(MAX_HTML_BYTES) as u64 * MEMORY_PER_BYTE
}
