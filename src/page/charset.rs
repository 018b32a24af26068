//! Decodes bytes to characters by byte-order mark, HTTP header, `<meta>` or detector, in that order, with a check for
//! mojibake.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Number of bytes at the start of a page in which a `<meta>` may name the charset. Browsers read 1,024 bytes; old
/// pages have scripts before it.
const META_PRESCAN_BYTES: usize = 8192;
/// Number of bytes of a page that the detector reads. This limits its time, and most pages are shorter.
const DETECTOR_BYTES: usize = 256 * 1024;

/// The characters of a page, and the charset that they were read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The characters, without a byte-order mark.
    pub text: String,
    /// Name of the charset in the WHATWG list, such as `windows-1252`.
    pub charset: &'static str,
}

/// Decodes a page. Never fails: bytes without meaning in the chosen charset become U+FFFD.
///
/// The declared charset is used unless the result is visibly wrong (replacement characters, C1 controls, UTF-8 read as
/// another charset). Then the charset with the fewest such errors is used, and on a tie the earlier source. So one stray
/// byte (a Latin-1 © in the footer of a UTF-8 page) costs only that character.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> Decoded {
    let (text, charset) = decoded(bytes, content_type);
    Decoded {
        text: text.into_owned(),
        charset,
    }
}

/// Does the same as [`decode`], without a copy if the bytes are already the text.
pub(super) fn decoded<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
) -> (Cow<'a, str>, &'static str) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return read(&bytes[length..], encoding);
    }
    let header = content_type
        .and_then(charset_parameter)
        .and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    let meta = meta_charset(bytes);
    // Most pages are UTF-8 and declare it. Then there is nothing to compare.
    if header.or(meta) == Some(UTF_8)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return (Cow::Borrowed(text), UTF_8.name());
    }
    let mut tried = Vec::with_capacity(4);
    let mut best: Option<(usize, (Cow<'_, str>, &'static str))> = None;
    for encoding in [header, meta]
        .into_iter()
        .flatten()
        .chain([detected(bytes), UTF_8])
    {
        if tried.contains(&encoding) {
            continue;
        }
        tried.push(encoding);
        let decoded = read(bytes, encoding);
        let faults = faults(&decoded, bytes);
        if faults == 0 {
            return decoded;
        }
        if best.as_ref().is_none_or(|(fewest, _)| faults < *fewest) {
            best = Some((faults, decoded));
        }
    }
    best.map_or_else(|| read(bytes, WINDOWS_1252), |(_, decoded)| decoded)
}

fn read<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> (Cow<'a, str>, &'static str) {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    (text, encoding.name())
}

/// The charset that the detector finds. Bytes that are valid UTF-8 beyond ASCII need no detector.
fn detected(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(DETECTOR_BYTES)];
    let valid_utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // A sample may end inside a character.
        Err(error) => error.error_len().is_none() && sample.len() < bytes.len(),
    };
    if valid_utf8 && !sample.is_ascii() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// Number of signs that the charset is wrong: U+FFFD, C1 controls, and UTF-8 that was read as another charset.
fn faults((text, charset): &(Cow<'_, str>, &'static str), bytes: &[u8]) -> usize {
    let odd = text
        .chars()
        .filter(|c| matches!(c, '\u{FFFD}' | '\u{80}'..='\u{9F}'))
        .count();
    let misread = if *charset == UTF_8.name() || charset.starts_with("UTF-16") {
        0
    } else {
        misread_utf8(bytes)
    };
    odd + misread
}

/// Number of characters beyond ASCII that these bytes have as UTF-8. Each is an error when the bytes are read as
/// another charset ("Ã©", "â€™"). 0 if more bytes are invalid UTF-8 than valid, as is the case for every other charset.
fn misread_utf8(bytes: &[u8]) -> usize {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    if valid >= invalid { valid } else { 0 }
}

/// The value of `charset=` in a content type.
fn charset_parameter(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset")?;
    let rest = content_type
        .get(at + "charset".len()..)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest
        .find(|c: char| matches!(c, '"' | '\'' | ';' | ',' | '>' | '/') || c.is_whitespace())
        .unwrap_or(rest.len());
    rest.get(..end).filter(|label| !label.is_empty())
}

