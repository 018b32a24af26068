//! What a payload is before it is parsed, and what a page is when it is no policy: error, log-in, parking page, shell.
//!
//! Nothing is thrown away for being short: a policy of three sentences is a policy.

use super::tree::{Block, plain_text};
use super::words::{Topic, policy_words, title_topic};
use crate::model::{DropReason, Dropped};

/// How much of a text is searched for policy words before it is judged.
const SAMPLE_BYTES: usize = 16 * 1024;

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
pub(super) fn payload(bytes: &[u8], content_type: Option<&str>) -> Result<Payload, Dropped> {
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
    if !utf16 && head.len() > 16 && head.iter().filter(|b| **b == 0).count() * 10 > head.len() {
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

/// What is known of a page when its text is found.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub blocks: &'a [Block],
    pub text: &'a str,
    pub words: u64,
    pub language: &'a str,
    pub page_title: Option<&'a str>,
    /// Everything that is shown on the page, the beginning of it.
    pub shown: &'a str,
    pub has_password_field: bool,
    pub frames: usize,
    pub has_scripts: bool,
    /// The address speaks of a policy.
    pub policy_url: bool,
}

/// The words of pages that stand where a policy should, in lower case.
const NOT_FOUND: &[&str] = &[
    "page not found",
    "404 not found",
    "error 404",
    "404 error",
    "not be found",
    "page does not exist",
    "page doesn't exist",
    "page doesn’t exist",
    "no longer exists",
    "no longer available",
    "page you requested",
    "page you are looking for",
    "page you were looking for",
    "page you're looking for",
    "page you’re looking for",
    "file not found",
    "cannot be displayed",
    "document not found",
    "nothing found",
    "http 404",
    "object not found",
    "seite nicht gefunden",
    "seite wurde nicht gefunden",
    "nicht gefunden werden",
    "page introuvable",
    "page non trouvée",
    "n'existe pas",
    "n’existe pas",
    "página no encontrada",
    "no se encuentra",
    "no encontrada",
    "pagina non trovata",
    "pagina niet gevonden",
    "página não encontrada",
    "nie znaleziono",
    "sidan kunde inte hittas",
    "siden blev ikke fundet",
    "finner ikke siden",
    "sivua ei löyd",
    "stránka nenalezena",
    "az oldal nem található",
    "pagina nu a fost",
    "η σελίδα δεν",
    "sayfa bulunamadı",
    "страница не найдена",
    "сторінку не знайдено",
    "الصفحة غير موجودة",
    "הדף לא נמצא",
    "صفحه یافت نشد",
    "पृष्ठ नहीं मिला",
    "ไม่พบหน้า",
    "không tìm thấy trang",
    "halaman tidak ditemukan",
    "ページが見つかりません",
    "お探しのページ",
    "페이지를 찾을 수 없",
    "页面不存在",
    "找不到",
    "頁面不存在",
    "internal server error",
    "service unavailable",
    "bad gateway",
    "gateway timeout",
    "403 forbidden",
    "access denied",
    "forbidden",
    "bad request",
    "error establishing a database connection",
    "temporarily unavailable",
    "fatal error:",
    "an error has occurred",
    "an error occurred",
    "runtime error",
    "server error",
    "index of /",
    "database error",
    "account has been suspended",
    "account suspended",
    "bandwidth limit exceeded",
    "site temporarily",
    "apache is functioning",
    "welcome to nginx",
    "default web page",
    "default web site page",
    "website is coming soon",
    "under construction",
    "site not found",
];

const PARKED: &[&str] = &[
    "domain is for sale",
    "domain name is for sale",
    "domain may be for sale",
    "buy this domain",
    "domain for sale",
    "purchase this domain",
    "domain is parked",
    "parked domain",
    "parked free",
    "this domain has expired",
    "domain has expired",
    "domain name has expired",
    "domain expired",
    "is for sale!",
    "make an offer on this domain",
    "sedo domain parking",
    "sedoparking",
    "hugedomains",
    "inquire about this domain",
    "interested in this domain",
    "domain has recently been registered",
    "domain name registration",
    "registered at namecheap",
    "future home of",
    "steht zum verkauf",
    "domain kaufen",
    "domain ist zu verkaufen",
    "ce domaine est à vendre",
    "nom de domaine est à vendre",
    "dominio en venta",
    "dominio in vendita",
    "domena na sprzedaż",
    "домен продается",
    "домен продаётся",
    "domain sponsored",
    "sponsored listings",
    "dieses webseite wurde",
    "the domain owner",
    "bodis",
    "parkingcrew",
    "domainmarket",
    "afternic",
];

const SHELL: &[&str] = &[
    "enable javascript",
    "javascript is disabled",
    "javascript is required",
    "requires javascript",
    "turn on javascript",
    "javascript to run this app",
    "javascript enabled",
    "checking your browser",
    "just a moment",
    "verify you are human",
    "verifying you are human",
    "are you a robot",
    "unusual traffic",
    "browser is not supported",
    "unsupported browser",
    "upgrade your browser",
    "your browser does not support frames",
    "frames-capable",
    "please wait",
    "redirecting",
    "aktivieren sie javascript",
    "javascript aktivieren",
    "activer javascript",
    "habilite javascript",
    "attiva javascript",
    "javascriptを有効",
    "включите javascript",
    "enable cookies",
    "captcha",
    "ddos protection",
    "security check",
    "loading",
];

const LOG_IN: &[&str] = &[
    "log in",
    "login",
    "sign in",
    "signin",
    "forgot password",
    "forgot your password",
    "forgotten password",
    "anmelden",
    "einloggen",
    "se connecter",
    "connexion",
    "mot de passe",
    "iniciar sesión",
    "accedi",
    "inloggen",
    "entrar",
    "zaloguj",
    "logga in",
    "log ind",
    "logg inn",
    "kirjaudu",
    "přihlá",
    "bejelentkezés",
    "autentificare",
    "σύνδεση",
    "giriş",
    "войти",
    "вход",
    "увійти",
    "تسجيل الدخول",
    "התחבר",
    "ورود",
    "लॉग इन",
    "เข้าสู่ระบบ",
    "đăng nhập",
    "masuk",
    "ログイン",
    "로그인",
    "登录",
    "登入",
];

/// Says why a page is no policy; `Ok` when it is one or may be one.
pub(super) fn judge(evidence: &Evidence<'_>) -> Result<(), Dropped> {
    let found = found_in(evidence.text);
    let titled = is_titled(evidence);
    if evidence.words == 0 {
        return Err(empty(evidence));
    }
    // Prose about policy matters is a policy, whatever else the page says.
    let rich = found >= 12
        || found >= 5 && evidence.words >= 40 && u64::from(found) * 25 >= evidence.words;
    let mut top = evidence.page_title.unwrap_or_default().to_lowercase();
    top.push('\n');
    for block in evidence.blocks.iter().take(4) {
        top.extend(block.text().to_lowercase().chars().take(300));
        top.push('\n');
    }
    let shown = || format!("{top}{}", evidence.shown.to_lowercase());
    if !rich {
        let all = shown();
        let short = evidence.words < 250;
        if let Some(phrase) = first_of(PARKED, &all).filter(|_| !titled || found < 2) {
            return Err(Dropped::new(
                DropReason::Parked,
                format!("the page says “{phrase}”"),
            ));
        }
        if short && !(titled && found >= 3) {
            let phrase = first_of(NOT_FOUND, &top).or_else(|| {
                top.split_whitespace()
                    .take(12)
                    .find(|w| w.trim_matches(|c: char| !c.is_ascii_digit()) == "404")
                    .map(|_| "404")
            });
            if let Some(phrase) = phrase {
                return Err(Dropped::new(
                    DropReason::Soft404,
                    format!("the page says “{phrase}”"),
                ));
            }
            if evidence.has_password_field && found < 4 && first_of(LOG_IN, &all).is_some() {
                return Err(Dropped::new(
                    DropReason::LoginWall,
                    "the page asks for a password and says little else",
                ));
            }
            if let Some(phrase) =
                first_of(SHELL, &top).filter(|_| found < 3 && evidence.words < 100)
            {
                return Err(Dropped::new(
                    DropReason::EmptyShell,
                    format!("the page says only “{phrase}”"),
                ));
            }
            if evidence.frames > 0 && evidence.words < 30 && found < 2 {
                return Err(empty(evidence));
            }
        }
    } else if evidence.words < 120 && found < 12 && !titled {
        if let Some(phrase) = first_of(PARKED, &shown()) {
            return Err(Dropped::new(
                DropReason::Parked,
                format!("the page says “{phrase}”"),
            ));
        }
    }
    if titled || rich || evidence.policy_url && found > 0 {
        return Ok(());
    }
    // Where the vocabulary knows the language, a text without its words is about something else.
    let known = KNOWN.contains(&evidence.language);
    if known
        && evidence.words >= 60
        && u64::from(found) * 100 < evidence.words
        && !evidence.policy_url
    {
        return Err(Dropped::new(
            DropReason::NotAPolicy,
            format!(
                "{found} policy words among {} and no title of a policy",
                evidence.words
            ),
        ));
    }
    if known && evidence.words < 60 && found == 0 {
        return Err(Dropped::new(
            DropReason::NotAPolicy,
            format!("{} words and none of a policy", evidence.words),
        ));
    }
    if evidence.language == "und" && found == 0 && evidence.words < 15 {
        return Err(empty(evidence));
    }
    Ok(())
}

/// Policy words of a text; of a long one, as many as its beginning lets expect.
fn found_in(text: &str) -> u32 {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let found = u64::from(policy_words(sample));
    let scaled = found * text.len() as u64 / sample.len().max(1) as u64;
    u32::try_from(scaled).unwrap_or(u32::MAX)
}

/// Languages that the vocabulary has words of.
const KNOWN: &[&str] = &[
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "no", "fi", "cs", "hu", "ro", "el",
    "tr", "ru", "uk", "ar", "he", "fa", "hi", "th", "vi", "id", "ja", "ko", "zh",
];

fn first_of(phrases: &[&'static str], text: &str) -> Option<&'static str> {
    phrases.iter().find(|p| text.contains(**p)).copied()
}

fn is_titled(evidence: &Evidence<'_>) -> bool {
    let own = evidence.page_title.map(super::title::without_site_name);
    let legal = |text: &str| {
        matches!(
            title_topic(text),
            Some(Topic::Privacy | Topic::Terms | Topic::Cookies)
        )
    };
    own.as_deref().is_some_and(legal)
        || evidence.blocks.iter().take(6).any(|b| match b {
            Block::Heading(_, spans) | Block::Paragraph(spans) => legal(&plain_text(spans)),
            _ => false,
        })
}

fn empty(evidence: &Evidence<'_>) -> Dropped {
    let all = evidence.shown.to_lowercase();
    if let Some(phrase) = first_of(PARKED, &all) {
        return Dropped::new(DropReason::Parked, format!("the page says “{phrase}”"));
    }
    if evidence.has_password_field {
        return Dropped::new(
            DropReason::LoginWall,
            "the page asks for a password and says nothing else",
        );
    }
    let detail = if evidence.frames > 0 {
        format!("no text of its own, {} frames", evidence.frames)
    } else if evidence.has_scripts {
        "no text, scripts would fill it in".to_owned()
    } else {
        "no text".to_owned()
    };
    Dropped::new(DropReason::EmptyShell, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_that_are_no_page_are_told_by_their_bytes() {
        let reason = |bytes: &[u8], kind: Option<&str>| payload(bytes, kind).map_err(|d| d.reason);
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
