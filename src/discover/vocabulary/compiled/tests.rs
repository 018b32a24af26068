//! Tests of the vocabulary.

use super::super::super::kind::PolicyKind;
use super::super::text_match::MatchStrength;
use super::super::words::percent_encoded;
use super::*;

fn kind(text: &str) -> Option<(PolicyKind, MatchStrength)> {
    Vocabulary::built_in().read(text).policy
}

#[test]
fn names_are_known_in_many_languages() {
    use PolicyKind::{Children, Cookies, Privacy};
    assert!(Vocabulary::built_in().languages().count() >= 90);
    for text in [
        "Privacy Policy",
        "PRIVACY",
        "Datenschutzerklärung",
        "Datenschutz-Hinweise",
        "Politique de confidentialité",
        "POLÍTICA DE PRIVACIDAD",
        "Politica de privacidade",
        "Informativa sulla privacy",
        "Privacybeleid",
        "Polityka prywatności",
        "Integritetspolicyn",
        "Privatlivspolitik",
        "Personvernerklæring",
        "Tietosuojaselosteet",
        "Zásady ochrany osobních údajů",
        "Adatvédelmi tájékoztató",
        "Politica de confidențialitate",
        "Πολιτική Απορρήτου",
        "GİZLİLİK POLİTİKASI",
        "Политика конфиденциальности",
        "Політика конфіденційності",
        "سياسة الخصوصية",
        "מדיניות הפרטיות",
        "حریم خصوصی",
        "गोपनीयता नीति",
        "นโยบายความเป็นส่วนตัว",
        "Chính sách bảo mật",
        "Kebijakan Privasi",
        "プライバシーポリシー",
        "個人情報の取り扱いについて",
        "개인정보 처리방침",
        "隐私政策",
        "隱私權政策",
        "Terms | Privacy | Site map",
        "Privacy & Cookies",
        "Política de privacitat",
        "Privaatsuspoliitika",
    ] {
        assert_eq!(kind(text).map(|(kind, _)| kind), Some(Privacy), "{text}");
    }
    assert_eq!(kind("Cookie Policy").unwrap().0, Cookies);
    assert_eq!(kind("Cookie-Richtlinie").unwrap().0, Cookies);
    assert_eq!(kind("Cookies and Privacy Policy").unwrap().0, Privacy);
    assert_eq!(kind("Children's Privacy Policy").unwrap().0, Children);
    assert_eq!(kind("COPPA Policy").unwrap().0, Children);
    assert_eq!(kind("Integritetspolicy för barn").unwrap().0, Children);
    assert_eq!(kind("Datenschutz für Kids").unwrap().0, Children);
    assert_eq!(kind("Privacy bambini").unwrap().0, Children);
}

#[test]
fn names_are_known_in_languages_of_few_pages() {
    for text in [
        "Notice at Collection",
        "Notis Perlindungan Data Peribadi",
        "Polisi preifatrwydd",
        "Fógra um Príobháideachas",
        "Politika tal-privatezza",
        "Regoli ta' privatezza",
        "Privaatheidsbeleid",
        "គោលការណ៍ឯកជនភាព",
        "Dateschutz",
        "Нууцлалын бодлого",
        "රහස්‍යතා ප්‍රතිපත්තිය",
        "ကိုယ်ရေးအချက်အလက်မူဝါဒ",
        "Maxfiylik siyosati",
        "Shaxsiy ma’lumotlarni qayta ishlash siyosati",
        "Pribatutasun-politika",
        "ਪਰਦੇਦਾਰੀ ਨੀਤੀ",
        "గోప్యతా విధానం",
        "गोपनीयता धोरण",
        "ગોપનીયતા નીતિ",
        "ಗೌಪ್ಯತಾ ನೀತಿ",
        "സ്വകാര്യതാനയം",
        "ଗୋପନୀୟତା ନୀତି",
        "የግላዊነት ፖሊሲ",
        "Manufar kare sirri",
        "ນະໂຍບາຍຄວາມເປັນສ່ວນຕົວ",
        "Палітыка прыватнасці",
        "Inqubomgomo yobumfihlo",
    ] {
        let privacy = Some(PolicyKind::Privacy);
        assert_eq!(kind(text).map(|(kind, _)| kind), privacy, "{text}");
    }
}

#[test]
fn words_within_other_words_are_not_found() {
    for text in [
        "Piracy",
        "children",
        "kids toys",
        "cookieland",
        "confidentially yours",
        "private",
        "",
    ] {
        assert_eq!(kind(text), None, "{text}");
    }
    let reading = Vocabulary::built_in().read("Privacy of photos");
    assert!(reading.negative.is_some() && reading.policy.is_none());
    assert!(
        Vocabulary::built_in()
            .read("Cookie settings")
            .weak
            .is_some()
    );
}