/// The charset that a `<meta charset=…>`, a `<meta http-equiv content="…charset=…">` or an XML declaration names.
fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(META_PRESCAN_BYTES)]);
    let head = head.to_ascii_lowercase();
    let label = if head.trim_start().starts_with("<?xml") {
        let declaration = head.split("?>").next()?;
        declaration
            .split_once("encoding=")
            .map(|(_, rest)| rest.trim_start_matches(['"', '\'']))
            .and_then(|rest| rest.split(['"', '\'']).next())
            .map(str::to_owned)
    } else {
        None
    };
    let label = label.or_else(|| {
        head.match_indices("<meta").find_map(|(at, _)| {
            let tag = head.get(at..)?.split('>').next()?;
            charset_parameter(tag).map(str::to_owned)
        })
    })?;
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    // A page that is ASCII up to its <meta> is not UTF-16, whatever it declares (HTML standard).
    Some(if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else {
        encoding
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_order_mark_beats_the_header() {
        let decoded = decode(
            b"\xEF\xBB\xBFcaf\xC3\xA9",
            Some("text/html; charset=iso-8859-1"),
        );
        assert_eq!((decoded.text.as_str(), decoded.charset), ("café", "UTF-8"));
        assert_eq!(decode(b"\xFF\xFEh\0i\0", None).text, "hi");
    }

    #[test]
    fn the_header_beats_the_meta_when_both_could_be_right() {
        let page = b"<meta charset=windows-1251><p>caf\xE9</p>";
        assert_eq!(
            decode(page, Some("text/html; charset=\"ISO-8859-1\"")).charset,
            "windows-1252"
        );
        assert_eq!(decode(page, Some("text/html")).charset, "windows-1251");
    }

    #[test]
    fn utf8_declared_as_latin1_is_not_read_as_mojibake() {
        let page =
            "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>naïve “quotes”"
                .as_bytes();
        let decoded = decode(page, Some("text/html; charset=ISO-8859-1"));
        assert_eq!(decoded.charset, "UTF-8");
        assert!(decoded.text.contains("naïve “quotes”"));
    }

    #[test]
    fn windows_1252_declared_as_utf8_keeps_its_quotes() {
        let page = b"<p>\x93We respect your privacy\x94 \x96 and your caf\xE9 visits.</p>";
        assert!(
            decode(page, Some("text/html; charset=utf-8"))
                .text
                .contains("“We respect your privacy” – and your café")
        );
        assert!(
            decode(page, None)
                .text
                .contains("“We respect your privacy”")
        );
    }

    #[test]
    fn one_stray_byte_in_a_page_of_utf8_costs_one_character() {
        let mut page = "<meta charset=utf-8><p>We don’t sell “personal” data.</p>"
            .as_bytes()
            .to_vec();
        page.extend(b"<footer>\xA9 2009 Acme</footer>");
        for content_type in [None, Some("text/html"), Some("text/html; charset=utf-8")] {
            let decoded = decode(&page, content_type);
            assert_eq!(decoded.charset, "UTF-8");
            assert!(decoded.text.contains("We don’t sell “personal” data."));
            assert!(decoded.text.contains("\u{FFFD} 2009 Acme"));
        }
        let undeclared = &page["<meta charset=utf-8>".len()..];
        assert!(decode(undeclared, None).text.contains("don’t sell"));
        let latin1 = decode(&page, Some("text/html; charset=iso-8859-1"));
        assert!(latin1.text.contains("don’t sell"));
    }

    #[test]
    fn a_charset_that_no_browser_decodes_is_as_good_as_none() {
        let words =
            "<meta charset=iso-2022-kr><p>개인정보 처리방침을 다음과 같이 수립하여 공개합니다.</p>";
        let (bytes, _, _) = encoding_rs::EUC_KR.encode(words);
        let mut bytes = bytes.into_owned();
        bytes.extend(b"<p>\xFF</p>");
        assert!(decode(&bytes, None).text.contains("개인정보 처리방침"));
    }

    #[test]
    fn no_other_charset_looks_like_misread_utf8() {
        use encoding_rs::{
            BIG5, EUC_KR, GBK, KOI8_R, SHIFT_JIS, WINDOWS_874, WINDOWS_1251, WINDOWS_1253,
        };
        for (charset, words) in [
            (
                WINDOWS_1252,
                "Überprüfung der Daten: “naïve” cafés, £5 – © 2009",
            ),
            (
                WINDOWS_1251,
                "Политика конфиденциальности персональных данных",
            ),
            (KOI8_R, "Политика конфиденциальности персональных данных"),
            (
                WINDOWS_1253,
                "Πολιτική απορρήτου και προστασία προσωπικών δεδομένων",
            ),
            (WINDOWS_874, "นโยบายความเป็นส่วนตัวและการคุ้มครองข้อมูลส่วนบุคคล"),
            (
                EUC_KR,
                "개인정보 처리방침을 다음과 같이 수립하여 공개합니다",
            ),
            (GBK, "隐私政策适用于我们收集的个人信息，请您仔细阅读"),
            (BIG5, "隱私權政策適用於我們收集的個人資料，請您仔細閱讀"),
            (
                SHIFT_JIS,
                "個人情報の取り扱いについて、当社は以下の通り定めます",
            ),
        ] {
            let (bytes, _, _) = charset.encode(words);
            assert_eq!(misread_utf8(&bytes), 0, "{}", charset.name());
        }
    }

    #[test]
    fn japanese_pages_are_read_by_meta_or_by_their_bytes() {
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(
            "<meta charset=Shift_JIS><p>個人情報の取り扱いについて、当社は以下の通り定めます。</p>",
        );
        assert!(decode(&bytes, None).text.contains("個人情報"));
        let (bytes, _, _) = encoding_rs::EUC_JP
            .encode("<p>個人情報の取り扱いについて、当社は以下の通り定めます。</p>");
        assert!(decode(&bytes, None).text.contains("個人情報"));
    }

    #[test]
    fn an_xml_declaration_names_the_charset() {
        let decoded = decode(
            b"<?xml version='1.0' encoding='windows-1251'?><p>\xEF\xF0</p>",
            None,
        );
        assert_eq!(decoded.charset, "windows-1251");
    }

    #[test]
    fn odd_content_types_are_survived() {
        for odd in [
            "charset",
            "charset=",
            "charset=;",
            "text/html; charset=\u{130}x",
            "\u{130}charset=utf-8",
        ] {
            assert_eq!(decode(b"plain", Some(odd)).text, "plain");
        }
    }
}
