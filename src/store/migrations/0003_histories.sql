-- Editions and sizes of changes, payloads kept as differences, full-text search, counters for quick answers.

ALTER TABLE payloads ADD COLUMN
    base_payload_id      INTEGER REFERENCES payloads (payload_id) /* NULL: body is whole; else zstd with the bytes of that
                                                                     payload, itself whole, as prefix (zstd --patch-from) */;

CREATE INDEX payloads_by_size ON payloads (size_bytes); -- their sum, without reading the bodies

ALTER TABLE documents ADD COLUMN
    simhash              INTEGER NOT NULL DEFAULT 0 /* 64 bits, alike for alike texts; see the view near_documents */;
-- Two hashes that differ in three bits at most agree in one of four quarters.
CREATE INDEX documents_by_simhash_1 ON documents (simhash & 65535);
CREATE INDEX documents_by_simhash_2 ON documents (simhash >> 16 & 65535);
CREATE INDEX documents_by_simhash_3 ON documents (simhash >> 32 & 65535);
CREATE INDEX documents_by_simhash_4 ON documents (simhash >> 48 & 65535);

ALTER TABLE versions ADD COLUMN
    edition              INTEGER NOT NULL DEFAULT 1 /* texts that are captured in turns are parallel lines: 1, 2, … */;
ALTER TABLE versions ADD COLUMN
    previous_version     INTEGER /* the version before it in its edition; NULL for the edition's first */;
ALTER TABLE versions ADD COLUMN
    same_as              INTEGER /* the first version with the same words, when they came back */;
ALTER TABLE versions ADD COLUMN
    layouts              INTEGER NOT NULL DEFAULT 1 /* renditions of the same words among its captures */;
ALTER TABLE versions ADD COLUMN
    change_kind          TEXT /* against previous_version: minor, substantive, rewrite; NULL where that is NULL */;
ALTER TABLE versions ADD COLUMN
    words_added          INTEGER /* against previous_version */;
ALTER TABLE versions ADD COLUMN
    words_removed        INTEGER /* against previous_version */;
ALTER TABLE versions ADD COLUMN
    simhash_distance     INTEGER /* bits, 0 to 64, against previous_version; unrelated texts are about 32 apart */;
CREATE INDEX versions_by_document ON versions (document_id);

ALTER TABLE policies ADD COLUMN
    extractor_version    TEXT /* whose results the derived rows come from; NULL before the first */;
ALTER TABLE policies ADD COLUMN
    history_rules        INTEGER NOT NULL DEFAULT 0 /* the rules by which versions were derived; older ones are derived anew */;
ALTER TABLE policies ADD COLUMN
    versions             INTEGER NOT NULL DEFAULT 0 /* derived: number of its rows in versions */;
ALTER TABLE policies ADD COLUMN
    captures             INTEGER NOT NULL DEFAULT 0 /* derived: number of its rows in observations */;
ALTER TABLE policies ADD COLUMN
    drops                INTEGER NOT NULL DEFAULT 0 /* derived: number of its rows in drops */;
ALTER TABLE policies ADD COLUMN
    first_seen           TEXT /* derived: its first observation */;
ALTER TABLE policies ADD COLUMN
    last_seen            TEXT /* derived: its last observation */;
UPDATE policies SET
    extractor_version = coalesce(
        (SELECT max(v.extractor_version) FROM versions v WHERE v.policy_id = policies.policy_id),
        (SELECT max(e.extractor_version) FROM policy_urls u JOIN captures c ON c.urlkey = u.urlkey
         JOIN extractions e ON e.capture_id = c.capture_id WHERE u.policy_id = policies.policy_id)),
    versions = (SELECT count(*) FROM versions v WHERE v.policy_id = policies.policy_id),
    captures = (SELECT count(*) FROM observations o WHERE o.policy_id = policies.policy_id),
    drops = (SELECT count(*) FROM drops d WHERE d.policy_id = policies.policy_id),
    first_seen = (SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = policies.policy_id),
    last_seen = (SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = policies.policy_id);

