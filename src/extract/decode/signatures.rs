//! Signatures of formats: first bytes, tags, declared types.

/// First bytes of binary formats.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"RIFF", "a media file"),
    (b"BM\0", "a bitmap"),
    (b"\0\0\x01\0", "an icon"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"Rar!", "an archive"),
    (b"7z\xBC\xAF", "an archive"),
    (b"\xD0\xCF\x11\xE0", "an office document"),
    (b"{\\rtf", "an RTF document"),
    (b"FWS", "a Flash film"),
    (b"CWS", "a Flash film"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"OTTO", "a font"),
    (b"ID3", "a sound file"),
    (b"OggS", "a media file"),
    (b"MZ\x90", "a program"),
    (b"\x7FELF", "a program"),
    (b"SQLite format 3", "a database"),
];

/// Tags that identify HTML: a page has at least one of them near its beginning.
const PAGE_TAGS: &[&str] = &[
    "<html",
    "<!doctype html",
    "<body",
    "<head",
    "<title",
    "<p>",
    "<p ",
    "<div",
    "<table",
    "<br",
    "<h1",
    "<h2",
    "<font",
    "<meta",
    "<center",
];

/// Tags of XML formats that are not pages.
const XML_TAGS: &[(&str, &str)] = &[
    ("<rss", "a news feed"),
    ("<feed", "a news feed"),
    ("<rdf:rdf", "a news feed"),
    ("<urlset", "a site map"),
    ("<sitemapindex", "a site map"),
    ("<svg", "an SVG image"),
    ("<policies", "a P3P policy for machines"),
    ("<policy ", "a P3P policy for machines"),
];

/// Beginnings of declared types that do not belong to pages.
const DECLARED_TYPES: &[(&str, &str)] = &[
    ("image/", "an image"),
    ("audio/", "a sound file"),
    ("video/", "a film"),
    ("font/", "a font"),
    ("text/css", "a style sheet"),
    ("text/javascript", "a script"),
    ("application/javascript", "a script"),
    ("application/x-javascript", "a script"),
    ("application/json", "JSON"),
    ("application/ld+json", "JSON"),
    ("application/zip", "a zip archive"),
    ("application/x-shockwave", "a Flash film"),
    ("application/msword", "an office document"),
    ("application/vnd.", "an office document"),
    ("application/rss", "a news feed"),
    ("application/atom", "a news feed"),
    ("text/calendar", "a calendar"),
    ("text/csv", "a table of values"),
];

/// First characters of scripts, in lower case.
const SCRIPT_BEGINNINGS: &[&str] = &[
    "function(",
    "(function",
    "var ",
    "!function",
    "\"use strict\"",
    "'use strict'",
    "window.",
    "document.write",
];

/// The binary format of a payload, by its first bytes.
pub(in crate::extract) fn binary_format(bytes: &[u8]) -> Option<&'static str> {
    MAGIC
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, what)| *what)
}

/// The XML format of a payload that is not a page; `head` is its beginning in lower case.
pub(in crate::extract) fn xml_format(head: &str, start: &[u8]) -> Option<&'static str> {
    let is_xml = ["<?xml", "<rss", "<feed"]
        .iter()
        .any(|tag| head.starts_with(tag));
    if is_xml && !head.contains("<html") {
        let found = XML_TAGS.iter().find(|(tag, _)| head.contains(tag));
        if let Some((_, what)) = found {
            return Some(what);
        }
    }
    start.starts_with(b"<svg").then_some("an SVG image")
}

/// True if the beginning of a payload, in lower case, has a tag of a page.
pub(in crate::extract) fn has_page_tag(head: &str) -> bool {
    PAGE_TAGS.iter().any(|tag| head.contains(tag))
}

/// The format that a declared type names, unless it is the type of a page.
pub(in crate::extract) fn declared_format(declared: &str) -> Option<&'static str> {
    DECLARED_TYPES
        .iter()
        .find(|(prefix, _)| declared.starts_with(prefix))
        .map(|(_, what)| *what)
}

/// Detects JSON and scripts, whose declared type is often missing or wrong.
pub(in crate::extract) fn data_format(
    bytes: &[u8],
    start: &[u8],
    head: &str,
) -> Option<&'static str> {
    if matches!(start.first(), Some(b'{' | b'['))
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
    {
        return Some("JSON");
    }
    let is_script =
        SCRIPT_BEGINNINGS.iter().any(|s| head.starts_with(s)) && head.contains([';', '{']);
    is_script.then_some("a script")
}

/// True for bytes that begin with a tag.
pub(in crate::extract) fn opens_tag(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<', letter, ..] if letter.is_ascii_alphabetic())
}