#[test]
fn a_full_name_outweighs_words_against_it() {
    for (text, others) in [
        ("Born Free Privacy Policy", 2),
        ("Domain Privacy Policy", 1),
        ("Fortune Cookie Privacy Policy", 1),
        ("PrivacyGuard Privacy Policy", 1),
        ("Datenschutzerklärung und Datenschutzbeauftragter", 1),
        ("Private Label Nutrition Privacy Policy", 2),
        ("U.S. State Privacy Laws Notice", 1),
        (
            "Politique de confidentialité et délégué à la protection des données",
            1,
        ),
    ] {
        let reading = Vocabulary::built_in().read(text);
        assert_eq!(
            reading.policy,
            Some((PolicyKind::Privacy, MatchStrength::Name)),
            "{text}"
        );
        assert_eq!(
            (reading.other_words, &reading.negative),
            (others, &None),
            "{text}"
        );
    }
    for text in [
        "Privacy fence",
        "Délégué à la protection des données",
        "Privacy policy generator",
        "Garante per la protezione dei dati personali",
    ] {
        let reading = Vocabulary::built_in().read(text);
        assert!(reading.negative.is_some(), "{text}");
    }
}

#[test]
fn what_is_no_policy_is_no_full_name() {
    for text in [
        "Coppa Italia",
        "AVG",
        "Intimitate",
        "PrivacyScreens",
        "PrivacySettings",
    ] {
        assert_eq!(kind(text), None, "{text}");
    }
    for text in [
        "Kakor",
        "Kolačići",
        "Çerezler",
        "Thông tin cá nhân",
        "Osobní údaje",
    ] {
        assert_eq!(kind(text).unwrap().1, MatchStrength::Word, "{text}");
    }
    let weak = |text: &str| Vocabulary::built_in().read(text).weak.is_some();
    assert!(weak("修改个人信息") && weak("개인정보 수정"));
    let in_path = |text: &str| Vocabulary::built_in().read_path_words(text);
    assert!(in_path("privacyscreens").negative.is_some());
    assert!(in_path("privacyfence").negative.is_some());
    assert!(in_path("privacysettings").weak.is_some());
    let protection = in_path("ourprivacyprotection");
    assert!(protection.policy.is_some() && protection.negative.is_none());
}

#[test]
fn words_of_children_in_somebodys_name_make_no_policy_about_children() {
    let kind = |text: &str, name: &str| {
        let reading = Vocabulary::built_in().read(text);
        reading.on_page_of(&[name.to_owned()]).policy
    };
    let privacy = Some((PolicyKind::Privacy, MatchStrength::Name));
    let children = Some((PolicyKind::Children, MatchStrength::Name));
    let save = "Save the Children Privacy Policy";
    assert_eq!(kind(save, "savethechildren"), privacy);
    assert_eq!(kind(save, "example"), children);
    assert_eq!(kind("Pottery Barn Privacy Policy", "example"), privacy);
    assert_eq!(kind("Kinder Morgan Privacy Policy", "example"), privacy);
    assert_eq!(
        kind("Kinderschutzbund Datenschutzerklärung", "example"),
        privacy
    );
    assert_eq!(kind("Datenschutzerklärung für Kinder", "example"), children);
}

#[test]
fn words_around_a_name_are_counted_unless_they_say_nothing() {
    let others = |text: &str| Vocabulary::built_in().read(text).other_words;
    assert_eq!(others("Read our Privacy Policy here"), 0);
    assert_eq!(others("Facebook changes its privacy policy again"), 4);
    assert_eq!(others("© 2014 Privacy"), 0);
    assert!(Vocabulary::built_in().read("Click here").generic);
    assert!(Vocabulary::built_in().read(" » ").generic);
    assert!(!Vocabulary::built_in().read("Home").generic);
}

#[test]
fn names_run_together_are_found_in_paths_only() {
    let words = Vocabulary::built_in().read_path_words("exampleprivacypolicy");
    assert_eq!(
        words.policy,
        Some((PolicyKind::Privacy, MatchStrength::Name))
    );
    assert_eq!(words.others, ["example"]);
    assert_eq!(kind("exampleprivacypolicy"), None);
}

#[test]
fn the_query_fits_into_one_request_and_is_spelt_as_keys_are() {
    let words = Vocabulary::built_in().query_words();
    let in_request = percent_encoded(&words.join("|")).len();
    assert!(in_request < 1_700, "{in_request}");
    assert!(words.iter().any(|w| w == "privac") && words.iter().any(|w| w == "%e9%9a%90%e7%a7%81"));
    assert!(words.iter().all(|w| *w == w.to_lowercase()));
}

