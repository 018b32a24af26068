//! Tests of the dates that policies state about themselves.

use super::*;

fn dates(text: &str, language: &str) -> (Option<String>, Option<String>) {
    let found = stated_dates(text, language);
    (
        found.effective.map(|d| d.date),
        found.last_updated.map(|d| d.date),
    )
}

/// Language, text, effective date and date of the last change; empty if the text states none.
const STATEMENTS: &[(&str, &str, &str, &str)] = &[
    (
        "en",
        "Effective date: May 25th, 2018\nLast updated on 3 January 2020.",
        "2018-05-25",
        "2020-01-03",
    ),
    (
        "en",
        "Effective: Sept. 2016\nThis policy was last revised\n2017-02-28",
        "2016-09",
        "2017-02-28",
    ),
    ("en", "Last updated:\nOctober 7, 2025", "", "2025-10-07"),
    (
        "de",
        "Stand: 1. März 2021\nDiese Erklärung ist gültig ab 02.03.2021.",
        "2021-03-02",
        "2021-03-01",
    ),
    (
        "fr",
        "Dernière mise à jour : 1er août 2019. Entrée en vigueur le 05/09/2019",
        "2019-09-05",
        "2019-08-01",
    ),
    (
        "es",
        "Última actualización: 25 de mayo de 2018",
        "",
        "2018-05-25",
    ),
    (
        "it",
        "Ultimo aggiornamento: 7 gennaio 2022",
        "",
        "2022-01-07",
    ),
    (
        "nl",
        "Deze verklaring is voor het laatst bijgewerkt op 12 mei 2019.",
        "",
        "2019-05-12",
    ),
    (
        "pt",
        "Última atualização em 10 de março de 2023",
        "",
        "2023-03-10",
    ),
    (
        "pl",
        "Polityka obowiązuje od 5 października 2020 r.",
        "2020-10-05",
        "",
    ),
    ("sv", "Senast uppdaterad: 2021-11-02", "", "2021-11-02"),
    ("fi", "Päivitetty 3. toukokuuta 2018", "", "2018-05-03"),
    ("cs", "Účinnost od 1. listopadu 2019", "2019-11-01", ""),
    ("hu", "Hatályos: 2018. május 25-től", "2018-05-25", ""),
    (
        "tr",
        "Bu politika 5 Mayıs 2021 tarihinde güncellenmiştir.",
        "",
        "2021-05-05",
    ),
    (
        "ru",
        "Дата последнего обновления: 14 июля 2022 г.",
        "",
        "2022-07-14",
    ),
    (
        "el",
        "Τελευταία ενημέρωση: 9 Ιουνίου 2020",
        "",
        "2020-06-09",
    ),
    (
        "ja",
        "2005年4月1日 制定\n平成30年5月25日 改定\n令和四年十月一日改定",
        "2005-04-01",
        "2022-10-01",
    ),
    ("ja", "最終更新日：２０２１年３月５日", "", "2021-03-05"),
    (
        "zh",
        "本政策自2021年11月1日起生效。更新日期：二〇二一年十月三十一日",
        "2021-11-01",
        "2021-10-31",
    ),
    ("zh", "最後更新：民國110年3月", "", "2021-03"),
    (
        "ko",
        "이 방침은 2022년 1월 5일부터 시행됩니다.\n최종 수정일: 2023. 02. 01.",
        "2022-01-05",
        "2023-02-01",
    ),
    (
        "vi",
        "Cập nhật lần cuối: ngày 25 tháng 12 năm 2018",
        "",
        "2018-12-25",
    ),
    ("th", "ปรับปรุงล่าสุด 25 พฤษภาคม 2561", "", "2018-05-25"),
    ("ar", "آخر تحديث: ٢٥ مايو ٢٠١٨", "", "2018-05-25"),
];

#[test]
fn dates_of_force_and_of_change_are_read_in_many_languages() {
    for (language, text, effective, updated) in STATEMENTS.iter().copied() {
        let wanted = |d: &str| (!d.is_empty()).then(|| d.to_owned());
        assert_eq!(
            dates(text, language),
            (wanted(effective), wanted(updated)),
            "{language}: {text}"
        );
    }
}

#[test]
fn a_date_of_numbers_counts_only_when_it_can_be_read_one_way() {
    assert_eq!(dates("Last updated: 03/04/2012", "en"), (None, None));
    for (text, language, date) in [
        ("Last updated: 13/04/2012", "en", "2012-04-13"),
        ("Last updated: 04/13/2012", "en", "2012-04-13"),
        ("Last updated: 04/04/2012", "en", "2012-04-04"),
        ("Zuletzt aktualisiert: 03.04.2012", "de", "2012-04-03"),
    ] {
        assert_eq!(dates(text, language).1.as_deref(), Some(date), "{text}");
    }
    assert_eq!(dates("Zuletzt aktualisiert: 03.04.2012", "und").1, None);
    assert_eq!(dates("Last updated: 31/02/2012", "en"), (None, None));
    assert_eq!(dates("Last updated: February 30, 2012", "en"), (None, None));
}

#[test]
fn dates_of_laws_and_of_anything_else_are_not_the_policys() {
    for text in [
        "We comply with the GDPR, effective as of 25 May 2018.",
        "The previous version was last updated on 1 May 2015.",
        "We use effective measures. In May 2018 we moved to another town.",
        "We were founded on 3 May 2004 and keep our books updated.",
        "",
    ] {
        assert_eq!(dates(text, "en"), (None, None), "{text}");
    }
}

#[test]
fn the_sentence_that_states_a_date_is_told() {
    let found = stated_dates(
        "Hello. This policy is effective from 1. May 2018 on. Bye.",
        "en",
    );
    assert_eq!(
        found.effective.unwrap().sentence,
        "This policy is effective from 1. May 2018 on."
    );
    let long = format!(
        "{} last updated 1 May 2018 {}",
        "é ".repeat(5000),
        "é ".repeat(5000)
    );
    let found = stated_dates(&long, "en").last_updated.unwrap();
    assert!(found.sentence.contains("1 May 2018") && found.sentence.chars().count() < 400);
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "(effective |last updated: |May |2018|1|/|\\.|年|月|日|改定|令和|十|İ|ß|é|\\n| ){0,60}", language in "(en|ja|zh|und|tr|)") {
        let _ = stated_dates(&text, &language);
    }
}

#[test]
fn a_sentence_far_inside_a_long_line_is_cut_out_whole() {
    let line = format!(
        "{}We have last updated this page on 1 May 2010 for good. {}",
        "Ünd so on. ".repeat(500),
        "And on. ".repeat(500)
    );
    let dates = stated_dates(&line, "en");
    assert_eq!(
        dates.last_updated.unwrap().sentence,
        "We have last updated this page on 1 May 2010 for good."
    );
}

#[test]
fn the_sentence_goes_on_to_the_line_of_the_date() {
    for (text, sentence) in [
        (
            "Effective Date:\nAugust 9, 2013\nWho we are",
            "Effective Date: August 9, 2013",
        ),
        (
            "Privacy Policy\nEffective: August\n9, 2013",
            "Effective: August 9, 2013",
        ),
    ] {
        let found = stated_dates(text, "en").effective.unwrap();
        assert_eq!(
            (found.date.as_str(), found.sentence.as_str()),
            ("2013-08-09", sentence)
        );
    }
    let list = "Last amended:\n3 May 2010\n4 June 2012\nWho we are";
    let found = stated_dates(list, "en").last_updated.unwrap();
    assert_eq!(found.sentence, "Last amended: 4 June 2012");
}
