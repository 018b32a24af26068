//! Names and limits of JSON fields that hold text.

/// Minimum size of a string that may be part of the text, in bytes.
pub(in crate::extract) const JSON_SENTENCE_BYTES: usize = 40;
/// Maximum depth of JSON that is read. `serde_json` itself stops at 128.
pub(in crate::extract) const MAX_JSON_DEPTH: usize = 128;

/// True for the name of a field whose short strings are part of the text.
pub(in crate::extract) fn is_heading_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["title", "heading", "headline", "question", "subtitle"]
        .iter()
        .any(|n| name.ends_with(n))
}

pub(in crate::extract) fn is_text_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "text",
        "value",
        "content",
        "body",
        "description",
        "html",
        "answer",
        "copy",
        "paragraph",
        "articlebody",
        "markdown",
        "children",
    ]
    .iter()
    .any(|n| name.ends_with(n))
}
