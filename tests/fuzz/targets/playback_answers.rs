//! Playback over HTTP: redirects, jumps to the nearest capture, bodies and errors, from the bytes on the connection.
//!
//! Input: one byte of flags (1: pywb; 2: the index has a digest; 32: asked twice), then the answers to the requests, as in
//! `index_answers`.

use policytrail::archive::http::Dialect;
use policytrail::archive::{Archive as _, Memento, MementoQuery};
use policytrail::model::PayloadDigest;

use super::loopback::{Answer, LIMIT, exchange};

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let answers = Answer::all(rest);
    let query = MementoQuery {
        original: "http://example.com/privacy".to_owned(),
        timestamp: "20120611040411".parse().unwrap(),
        window: (
            "20120101000000".parse().unwrap(),
            "20121231235959".parse().unwrap(),
        ),
        expected_digest: (flags & 2 == 2)
            .then(|| PayloadDigest::parse("OSSAPWJ23L56IYVRW3GFEAR4MCJMGPTB").unwrap()),
    };
    let result = ask(*flags, &answers, &query);
    match &result {
        Ok(memento) => {
            assert!(
                memento.body.len() as u64 <= LIMIT,
                "{} bytes",
                memento.body.len()
            );
            assert!(memento.redirects.len() <= 10, "{:?}", memento.redirects);
            let (first, last) = query.window;
            assert!(
                (first..=last).contains(&memento.timestamp),
                "{}",
                memento.timestamp
            );
            assert!(
                (200..300).contains(&memento.status) || (400..=999).contains(&memento.status),
                "{}",
                memento.status
            );
        }
        // Messages for people may be printed to a terminal.
        Err(message) => assert!(!message.contains(char::is_control), "{message:?}"),
    }
    if flags & 32 == 32 {
        assert_eq!(ask(*flags, &answers, &query), result);
    }
}

fn ask(flags: u8, answers: &[Answer<'_>], query: &MementoQuery) -> Result<Memento, String> {
    let dialect = if flags & 1 == 1 {
        Dialect::Pywb
    } else {
        Dialect::Wayback
    };
    exchange(answers, dialect, async |archive| {
        let result = archive.memento(query).await;
        // The port of the server is another one each time.
        result.map_err(|error| error.to_string().replace(&archive.name(), "http://archive"))
    })
}
