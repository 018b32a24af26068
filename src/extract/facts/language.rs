//! The language of a document, as an ISO 639-1 code.

use whatlang::{Lang, Script};

use super::common_words::{by_common_words, by_own_letters};
use super::declared_language::is_written_in;
use crate::extract::vocabulary::{has_words_of, language_by_words};

/// Bytes of a text that are enough to detect its language.
const SAMPLE_BYTES: usize = 2 * 1024;

/// Fewer words are in no language for certain.
const MIN_WORDS: usize = 5;

/// The ISO 639-1 code of a document's language: that of its text, or, where the text leaves it open, the one that its page
/// names; `und` when unsure. What the page names is often that of a template, so the text must not contradict it.
pub(in crate::extract) fn language_of(text: &str, declared: Option<&'static str>) -> &'static str {
    match (detect_language(text), declared) {
        ("und", Some(declared)) if may_be_in(text, declared) => declared,
        (language, _) => language,
    }
}

/// True if a text of unsure language may be in this one: it has the script, and for a language with many policy words,
/// some of them, or the detector's guess.
fn may_be_in(text: &str, language: &str) -> bool {
    let sample = middle(text);
    let words = sample.split(|c: char| !c.is_alphabetic());
    let Some(info) = whatlang::detect(sample) else {
        return false;
    };
    words.filter(|word| !word.is_empty()).count() >= MIN_WORDS
        && is_written_in(language, info.script())
        && (!has_vocabulary(language)
            || iso_code(info.lang()) == language
            || has_words_of(sample, language))
}

/// The middle of a long text: its beginning has names, addresses and lists of contents.
fn middle(text: &str) -> &str {
    let from = text.floor_char_boundary(text.len().saturating_sub(SAMPLE_BYTES) / 2);
    &text[from..text.floor_char_boundary(from.saturating_add(SAMPLE_BYTES))]
}

/// The ISO 639-1 code of a text's language; `und` when unsure.
pub(in crate::extract) fn detect_language(text: &str) -> &'static str {
    if is_english(text) {
        return "en";
    }
    let sample = middle(text);
    if let Some(language) = by_little_words(sample) {
        return language;
    }
    // The detector does not know these languages and takes them for others.
    if let Some(language) = by_own_letters(sample).or_else(|| by_common_words(sample)) {
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

/// Languages whose policy words are so many that a text without them is not a policy.
const KNOWN: &[&str] = &[
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "no", "fi", "cs", "hu", "ro", "el",
    "tr", "ru", "uk", "ar", "he", "fa", "hi", "th", "vi", "id", "ja", "ko", "zh", "ms", "cy", "ga",
    "mt",
];

/// True for a language whose policy words are so many that a text without them is not a policy.
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

    #[test]
    fn the_page_names_the_language_only_where_the_text_leaves_it_open() {
        let german = "Wir verarbeiten Ihre personenbezogenen Daten nur, soweit dies zur Bereitstellung unserer Website erforderlich ist.";
        assert_eq!(language_of(german, Some("en")), "de");
        let malay = "Kami mengumpul maklumat peribadi anda kerana ia perlu. Sekiranya tidak setuju, sila hubungi syarikat kami.";
        assert_eq!(language_of(malay, Some("id")), "ms");
        let open = "Wikimedia Osakidetza Debian Donostia Bilbo Gasteiz Iruña Baiona";
        assert_eq!(detect_language(open), "und");
        assert_eq!(language_of(open, Some("eu")), "eu");
        assert_eq!(language_of(open, Some("ru")), "und", "another script");
        assert_eq!(language_of(open, Some("en")), "und", "no English word");
        assert_eq!(language_of("OK 12345", Some("eu")), "und");
        assert_eq!(language_of("", Some("en")), "und");
    }

    #[test]
    fn languages_that_the_detector_does_not_know_are_told() {
        for (text, language) in [
            (
                "Kami mengumpul maklumat peribadi anda kerana undang-undang menghendaki bahawa data itu dilindungi. Sekiranya \
                 anda tidak bersetuju, sila hubungi syarikat kami. Maklumat daripada pihak ketiga ialah sulit.",
                "ms",
            ),
            (
                "Kami mengumpulkan informasi pribadi Anda karena hukum mewajibkan bahwa data tersebut dilindungi. Situs ini \
                 menggunakan kuki. Pengguna bisa meminta perusahaan kami untuk menghapusnya.",
                "id",
            ),
            (
                "Gure webgunea erabiltzen duzunean zure datu pertsonalak jasotzen ditugu, zerbitzua emateko eta hobetzeko. \
                 Datuak ez dira saltzen, eta hirugarrenek ez dute haien berri izango zure baimenik gabe. Edozein unetan \
                 ezabatzeko eska dezakezu, edo zuzentzeko ere bai.",
                "eu",
            ),
            (
                "Nós recollemos os datos persoais das persoas que usan a nosa páxina, cando nolos dan. Non llelos damos a \
                 ninguén, e calquera persoa ten dereito a velos e tamén a corrixilos. A súa información non se venderá.",
                "gl",
            ),
            (
                "Bailímid do chuid sonraí pearsanta nuair a úsáideann tú ár suíomh. Tá an ceart agat féin na sonraí sin a \
                 fheiceáil nó a scriosadh, agus ní dhíolfaimid iad. Is féidir teagmháil a dhéanamh linn faoi sin.",
                "ga",
            ),
            (
                "Aħna niġbru d-data personali tiegħek biex nagħtuk is-servizzi tagħna. Jekk ma taqbilx, tista' titlobna nħassruha. \
                 Id-data ma tinbigħx u tinżamm biss għal żmien limitat, kif titlob il-liġi, minn nies tagħna jew għalina.",
                "mt",
            ),
            (
                "Mir sammelen Är perséinlech Donnéeën, wann Dir eise Site benotzt. Dës Donnéeë gi vun eis net verkaaft, an Dir \
                 hutt d'Recht, datt mir se läschen. Fir all Froen iwwer déi Donnéeë kontaktéiert eis.",
                "lb",
            ),
            (
                "Við söfnum upplýsingum um þig þegar þú notar vefinn okkar, með þínu samþykki. Þær eru ekki seldar eða afhentar \
                 öðrum fyrir þá þjónustu sem þú færð, og þú getur beðið okkur að eyða þeim.",
                "is",
            ),
            (
                "Ne mbledhim të dhënat tuaja personale për të ofruar shërbimet tona. Këto të dhëna nuk shiten dhe nuk u jepen të \
                 tjerëve. Ju mund të kërkoni që të fshihen, ose të ndryshohen, kur është e mundur.",
                "sq",
            ),
            (
                "Tunakusanya taarifa zako binafsi kwa ajili ya kutoa huduma zetu. Taarifa hii haiuzwi kwa mtu yoyote. Una haki ya \
                 kuomba taarifa zako zifutwe katika mfumo wetu, pamoja na nakala zake.",
                "sw",
            ),
        ] {
            assert_eq!(detect_language(text), language, "{text}");
        }
    }
}
