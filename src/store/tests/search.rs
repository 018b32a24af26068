//! Searches for phrases and changes: what is selected, and that nothing else is read for it.

use rusqlite::StatementStatus;

use super::super::histories::entries::HISTORY;
use super::*;

/// A policy with a version a year, from 2011 on; each has a text and a language.
fn policy_of(texts: &[(&str, &str)]) -> House {
    let house = house();
    let captures: Vec<Capture> = (1..=texts.len())
        .map(|i| capture(URL, &format!("201{i}"), &format!("D{i}")))
        .collect();
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let mut versions = Vec::new();
    for (number, (from, (words, language))) in (1_u32..).zip(captures.iter().zip(texts)) {
        let capture_id = CaptureId::new(i64::from(number));
        house.fetched(capture_id, from, words);
        house
            .store
            .lock()
            .execute(
                "UPDATE documents SET language = ?1 WHERE document_id = (SELECT max(document_id) FROM documents)",
                [language],
            )
            .unwrap();
        let previous = (number > 1).then(|| number - 1);
        versions.push(VersionRecord {
            previous,
            changed_after: previous.map(|n| captures[n as usize - 1].timestamp),
            ..single_version(number, from, capture_id)
        });
    }
    let derived = derived(EXTRACTOR, &versions, &[]);
    house
        .store
        .set_history(id, &derived, None, announcement())
        .unwrap();
    house
}

fn query(words: &str) -> SearchQuery {
    SearchQuery::parse(&[words.to_owned()], QueryMode::Phrase).unwrap()
}

/// The versions of the changes that are found, and whether there are more.
fn changes(house: &House, search: &ChangeSearch, limit: usize) -> (Vec<u32>, bool) {
    let mut versions = Vec::new();
    let has_more = house.store.each_change(search, Some(limit), |change| {
        versions.push(change.new.version);
        Ok::<_, StoreError>(())
    });
    (versions, has_more.unwrap())
}

fn phrases(house: &House, event: PhraseEvent, scope: SearchScope) -> Vec<FoundPhrase> {
    let search = PhraseSearch {
        query: query("sell"),
        scope,
        event,
    };
    let mut found = Vec::new();
    let has_more = house.store.search(&search, None, |phrase| {
        found.push(phrase);
        Ok::<_, StoreError>(())
    });
    assert!(!has_more.unwrap());
    found
}

fn language(code: &str) -> SearchScope {
    SearchScope {
        language: Some(code.to_owned()),
        ..SearchScope::default()
    }
}

/// Steps of SQLite's machine that whole histories took so far.
fn steps_of_histories(house: &House) -> i32 {
    let connection = house.store.lock();
    let statement = connection.prepare_cached(HISTORY).unwrap();
    statement.get_status(StatementStatus::VmStep)
}

const IN_TWO_LANGUAGES: [(&str, &str); 4] = [
    ("We sell data.", "en"),
    ("Nous vendons tout.", "fr"),
    ("We sell it again.", "en"),
    ("We stopped.", "en"),
];

#[test]
fn the_last_change_of_a_language_is_not_followed_by_more() {
    let house = policy_of(&IN_TWO_LANGUAGES);
    let french = ChangeSearch {
        scope: language("fr"),
        ..ChangeSearch::default()
    };
    assert_eq!(changes(&house, &french, 1), (vec![2], false));
    let all = ChangeSearch::default();
    assert_eq!(changes(&house, &all, 3), (vec![4, 3, 2], false));
    assert_eq!(changes(&house, &all, 2), (vec![4, 3], true));
}

#[test]
fn a_change_without_a_text_does_not_count_as_one_more() {
    let house = policy_of(&IN_TWO_LANGUAGES);
    let sql = "PRAGMA foreign_keys = OFF; DELETE FROM observations WHERE version = 1";
    house.store.lock().execute_batch(sql).unwrap();
    let all = ChangeSearch::default();
    assert_eq!(changes(&house, &all, 2), (vec![4, 3], false));
}

#[test]
fn changes_that_removed_a_phrase_follow_the_versions_with_it() {
    let house = policy_of(&IN_TWO_LANGUAGES);
    let search = |added: Option<&str>, removed: Option<&str>| {
        let search = ChangeSearch {
            added: added.map(query),
            removed: removed.map(query),
            ..ChangeSearch::default()
        };
        changes(&house, &search, 9).0
    };
    assert_eq!(search(None, Some("sell")), [4, 2]);
    assert_eq!(search(Some("sell"), None), [3]);
    assert_eq!(search(Some("vendons"), Some("sell")), [2]);
    assert_eq!(search(Some("stopped"), Some("vendons")), [0; 0]);
}

#[test]
fn changes_are_found_without_reading_histories() {
    let house = policy_of(&IN_TWO_LANGUAGES);
    let (found, _) = changes(&house, &ChangeSearch::default(), 9);
    assert_eq!(found.len(), 3);
    assert_eq!(steps_of_histories(&house), 0);
}

#[test]
fn policies_of_other_languages_and_times_are_left_out_without_reading_histories() {
    let house = policy_of(&IN_TWO_LANGUAGES);
    let later = SearchScope {
        from: Some(stamp("2016")),
        ..SearchScope::default()
    };
    let earlier = SearchScope {
        to: Some(stamp("2010")),
        ..SearchScope::default()
    };
    for scope in [language("de"), later, earlier] {
        assert_eq!(phrases(&house, PhraseEvent::Present, scope), []);
    }
    assert_eq!(steps_of_histories(&house), 0);
    assert_eq!(
        phrases(&house, PhraseEvent::Present, language("en")).len(),
        1
    );
    assert!(steps_of_histories(&house) > 0);
}

#[test]
fn all_intervals_of_a_phrase_are_known_where_some_are_selected() {
    let house = policy_of(&IN_TWO_LANGUAGES);
    let versions = |intervals: &[crate::history::PhraseInterval]| -> Vec<Vec<u32>> {
        intervals.iter().map(|i| i.versions.clone()).collect()
    };
    let from = SearchScope {
        from: Some(stamp("2013")),
        ..SearchScope::default()
    };
    for (event, scope, selected) in [
        (PhraseEvent::Present, from, [[3]]),
        (PhraseEvent::Added, SearchScope::default(), [[3]]),
    ] {
        let found = phrases(&house, event, scope).remove(0);
        assert_eq!(versions(&found.intervals), selected);
        assert_eq!(versions(&found.all_intervals), [[1], [3]]);
    }
}
