//! Index answers without rows: empty, excluded, unreadable, error texts in an answer with status 200.

use super::*;

#[tokio::test(start_paused = true)]
async fn refused_is_not_empty() {
    let proven = scene(|request, _| {
        Reply::rows(if request.parameter("output").is_some() {
            "[]\n"
        } else {
            ""
        })
    });
    let (rows, answer) = proven.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap()), (0, IndexAnswer::default()));
    assert_eq!(proven.requests().len(), 2);

    let header_only = scene(|request, _| {
        Reply::rows(if request.parameter("output").is_some() {
            r#"[["urlkey","timestamp"]]"#
        } else {
            ""
        })
    });
    header_only.rows(&exact()).await.1.unwrap();

    let silent = scene(|_, _| Reply::rows(""));
    assert!(matches!(
        silent.rows(&exact()).await.1,
        Err(ArchiveError::Unavailable { .. })
    ));

    let contradicts = scene(|request, number| {
        if request.parameter("output").is_some() {
            Reply::rows(r#"[["urlkey"],["com,a)/"]]"#)
        } else if number == 0 {
            Reply::rows("")
        } else {
            Reply::rows(row(1))
        }
    });
    assert_eq!(contradicts.rows(&exact()).await.0.len(), 1);

    let blocked = scene(|request, _| {
        Reply::rows(if request.parameter("output").is_some() {
            "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots"
        } else {
            ""
        })
    });
    assert!(matches!(
        blocked.rows(&exact()).await.1,
        Err(ArchiveError::Excluded { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_breaks_off_is_no_silence() {
    let scene = scene(|request, _| {
        if request.parameter("output").is_some() {
            Reply::Send {
                status: 200,
                headers: Vec::new(),
                pieces: vec![Err(TransportFailure::Broken("reset".to_owned()))],
                delay: Duration::ZERO,
                endless: false,
            }
        } else if request.parameter("resumeKey").is_some() {
            Reply::rows("")
        } else {
            Reply::rows(format!("{}\nkey\n", row(1)))
        }
    });
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!(rows.len(), 1);
    assert!(
        matches!(answer, Err(ArchiveError::Unavailable { .. })),
        "{answer:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_address_that_holds_the_words_of_an_exclusion_excludes_nothing() {
    let scene = scene(|request, number| {
        if request.parameter("output").is_some() {
            Reply::rows(
                r#"[["urlkey"],["com,a)/accesscontrolexception","20120611040411","http://a.com/AccessControlException"]]"#,
            )
        } else if number == 0 {
            Reply::rows("")
        } else {
            Reply::rows(row(1))
        }
    });
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_error_text_in_a_200_keeps_its_rows_and_is_asked_again() {
    let scene = scene(|_, number| {
        let rows: String = (0..10).map(row).collect();
        if number == 0 {
            let half: String = (0..5).map(row).collect();
            Reply::rows(format!(
                "{half}org.archive.util.io.RuntimeIOException: ConnectTimeoutException\n"
            ))
        } else {
            Reply::rows(rows)
        }
    });
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!(
        (rows.len(), answer.unwrap()),
        (
            10,
            IndexAnswer {
                rows: 10,
                repeated_rows: 0,
                bad_rows: 0
            }
        )
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_no_row_can_be_read_is_no_proof_that_there_is_none() {
    let endless = "x".repeat(200_000) + "\n";
    for unreadable in [
        endless.as_str(),
        "com,a)/privacy notatime http://a.com/privacy\n",
    ] {
        let unreadable = unreadable.to_owned();
        let for_ever = unreadable.clone();
        let scene = scene(move |_, _| Reply::rows(for_ever.clone()));
        let error = scene.rows(&exact()).await.1.unwrap_err();
        assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error}");
        assert!(
            error.to_string().contains("none of the rows can be read"),
            "{error}"
        );
        let scene = self::scene(move |_, number| {
            Reply::rows(if number == 0 {
                unreadable.clone()
            } else {
                row(1)
            })
        });
        let (rows, answer) = scene.rows(&exact()).await;
        answer.unwrap();
        assert_eq!(rows.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn excluded_sites_are_final_in_each_of_their_forms() {
    let blocked = "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error";
    let forms: Vec<Box<dyn Fn() -> Reply + Send + Sync>> = vec![
        Box::new(move || Reply::new(403, &[("x-archive-wayback-runtime-error", blocked)], "")),
        Box::new(move || Reply::new(403, &[], blocked)),
        Box::new(move || Reply::rows(blocked)),
    ];
    for form in forms {
        let scene = scene(move |_, _| form());
        let error = scene.rows(&exact()).await.1.unwrap_err();
        assert!(matches!(error, ArchiveError::Excluded { .. }), "{error}");
        assert_eq!(
            (
                scene.requests().len(),
                scene.archive.usage().cdx.outcomes[&RequestOutcome::Excluded]
            ),
            (1, 1)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn four_empty_answers_after_a_resume_key_are_the_end() {
    // The Wayback index sends a resume key even though no row is left, and then 200 with an empty body for the next
    // page.
    let scene = scene(|request, _| {
        let is_last = request.parameter("resumeKey").is_some();
        Reply::rows(if is_last {
            String::new()
        } else {
            format!("{}\ncom%2Ca%29%2Fprivacy+20120103000000\n", row(1))
        })
    });
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (1, 1));
    assert_eq!(scene.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_answer_cut_inside_its_last_row_is_requested_again_whatever_length_it_promised() {
    // `Reply::rows` states the length of what it sends, as a proxy does that cut the answer itself.
    let whole: String = (0..10).map(row).collect();
    for cut in [1, 3, 30, row(9).len() - 1] {
        let text = whole.clone();
        let scene = scene(move |_, number| {
            let end = if number == 0 {
                text.len() - cut
            } else {
                text.len()
            };
            Reply::rows(text[..end].to_owned())
        });
        let (rows, answer) = scene.rows(&exact()).await;
        assert_eq!(answer.unwrap().rows, 10, "{cut}");
        let lengths: Vec<Option<u64>> = rows.iter().map(|row| row.length).collect();
        assert_eq!(lengths, (1000..1010).map(Some).collect::<Vec<_>>(), "{cut}");
        assert_eq!(scene.requests().len(), 2, "{cut}");
    }
    let always = scene(move |_, _| Reply::rows(whole[..whole.len() - 3].to_owned()));
    let error = always.rows(&exact()).await.1.unwrap_err();
    assert!(error.to_string().contains("ends inside a row"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_cut_inside_its_resume_key_is_requested_again() {
    let scene = scene(|request, number| {
        let page = format!("{}\ncom%2Ca%29%2Fprivacy+20120103000000\n", row(1));
        if request.parameter("resumeKey").is_some() {
            Reply::rows(row(2))
        } else if number == 0 {
            Reply::rows(page[..page.len() - 5].to_owned())
        } else {
            Reply::rows(page)
        }
    });
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (2, 2));
    let key = scene.requests()[2].parameter("resumeKey").unwrap();
    assert_eq!(key, "com%2Ca%29%2Fprivacy+20120103000000");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_requested_again() {
    // Fewer fields than the others, other letters in them.
    for damaged in [
        "com,a)/privacy 20120103000000 http://a.com/privacy text/html\n",
        "com,a)/privacy 2012010\u{fffd}000000 http://a.com/privacy text/html 200 A 10\n",
        "com,a)/privacy 20120103000000 ttp://a.com/privacy text/html 200 A 10\n",
        "com,a)/privacy 20120103000000 http://a.com/privacy text/html 2x0 A 10\n",
    ] {
        let scene = scene(move |_, number| {
            let second = if number == 0 {
                damaged.to_owned()
            } else {
                row(2)
            };
            Reply::rows([row(1), second, row(3)].concat())
        });
        let (rows, answer) = scene.rows(&exact()).await;
        assert_eq!((answer.unwrap().bad_rows, rows.len()), (0, 3), "{damaged}");
        assert_eq!(scene.requests().len(), 2, "{damaged}");
    }
    // What the index sends twice the same is counted as unreadable.
    let odd = "com,a)/privacy 20120103000000 http://a.com/privacy text/html html> A 10\n";
    let always = scene(move |_, _| Reply::rows([&row(1), odd, &row(3)].concat()));
    let (rows, answer) = always.rows(&exact()).await;
    assert_eq!((answer.unwrap().bad_rows, rows.len()), (1, 2));
    assert_eq!(always.requests().len(), 2);
    // Addresses that are not of the web are no damage.
    let mail = "com,a)/privacy 20120103000000 mailto:x@a.com text/html 200 A 10\n";
    let other = scene(move |_, _| Reply::rows([&row(1), mail, &row(3)].concat()));
    assert_eq!(other.rows(&exact()).await.1.unwrap().bad_rows, 1);
    assert_eq!(other.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_end_is_given_up_after_minutes() {
    let scene = scene(|_, _| Reply::rows("").with_a_body_that_never_ends());
    let error = scene.rows(&exact()).await.1.unwrap_err();
    assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error}");
    let minutes = scene.requests()[0].at.elapsed().as_secs() / 60;
    assert!(minutes < 90, "{minutes}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_does_not_hold_up_the_queries_of_other_sites() {
    let scene = scene(|request, _| {
        if request
            .parameter("url")
            .is_some_and(|url| url.contains("slow"))
        {
            Reply::rows("").with_a_body_that_never_ends()
        } else {
            Reply::rows(row(1))
        }
    });
    let slow = CaptureQuery::exact("http://slow.com/");
    let began = Instant::now();
    let others = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        for _ in 0..5 {
            scene.rows(&exact()).await.1.unwrap();
        }
        began.elapsed()
    };
    let (_, elapsed) = tokio::join!(scene.rows(&slow), others);
    assert!(elapsed < Duration::from_mins(2), "{elapsed:?}");
}