-- Full text of all documents: rowid is document_id. The index only, not the text: join renditions for that. Letters of
-- scripts without spaces stand as words of their own in it, so ask for "個 人 情 報".
CREATE VIRTUAL TABLE document_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');

CREATE VIEW shared_documents AS -- the same words at several sites: group policies, templates
SELECT document_id, count(DISTINCT site_id) AS sites, group_concat(DISTINCT site) AS site_list,
       min(v.first_seen) AS first_seen, max(v.last_seen) AS last_seen
FROM versions v JOIN policies USING (policy_id) JOIN sites USING (site_id)
GROUP BY document_id HAVING count(DISTINCT site_id) > 1;

CREATE VIEW near_documents AS -- pairs of documents whose simhashes differ in three bits at most
WITH pairs AS (
    SELECT a.document_id AS one, b.document_id AS other, (a.simhash | b.simhash) - (a.simhash & b.simhash) AS x
    FROM documents a JOIN documents b ON a.simhash & 65535 = b.simhash & 65535 AND a.document_id < b.document_id
    UNION
    SELECT a.document_id, b.document_id, (a.simhash | b.simhash) - (a.simhash & b.simhash)
    FROM documents a JOIN documents b ON a.simhash >> 16 & 65535 = b.simhash >> 16 & 65535 AND a.document_id < b.document_id
    UNION
    SELECT a.document_id, b.document_id, (a.simhash | b.simhash) - (a.simhash & b.simhash)
    FROM documents a JOIN documents b ON a.simhash >> 32 & 65535 = b.simhash >> 32 & 65535 AND a.document_id < b.document_id
    UNION
    SELECT a.document_id, b.document_id, (a.simhash | b.simhash) - (a.simhash & b.simhash)
    FROM documents a JOIN documents b ON a.simhash >> 48 & 65535 = b.simhash >> 48 & 65535 AND a.document_id < b.document_id
)
-- A number with one bit taken off three times is zero when it had three bits at most.
SELECT one AS document_id, other AS near_document_id
FROM (SELECT one, other, CASE WHEN x < 0 THEN x & 9223372036854775807 ELSE x & (x - 1) END AS x
      FROM (SELECT one, other, CASE WHEN x < 0 THEN x & 9223372036854775807 ELSE x & (x - 1) END AS x FROM pairs))
WHERE x & (x - 1) = 0;

CREATE TABLE repeated_sightings (                           -- derived: captures in a row that showed one version, of versions
    policy_id            INTEGER NOT NULL,                  -- that were captured in turns with others
    version              INTEGER NOT NULL,
    sighting             INTEGER NOT NULL,                  -- 1, 2, … in time
    sightings            INTEGER NOT NULL,                  -- how many the version has
    first_capture_id     INTEGER NOT NULL REFERENCES captures (capture_id),
    captures             INTEGER NOT NULL,
    changed_after        TEXT,                              -- the capture before; NULL for the policy's first
    first_seen           TEXT NOT NULL,
    last_seen            TEXT NOT NULL,
    PRIMARY KEY (policy_id, version, sighting),
    FOREIGN KEY (policy_id, version) REFERENCES versions (policy_id, version)
) STRICT, WITHOUT ROWID;

CREATE VIEW sightings AS -- captures in a row that showed one version: several where editions are captured in turns
SELECT v.policy_id, v.version, coalesce(q.sighting, 1) AS sighting, coalesce(q.sightings, 1) AS sightings,
       coalesce(q.first_capture_id, v.first_capture_id) AS first_capture_id, coalesce(q.captures, v.captures) AS captures,
       iif(q.sighting IS NULL, v.changed_after, q.changed_after) AS changed_after,
       coalesce(q.first_seen, v.first_seen) AS first_seen, coalesce(q.last_seen, v.last_seen) AS last_seen
FROM versions v LEFT JOIN repeated_sightings q USING (policy_id, version);
