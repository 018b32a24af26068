//! The language that a page names (`<html lang>`), as an ISO 639-1 code.

use whatlang::Script;

use crate::page::Page;

/// The codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee \
    el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka \
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne ng nl no nr nv \
    ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk \
    tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";
/// Codes that stand for another one here: old ones, parts of a language, and three letters where two exist.
const OTHER_CODES: [(&str, &str); 12] = [
    ("iw", "he"),
    ("in", "id"),
    ("ji", "yi"),
    ("mo", "ro"),
    ("sh", "sr"),
    ("nb", "no"),
    ("nn", "no"),
    ("fil", "tl"),
    ("cmn", "zh"),
    ("yue", "zh"),
    ("ckb", "ku"),
    ("jw", "jv"),
];

/// The language that a page names in its first element or its body.
pub(in crate::extract) fn declared_language(page: &Page) -> Option<&'static str> {
    let html = page.html.root_element();
    let of_body = || {
        let mut inner = html.children().filter_map(|node| node.value().as_element());
        inner.find(|element| element.name() == "body")?.attr("lang")
    };
    let tag = [html.attr("lang"), html.attr("xml:lang")];
    let mut tags = tag.into_iter().chain(std::iter::once_with(of_body));
    tags.find_map(|tag| iso_language(tag?))
}

/// The ISO 639-1 code of a language tag (`ms-MY`, `pt_BR`); `None` for other text.
pub(in crate::extract) fn iso_language(tag: &str) -> Option<&'static str> {
    let first = tag.trim().split(['-', '_']).next()?;
    if first.len() > 3 {
        return None;
    }
    let code = first.to_ascii_lowercase();
    let other = OTHER_CODES.iter().find(|(other, _)| *other == code);
    match other {
        Some((_, code)) => Some(code),
        None => CODES.split_ascii_whitespace().find(|known| **known == code),
    }
}

/// True if a language is written in this script. `lang="uk"` on a page in Latin letters is a country, not a language.
pub(super) fn is_written_in(language: &str, script: Script) -> bool {
    let in_script = match script {
        Script::Cyrillic => "ab av ba be bg ce cu cv kk kv ky mk mn os ru sr tg tt uk uz az",
        Script::Arabic => "ar fa ks ku ps sd ug ur",
        Script::Hebrew => "he yi",
        Script::Devanagari => "hi mr ne pi sa ks sd",
        Script::Bengali => "bn as",
        Script::Mandarin => "zh ja",
        Script::Hiragana | Script::Katakana => "ja",
        Script::Hangul => "ko",
        Script::Thai => "th",
        Script::Greek => "el",
        Script::Georgian => "ka",
        Script::Armenian => "hy",
        Script::Gujarati => "gu",
        Script::Gurmukhi => "pa",
        Script::Kannada => "kn",
        Script::Khmer => "km",
        Script::Malayalam => "ml",
        Script::Myanmar => "my",
        Script::Oriya => "or",
        Script::Sinhala => "si",
        Script::Tamil => "ta",
        Script::Telugu => "te",
        Script::Ethiopic => "am ti",
        Script::Latin => return !OTHER_SCRIPTS.split(' ').any(|code| code == language),
    };
    in_script.split(' ').any(|code| code == language)
}

/// Languages that are not written in Latin letters.
const OTHER_SCRIPTS: &str = "ab am ar as av ba be bg bn bo ce cu cv dv dz el fa gu he hi hy ja ka kk km kn ko ks kv ky lo mk ml \
    mn mr my ne or os pa pi ps ru sa sd si ta te tg th ti tt ug uk ur yi zh";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_a_language_by_a_code() {
        let of = |html: &str| declared_language(&Page::parse_text(html.as_bytes(), None, None));
        assert_eq!(of("<html lang=ms-MY><p>x"), Some("ms"));
        assert_eq!(of("<html xml:lang='nb_NO'><p>x"), Some("no"));
        assert_eq!(of("<html lang=''><body lang='EU'><p>x"), Some("eu"));
        for other in [
            "<p>x",
            "<html lang=english>",
            "<html lang=xx>",
            "<html lang='*'>",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_language_has_its_script() {
        assert!(is_written_in("uk", Script::Cyrillic) && !is_written_in("uk", Script::Latin));
        assert!(is_written_in("eu", Script::Latin) && !is_written_in("en", Script::Greek));
        assert!(is_written_in("sr", Script::Latin) && is_written_in("sr", Script::Cyrillic));
    }
}
