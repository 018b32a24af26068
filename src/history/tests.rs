//! Tests of versions and editions on made-up histories.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::history::{
    LineChange, Observation, TextSide, TextTraits, Version, change, redline, versions,
};
use crate::model::{ChangeKind, TextHash, Timestamp, words};

/// A text by its name: the letter is the text, a second letter after `:` its language.
fn hash(name: &str) -> TextHash {
    TextHash::of_normalised(name)
}

fn day(n: u32) -> Timestamp {
    Timestamp::from_unix_seconds(1_325_376_000 + i64::from(n) * 86_400)
}

/// One capture every ten days, each showing the text of that name.
fn every_ten_days(names: &[&str]) -> Vec<Observation<u32>> {
    let places = 0_u32..;
    let seen = places.zip(names).map(|(i, name)| Observation {
        capture: i,
        timestamp: day(i * 10),
        text_hash: hash(name),
    });
    seen.collect()
}

fn traits(of: &[(&str, &str, u64)]) -> HashMap<TextHash, TextTraits> {
    let known = of.iter().map(|(name, language, simhash)| {
        let traits = TextTraits {
            body_hash: hash(name),
            language: (*language).to_owned(),
            simhash: *simhash,
        };
        (hash(name), traits)
    });
    known.collect()
}

/// Each version as `edition:captures`.
fn shape(versions: &[Version<u32>]) -> Vec<String> {
    versions
        .iter()
        .map(|v| format!("{}:{:?}", v.edition, v.captures))
        .collect()
}

#[test]
fn a_reversal_is_three_versions_of_two_documents() {
    let found = versions(&every_ten_days(&["a", "a", "b", "a"]), &HashMap::new());
    assert_eq!(shape(&found), ["1:[0, 1]", "1:[2]", "1:[3]"]);
    assert_eq!(found[2].same_as, Some(1));
    assert_eq!(found[2].previous, Some(2));
    assert_eq!(found[1].changed_after, Some(day(10)));
    assert_eq!(found[0].changed_after, None);
}

#[test]
fn two_reversals_are_five_versions_still() {
    let found = versions(&every_ten_days(&["a", "b", "a", "b", "a"]), &HashMap::new());
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|v| v.edition == 1));
}

#[test]
fn texts_that_come_and_go_are_editions_and_not_versions_without_end() {
    let names: Vec<&str> = ["a", "b"].into_iter().cycle().take(78).collect();
    let found = versions(&every_ten_days(&names), &HashMap::new());
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].edition, found[1].edition), (1, 2));
    assert_eq!((found[0].captures.len(), found[1].captures.len()), (39, 39));
    assert_eq!(
        (found[1].previous, found[1].changed_after),
        (None, Some(day(0)))
    );
}

#[test]
fn an_edition_that_changes_goes_on_as_a_new_version_of_its_own_line() {
    let known = traits(&[
        ("a", "en", 0),
        ("a2", "en", 1),
        ("b", "en", !0),
        ("b2", "en", !1),
    ]);
    let names = [
        "a", "b", "a", "b", "a", "b", "a", "b", "a2", "b", "a2", "b2", "a2", "b2", "a2",
    ];
    let found = versions(&every_ten_days(&names), &known);
    let lines: Vec<(u32, Option<u32>, TextHash)> = found
        .iter()
        .map(|v| (v.edition, v.previous, v.text_hash))
        .collect();
    assert_eq!(
        lines,
        [
            (1, None, hash("a")),
            (2, None, hash("b")),
            (1, Some(1), hash("a2")),
            (2, Some(2), hash("b2"))
        ]
    );
}

#[test]
fn a_text_hidden_for_a_while_by_another_language_never_went_away() {
    let names = ["a", "b", "a", "c"];
    let german = traits(&[("a", "en", 0), ("b", "de", 9), ("c", "en", 1)]);
    assert_eq!(
        shape(&versions(&every_ten_days(&names), &german)),
        ["1:[0, 2]", "2:[1]", "1:[3]"]
    );
    let unsure = traits(&[("a", "en", 0), ("b", "und", 9), ("c", "en", 1)]);
    assert_eq!(versions(&every_ten_days(&names), &unsure).len(), 4);
}

