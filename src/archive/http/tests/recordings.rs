//! Contract tests: the client's result for every recorded answer of the Internet Archive.
//!
//! The recordings are not part of the repository, and without them these tests are skipped with a message. Small answers
//! of the same forms are in `playing`, `freezing`, `indexing` and `index_errors`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::*;

pub(super) fn recordings() -> Option<PathBuf> {
    let shared = std::env::var("POLICYTRAIL_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").into());
    let folder = PathBuf::from(shared).join("recordings");
    if !folder.is_dir() {
        eprintln!("SKIPPED: no recordings at {}", folder.display());
        return None;
    }
    Some(folder)
}

#[derive(Clone)]
pub(super) struct Recorded {
    pub(super) url: Url,
    status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Recorded {
    pub(super) fn reply(&self) -> Reply {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        Reply::new(self.status, &headers, self.body.clone())
    }

    pub(super) fn parameters(&self) -> BTreeMap<String, String> {
        self.url
            .query_pairs()
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect()
    }
}

/// The Internet Archive's answers by number (`001`, …).
pub(super) fn internet_archive() -> Option<BTreeMap<String, Recorded>> {
    let folder = recordings()?.join("ia");
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "json") {
            continue;
        }
        let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let headers = value["response"]["headers"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| {
                !["content-length", "transfer-encoding"]
                    .contains(&name.to_ascii_lowercase().as_str())
            })
            .flat_map(|(name, values)| {
                values
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(move |v| (name.clone(), v.as_str().unwrap().to_owned()))
            })
            .collect();
        let number = path.file_name().unwrap().to_str().unwrap()[..3].to_owned();
        all.insert(
            number,
            Recorded {
                url: Url::parse(value["request"]["uri"].as_str().unwrap()).unwrap(),
                status: u16::try_from(value["response"]["status"]["code"].as_u64().unwrap())
                    .unwrap(),
                headers,
                body: std::fs::read(path.with_extension("body")).unwrap(),
            },
        );
    }
    assert!(all.len() >= 40, "{}", all.len());
    Some(all)
}

/// Answers with the recorded exchanges by path. A request without a recording fails the test.
fn playback_scene(all: &BTreeMap<String, Recorded>) -> Scene {
    let by_path: BTreeMap<String, Recorded> = all
        .values()
        .filter(|r| r.url.path().starts_with("/web/"))
        .map(|r| (r.url.to_string(), r.clone()))
        .collect();
    scene(move |request, _| {
        by_path
            .get(request.url.as_str())
            .unwrap_or_else(|| panic!("{} was not recorded", request.url))
            .reply()
    })
}

async fn play(
    scene: &Scene,
    all: &BTreeMap<String, Recorded>,
    number: &str,
) -> Result<Memento, ArchiveError> {
    let path = all[number].url.as_str().split_once("/web/").unwrap().1;
    let (stamp, original) = path.split_once("id_/").unwrap();
    scene
        .archive
        .memento(&MementoQuery {
            original: original.to_owned(),
            timestamp: stamp.parse().unwrap(),
            window: (
                "19900101000000".parse().unwrap(),
                "20301231235959".parse().unwrap(),
            ),
            expected_digest: None,
        })
        .await
}

