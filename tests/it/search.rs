//! `search`, `changes` and `similar`: against the truth of the simulated archive, and as commands on the sample.

use std::collections::{BTreeMap, BTreeSet};

use policytrail::discover::Vocabulary;
use policytrail::history::PhraseInterval;
use policytrail::model::{Site, Timestamp};
use policytrail::store::{
    FoundPhrase, PhraseEvent, PhraseSearch, QueryMode, SearchQuery, SearchScope, Store, StoreError,
};
use serde_json::Value;

use crate::simulated_archive::{World, measure, world};
use crate::support::old_database::{KUPFER, current};
use crate::support::program::{answer, fails, json_lines, run};

/// Number of sites: every kind of site twice.
const SITES: usize = 48;

/// Phrases that stood in a policy for some time, found and true.
#[derive(Debug, Default)]
struct Counts {
    found: usize,
    matched: usize,
    expected: usize,
    faults: Vec<String>,
}

impl Counts {
    /// Counts what was found of one phrase at one site. `found` and `expected` are spans; they match if they overlap in the
    /// way that `fits` says.
    fn count<A: std::fmt::Debug, B: std::fmt::Debug>(
        &mut self,
        place: &str,
        mut found: Vec<A>,
        expected: &[B],
        fits: impl Fn(&A, &B) -> bool,
    ) {
        self.found += found.len();
        self.expected += expected.len();
        for truth in expected {
            match found.iter().position(|f| fits(f, truth)) {
                Some(at) => {
                    found.remove(at);
                    self.matched += 1;
                }
                None => self.faults.push(format!("{place}: missed {truth:?}")),
            }
        }
        for extra in found {
            self.faults.push(format!("{place}: wrong {extra:?}"));
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousand")]
    fn assert_exact(&self, what: &str) {
        let share = |whole: usize| self.matched as f64 / whole.max(1) as f64;
        let (precision, recall) = (share(self.found), share(self.expected));
        let faults: Vec<&String> = self.faults.iter().take(20).collect();
        eprintln!(
            "{what}: {} true, {} found, precision {precision:.4}, recall {recall:.4}",
            self.expected, self.found
        );
        assert!(self.expected > 50, "{what}: {}", self.expected);
        assert!(
            precision >= 0.99 && recall >= 0.99,
            "{what}: precision {precision}, recall {recall}\n{faults:#?}"
        );
    }
}

/// A time in which a true policy had a phrase: the last capture before, the first and the last with it, the first after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TrueSpan {
    before: Option<Timestamp>,
    first: Timestamp,
    last: Timestamp,
    after: Option<Timestamp>,
}

/// The true spans of a sentence at a site, by policy.
fn true_spans(world: &World, site: &str, sentence: &str) -> Vec<TrueSpan> {
    let mut spans = Vec::new();
    for policy in world.policies.iter().filter(|p| p.site == site) {
        let has = |i: usize| policy.versions[i].sentences.iter().any(|s| s == sentence);
        let versions = &policy.versions;
        let mut i = 0;
        while i < versions.len() {
            if !has(i) {
                i += 1;
                continue;
            }
            let start = i;
            while i < versions.len() && has(i) {
                i += 1;
            }
            spans.push(TrueSpan {
                before: start.checked_sub(1).map(|b| versions[b].last),
                first: versions[start].first,
                last: versions[i - 1].last,
                after: versions.get(i).map(|v| v.first),
            });
        }
    }
    spans
}

fn search(store: &Store, site: &str, sentence: &str, event: PhraseEvent) -> Vec<FoundPhrase> {
    let search = PhraseSearch {
        query: SearchQuery::parse(&[format!("\"{sentence}\"")], QueryMode::Phrase).unwrap(),
        scope: SearchScope {
            sites: vec![Site::parse(site).unwrap()],
            ..SearchScope::default()
        },
        event,
    };
    let mut found = Vec::new();
    store
        .search(&search, None, |f| {
            found.push(f);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    found
}

fn intervals(found: Vec<FoundPhrase>) -> Vec<PhraseInterval> {
    found.into_iter().flat_map(|f| f.intervals).collect()
}

/// True if two times are the same, within a day.
fn near(one: Timestamp, other: Timestamp) -> bool {
    one.distance_seconds(other) <= 86_400
}

/// True if a time lies in a window, within a day.
fn inside(start: Option<Timestamp>, time: Timestamp, end: Timestamp) -> bool {
    start.is_none_or(|start| start <= time || near(start, time)) && (time <= end || near(time, end))
}

#[tokio::test]
async fn intervals_of_planted_phrases_are_those_of_the_archive() {
    let world = world(SITES, 1);
    let (_, store) = measure(&world, &[], Vocabulary::built_in()).await;
    let (mut spans, mut added, mut removed) =
        (Counts::default(), Counts::default(), Counts::default());
    for site in &world.sites {
        for sentence in sentences(&world, site) {
            let truth = true_spans(&world, site, sentence);
            let place = format!("{site} {sentence:?}");
            let found = intervals(search(&store, site, sentence, PhraseEvent::Present));
            spans.count(&place, found, &truth, |f, t| {
                near(f.first_seen, t.first) && near(f.last_seen, t.last)
            });
            let came: Vec<TrueSpan> = truth
                .iter()
                .copied()
                .filter(|t| t.before.is_some())
                .collect();
            let found = intervals(search(&store, site, sentence, PhraseEvent::Added));
            added.count(&place, found, &came, |f, t| {
                inside(f.changed_after, t.first, f.first_seen)
            });
            let went: Vec<TrueSpan> = truth.into_iter().filter(|t| t.after.is_some()).collect();
            let found = intervals(search(&store, site, sentence, PhraseEvent::Removed));
            removed.count(&place, found, &went, |f, t| {
                f.gone_by
                    .is_some_and(|by| inside(Some(f.last_seen), t.after.unwrap(), by))
            });
        }
    }
    spans.assert_exact("intervals");
    added.assert_exact("added");
    removed.assert_exact("removed");
}

/// The sentences of a site's policies that are long enough to be told apart, and that belong to one policy only.
fn sentences<'a>(world: &'a World, site: &str) -> Vec<&'a String> {
    let mut owners: BTreeMap<&String, BTreeSet<usize>> = BTreeMap::new();
    for (number, policy) in world.policies.iter().enumerate() {
        if policy.site == site {
            for sentence in policy.versions.iter().flat_map(|v| &v.sentences) {
                owners.entry(sentence).or_default().insert(number);
            }
        }
    }
    let of_one = |(sentence, owners): (&'a String, BTreeSet<usize>)| {
        (owners.len() == 1 && sentence.chars().count() > 20).then_some(sentence)
    };
    owners.into_iter().filter_map(of_one).collect()
}

#[test]
fn search_has_forms_for_people_tables_and_programs_with_links() {
    let folder = current();
    let search = |more: &[&str]| {
        let mut arguments = vec!["search", "daten"];
        arguments.extend(more);
        answer(folder.path(), &arguments)
    };
    let text = search(&[]);
    assert!(
        text.contains("in versions 1–4 of 4: in the oldest capture already"),
        "{text}"
    );
    assert!(text.contains("http"), "{text}");
    let json = json_lines(&search(&["--json"])).remove(0);
    assert_eq!(json["version_numbers"], serde_json::json!([1, 2, 3, 4]));
    assert_eq!(json["in_oldest_capture"], true);
    assert_eq!(json["still_there"], true);
    assert_eq!(json["intervals"].as_array().unwrap().len(), 1);
    assert!(json["intervals"][0]["proof"].is_string(), "{json}");
    let csv = search(&["--format", "csv"]);
    assert!(
        csv.starts_with("site,policy_url,kind,edition,versions,language,changed_after"),
        "{csv}"
    );
    assert!(csv.contains(",2004-05-11T"), "{csv}");
    let table = search(&["--format", "table"]);
    assert!(
        table.starts_with("site") && table.contains("1–4"),
        "{table}"
    );
    assert_eq!(json_lines(&search(&["--json", "--site", KUPFER])).len(), 1);
    assert_eq!(
        json_lines(&search(&["--json", "--language", "DE"])).len(),
        1
    );
    assert_eq!(json_lines(&search(&["--json", "--to", "2010"])).len(), 1);
    for none in [
        &["search", "daten", "--language", "en"][..],
        &["search", "daten", "--to", "1999"],
        &["search", "daten", "--added"],
        &["search", "daten", "--site", "sakura-techo-sample.jp"],
    ] {
        fails(folder.path(), none, 1, &[]);
    }
    for (wrong, word) in [
        (
            &["search", "daten", "--site", "nowhere.com"][..],
            "is not in",
        ),
        (&["search", "daten", "--group", "news"], "have no tags"),
        (&["search", "daten -x"], "not understood"),
        (
            &["search", "daten", "--from", "2020", "--to", "2010"],
            "after that of --to",
        ),
    ] {
        fails(folder.path(), wrong, 2, &[word]);
    }
}

#[test]
fn search_tells_what_came_and_went() {
    let folder = current();
    let log = json_lines(&answer(folder.path(), &["log", KUPFER, "--json"]));
    let words = |version: usize| -> BTreeSet<String> {
        let text = answer(folder.path(), &["show", KUPFER, &version.to_string()]);
        let words = text.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|w| w.len() > 4)
            .map(str::to_lowercase)
            .collect()
    };
    let only = |here: usize, there: usize| words(here).difference(&words(there)).next().cloned();
    let changed = (2..=4).find_map(|n| Some((n, only(n, n - 1)?, only(n - 1, n)?)));
    let (number, new, old) = changed.unwrap();
    let version = &log[number - 1];
    let intervals = |word: &str, event: &str| -> Vec<Value> {
        let search = ["search", word, event, "--json", "--site", KUPFER];
        let found = json_lines(&answer(folder.path(), &search)).remove(0);
        found["intervals"].as_array().unwrap().clone()
    };
    let came = intervals(&new, "--added");
    let came = came
        .iter()
        .find(|i| i["first_seen"] == version["first_seen"]);
    let came = came.unwrap();
    assert_eq!(came["changed_after"], version["changed_after"]);
    assert_eq!(came["memento_url"], version["memento_url"]);
    let went = intervals(&old, "--removed");
    let went = went.iter().find(|i| i["gone_by"] == version["first_seen"]);
    assert_eq!(went.unwrap()["gone_memento_url"], version["memento_url"]);
    for (word, event) in [(&new, "--added"), (&old, "--removed")] {
        let arguments = ["changes", event, word, "--site", KUPFER, "--json"];
        let listed = json_lines(&answer(folder.path(), &arguments));
        let change = listed
            .iter()
            .find(|c| c["version"] == version["version"])
            .unwrap();
        let what = change["what_changed"].as_str().unwrap().to_lowercase();
        assert!(what.contains(word.as_str()), "{what}");
    }
}

