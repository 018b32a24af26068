//! The language of a document, as an ISO 639-1 code.

use whatlang::{Lang, Script};

use crate::extract::vocabulary::language_by_words;

/// Bytes of a text that are enough to detect its language.
const SAMPLE_BYTES: usize = 2 * 1024;

/// The ISO 639-1 code of a text's language; `und` when unsure.
pub(in crate::extract) fn detect_language(text: &str) -> &'static str {
    if is_english(text) {
        return "en";
    }
    // The middle of a long text is used: its beginning has names, addresses and lists of contents.
    let from = text.floor_char_boundary(text.len().saturating_sub(SAMPLE_BYTES) / 2);
    let sample = &text[from..text.floor_char_boundary(from.saturating_add(SAMPLE_BYTES))];
    if let Some(language) = by_little_words(sample) {
        return language;
    }
    let Some(info) = whatlang::detect(sample) else {
        return "und";
    };
    // A script with one language decides, however short the text is.
    match info.script() {
        Script::Hiragana | Script::Katakana => return "ja",
        Script::Hangul => return "ko",
        Script::Thai => return "th",
        Script::Greek => return "el",
        _ => {}
    }
    if info.lang() == Lang::Cmn && sample.chars().any(|c| matches!(c, '\u{3041}'..='\u{30FA}')) {
        return "ja";
    }
    let code = iso_code(info.lang());
    // An uncertain result counts when the policy words of the text are of the same language.
    if info.is_reliable() || language_by_words(sample) == Some(code) {
        code
    } else {
        "und"
    }
}

/// Languages with words in the vocabulary.
const KNOWN: &[&str] = &[
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "no", "fi", "cs", "hu", "ro", "el",
    "tr", "ru", "uk", "ar", "he", "fa", "hi", "th", "vi", "id", "ja", "ko", "zh",
];

/// True for a language with words in the vocabulary.
pub(in crate::extract) fn has_vocabulary(language: &str) -> bool {
    KNOWN.contains(&language)
}

/// Bytes of a text that are searched for the common words of English.
const ENGLISH_SAMPLE_BYTES: usize = 8 * 1024;

/// True for a text that is certainly English; the detector is not needed. "The" and similar words are a fifth of any
/// English text, and of no text in another language.
fn is_english(text: &str) -> bool {
    let sample = &text.as_bytes()[..text.len().min(ENGLISH_SAMPLE_BYTES)];
    let (mut words, mut the, mut little) = (0u32, 0u32, 0u32);
    // Letters beyond ASCII are part of the word next to them, because no common English word has one.
    for word in sample.split(|b| !b.is_ascii_alphanumeric() && b.is_ascii()) {
        words += u32::from(!word.is_empty());
        match word {
            b"the" | b"The" => the += 1,
            b"of" | b"and" | b"to" | b"you" | b"your" | b"or" | b"we" | b"that" | b"this"
            | b"for" | b"with" | b"our" => little += 1,
            _ => {}
        }
    }
    words >= 100 && the * 100 >= words * 3 && (the + little) * 100 >= words * 18
}

/// Recognises certain French and German without the detector: in a hundred words or more, a sixth are common words of
/// one language and hardly any are common words of the other. The detector gave the same result for 1,095 archived
/// pages.
fn by_little_words(sample: &str) -> Option<&'static str> {
    let (mut words, mut french, mut german) = (0u32, 0u32, 0u32);
    for word in sample.split(|c: char| !c.is_alphanumeric()) {
        words += u32::from(!word.is_empty());
        match word {
            "les" | "des" | "et" | "vous" | "nous" | "pour" | "dans" | "sur" | "une" | "est"
            | "sont" | "votre" | "vos" | "notre" | "nos" | "ces" | "cette" | "aux" | "avec" => {
                french += 1;
            }
            "und" | "oder" | "nicht" | "wir" | "Wir" | "Sie" | "Ihre" | "Ihrer" | "Ihren"
            | "unsere" | "ist" | "sind" | "werden" | "wird" | "zur" | "zum" | "für" | "auf"
            | "von" | "mit" | "bei" | "durch" | "eine" | "einer" => german += 1,
            _ => {}
        }
    }
    let is_sure = |own: u32, other: u32| words >= 100 && own * 6 >= words && other * 50 <= words;
    if is_sure(french, german) {
        Some("fr")
    } else if is_sure(german, french) {
        Some("de")
    } else {
        None
    }
}