/// Recorded playbacks:
///
/// - 002: a page of 1996, whose `Link` names the URL with `:80`;
/// - 003: an archived 429 with `Memento-Datetime`;
/// - 005 to 008: a jump to another scheme, an archived 301 with an absolute `Location`, a second jump, the page;
/// - 030 to 032: an archived 301 with `Location: //web.archive.org/…` and a page of 138 KB, a jump, an archived 404.
///
/// The fields are number, requests, status, timestamp, original and number of archived redirects of recorded playbacks.
type RecordedPlayback = (&'static str, usize, u16, &'static str, &'static str, usize);

const PLAYBACKS: [RecordedPlayback; 9] = [
    (
        "002",
        1,
        200,
        "19961231235847",
        "http://www.nasa.gov:80/",
        0,
    ),
    (
        "003",
        1,
        429,
        "20150129034904",
        "http://www.reddit.com/r/PokemonGiveaway",
        0,
    ),
    (
        "005",
        4,
        200,
        "20200201024405",
        "https://www.epa.gov/sites/production/files/signpost/cc.html",
        1,
    ),
    (
        "006",
        3,
        200,
        "20200201024405",
        "https://www.epa.gov/sites/production/files/signpost/cc.html",
        1,
    ),
    (
        "007",
        2,
        200,
        "20200201024405",
        "https://www.epa.gov/sites/production/files/signpost/cc.html",
        0,
    ),
    (
        "008",
        1,
        200,
        "20200201024405",
        "https://www.epa.gov/sites/production/files/signpost/cc.html",
        0,
    ),
    (
        "030",
        3,
        404,
        "20201102233026",
        "https://www.census.gov/geo/gssi/",
        1,
    ),
    (
        "031",
        2,
        404,
        "20201102233026",
        "https://www.census.gov/geo/gssi/",
        0,
    ),
    (
        "032",
        1,
        404,
        "20201102233026",
        "https://www.census.gov/geo/gssi/",
        0,
    ),
];

#[tokio::test(start_paused = true)]
async fn every_recorded_playback_is_understood() {
    let Some(all) = internet_archive() else {
        return;
    };
    let scene = playback_scene(&all);
    for (number, requests, status, timestamp, original, redirects) in PLAYBACKS {
        let before = scene.requests().len();
        let memento = play(&scene, &all, number).await.unwrap();
        let found = (
            scene.requests().len() - before,
            memento.status,
            memento.timestamp.to_string(),
            memento.original,
            memento.redirects.len(),
        );
        assert_eq!(
            found,
            (
                requests,
                status,
                timestamp.to_owned(),
                original.to_owned(),
                redirects
            ),
            "{number}"
        );
        assert!(!memento.body.is_empty(), "{number}");
    }
    // An archived 303, a jump, an archived 302 and a jump back to the start.
    for number in ["010", "011", "012", "013"] {
        assert!(
            matches!(
                play(&scene, &all, number).await,
                Err(ArchiveError::RedirectLoop { .. })
            ),
            "{number}"
        );
    }
    // 200 with an HTML page that names the exclusion.
    assert!(matches!(
        play(&scene, &all, "009").await,
        Err(ArchiveError::Excluded { .. })
    ));
    // 404 without `Memento-Datetime`.
    assert!(matches!(
        play(&scene, &all, "014").await,
        Err(ArchiveError::NotArchived { .. })
    ));
    assert_eq!(scene.archive.usage().freezes, 0);
}

#[tokio::test(start_paused = true)]
async fn recorded_jumps_and_redirects_whose_end_was_not_recorded_lead_on() {
    let Some(all) = internet_archive() else {
        return;
    };
    for (number, next) in [
        (
            "017",
            "https://web.archive.org/web/20150503090125id_/http://www.fws.gov/birds/",
        ),
        (
            "021",
            "https://web.archive.org/web/20201027215555id_/https://www.whitehouse.gov/ostp/about/student/faqs",
        ),
    ] {
        let recorded = all[number].clone();
        let scene = scene(move |_, number| {
            if number == 0 {
                recorded.reply()
            } else {
                Reply::page("end")
            }
        });
        play(&scene, &all, number).await.unwrap();
        assert_eq!(scene.requests()[1].url.as_str(), next, "{number}");
    }
    // A jump to a capture six days away is outside a window of three days.
    let recorded = all["017"].clone();
    let scene = scene(move |_, _| recorded.reply());
    let answer = scene
        .archive
        .memento(&MementoQuery {
            original: "https://www.fws.gov/birds/".to_owned(),
            timestamp: "20150509080314".parse().unwrap(),
            window: (
                "20150508000000".parse().unwrap(),
                "20150511000000".parse().unwrap(),
            ),
            expected_digest: None,
        })
        .await;
    assert!(
        matches!(answer, Err(ArchiveError::Displaced { timestamp, .. }) if timestamp.to_string() == "20150503090125")
    );
    // 024: a page for people with status 200 and no Memento-Datetime is not a memento.
    let recorded = all["024"].clone();
    let view = super::scene(move |_, number| {
        if number == 0 {
            recorded.reply()
        } else {
            Reply::page("end")
        }
    });
    assert_eq!(
        view.page("https://www.whitehouse.gov/").await.unwrap().body,
        b"end"
    );
    assert_eq!(view.archive.usage().retries, 1);
}
