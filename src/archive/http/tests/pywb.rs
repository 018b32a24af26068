//! Answers of a real pywb (2.10) that the Wayback Machine does not give. `tests/it/pywb.rs` runs a real one.

use super::*;

fn pywb(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Scene {
    let settings = HttpSettings {
        base_url: Url::parse("http://127.0.0.1:8080/all").unwrap(),
        dialect: Dialect::Pywb,
        ..HttpSettings::default()
    };
    scene_with(
        settings,
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        script,
    )
}

fn page_of(link: &'static str) -> Reply {
    let date = ("Memento-Datetime", "Mon, 11 Jun 2012 04:04:11 GMT");
    Reply::new(200, &[date, ("Link", link)], "words")
}

#[tokio::test(start_paused = true)]
async fn a_url_that_pywb_thinks_alike_is_not_the_url_asked_for() {
    let scene = pywb(|_, _| page_of(r#"<http://a.com/privacy.html>; rel="original""#));
    let answer = scene.page("http://a.com/privacy.html?utm_source=x").await;
    assert!(
        matches!(answer, Err(ArchiveError::NotArchived { .. })),
        "{answer:?}"
    );
    assert_eq!(scene.requests().len(), 1, "it is final");
    // Another spelling of the same URL is not another URL.
    let memento = scene.page("https://www.a.com/Privacy.html/").await.unwrap();
    assert_eq!(memento.original, "http://a.com/privacy.html");
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_itself_that_pywb_does_not_replay_is_a_loop_and_not_asked_for_again() {
    let scene = pywb(|_, _| {
        Reply::new(
            400,
            &[("content-type", "text/html")],
            "{&#34;message&#34;: &#34;Self Redirect a.com/ -&gt; a.com/&#34;}",
        )
    });
    let answer = scene.page("http://a.com/").await;
    assert!(
        matches!(answer, Err(ArchiveError::RedirectLoop { .. })),
        "{answer:?}"
    );
    assert_eq!(scene.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_slash_that_pywb_adds_is_a_jump_and_no_archived_redirect() {
    let scene = pywb(|request, _| {
        if request.url.path().ends_with('/') {
            page_of(r#"<http://a.com/bare/>; rel="original""#)
        } else {
            let to = "http://127.0.0.1:8080/all/20120611040411id_/http://a.com/bare/";
            let link = r#"<http://a.com/bare/>; rel="original""#;
            Reply::new(307, &[("Location", to), ("Link", link)], "")
        }
    });
    let memento = scene.page("http://a.com/bare").await.unwrap();
    assert_eq!(memento.original, "http://a.com/bare/");
    assert!(memento.redirects.is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_the_servers_own_message_says_that_there_are_no_captures() {
    let not_found = |body: &'static str| pywb(move |_, _| Reply::new(404, &[], body));
    for body in [
        r#"{"message": "No Captures found for: http://a.com/privacy"}"#,
        "{&#34;message&#34;: &#34;No Captures found for: http://a.com/privacy&#34;}",
    ] {
        let (rows, answer) = not_found(body).rows(&exact()).await;
        assert_eq!((rows.len(), answer.unwrap()), (0, IndexAnswer::default()));
    }
    for body in [
        r#"{"message": "No handler for \"/wrongname/cdx\""}"#,
        r#"{"message": "Collection not found: no captures found"}"#,
        "<html><body><h1>404 Not Found</h1><p>nginx</p></body></html>",
        "<html><p>No Captures found</p></html>",
        "",
    ] {
        let error = not_found(body).rows(&exact()).await.1.unwrap_err();
        assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error}");
    }
}
