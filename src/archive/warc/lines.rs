//! Reads lines and header blocks from untrusted byte streams.

use std::io::{self, BufRead};

use crate::archive::header_text::header_text;
use crate::model::printable;

/// Result of reading a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineRead {
    /// The stream has ended; nothing was read.
    End,
    /// A line, without its line end.
    Whole,
    /// A line longer than allowed. Only its start is kept, the rest is skipped.
    TooLong,
}

/// Reads a line that ends in LF or CR LF (or at the end of the stream) into `line`, keeping at most `cap` bytes.
pub(super) fn read_line(
    reader: &mut impl BufRead,
    cap: usize,
    line: &mut Vec<u8>,
) -> io::Result<LineRead> {
    line.clear();
    let mut seen_any = false;
    let mut too_long = false;
    loop {
        let available = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            break;
        }
        seen_any = true;
        let end = available.iter().position(|&b| b == b'\n');
        let part = available
            .get(..end.unwrap_or(available.len()))
            .unwrap_or_default();
        let room = cap.saturating_sub(line.len());
        too_long |= part.len() > room;
        line.extend(part.iter().take(room));
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    // Files whose line ends were converted twice have several carriage returns.
    while line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(match (seen_any, too_long) {
        (false, _) => LineRead::End,
        (true, true) => LineRead::TooLong,
        (true, false) => LineRead::Whole,
    })
}

/// Why the head of a record or response cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum HeadError {
    /// The stream failed, or its compression is broken.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The headers exceed the limit.
    #[error("its headers are longer than {0} bytes")]
    TooLong(usize),
    /// The first line is invalid.
    #[error("{0}")]
    WrongStart(String),
}

/// Named header fields, in order, with names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HeaderFields {
    fields: Vec<(String, String)>,
}

impl HeaderFields {
    /// Reads fields up to the blank line or the end of the stream, at most `budget` bytes in all. Folded lines are joined.
    /// Lines without a colon are skipped (servers of the nineties sent some).
    pub(super) fn read(reader: &mut impl BufRead, budget: usize) -> Result<Self, HeadError> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut line = Vec::new();
        let mut left = budget;
        loop {
            match read_line(reader, left, &mut line)? {
                LineRead::End => break,
                LineRead::TooLong => return Err(HeadError::TooLong(budget)),
                LineRead::Whole if line.is_empty() => break,
                LineRead::Whole => {}
            }
            left = left.saturating_sub(line.len() + 1);
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if let Some((name, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(header_text(name, line.trim_ascii()).trim());
                }
            } else if let Some(colon) = memchr::memchr(b':', &line) {
                let (name, value) = line.split_at(colon);
                let name = header_text("", name).trim().to_ascii_lowercase();
                let value = value.get(1..).unwrap_or_default().trim_ascii();
                let value = header_text(&name, value).trim().to_owned();
                fields.push((name, value));
            }
        }
        Ok(Self { fields })
    }

    /// One field, or none.
    pub(super) fn of(name: &str, value: Option<&str>) -> Self {
        Self {
            fields: value
                .map(|value| (name.to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
        }
    }

    /// The first non-empty value of a field; `name` in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self
            .fields
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.as_str());
        values.find(|value| !value.is_empty())
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a list field (`Content-Encoding`) as one list; `None` when there is none.
    pub(super) fn list(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.all(name).filter(|value| !value.is_empty()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

/// Text of a file for a message: without control characters, at most 500 characters.
pub(super) fn shown(text: &str) -> String {
    printable(text, 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_repeated_and_odd_header_lines_are_read() {
        let raw = b"Content-Type: text/html;\n  charset=utf-8\r\nnonsense line\nX: \r\nX: two\nContent-Encoding: gzip\r\nCONTENT-ENCODING:br\n\nbody";
        let mut reader = &raw[..];
        let headers = HeaderFields::read(&mut reader, 1000).unwrap();
        assert_eq!(
            headers.get("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(headers.get("x"), Some("two"));
        assert_eq!(
            headers.list("content-encoding").as_deref(),
            Some("gzip, br")
        );
        assert_eq!(headers.get("missing"), None);
        assert_eq!(reader, b"body");
    }

    #[test]
    fn headers_without_end_stop_at_the_budget() {
        let endless = io::Read::take(io::repeat(b'a'), 10_000_000);
        assert!(matches!(
            HeaderFields::read(&mut io::BufReader::new(endless), 5000),
            Err(HeadError::TooLong(5000))
        ));
        let many = "a: b\n".repeat(100_000);
        assert!(matches!(
            HeaderFields::read(&mut many.as_bytes(), 5000),
            Err(HeadError::TooLong(5000))
        ));
    }

    #[test]
    fn an_overlong_line_is_skipped_as_a_whole() {
        let mut reader = io::BufReader::with_capacity(3, &b"0123456789\nnext\r\nlast"[..]);
        let mut line = Vec::new();
        assert_eq!(
            read_line(&mut reader, 5, &mut line).unwrap(),
            LineRead::TooLong
        );
        assert_eq!(line, b"01234");
        assert_eq!(
            read_line(&mut reader, 5, &mut line).unwrap(),
            LineRead::Whole
        );
        assert_eq!(line, b"next");
        assert_eq!(
            read_line(&mut reader, 5, &mut line).unwrap(),
            LineRead::Whole
        );
        assert_eq!(line, b"last");
        assert_eq!(read_line(&mut reader, 5, &mut line).unwrap(), LineRead::End);
    }
}
