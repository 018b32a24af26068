//! Index answers: the whole protocol, from the bytes on the connection to the rows and the decision whether they are all.
//!
//! Input: one byte of flags (1: pywb; 2: a whole site instead of one URL; 4: words select the rows; 8: the last answer was
//! empty; 16: a range of time; 32: asked twice), then the answers to the requests, between lines `==NEXT==`. An answer that
//! begins with `HTTP/` is sent as it is, `SILENCE` is none, and any other is the body of a response with status 200.

use policytrail::archive::cdx::parse_line;
use policytrail::archive::http::Dialect;
use policytrail::archive::{Archive as _, CaptureQuery, IndexAnswer, KeyFilter, Scope};
use policytrail::model::{Capture, Site};

use super::cdx_line::check_row;
use super::loopback::{Answer, exchange};

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let answers = Answer::all(rest);
    let (rows, result) = ask(*flags, &answers);
    rows.iter().for_each(check_row);
    match &result {
        Ok(answer) => {
            assert_eq!(answer.rows, rows.len() as u64);
            check_whole(*flags, &answers, &rows, *answer);
        }
        // Messages for people may be printed to a terminal.
        Err(message) => assert!(!message.contains(char::is_control), "{message:?}"),
    }
    if flags & 32 == 32 {
        assert_eq!(ask(*flags, &answers), (rows, result));
    }
}

fn ask(flags: u8, answers: &[Answer<'_>]) -> (Vec<Capture>, Result<IndexAnswer, String>) {
    let query = query(flags);
    exchange(answers, dialect(flags), async |archive| {
        let mut rows = Vec::new();
        let result = archive.captures(&query, &mut |row| rows.push(row)).await;
        let result = result.map_err(|error| {
            // The port of the server is another one each time.
            error.to_string().replace(&archive.name(), "http://archive")
        });
        (rows, result)
    })
}

fn dialect(flags: u8) -> Dialect {
    if flags & 1 == 1 {
        Dialect::Pywb
    } else {
        Dialect::Wayback
    }
}

fn query(flags: u8) -> CaptureQuery {
    let words = if flags & 4 == 4 { "privacy legal" } else { "" };
    let moment = |text: &str| (flags & 16 == 16).then(|| text.parse().unwrap());
    CaptureQuery {
        scope: if flags & 2 == 2 {
            Scope::Domain(Site::parse("example.com").unwrap())
        } else {
            Scope::Exact("http://example.com/privacy".to_owned())
        },
        from: moment("20050101000000"),
        to: moment("20201231235959"),
        filter: KeyFilter {
            words: words.split_whitespace().map(str::to_owned).collect(),
            keys: Vec::new(),
        },
        expects_none: flags & 8 == 8,
    }
}

/// Checks what makes an answer of the Wayback Machine complete, for bodies that are not compressed.
fn check_whole(flags: u8, answers: &[Answer<'_>], rows: &[Capture], answer: IndexAnswer) {
    let bodies = answers.iter().map(|answer| match answer {
        Answer::Body(body) if !body.starts_with(&[0x1f]) => Some(*body),
        _ => None,
    });
    let Some(bodies) = bodies.collect::<Option<Vec<&[u8]>>>() else {
        return;
    };
    if flags & 5 != 0 {
        return;
    }
    if rows.is_empty() && answer.bad_rows == 0 {
        let is_proof =
            |body: &&[u8]| serde_json::from_slice::<Vec<serde_json::Value>>(body).is_ok();
        let has_key = |body: &&[u8]| lines(body).any(|line| line.trim_ascii().is_empty());
        assert!(
            bodies.iter().any(|body| is_proof(body) || has_key(body)),
            "nothing proves that there are no captures"
        );
    }
    if flags & 8 == 8 {
        return;
    }
    // Every request got the same body: so the answer ends in a whole row, and each of its rows was returned.
    let [body] = bodies[..] else { return };
    assert!(
        lines(body)
            .next_back()
            .is_none_or(|line| line.trim_ascii().is_empty()),
        "the answer ends inside a row"
    );
    for line in lines(body) {
        if let Ok(row) = parse_line(line) {
            // Rows with the same of these are the same capture.
            let name = |row: &Capture| (row.urlkey.clone(), row.timestamp, row.digest.clone());
            let is_there =
                |other: &Capture| name(other) == name(&row) && other.original == row.original;
            assert!(rows.iter().any(is_there), "{row:?} is missing");
        }
    }
}

fn lines(body: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    body.split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}
