//! Questions about all rows at once whose every answer is a fault of the database.

use rusqlite::Transaction;

use crate::store::database::{Store, StoreError};

/// Lines of SQLite's own report at most.
const MOST_LINES: usize = 100;

/// Questions whose every answer is a fault, with what it is. Policies may have many captures: a question goes through the
/// observations once and looks the version of each up (`CROSS JOIN`), never through those of a policy for each version.
pub(in crate::store) const FAULTS: [(&str, &str); 12] = [
    (
        "the full-text index lacks document",
        "SELECT document_id FROM documents WHERE document_id NOT IN (SELECT id FROM document_words_docsize)",
    ),
    (
        "the full-text index has an entry without a document:",
        "SELECT id FROM document_words_docsize WHERE id NOT IN (SELECT document_id FROM documents)",
    ),
    (
        "there is no rendition of document",
        "SELECT document_id FROM documents WHERE document_id NOT IN (SELECT document_id FROM renditions)",
    ),
    (
        "the prefix is not a complete payload: payload",
        "SELECT p.payload_id FROM payloads p JOIN payloads b ON b.payload_id = p.base_payload_id WHERE b.base_payload_id IS NOT NULL",
    ),
    (
        "the text differs from that of its captures: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM observations o CROSS JOIN versions v USING (policy_id, version)
         JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
         JOIN renditions r ON r.rendition_id = e.rendition_id
         JOIN documents shown ON shown.document_id = r.document_id JOIN documents d ON d.document_id = v.document_id
         WHERE r.document_id <> v.document_id AND shown.body_sha256 <> d.body_sha256 GROUP BY 1",
    ),
    (
        "the number of texts is wrong: policy and version",
        "SELECT policy_id || ' and ' || version FROM (
             SELECT v.policy_id, v.version, v.texts, count(DISTINCT r.document_id) AS found
             FROM observations o CROSS JOIN versions v USING (policy_id, version)
             JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
             JOIN renditions r ON r.rendition_id = e.rendition_id
             GROUP BY v.policy_id, v.version)
         JOIN policies p USING (policy_id) WHERE texts <> found AND p.extractor_version IS NOT NULL",
    ),
    (
        "the number of layouts is wrong: policy and version",
        "SELECT policy_id || ' and ' || version FROM (
             SELECT v.policy_id, v.version, v.layouts, count(DISTINCT e.rendition_id) AS found
             FROM observations o CROSS JOIN versions v USING (policy_id, version)
             JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
             GROUP BY v.policy_id, v.version)
         JOIN policies p USING (policy_id) WHERE layouts <> found AND p.extractor_version IS NOT NULL",
    ),
    (
        "the rendition is not the one of its first capture: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v
         LEFT JOIN observations o ON o.policy_id = v.policy_id AND o.capture_id = v.first_capture_id
         LEFT JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
         JOIN policies p ON p.policy_id = v.policy_id
         WHERE e.rendition_id IS NOT v.rendition_id AND p.extractor_version IS NOT NULL", // NULL: imported without its pages
    ),
    (
        "the count of captures is wrong: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v JOIN policies p USING (policy_id)
         LEFT JOIN (SELECT policy_id, version, count(*) AS found FROM observations GROUP BY policy_id, version)
             USING (policy_id, version)
         WHERE p.extractor_version IS NOT NULL AND v.captures <> coalesce(found, 0)",
    ),
    (
        "the sightings are wrong: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v JOIN (
             SELECT policy_id, version, sum(captures) AS captures, count(*) AS n, max(sightings) AS sightings,
                    min(first_seen) AS first_seen, max(last_seen) AS last_seen
             FROM repeated_sightings GROUP BY policy_id, version) q USING (policy_id, version)
         JOIN policies p USING (policy_id)
         WHERE p.extractor_version IS NULL AND (q.captures <> v.captures OR q.first_seen <> v.first_seen OR q.last_seen <> v.last_seen)", // those of others are derived anew
    ),
    (
        "the count of captures is wrong: archive",
        "SELECT a.archive_id FROM archives a LEFT JOIN (SELECT archive_id, count(*) AS found FROM captures GROUP BY archive_id)
             USING (archive_id) WHERE a.captures <> coalesce(found, 0)",
    ),
    (
        "the counts are wrong: policy",
        "SELECT p.policy_id FROM policies p WHERE
             p.versions <> (SELECT count(*) FROM versions v WHERE v.policy_id = p.policy_id)
             OR p.captures <> (SELECT count(*) FROM observations o WHERE o.policy_id = p.policy_id)
             OR p.drops <> (SELECT count(*) FROM drops d WHERE d.policy_id = p.policy_id)
             OR p.first_seen IS NOT (SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)
             OR p.last_seen IS NOT (SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = p.policy_id)
             OR p.changed_at IS NOT (SELECT max(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
    ),
];

impl Store {
    /// What SQLite itself and the references between rows have to complain of, a line each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn structural_faults(&self) -> Result<Vec<String>, StoreError> {
        self.read(|t| {
            let mut faults = integrity(t)?;
            let mut statement = t.prepare(
                "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100",
            )?;
            let mut rows = statement.query([])?;
            while let Some(r) = rows.next()? {
                let (table, row, parent): (String, Option<i64>, String) =
                    (r.get("table")?, r.get("rowid")?, r.get("parent")?);
                let row = row.map_or_else(String::new, |id| format!(" {id}"));
                faults.push(format!(
                    "{table}{row} refers to a row of {parent} that does not exist"
                ));
            }
            for (fault, sql) in FAULTS {
                let mut statement = t.prepare(sql)?;
                let mut rows = statement.query([])?;
                while let Some(r) = rows.next()? {
                    let which = match r.get_ref(0)? {
                        rusqlite::types::ValueRef::Integer(id) => id.to_string(),
                        other => other.as_str().unwrap_or("?").to_owned(),
                    };
                    faults.push(format!("{fault} {which}"));
                }
            }
            Ok(faults)
        })
    }
}

fn integrity(t: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let mut statement = t.prepare("PRAGMA integrity_check(100)")?;
    let rows = statement.query_map([], |r| r.get::<_, String>(0))?;
    let lines: Vec<String> = rows.take(MOST_LINES).collect::<rusqlite::Result<_>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}
