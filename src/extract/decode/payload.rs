//! Detects a payload's format before it is parsed: a page, plain text, a PDF, or something without text.

use std::borrow::Cow;

use super::pdf::is_pdf;
use super::signatures::{
    binary_format, data_format, declared_format, has_page_tag, opens_tag, xml_format,
};
use crate::model::{DropReason, Dropped};
use crate::page::decode;

/// The format of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum PayloadFormat {
    Html,
    PlainText,
    Pdf,
}

/// Number of bytes at the beginning of a payload that are searched for the signature of a format.
const HEAD_BYTES: usize = 4096;

/// Number of bytes at the beginning of a payload that are checked to be text.
const TEXT_BYTES: usize = 16 * 1024;
/// Fewer control characters than this are tolerated as a mistake of the page.
const MOST_CONTROLS: usize = 8;
/// Maximum share of control characters in a page, in percent. In random bytes (such as compressed data without its
/// header), every tenth byte is a control character.
const MOST_CONTROLS_PERCENT: usize = 2;

/// Detects the format of a payload by its first bytes, then by its declared type.
///
/// # Errors
/// The reason why the payload is neither a page, nor plain text, nor a PDF.
pub(in crate::extract) fn detect_format(
    bytes: &[u8],
    content_type: Option<&str>,
) -> Result<PayloadFormat, Dropped> {
    let declared = content_type
        .and_then(|c| c.split(';').next())
        .map(|c| c.trim().to_ascii_lowercase())
        .unwrap_or_default();
    if is_pdf(bytes) {
        return Ok(PayloadFormat::Pdf);
    }
    if let Some(what) = binary_format(bytes) {
        return Err(not_a_page(what));
    }
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let bytes = if is_utf16 {
        Cow::Owned(decode(bytes, content_type).text.into_bytes())
    } else {
        Cow::Borrowed(bytes)
    };
    let start = skip_prologue(&bytes);
    let head = &start[..start.len().min(HEAD_BYTES)];
    if !is_utf16 && head.len() > 16 && head.split(|b| *b == 0).count() * 10 > head.len() + 10
        || !is_readable(start, is_utf16, content_type)
    {
        return Err(not_a_page("binary data"));
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if let Some(what) = xml_format(&head, start) {
        return Err(not_a_page(what));
    }
    if opens_tag(start) || start.starts_with(b"<!") || has_page_tag(&head) {
        return Ok(if declared == "text/plain" && !head.starts_with('<') {
            PayloadFormat::PlainText
        } else {
            PayloadFormat::Html
        });
    }
    if let Some(what) = declared_format(&declared).or_else(|| data_format(&bytes, start, &head)) {
        return Err(not_a_page(what));
    }
    let is_declared = matches!(declared.as_str(), "text/html" | "application/xhtml+xml");
    let has_tags = || memchr::memchr_iter(b'<', start).any(|at| opens_tag(&start[at..]));
    if declared == "text/plain" || !(head.contains("</") || is_declared && has_tags()) {
        return Ok(PayloadFormat::PlainText);
    }
    Ok(PayloadFormat::Html)
}

fn not_a_page(what: &str) -> Dropped {
    Dropped::new(DropReason::NotAPage, format!("the payload is {what}"))
}

/// True for bytes that are text, either in the payload's charset or byte by byte.
fn is_readable(start: &[u8], is_utf16: bool, content_type: Option<&str>) -> bool {
    let sample = &start[..start.len().min(TEXT_BYTES)];
    if is_utf16 {
        return is_text(String::from_utf8_lossy(sample).chars());
    }
    // The check byte by byte comes first because it is cheap. Text with two bytes per character contains control
    // bytes, so it must be decoded.
    is_text(sample.iter().map(|b| char::from(*b)))
        || is_text(decode(sample, content_type).text.chars())
}

/// Skips the byte order mark, blanks and comments before the first word or tag of a payload. Templates and build tools
/// leave kilobytes of them above a page.
fn skip_prologue(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    loop {
        rest = rest.trim_ascii_start();
        let after = rest.strip_prefix(b"<!--").and_then(|inner| {
            let end = memchr::memmem::find(inner, b"-->")?;
            inner.get(end + 3..)
        });
        match after {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

/// True if few of the characters are controls or replacement characters. Blanks, and the characters with which ISO-2022
/// switches alphabets, do not count as controls. NUL, which was used to fill up tapes and disks, has its own rule.
/// Private-use characters (icons of a page's own font) are a tenth of random UTF-16.
fn is_text(characters: impl Iterator<Item = char>) -> bool {
    let (mut all, mut controls) = (0, 0);
    for c in characters {
        all += 1;
        controls += usize::from(matches!(
            c,
            '\x01'..='\x08' | '\x0B' | '\x10'..='\x1A' | '\x1C'..='\x1F' | '\x7F' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}'
        ));
    }
    controls < MOST_CONTROLS || controls * 100 <= all * MOST_CONTROLS_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_that_are_no_page_are_told_by_their_bytes() {
        let reason =
            |bytes: &[u8], kind: Option<&str>| detect_format(bytes, kind).map_err(|d| d.reason);
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
        assert_eq!(
            reason(b"<p>We care", Some("image/gif")),
            Ok(PayloadFormat::Html)
        );
        assert_eq!(
            reason(b"We care about privacy.", Some("text/plain")),
            Ok(PayloadFormat::PlainText)
        );
        assert_eq!(
            reason(b"\xEF\xBB\xBF <!DOCTYPE html>", None),
            Ok(PayloadFormat::Html)
        );
        assert_eq!(
            reason(b"%PDF-1.4", Some("text/html")),
            Ok(PayloadFormat::Pdf)
        );
    }

    /// Returns random bytes, like those of a compressed page without the header of its compression.
    fn random_bytes(length: usize, mut seed: u64) -> Vec<u8> {
        (0..length)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                seed.to_be_bytes()[0]
            })
            .collect()
    }

    #[test]
    fn bytes_without_order_are_no_page_whatever_their_charset_is_said_to_be() {
        for length in [500, 2_000, 20_000, 100_000] {
            for seed in 1..20 {
                let bytes = random_bytes(length, seed);
                for declared in [
                    None,
                    Some("text/html"),
                    Some("text/plain; charset=windows-1252"),
                    Some("text/html; charset=Shift_JIS"),
                    Some("text/html; charset=gb18030"),
                    Some("text/html; charset=utf-8"),
                    Some("text/html; charset=utf-16le"),
                    Some("text/html; charset=utf-16be"),
                ] {
                    let told = detect_format(&bytes, declared).map_err(|d| d.reason);
                    assert_eq!(
                        told,
                        Err(DropReason::NotAPage),
                        "{length} {seed} {declared:?}"
                    );
                }
                for mark in [b"\xFF\xFE", b"\xFE\xFF"] {
                    let marked = [&mark[..], &bytes].concat();
                    let told = detect_format(&marked, None).map_err(|d| d.reason);
                    assert_eq!(told, Err(DropReason::NotAPage), "{length} {seed} {mark:?}");
                }
            }
        }
    }

    #[test]
    fn pages_are_text_in_every_charset_and_with_a_stray_control() {
        use encoding_rs::{
            BIG5, EUC_JP, EUC_KR, GBK, ISO_2022_JP, KOI8_R, SHIFT_JIS, WINDOWS_874, WINDOWS_1251,
            WINDOWS_1252, WINDOWS_1256,
        };
        for (charset, words) in [
            (
                ISO_2022_JP,
                "個人情報の取り扱いについて、A社は以下の通り定めます。",
            ),
            (
                SHIFT_JIS,
                "個人情報の取り扱いについて、ソフト表示を定めます。",
            ),
            (EUC_JP, "個人情報の取り扱いについて、以下の通り定めます。"),
            (
                EUC_KR,
                "개인정보 처리방침을 다음과 같이 수립하여 공개합니다",
            ),
            (GBK, "隐私政策适用于我们收集的个人信息，请您仔细阅读"),
            (BIG5, "隱私權政策適用於我們收集的個人資料，請您仔細閱讀"),
            (
                WINDOWS_1251,
                "Политика конфиденциальности персональных данных",
            ),
            (KOI8_R, "Политика конфиденциальности персональных данных"),
            (WINDOWS_874, "นโยบายความเป็นส่วนตัวและการคุ้มครองข้อมูล"),
            (WINDOWS_1256, "سياسة الخصوصية وحماية البيانات الشخصية"),
            (WINDOWS_1252, "Überprüfung der Daten: “naïve” cafés, £5 – ©"),
        ] {
            let page = format!("<title>Privacy</title><p>{}", words.repeat(50));
            let (bytes, _, _) = charset.encode(&page);
            let declared = format!("text/html; charset={}", charset.name());
            for declared in [None, Some("text/html"), Some(declared.as_str())] {
                assert_eq!(
                    detect_format(&bytes, declared).ok(),
                    Some(PayloadFormat::Html),
                    "{declared:?}"
                );
            }
        }
        // Without a byte order mark, the header decides: half of the bytes are not text.
        let wide: Vec<u8> = "隐私政策适用于我们收集的个人信息，请您仔细阅读"
            .repeat(100)
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let told = detect_format(&wide, Some("text/plain; charset=utf-16le")).ok();
        assert_eq!(told, Some(PayloadFormat::PlainText));
        let stray = "<p>We\u{b}care\u{1} about your privacy and never sell it. ".repeat(10);
        let page = stray + &"We keep it as long as the law wants it kept. ".repeat(60);
        assert_eq!(
            detect_format(page.as_bytes(), None).ok(),
            Some(PayloadFormat::Html)
        );
    }

    #[test]
    fn a_page_is_one_whatever_stands_above_its_first_tag() {
        let page = "<title>Privacy</title><p>We care about your data.";
        let blanks = format!("{}{page}", " \r\n".repeat(1_500));
        let comment = format!("<!-- {} -->\n<!---->{page}", "build info ".repeat(500));
        let script = format!("<script>{}</script>{page}", "f(x);".repeat(1_000));
        for text in [&blanks, &comment, &script] {
            for declared in [None, Some("text/html; charset=utf-8")] {
                assert_eq!(
                    detect_format(text.as_bytes(), declared).ok(),
                    Some(PayloadFormat::Html),
                    "{declared:?} {text:.60}"
                );
            }
        }
        let words = format!("{}{page}", "We care about your privacy. ".repeat(200));
        assert_eq!(
            detect_format(words.as_bytes(), Some("text/html")).ok(),
            Some(PayloadFormat::Html)
        );
        assert_eq!(
            detect_format(b"If 3 < 4 we care.", Some("text/html")).ok(),
            Some(PayloadFormat::PlainText)
        );
        assert_eq!(
            detect_format(b"<!-- never closed", None).ok(),
            Some(PayloadFormat::Html)
        );
        for (mark, unit) in [
            (0xFEFF_u16, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (0xFEFF, u16::to_be_bytes),
        ] {
            let wide: Vec<u8> = std::iter::once(mark)
                .chain(page.encode_utf16())
                .flat_map(unit)
                .collect();
            assert_eq!(
                detect_format(&wide, Some("text/html")).ok(),
                Some(PayloadFormat::Html)
            );
            let wide: Vec<u8> = std::iter::once(mark)
                .chain("{\"a\": 1}".encode_utf16())
                .flat_map(unit)
                .collect();
            assert_eq!(
                detect_format(&wide, None).map_err(|d| d.reason),
                Err(DropReason::NotAPage)
            );
        }
    }
}
