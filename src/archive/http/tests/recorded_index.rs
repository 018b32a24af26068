//! Contract tests over the recorded index answers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::recordings::{Recorded, internet_archive, recordings};
use super::*;
use crate::archive::Scope;

#[tokio::test(start_paused = true)]
async fn every_recorded_index_page_gives_its_distinct_rows() {
    let Some(all) = internet_archive() else {
        return;
    };
    // number, rows, repeated; counted from the files with sort -u on (urlkey, timestamp, original, digest).
    for (number, recorded) in all
        .iter()
        .filter(|(_, r)| r.url.path().starts_with("/cdx/"))
    {
        // An empty page, and an exclusion: see below.
        if ["051", "052"].contains(&number.as_str()) {
            continue;
        }
        let text = String::from_utf8(recorded.body.clone()).unwrap();
        let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        let distinct: std::collections::BTreeSet<Vec<&str>> = lines
            .iter()
            .map(|line| {
                let fields: Vec<&str> = line.split(' ').collect();
                vec![fields[0], fields[1], fields[2], fields[5]]
            })
            .collect();
        let has_key = text.lines().count() > lines.len();
        let expected_key = text.lines().last().unwrap_or_default().to_owned();
        let recorded = recorded.clone();
        let scene = scene(move |request, number| {
            if number == 0 {
                recorded.reply()
            } else {
                assert_eq!(
                    request.parameter("resumeKey").as_deref(),
                    Some(expected_key.as_str()),
                    "the key comes back as it was given"
                );
                Reply::rows(if request.parameter("output").is_some() {
                    "[]"
                } else {
                    ""
                })
            }
        });
        let (rows, answer) = scene.rows(&exact()).await;
        let answer = answer.unwrap();
        assert_eq!(rows.len(), distinct.len(), "{number}");
        assert_eq!(
            (answer.repeated_rows, answer.bad_rows),
            ((lines.len() - distinct.len()) as u64, 0),
            "{number}"
        );
        assert_eq!(
            scene.requests().len(),
            if has_key { 3 } else { 1 },
            "{number}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_recorded_walk_of_cnn_is_walked_to_its_empty_last_page() {
    let Some(all) = internet_archive() else {
        return;
    };
    let pages: BTreeMap<Option<String>, Recorded> = (37..=51)
        .map(|n| {
            let recorded = all[&format!("{n:03}")].clone();
            (recorded.parameters().get("resumeKey").cloned(), recorded)
        })
        .collect();
    assert_eq!(pages.len(), 15);
    for proves in [true, false] {
        let pages = pages.clone();
        let scene = scene(move |request, _| {
            if proves && request.parameter("output").is_some() {
                Reply::rows("[]")
            } else {
                pages[&request.parameter("resumeKey")].reply()
            }
        });
        let (rows, answer) = scene
            .rows(&CaptureQuery {
                scope: Scope::Exact("cnn.com".to_owned()),
                ..exact()
            })
            .await;
        let answer = answer.unwrap();
        let mut distinct = rows.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(
            (distinct.len(), answer.rows),
            (rows.len(), rows.len() as u64)
        );
        assert_eq!(rows.len(), 96, "distinct rows among the 350 recorded");
        assert_eq!(scene.requests().len(), if proves { 16 } else { 18 });
    }
}

#[tokio::test(start_paused = true)]
async fn the_recorded_exclusion_of_the_index_is_final() {
    let Some(all) = internet_archive() else {
        return;
    };
    let recorded = all["052"].clone();
    let scene = scene(move |_, _| recorded.reply());
    let error = scene.rows(&exact()).await.1.unwrap_err();
    assert!(
        matches!(&error, ArchiveError::Excluded { detail, .. } if detail.contains("Blocked Site Error")),
        "{error}"
    );
    assert_eq!(scene.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn quoted_answers_are_understood() {
    let Some(folder) = recordings() else { return };
    let quoted = |name: &str| std::fs::read_to_string(folder.join("quoted").join(name)).unwrap();
    for (name, status, is_right) in [
        (
            "cdx-robots.txt",
            200,
            (|e: &ArchiveError| matches!(e, ArchiveError::Excluded { .. }))
                as fn(&ArchiveError) -> bool,
        ),
        ("cdx-robots.txt", 403, |e| {
            matches!(e, ArchiveError::Excluded { .. })
        }),
        ("cdx-backend-timeout.txt", 200, |e| {
            matches!(e, ArchiveError::Unavailable { .. })
        }),
        ("cdx-503-haproxy.html", 503, |e| {
            matches!(e, ArchiveError::Unavailable { .. })
        }),
        ("cdx-503-haproxy.html", 200, |e| {
            matches!(e, ArchiveError::Unavailable { .. })
        }),
        ("429-nginx-162-bytes.RECONSTRUCTED.html", 429, |e| {
            matches!(e, ArchiveError::Refused { .. })
        }),
        ("playback-429-2021.html", 429, |e| {
            matches!(e, ArchiveError::Refused { .. })
        }),
    ] {
        let text = quoted(name);
        let scene = scene(move |_, _| Reply::new(status, &[], text.clone()));
        let error = scene.rows(&exact()).await.1.unwrap_err();
        assert!(is_right(&error), "{name} {status}: {error}");
    }
    let key = quoted("resumekey-without-urlkey.txt")
        .lines()
        .last()
        .unwrap()
        .to_owned();
    let text = quoted("duplicate-rows-2020-06-17.txt");
    let scene = scene(move |request, number| {
        if number == 0 {
            return Reply::rows(format!("{text}\n{key}\n"));
        }
        assert_eq!(
            request.parameter("resumeKey").as_deref(),
            Some(key.as_str())
        );
        Reply::rows("[]")
    });
    let (rows, _) = scene.rows(&exact()).await;
    assert_eq!(rows.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn other_servers_recorded_answers_are_understood() {
    let Some(folder) = recordings() else { return };
    let recorded = |name: &str| {
        let value: Value = serde_json::from_str(
            &std::fs::read_to_string(folder.join("cdx_servers").join(name)).unwrap(),
        )
        .unwrap();
        (
            u16::try_from(value["response_status_code"].as_u64().unwrap()).unwrap(),
            value["response_text"].as_str().unwrap().to_owned(),
        )
    };
    for (name, outcome) in [
        ("02-cc-200-test_capture_object-1.json", Some(1)),
        ("05-cc-404-test_multi_cc1_slow_2-0.json", Some(0)),
        ("06-cc-400-test_multi_cc1_slow_2-1.json", None),
    ] {
        let (status, text) = recorded(name);
        let settings = HttpSettings {
            base_url: Url::parse("http://127.0.0.1:8080/all").unwrap(),
            dialect: Dialect::Pywb,
            ..HttpSettings::default()
        };
        let scene = scene_with(
            settings,
            Arc::new(MemoryLedger::default()),
            VirtualClock::new(),
            move |_, _| Reply::new(status, &[], text.clone()),
        );
        let (_, answer) = scene.rows(&exact()).await;
        assert_eq!(answer.ok().map(|a| a.rows), outcome, "{name}");
    }
    let text =
        std::fs::read_to_string(folder.join("readme_examples/text-with-resumekey.txt")).unwrap();
    let scene = super::scene(move |request, number| {
        if number == 0 {
            Reply::rows(text.clone())
        } else {
            assert_eq!(
                request.parameter("resumeKey").as_deref(),
                Some("org%2Carchive%29%2F+19980109140106%21")
            );
            Reply::rows("[]")
        }
    });
    assert_eq!(scene.rows(&exact()).await.0.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn quoted_heads_are_understood() {
    let Some(folder) = recordings() else { return };
    let head = |name: &str| -> Vec<(String, String)> {
        let text = std::fs::read_to_string(folder.join("quoted").join(name)).unwrap();
        let lines = text
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        lines.map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    };
    let reply = |status, headers: &[(String, String)]| {
        let headers: Vec<_> = headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        Reply::new(status, &headers, "words")
    };
    let headers = head("playback-id_-headers-dlib-2020.txt");
    let scene = scene(move |_, _| reply(200, &headers));
    let asked = MementoQuery {
        window: (
            "19970101000000".parse().unwrap(),
            "19971231235959".parse().unwrap(),
        ),
        ..memento_query(
            "http://www.dlib.org/dlib/July95/07arms.html",
            "19971010044705",
        )
    };
    let memento = scene.archive.memento(&asked).await.unwrap();
    assert_eq!(memento.timestamp.to_string(), "19971010044705");
    assert_eq!(
        memento.original,
        "http://www.dlib.org:80/dlib/July95/07arms.html"
    );

    let headers = head("429-headers-2022.txt");
    assert!(
        headers
            .iter()
            .any(|(name, value)| name == "x-rl" && value == "0")
    );
    let refusing = super::scene(move |_, number| {
        if number == 0 {
            reply(429, &headers)
        } else {
            Reply::page("words")
        }
    });
    refusing.page("http://a.com/").await.unwrap();
    assert_eq!(refusing.archive.usage().freezes, 1);
}
