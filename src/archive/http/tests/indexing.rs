//! Index queries: parameters, resume keys, rows, and the dialect of pywb.

use super::*;
use crate::archive::{KeyFilter, Scope};
use crate::model::{Site, UrlKey};

fn words(words: &[&str]) -> KeyFilter {
    KeyFilter {
        words: words.iter().map(|&word| word.to_owned()).collect(),
        keys: Vec::new(),
    }
}

pub(super) fn domain() -> CaptureQuery {
    CaptureQuery {
        scope: Scope::Domain(Site::parse("a.com").unwrap()),
        ..exact()
    }
}

/// A server with `total` daily rows that answers pages as the old Wayback index does, the boundary row repeated.
pub(super) fn paged(total: u32) -> impl Fn(&Request, usize) -> Reply + Send + Sync {
    move |request, _| {
        let limit: u32 = request.parameter("limit").unwrap().parse().unwrap();
        let start: u32 = request.parameter("resumeKey").map_or(0, |key| {
            key.strip_prefix("com%2Ca%29%2Fprivacy+")
                .expect("the key comes back as it was given")
                .parse()
                .unwrap()
        });
        if request.parameter("output").is_some() {
            return Reply::rows("[]");
        }
        let end = (start + limit).min(total);
        let rows: String = (start.saturating_sub(u32::from(start < total))..end)
            .map(row)
            .collect();
        Reply::rows(if start + limit <= total {
            format!("{rows}\ncom%2Ca%29%2Fprivacy+{end}\n")
        } else {
            rows
        })
    }
}

pub(super) fn small_pages(rows: u32) -> HttpSettings {
    HttpSettings {
        cdx_page_rows: rows,
        ..HttpSettings::default()
    }
}

fn paged_scene(page: u32, total: u32) -> Scene {
    scene_with(
        small_pages(page),
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        paged(total),
    )
}

