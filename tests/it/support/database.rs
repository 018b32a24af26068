//! The facts of a database, without what depends on the course of the crawl: row ids, clock times, runs.

use std::path::Path;

use rusqlite::Connection;

/// Every fact of a database, one per line, sorted.
pub fn facts(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let queries = [
        "SELECT 'site', site, rank, tags, unfinished_since IS NULL, drop_reason FROM sites",
        "SELECT 'home', site, requested_year, scan FROM (SELECT site, substr(requested_timestamp, 1, 4) AS requested_year, json_remove(scan, '$.asked') AS scan
            FROM home_page_scans JOIN sites USING (site_id))",
        "SELECT 'hub', site, urlkey, scan FROM hub_page_scans JOIN sites USING (site_id)",
        "SELECT 'policy', site, policy_url, kind, cross_domain FROM policies JOIN sites USING (site_id)",
        "SELECT 'url', site, urlkey, u.url, policy_url FROM policy_urls u JOIN policies USING (policy_id) JOIN sites s ON s.site_id = u.site_id",
        "SELECT 'discovery', site, urlkey, url, kind, source, score, home_timestamp, link_text, reasons FROM discoveries JOIN sites USING (site_id)",
        "SELECT 'capture', urlkey, timestamp, original, mimetype, statuscode, digest, length FROM captures",
        "SELECT 'memento', c.original, c.timestamp, m.timestamp, m.original, m.statuscode, m.content_type, m.redirects, m.canonical,
            m.drop_reason, p.sha256 FROM mementos m JOIN captures c USING (capture_id) LEFT JOIN payloads p USING (payload_id)",
        "SELECT 'extraction', c.original, c.timestamp, extractor_version, r.sha256, drop_reason FROM extractions e
            JOIN captures c USING (capture_id) LEFT JOIN renditions r USING (rendition_id)",
        "SELECT 'document', text_sha256, body_sha256, language, word_count FROM documents",
        "SELECT 'version', policy_url, version, text_sha256, r.sha256, v.first_seen, v.last_seen, changed_after, v.captures,
            edition, previous_version, same_as, layouts, texts, change_kind, words_added, words_removed, simhash_distance FROM versions v
            JOIN policies USING (policy_id) JOIN documents USING (document_id) JOIN renditions r USING (rendition_id)",
        "SELECT 'observation', policy_url, version, c.original, c.timestamp FROM observations JOIN policies USING (policy_id)
            JOIN captures c USING (capture_id)",
        "SELECT 'drop', policy_url, c.original, c.timestamp, reason FROM drops JOIN policies USING (policy_id) JOIN captures c USING (capture_id)",
    ];
    let mut facts = Vec::new();
    for query in queries {
        let mut statement = connection.prepare(query).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..columns)
                .map(|i| format!("{:?}", row.get_ref(i).unwrap()))
                .collect();
            facts.push(cells.join(" | "));
        }
    }
    facts.sort();
    facts
}

/// Fails with the facts that differ.
pub fn assert_same(one: &[String], other: &[String]) {
    let missing: Vec<&String> = one.iter().filter(|f| !other.contains(f)).take(10).collect();
    let extra: Vec<&String> = other.iter().filter(|f| !one.contains(f)).take(10).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "only in the first: {missing:#?}\nonly in the second: {extra:#?}"
    );
}

/// Fails when SQLite finds the file damaged or a reference without target.
pub fn assert_sound(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |r| r.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
    let dangling: i64 = connection
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(dangling, 0);
}
