//! Bounds of one index answer and of one query. A server that never ends its answer must not hold up the other sites.

/// Maximum number of lines in one answer. Servers without resume keys send all rows at once; the largest index answers
/// of one site have some hundred thousand.
const MAX_LINES: u64 = 2_000_000;
/// Maximum size of one answer, decoded. A row has about 200 bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Maximum number of rows of one query, over all its answers.
const MAX_QUERY_ROWS: u64 = 5_000_000;

/// What an answer of this size exceeds.
pub(super) fn answer_exceeded_by(lines: u64, bytes: u64) -> Option<String> {
    if lines > MAX_LINES {
        Some(format!(
            "the answer does not end: it was given up after {lines} rows"
        ))
    } else if bytes > MAX_BYTES {
        Some(format!(
            "the answer does not end: it was given up after {} MiB",
            bytes >> 20
        ))
    } else {
        None
    }
}

/// What a query with this number of rows exceeds.
pub(super) fn query_exceeded_by(rows: u64) -> Option<String> {
    (rows > MAX_QUERY_ROWS)
        .then(|| format!("the index does not end: the query was given up after {rows} rows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_end_is_given_up_with_its_size() {
        assert_eq!(answer_exceeded_by(MAX_LINES, MAX_BYTES), None);
        let told = answer_exceeded_by(MAX_LINES + 1, 0).unwrap();
        assert!(told.contains("2000001 rows"), "{told}");
        let told = answer_exceeded_by(0, MAX_BYTES + 1).unwrap();
        assert!(told.contains("1024 MiB"), "{told}");
        assert_eq!(query_exceeded_by(MAX_QUERY_ROWS), None);
        assert!(query_exceeded_by(MAX_QUERY_ROWS + 1).is_some());
    }
}