#[test]
fn a_text_restored_after_years_is_a_reversal_however_often() {
    let mut seen = every_ten_days(&["a", "b", "a", "b", "a", "b", "a", "b", "a"]);
    for (i, o) in (0_u32..).zip(&mut seen) {
        o.timestamp = day(i * 200);
    }
    assert_eq!(versions(&seen, &HashMap::new()).len(), 9);
}

#[test]
fn a_second_with_two_texts_is_one_change() {
    for (old, new) in [("a", "b"), ("b", "a")] {
        let mut seen = every_ten_days(&[old, new, old, new]);
        seen[2].timestamp = seen[1].timestamp;
        assert_eq!(versions(&seen, &HashMap::new()).len(), 2);
    }
}

prop_compose! {
    fn observations()(steps in proptest::collection::vec((0_u32..60, 0_usize..5), 0..60)) -> Vec<Observation<u32>> {
        let mut now = 0;
        let seen = (0_u32..).zip(steps).map(|(capture, (days, text))| {
            now += days;
            Observation { capture, timestamp: day(now), text_hash: hash(["a", "b", "c", "d", "e"][text]) }
        });
        seen.collect()
    }
}

#[test]
fn texts_with_one_body_are_one_version() {
    let mut known = traits(&[("a", "en", 0), ("a with menu", "en", 1), ("b", "en", 0xff)]);
    for of_text in known.values_mut().filter(|t| t.simhash < 2) {
        of_text.body_hash = hash("a");
    }
    let seen = every_ten_days(&["a with menu", "a", "a with menu", "b", "a"]);
    let found = versions(&seen, &known);
    assert_eq!(shape(&found), ["1:[0, 1, 2]", "1:[3]", "1:[4]"]);
    // The text is that of the first observation; a text that returns is known by its body.
    assert_eq!(found[0].text_hash, hash("a with menu"));
    assert_eq!(found[2].text_hash, hash("a"));
    assert_eq!(found[2].same_as, Some(1));
    assert!(
        found
            .iter()
            .all(|v| v.body_hash == if v.number == 2 { hash("b") } else { hash("a") })
    );
}

fn languages() -> HashMap<TextHash, TextTraits> {
    traits(&[
        ("a", "en", 0),
        ("b", "en", 0xff),
        ("c", "de", !0),
        ("d", "und", 0xf0f0),
        ("e", "de", !1),
    ])
}

/// As [`languages`], with one body for two texts.
fn shared_body() -> HashMap<TextHash, TextTraits> {
    let mut known = languages();
    if let Some(of_text) = known.get_mut(&hash("e")) {
        of_text.body_hash = hash("c");
    }
    known
}

