//! Content encodings: no header and no bytes give more than the limit, or cause a panic.
//!
//! Input: a `Content-Encoding` up to the first line feed, then the body. Without a line feed, all of the input is the
//! body.

use policytrail::archive::encoding::{BodyError, decode_body};

/// Small, so that the fuzzer can exceed it.
const LIMIT: usize = 4096;

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n');
    let (header, body) = match at.and_then(|at| bytes.split_at_checked(at)) {
        Some((header, body)) => (std::str::from_utf8(header).ok(), &body[1..]),
        None => (None, bytes),
    };
    let answer = decode_body(body, header, LIMIT);
    match &answer {
        Ok(decoded) => assert!(decoded.len() <= LIMIT, "{} bytes", decoded.len()),
        Err(BodyError::Damaged(detail)) => assert!(
            detail.len() < 500 && !detail.contains(char::is_control),
            "{detail:?}"
        ),
        Err(BodyError::TooLarge) => {}
    }
    // A wider limit never changes the result of a body within a narrower one.
    if answer.is_ok() {
        assert_eq!(decode_body(body, header, 2 * LIMIT), answer);
    }
}