#[test]
fn changes_lists_the_changes_of_all_sites_newest_first() {
    let folder = current();
    let changes = |more: &[&str]| -> Vec<Value> {
        let mut arguments = vec!["changes", "--json"];
        arguments.extend(more);
        json_lines(&answer(folder.path(), &arguments))
    };
    let all = changes(&[]);
    let expected: usize = 13 - 4;
    assert!(all.len() >= expected, "{}", all.len());
    let times: Vec<&str> = all
        .iter()
        .map(|c| c["first_seen"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert!(
        all.iter()
            .all(|c| c["what_changed"].as_str().unwrap().contains('“'))
    );
    assert!(
        changes(&["--min", "rewrite"])
            .iter()
            .all(|c| c["change"] == "rewrite")
    );
    let newest = &all[0];
    let first_seen = newest["first_seen"].as_str().unwrap();
    let after = newest["changed_after"].as_str().unwrap();
    assert!(changes(&["--since", first_seen]).contains(newest));
    assert!(changes(&["--until", after]).contains(newest));
    assert_eq!(changes(&["--since", "2040"]), Vec::<Value>::new());
    assert_eq!(changes(&["--until", "1999"]), Vec::<Value>::new());
    assert_eq!(changes(&["--limit", "2"]), all[..2]);
    assert!(
        changes(&["--site", KUPFER])
            .iter()
            .all(|c| c["site"] == KUPFER)
    );
    let text = answer(folder.path(), &["changes"]);
    assert_eq!(text.lines().count(), all.len());
    let link = newest["proof"].as_str().unwrap();
    assert!(text.lines().next().unwrap().ends_with(link), "{text}");
    let csv = answer(folder.path(), &["changes", "--format", "csv"]);
    assert!(
        csv.starts_with("site,policy_url,") && csv.contains('T'),
        "{csv}"
    );
    let feed = answer(folder.path(), &["changes", "--format", "atom"]);
    assert_eq!(feed.matches("<entry>").count(), all.len());
    fails(
        folder.path(),
        &["changes", "--min", "large"],
        2,
        &["substantive"],
    );
    fails(
        folder.path(),
        &["changes", "--since", "2020", "--until", "2010"],
        2,
        &["after that of --until"],
    );
}

#[test]
fn a_change_has_all_fields_of_its_new_version() {
    let folder = current();
    let lines = |arguments: &[&str]| json_lines(&answer(folder.path(), arguments));
    let log = lines(&["log", KUPFER, "--json"]);
    let changes = lines(&["changes", "--site", KUPFER, "--json"]);
    assert_eq!(changes.len(), log.len() - 1);
    for (version, change) in log[1..].iter().zip(changes.iter().rev()) {
        for (name, value) in version.as_object().unwrap() {
            assert_eq!(change[name], *value, "{name}");
        }
    }
}

#[test]
fn a_feed_of_changes_keeps_its_identity_and_other_selections_have_others() {
    let folder = current();
    let feed = |more: &[&str]| {
        let arguments = [&["changes", "--format", "atom"][..], more].concat();
        answer(folder.path(), &arguments)
    };
    let id = |more: &[&str]| feed(more).lines().nth(3).unwrap().trim().to_owned();
    assert!(id(&[]).starts_with("<id>urn:uuid:"), "{}", id(&[]));
    let path = crate::support::old_database::database(folder.path());
    for same in [
        ["--since", "2010"],
        ["--limit", "1"],
        ["--db", path.to_str().unwrap()],
    ] {
        assert_eq!(id(&same), id(&[]), "{same:?}");
    }
    for other in [
        ["--site", KUPFER],
        ["--min", "substantive"],
        ["--added", "daten"],
        ["--language", "de"],
    ] {
        assert_ne!(id(&other), id(&[]), "{other:?}");
    }
}

#[test]
fn a_language_is_a_code() {
    let folder = current();
    for command in ["changes", "search"] {
        let arguments = [command, "--language", "english", "daten"];
        let words = if command == "search" { 4 } else { 3 };
        fails(folder.path(), &arguments[..words], 2, &["ISO 639-1"]);
    }
    let found = answer(
        folder.path(),
        &["search", "--language", "DE", "daten", "--json"],
    );
    assert_eq!(found.lines().count(), 1);
}

#[test]
fn a_limit_is_at_least_one() {
    let folder = current();
    for command in [
        &["search", "daten"][..],
        &["changes"],
        &["clusters"],
        &["similar", KUPFER],
    ] {
        for (limit, told) in [("0", "at least 1"), ("some", "whole number")] {
            let arguments = [command, &["--limit", limit]].concat();
            fails(folder.path(), &arguments, 2, &[told]);
        }
    }
}

#[test]
fn a_group_is_a_tag_of_the_site_list() {
    let folder = current();
    let connection =
        rusqlite::Connection::open(crate::support::old_database::database(folder.path())).unwrap();
    connection
        .execute(
            "UPDATE sites SET tags = '{\"sector\":\"News\"}' WHERE site = ?1",
            [KUPFER],
        )
        .unwrap();
    drop(connection);
    for group in ["news", "sector=News"] {
        let found = answer(folder.path(), &["changes", "--group", group, "--json"]);
        assert!(
            json_lines(&found).iter().all(|c| c["site"] == KUPFER),
            "{found}"
        );
        assert_eq!(
            answer(
                folder.path(),
                &["search", "daten", "--group", group, "--json"]
            )
            .lines()
            .count(),
            1
        );
    }
    fails(
        folder.path(),
        &["changes", "--group", "sector=x"],
        2,
        &["the tags are sector=News"],
    );
}

#[test]
fn similar_names_the_sites_with_a_similar_text() {
    let folder = current();
    let none = run(folder.path(), &["similar", KUPFER]);
    assert!(none.status.success() && none.stdout.is_empty(), "{none:?}");
    let connection =
        rusqlite::Connection::open(crate::support::old_database::database(folder.path())).unwrap();
    // The second version of another site gets the text of this site.
    connection
        .execute_batch(
            "CREATE TEMP TABLE here AS SELECT v.document_id, v.rendition_id FROM versions v JOIN policies USING (policy_id)
                 JOIN sites USING (site_id) WHERE site = 'kupferkessel-sample.de' AND version = 4;
             UPDATE versions SET document_id = (SELECT document_id FROM here), rendition_id = (SELECT rendition_id FROM here)
             WHERE version = 2 AND policy_id = (SELECT policy_id FROM policies JOIN sites USING (site_id)
                                                WHERE site = 'velofix-sample.com');",
        )
        .unwrap();
    drop(connection);
    let table = answer(folder.path(), &["similar", KUPFER]);
    assert!(
        table.contains("100.0 %  velofix-sample.com        2"),
        "{table}"
    );
    let json = json_lines(&answer(folder.path(), &["similar", KUPFER, "3", "--json"]));
    assert_eq!(json[0]["similar_site"], "velofix-sample.com");
    assert_eq!(json[0]["is_same_text"], false);
    let score = json[0]["score"].as_f64().unwrap();
    assert!(score > 0.5 && score < 1.0, "{score}");
    fails(
        folder.path(),
        &["similar", KUPFER, "1..2"],
        2,
        &["one version"],
    );
}