#[tokio::test(start_paused = true)]
async fn a_walk_along_resume_keys_sends_every_row_once_and_ends_on_an_empty_page() {
    for (page, total, requests) in [(10, 95, 10), (10, 100, 12), (1000, 30, 1)] {
        let scene = paged_scene(page, total);
        let (rows, answer) = scene.rows(&exact()).await;
        let answer = answer.unwrap();
        assert_eq!(
            (rows.len(), answer.rows, answer.bad_rows),
            (total as usize, u64::from(total), 0)
        );
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(scene.requests().len(), requests, "{page} {total}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_query_says_what_it_wants() {
    let scene = scene(|_, _| Reply::rows(row(1)));
    let query = CaptureQuery {
        from: Some("20040101000000".parse().unwrap()),
        to: Some("20041231235959".parse().unwrap()),
        filter: words(&["privacy", "c++", "datenschutzerklärung"]),
        expects_none: false,
        ..domain()
    };
    scene.rows(&query).await.1.unwrap();
    let request = &scene.requests()[0];
    for (name, value) in [
        ("url", "a.com"),
        ("matchType", "domain"),
        ("from", "20040101000000"),
        ("to", "20041231235959"),
        (
            "fl",
            "urlkey,timestamp,original,mimetype,statuscode,digest,length",
        ),
        ("showResumeKey", "true"),
        ("limit", "25000"),
        (
            "filter",
            r"urlkey:.*(c\+\+|datenschutzerkl%c3%a4rung|privacy).*",
        ),
    ] {
        assert_eq!(request.parameter(name).as_deref(), Some(value), "{name}");
    }
    scene
        .rows(&CaptureQuery::exact("http://a.com/x?y=1&z=*"))
        .await
        .1
        .unwrap();
    let request = &scene.requests()[1];
    assert_eq!(
        request.parameter("url").as_deref(),
        Some("http://a.com/x?y=1&z=*")
    );
    assert_eq!(
        request.parameter("matchType").as_deref(),
        Some("exact"),
        "a star at the end is no wildcard"
    );
}

#[tokio::test(start_paused = true)]
async fn words_are_held_to_here_whatever_the_server_filters() {
    let scene = scene(|_, _| {
        Reply::rows(format!(
            "com,a)/about 20120101000000 http://a.com/about text/html 200 A 1\n{}",
            row(2)
        ))
    });
    let (rows, answer) = scene
        .rows(&CaptureQuery {
            filter: words(&["privacy"]),
            expects_none: false,
            ..domain()
        })
        .await;
    assert_eq!((rows.len(), answer.unwrap().rows), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn single_addresses_are_asked_for_with_the_words_and_nothing_below_them_is_kept() {
    let scene = scene(|_, _| {
        let line = |key: &str, url: &str| format!("{key} 20120101000000 {url} text/html 200 A 1\n");
        Reply::rows(
            [
                line("com,a)/legal", "http://a.com/legal"),
                line("com,a)/legal/", "http://www2.a.com/legal/"),
                line("com,a)/legal/notice", "http://a.com/legal/notice"),
                line("com,a,b)/legal", "http://b.a.com/legal"),
                line("com,a)/privacy", "http://a.com/privacy"),
            ]
            .concat(),
        )
    });
    let filter = KeyFilter {
        keys: ["http://a.com/legal", "http://a.com/x.php?a=(1)"]
            .map(|url| UrlKey::of(url).unwrap())
            .to_vec(),
        ..words(&["privacy"])
    };
    let query = CaptureQuery { filter, ..domain() };
    let (rows, _) = scene.rows(&query).await;
    let keys: Vec<&str> = rows.iter().map(|row| row.original.as_str()).collect();
    assert_eq!(
        keys,
        [
            "http://a.com/legal",
            "http://www2.a.com/legal/",
            "http://a.com/privacy"
        ]
    );
    assert_eq!(
        scene.requests()[0].parameter("filter").as_deref(),
        Some(r"urlkey:.*(privacy|\)/legal/?$|\)/x\.php\?a=\(1\)/?$).*")
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_vocabulary_still_makes_a_short_address() {
    let scene = scene(|_, _| Reply::rows(row(1)));
    let words: Vec<String> = (0..600)
        .map(|i| format!("{i:x}-policy-of-data-protection"))
        .chain(["privacy".to_owned()])
        .collect();
    let (rows, _) = scene
        .rows(&CaptureQuery {
            filter: KeyFilter {
                words,
                keys: Vec::new(),
            },
            expects_none: false,
            ..domain()
        })
        .await;
    assert_eq!(rows.len(), 1);
    let request = &scene.requests()[0];
    assert!(
        request.url.as_str().len() < 7000,
        "{}",
        request.url.as_str().len()
    );
    assert!(
        request
            .parameter("filter")
            .is_none_or(|filter| filter.contains("priv"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_row_cut_off_is_no_row() {
    let scene = scene(|_, number| {
        if number == 0 {
            Reply::rows((0..10).map(row).collect::<String>()).cut()
        } else {
            Reply::rows((0..10).map(row).collect::<String>())
        }
    });
    let (rows, _) = scene.rows(&exact()).await;
    assert_eq!(
        rows.iter().map(|r| r.length).collect::<Vec<_>>(),
        (0..10).map(|i| Some(1000 + i)).collect::<Vec<_>>()
    );
    // Without a length or chunks, only the line end shows that the answer is complete.
    let unframed = super::scene(|_, number| {
        let text: String = (0..10).map(row).collect();
        let end = if number == 0 {
            text.len() - 3
        } else {
            text.len()
        };
        Reply::Send {
            status: 200,
            headers: Vec::new(),
            pieces: vec![Ok(Bytes::from(text[..end].to_owned()))],
            delay: Duration::ZERO,
            endless: false,
        }
    });
    let (rows, _) = unframed.rows(&exact()).await;
    assert_eq!(
        (rows.len(), rows[9].length, unframed.requests().len()),
        (10, Some(1009), 2)
    );
}

#[tokio::test(start_paused = true)]
async fn bad_rows_are_counted_and_never_end_a_query() {
    let scene = scene(|_, _| {
        Reply::rows(format!(
            "nonsense\n{}com,a)/ 2012 http://a.com/ - - - -\n{}",
            row(1),
            row(2)
        ))
    });
    assert_eq!(
        scene.rows(&exact()).await.1.unwrap(),
        IndexAnswer {
            rows: 2,
            repeated_rows: 0,
            bad_rows: 2
        }
    );
}

#[tokio::test(start_paused = true)]
async fn pywb_is_asked_in_its_own_dialect() {
    let settings = HttpSettings {
        base_url: Url::parse("http://127.0.0.1:8080/all/").unwrap(),
        dialect: Dialect::Pywb,
        ..HttpSettings::default()
    };
    let scene = scene_with(
        settings,
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        |request, number| match number {
            0 => {
                assert_eq!(request.url.path(), "/all/cdx");
                assert_eq!(
                    request.parameter("filter").as_deref(),
                    Some("~urlkey:.*(privacy).*")
                );
                assert_eq!(request.parameter("allowFuzzy").as_deref(), Some("false"));
                let object = r#"{"urlkey": "com,a)/privacy", "timestamp": "20120101000000", "url": "http://a.com/privacy", "mime": "text/html", "status": "200", "digest": "A", "length": "7"}"#;
                Reply::rows(format!("{object}\n{object}\n"))
            }
            1 => Reply::new(
                404,
                &[("content-type", "application/json")],
                r#"{"message": "No Captures found for: x"}"#,
            ),
            2 => Reply::rows(""),
            _ => Reply::rows(r#"{"message": "index gone"}"#),
        },
    );
    let query = CaptureQuery {
        filter: words(&["privacy"]),
        expects_none: false,
        ..domain()
    };
    assert_eq!(
        scene.rows(&query).await.1.unwrap(),
        IndexAnswer {
            rows: 1,
            repeated_rows: 1,
            bad_rows: 0
        }
    );
    assert_eq!(scene.rows(&query).await.1.unwrap(), IndexAnswer::default());
    assert_eq!(scene.rows(&query).await.1.unwrap(), IndexAnswer::default());
    assert!(scene.rows(&query).await.1.is_err());
    assert_eq!(scene.archive.name(), "http://127.0.0.1:8080/all");
    assert_eq!(
        scene
            .archive
            .memento_url("20120101000000".parse().unwrap(), "http://a.com/"),
        Some("http://127.0.0.1:8080/all/20120101000000/http://a.com/".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn gzip_from_the_index_is_taken_off_as_it_streams() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder
        .write_all((0..500).map(row).collect::<String>().as_bytes())
        .unwrap();
    let packed = encoder.finish().unwrap();
    let scene = scene(move |_, number| {
        let reply = Reply::new(200, &[("content-encoding", "gzip")], packed.clone());
        if number == 0 { reply.cut() } else { reply }
    });
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (500, 500));
}
