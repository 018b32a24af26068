//! What a payload is before it is parsed: a page, a plain text, a PDF, or nothing that has words.

use crate::model::{DropReason, Dropped};

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    Html,
    PlainText,
    Pdf,
}

/// First bytes of formats that are no page.
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

/// Tells what a payload is by its first bytes, then by its declared type.
#[expect(clippy::too_many_lines, reason = "mostly two tables of types")]
pub(super) fn of(bytes: &[u8], content_type: Option<&str>) -> Result<Payload, Dropped> {
    let no_page = |what: &str| {
        Err(Dropped::new(
            DropReason::NotAPage,
            format!("the payload is {what}"),
        ))
    };
    let declared = content_type
        .and_then(|c| c.split(';').next())
        .map(|c| c.trim().to_ascii_lowercase())
        .unwrap_or_default();
    if super::pdf::is_pdf(bytes) {
        return Ok(Payload::Pdf);
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return no_page(what);
    }
    let head = &bytes[..bytes.len().min(4096)];
    let start = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let head_text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    if !utf16 && head.len() > 16 && head.split(|b| *b == 0).count() * 10 > head.len() + 10 {
        return no_page("binary data");
    }
    let tags = [
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
    let is_markup = tags.iter().any(|t| head_text.contains(t));
    if head_text.starts_with("<?xml")
        || head_text.starts_with("<rss")
        || head_text.starts_with("<feed")
    {
        for (tag, what) in [
            ("<rss", "a news feed"),
            ("<feed", "a news feed"),
            ("<rdf:rdf", "a news feed"),
            ("<urlset", "a site map"),
            ("<sitemapindex", "a site map"),
            ("<svg", "an SVG image"),
            ("<policies", "a P3P policy for machines"),
            ("<policy ", "a P3P policy for machines"),
        ] {
            if head_text.contains(tag) && !head_text.contains("<html") {
                return no_page(what);
            }
        }
    }
    if start.starts_with(b"<svg") {
        return no_page("an SVG image");
    }
    if !is_markup {
        for (prefix, what) in [
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
        ] {
            if declared.starts_with(prefix) {
                return no_page(what);
            }
        }
        if matches!(start.first(), Some(b'{' | b'['))
            && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
        {
            return no_page("JSON");
        }
        let script = [
            "function(",
            "(function",
            "var ",
            "!function",
            "\"use strict\"",
            "'use strict'",
            "window.",
            "document.write",
        ];
        if script.iter().any(|s| head_text.starts_with(s)) && head_text.contains([';', '{']) {
            return no_page("a script");
        }
        if declared == "text/plain" || !head_text.contains("</") {
            return Ok(Payload::PlainText);
        }
    } else if declared == "text/plain" && !head_text.starts_with('<') {
        return Ok(Payload::PlainText);
    }
    Ok(Payload::Html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_that_are_no_page_are_told_by_their_bytes() {
        let reason = |bytes: &[u8], kind: Option<&str>| of(bytes, kind).map_err(|d| d.reason);
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n"[..], Some("text/html")),
            (b"PK\x03\x04....", None),
            (b"body { color: red }", Some("text/css")),
            (b"{\"a\": [1, 2]}", None),
            (b"var a = 1; function f() {}", Some("text/html")),
            (
                b"<?xml version='1.0'?><rss version='2.0'><channel>",
                Some("text/xml"),
            ),
            (b"\0\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", None),
        ] {
            assert_eq!(reason(bytes, kind), Err(DropReason::NotAPage), "{bytes:?}");
        }
        assert_eq!(reason(b"<p>We care", Some("image/gif")), Ok(Payload::Html));
        assert_eq!(
            reason(b"We care about privacy.", Some("text/plain")),
            Ok(Payload::PlainText)
        );
        assert_eq!(
            reason(b"\xEF\xBB\xBF <!DOCTYPE html>", None),
            Ok(Payload::Html)
        );
        assert_eq!(reason(b"%PDF-1.4", Some("text/html")), Ok(Payload::Pdf));
    }
}