#[test]
fn every_name_of_the_vocabulary_is_read_as_what_it_is_listed_for() {
    let vocabulary = Vocabulary::built_in();
    for phrase in &vocabulary.phrases {
        let reading = vocabulary.read(&phrase.text);
        match phrase.class {
            PhraseClass::Name(kind) => assert_eq!(
                reading.policy,
                Some((kind, MatchStrength::Name)),
                "{}",
                phrase.text
            ),
            PhraseClass::Negative => assert!(reading.negative.is_some(), "{}", phrase.text),
            PhraseClass::Weak => assert!(reading.weak.is_some(), "{}", phrase.text),
            PhraseClass::Word(PolicyKind::Children) => {
                assert_eq!(reading.policy, None, "{}", phrase.text);
            }
            PhraseClass::Word(kind) => assert_eq!(
                reading.policy,
                Some((kind, MatchStrength::Word)),
                "{}",
                phrase.text
            ),
            PhraseClass::Hub { .. } => {
                assert!(reading.hub && reading.policy.is_none(), "{}", phrase.text);
            }
            PhraseClass::Filler | PhraseClass::Generic => {
                assert!(reading.generic, "{}", phrase.text);
            }
        }
    }
}

#[test]
fn the_fingerprint_is_that_of_the_entries() {
    let text = include_str!("../../../../data/vocabulary.toml");
    let of = |text: &str| Vocabulary::from_toml(text).unwrap().fingerprint;
    let own = of(text);
    assert_eq!(own.len(), 16);
    let comment = text.replacen("[privacy]", "# A comment.\n[privacy]", 1);
    let spaces = text.replacen(
        "[\"en\", \"privacy policy\"]",
        "[ \"en\",  \"Privacy policy\" ]",
        1,
    );
    assert_eq!([of(&comment), of(&spaces)], [own.clone(), own.clone()]);
    let word = text.replacen("[\"en\", \"gdpr\"]", "[\"en\", \"gdprx\"]", 1);
    let area = text.replacen("[\"en\", \"shop\"]", "[\"en\", \"shopx\"]", 1);
    assert!(![of(&word), of(&area)].contains(&own));
}

#[test]
fn a_file_without_areas_is_read() {
    let text = include_str!("../../../../data/vocabulary.toml");
    let (before, rest) = text.split_once("areas = [").unwrap();
    let (_, after) = rest.split_once("\n]\n").unwrap();
    assert!(Vocabulary::from_toml(&format!("{before}{after}")).is_ok());
}

#[test]
fn a_bad_vocabulary_names_its_line() {
    let text = include_str!("../../../../data/vocabulary.toml");
    let fault = |bad: String| Vocabulary::from_toml(&bad).unwrap_err();
    let wrong_language = text.replacen(
        "[\"en\", \"privacy policy\"]",
        "[\"english\", \"privacy policy\"]",
        1,
    );
    let line = 1 + text
        .lines()
        .position(|l| l.contains("[\"en\", \"privacy policy\"]"))
        .unwrap();
    let error = fault(wrong_language);
    assert_eq!(error.line, line);
    assert!(
        error
            .to_string()
            .contains("`english` is not a language code"),
        "{error}"
    );
    assert_eq!(
        fault(text.replacen("[\"en\", \"privacy policy\"]", "[\"en\"]", 1)).line,
        line
    );
    assert!(
        fault(text.replacen("[\"en\", \"privacy policy\"]", "[\"en\", \"...\"]", 1))
            .what
            .contains("not a phrase")
    );
    assert!(
        fault(text.replacen(
            "[\"en\", \"cookie policy\"]",
            "[\"en\", \"privacy policy\"]",
            1
        ))
        .what
        .contains("two lists")
    );
    let long = format!("[\"en\", \"privac\"], [\"ja\", \"{}\"]", "個".repeat(130));
    assert!(
        fault(text.replacen("[\"en\", \"privac\"]", &long, 1))
            .what
            .contains("fewer or shorter")
    );
    assert!(
        fault(text.replacen("[\"en\", \"privac\"]", "[\"en\", \"a|b\"]", 1))
            .what
            .contains("cannot be used in a query")
    );
    assert_eq!(
        fault(text.replacen("[hub]", "[hup]", 1)).line,
        1 + text.lines().position(|l| l == "[hub]").unwrap()
    );
    assert!(Vocabulary::from_toml("").is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,80}") {
        let _ = Vocabulary::built_in().read(&text);
        let _ = Vocabulary::built_in().read_path_words(&text);
    }

    #[test]
    fn any_mixture_of_words_is_read(text in "(privacy|policy|cookie|隐私|นโยบาย| |-|ß|İ|datenschutz|xx){0,30}") {
        let reading = Vocabulary::built_in().read_path_words(&text);
        proptest::prop_assert!(reading.other_words <= text.len());
    }
}