proptest! {
    #[test]
    fn the_order_in_which_captures_come_to_be_known_does_not_matter(
        seen in observations(),
        order in proptest::collection::vec(any::<u32>(), 60),
    ) {
        let mut shuffled: Vec<(u32, Observation<u32>)> = order.into_iter().zip(seen.iter().copied()).collect();
        shuffled.sort_by_key(|(place, _)| *place);
        let shuffled: Vec<Observation<u32>> = shuffled.into_iter().map(|(_, o)| o).collect();
        for known in [languages(), shared_body()] {
            prop_assert_eq!(versions(&seen, &known), versions(&shuffled, &known));
        }
    }

    #[test]
    fn every_capture_is_in_one_version_of_its_text(seen in observations()) {
        let found = versions(&seen, &languages());
        let mut captures: Vec<u32> = found.iter().flat_map(|v| v.captures.clone()).collect();
        captures.sort_unstable();
        prop_assert_eq!(captures, seen.iter().map(|o| o.capture).collect::<Vec<_>>());
        for version in &found {
            let of_version: Vec<&Observation<u32>> = seen.iter().filter(|o| version.captures.contains(&o.capture)).collect();
            prop_assert!(of_version.iter().all(|o| o.text_hash == version.text_hash));
            prop_assert_eq!(of_version.iter().map(|o| o.timestamp).min(), Some(version.first_seen));
            prop_assert_eq!(of_version.iter().map(|o| o.timestamp).max(), Some(version.last_seen));
        }
    }

    #[test]
    fn versions_of_one_edition_follow_each_other_with_different_words(seen in observations()) {
        let found = versions(&seen, &languages());
        for (place, version) in (1_u32..).zip(&found) {
            prop_assert_eq!(version.number, place);
            if let Some(before) = version.previous {
                let before = &found[before as usize - 1];
                prop_assert_eq!(before.edition, version.edition);
                prop_assert_ne!(before.text_hash, version.text_hash);
                prop_assert!(before.last_seen <= version.first_seen);
                prop_assert_eq!(version.changed_after, Some(before.last_seen));
            }
        }
        prop_assert!(found.windows(2).all(|pair| pair[0].first_seen <= pair[1].first_seen));
    }

    #[test]
    fn without_returns_versions_are_the_runs(lengths in proptest::collection::vec(1_usize..4, 1..20)) {
        let names: Vec<String> = (0..lengths.len()).map(|i| format!("text {i}")).collect();
        let shown: Vec<&str> = names.iter().zip(&lengths).flat_map(|(name, n)| std::iter::repeat_n(name.as_str(), *n)).collect();
        let found = versions(&every_ten_days(&shown), &HashMap::new());
        prop_assert_eq!(found.iter().map(|v| v.captures.len()).collect::<Vec<_>>(), lengths);
        prop_assert!(found.iter().all(|v| v.edition == 1));
    }

    #[test]
    fn a_redline_holds_both_texts(old in "([a-d]{1,3}[ ,.\n]{1,2}){0,30}", new in "([a-d]{1,3}[ ,.\n]{1,2}){0,30}") {
        let redline = redline(&old, &new);
        let side = |without: TextSide| -> Vec<String> {
            let pieces = redline.lines.iter().flat_map(|b| &b.pieces).filter(|(p, _)| *p != without);
            let text: Vec<&str> = pieces.map(|(_, t)| *t).collect();
            let text = text.join(" ");
            words(&text).map(str::to_owned).collect()
        };
        let (of_old, of_new): (Vec<&str>, Vec<&str>) = (words(&old).collect(), words(&new).collect());
        prop_assert_eq!(side(TextSide::Added), &of_old[..]);
        prop_assert_eq!(side(TextSide::Removed), &of_new[..]);
        prop_assert_eq!(redline.words_kept + redline.words_added, of_new.len() as u64);
        prop_assert_eq!(redline.words_kept + redline.words_removed, of_old.len() as u64);
    }
}

#[test]
fn a_redline_marks_words_and_keeps_the_rest() {
    let found = redline(
        "Privacy\nWe sell your data to third parties every day.\nThe end.",
        "PRIVACY\nWe never sell your data to third parties.\nThe end.\nContact us.",
    );
    let changes: Vec<LineChange> = found.lines.iter().map(|b| b.change).collect();
    assert_eq!(
        changes,
        [
            LineChange::Same,
            LineChange::Changed,
            LineChange::Same,
            LineChange::Added
        ]
    );
    assert_eq!((found.words_added, found.words_removed), (3, 2));
    assert_eq!(found.lines[1].pieces[1], (TextSide::Added, "never "));
}

#[test]
fn a_line_that_is_gone_and_the_one_that_came_for_it_are_two_lines() {
    let found = redline("Intro\nOne two\nThree four five\nTail", "Intro\nSix\nTail");
    let changes: Vec<LineChange> = found.lines.iter().map(|b| b.change).collect();
    let [same, gone, came] = [LineChange::Same, LineChange::Removed, LineChange::Added];
    assert_eq!(changes, [same, gone, gone, came, same]);
}

/// `word0 word1 … `, each followed by a space.
fn numbered(word: &str, n: usize) -> String {
    let words: Vec<String> = (0..n).map(|i| format!("{word}{i}")).collect();
    words.join(" ") + " "
}

#[test]
fn a_text_too_long_to_compare_counts_as_replaced_but_for_its_ends() {
    let old = numbered("o", 30_000);
    let new = numbered("n", 30_000);
    let (old, new) = (format!("start {old} end"), format!("start {new} end"));
    let found = redline(&old, &new);
    assert_eq!(
        (found.words_kept, found.words_added, found.words_removed),
        (2, 30_000, 30_000)
    );
}

#[test]
fn kinds_of_change_follow_their_size() {
    let text = numbered("word", 200);
    let kind = |new: &str| change(&text, new, (0, 0)).kind;
    assert_eq!(kind(&text.replace("word7 ", "other ")), ChangeKind::Minor);
    let sentence = numbered("new", 30);
    assert_eq!(kind(&format!("{text}{sentence}")), ChangeKind::Substantive);
    assert_eq!(kind(&sentence), ChangeKind::Rewrite);
    assert!(ChangeKind::ALL.is_sorted());
}