/// ISO 639-1 codes of the languages that the detector knows.
const ISO_CODES: &[(Lang, &str)] = &[
    (Lang::Epo, "eo"),
    (Lang::Eng, "en"),
    (Lang::Rus, "ru"),
    (Lang::Cmn, "zh"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Ben, "bn"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Ukr, "uk"),
    (Lang::Kat, "ka"),
    (Lang::Ara, "ar"),
    (Lang::Hin, "hi"),
    (Lang::Jpn, "ja"),
    (Lang::Heb, "he"),
    (Lang::Yid, "yi"),
    (Lang::Pol, "pl"),
    (Lang::Amh, "am"),
    (Lang::Jav, "jv"),
    (Lang::Kor, "ko"),
    (Lang::Nob, "no"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Tur, "tr"),
    (Lang::Nld, "nl"),
    (Lang::Hun, "hu"),
    (Lang::Ces, "cs"),
    (Lang::Ell, "el"),
    (Lang::Bul, "bg"),
    (Lang::Bel, "be"),
    (Lang::Mar, "mr"),
    (Lang::Kan, "kn"),
    (Lang::Ron, "ro"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Srp, "sr"),
    (Lang::Mkd, "mk"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Tam, "ta"),
    (Lang::Vie, "vi"),
    (Lang::Urd, "ur"),
    (Lang::Tha, "th"),
    (Lang::Guj, "gu"),
    (Lang::Uzb, "uz"),
    (Lang::Pan, "pa"),
    (Lang::Aze, "az"),
    (Lang::Ind, "id"),
    (Lang::Tel, "te"),
    (Lang::Pes, "fa"),
    (Lang::Mal, "ml"),
    (Lang::Ori, "or"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Sin, "si"),
    (Lang::Khm, "km"),
    (Lang::Tuk, "tk"),
    (Lang::Aka, "ak"),
    (Lang::Zul, "zu"),
    (Lang::Sna, "sn"),
    (Lang::Afr, "af"),
    (Lang::Lat, "la"),
    (Lang::Slk, "sk"),
    (Lang::Cat, "ca"),
    (Lang::Tgl, "tl"),
    (Lang::Hye, "hy"),
    (Lang::Cym, "cy"),
];

/// The ISO 639-1 code of a language that the detector knows.
fn iso_code(lang: Lang) -> &'static str {
    ISO_CODES
        .iter()
        .find(|(known, _)| *known == lang)
        .map_or("und", |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_detector_has_a_code() {
        for lang in Lang::all() {
            assert_ne!(iso_code(*lang), "und", "{lang:?}");
        }
    }

    #[test]
    fn little_words_tell_what_the_detector_tells() {
        let german =
            "Wir verarbeiten Ihre Daten nur mit Ihrer Einwilligung und nicht für andere Zwecke. ";
        let french =
            "Nous utilisons vos données pour les services et nous ne les vendons pas aux tiers. ";
        for (text, language) in [(german, "de"), (french, "fr")] {
            let long = text.repeat(12);
            assert_eq!(by_little_words(&long), Some(language));
            assert_eq!(
                whatlang::detect(&long).map(|i| iso_code(i.lang())),
                Some(language)
            );
            assert_eq!(by_little_words(text), None, "too short to be sure");
        }
        let both = german.repeat(12) + &french.repeat(12);
        assert_eq!(by_little_words(&both), None);
    }

    #[test]
    fn whole_texts_are_told_and_scraps_are_not_guessed() {
        for (text, language) in [
            (
                "We collect personal information when you register on our site, and we will never share what you have told us with anybody else without asking you first. If you would like to see the information that we hold about you, write to us at the address below and we will send it to you.",
                "en",
            ),
            (
                "Wir verarbeiten Ihre personenbezogenen Daten nur, soweit dies zur Bereitstellung unserer Website erforderlich ist.",
                "de",
            ),
            ("当社は、お客様の個人情報を適切に取り扱います。", "ja"),
            ("เราเก็บรวบรวมข้อมูลส่วนบุคคล", "th"),
            ("개인정보처리방침", "ko"),
            (
                "我们非常重视您的个人信息和隐私保护，请您仔细阅读本政策。",
                "zh",
            ),
            ("", "und"),
            ("OK", "und"),
            ("12345", "und"),
        ] {
            assert_eq!(detect_language(text), language, "{text}");
        }
    }
}
