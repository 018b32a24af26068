-- The body of each text: its lines without page furniture at both ends. Texts with one body are one version, so versions
-- and announcements are identified by the body. The hook computes the bodies and gives announcements their new hash.
--
-- `versions` and `announcements` are made again for the comments of their columns; see 0011.

DROP VIEW occurrences;
ALTER TABLE documents ADD COLUMN body_sha256 TEXT NOT NULL /* hash of the body; texts with one body are one version */ DEFAULT '';

CREATE TABLE announcements_0012 AS SELECT * FROM announcements ORDER BY change_id;
DROP TABLE announcements;
CREATE TABLE announcements (                                -- every new version once, when it became known; never deleted
    change_id            INTEGER PRIMARY KEY,               -- grows in the order in which versions became known
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    body_sha256          TEXT NOT NULL,                     -- body of the version's text, as in documents
    occurrence           INTEGER NOT NULL,                  -- 1: the body was new to the site; 2: it returned once; and so on
    cause                TEXT NOT NULL,                     -- archive: the page changed; extractor: only the extractor changed
    noticed_at           TEXT NOT NULL,                     -- when the version became known
    announced_at         TEXT,                              -- when --on-change accepted it; NULL: still to be announced
    attempts             INTEGER NOT NULL DEFAULT 0,        -- calls of the command of --on-change
    UNIQUE (site_id, body_sha256, occurrence)
) STRICT;
INSERT INTO announcements
SELECT change_id, site_id, text_sha256, occurrence, cause, noticed_at, announced_at, attempts FROM announcements_0012;
DROP TABLE announcements_0012;
CREATE INDEX announcements_open ON announcements (change_id) WHERE announced_at IS NULL;

CREATE TABLE versions_0012 AS SELECT * FROM versions;
DROP TABLE versions;
CREATE TABLE versions (                                     -- derived: the versions of each policy, from the observations
    policy_id            INTEGER NOT NULL REFERENCES policies (policy_id),
    version              INTEGER NOT NULL,                  -- 1, 2, … by time of the first observation
    document_id          INTEGER NOT NULL REFERENCES documents (document_id), -- text of its first capture
    rendition_id         INTEGER NOT NULL REFERENCES renditions (rendition_id), -- layout of its first capture
    first_capture_id     INTEGER NOT NULL REFERENCES captures (capture_id), -- capture of its first observation
    first_seen           TEXT NOT NULL,                     -- time of the first observation
    last_seen            TEXT NOT NULL,                     -- time of the last observation
    changed_after        TEXT,                              -- last observation before first_seen; NULL for version 1
    captures             INTEGER NOT NULL,                  -- number of its rows in observations
    extractor_version    TEXT NOT NULL,                     -- extractor that produced the text
    edition              INTEGER NOT NULL DEFAULT 1,        -- 1, 2, …: texts that alternate belong to parallel editions
    previous_version     INTEGER,                           -- version before it in its edition; NULL for the first one
    same_as              INTEGER,                           -- first version with the same body, if it returned
    layouts              INTEGER NOT NULL DEFAULT 1,        -- number of renditions of its texts among its captures
    texts                INTEGER NOT NULL DEFAULT 1,        -- number of texts among its captures; they differ outside the body
    change_kind          TEXT,                              -- minor, substantive, rewrite; NULL without previous_version
    words_added          INTEGER,                           -- compared with previous_version
    words_removed        INTEGER,                           -- compared with previous_version
    simhash_distance     INTEGER,                           -- differing bits, 0 to 64; about 32 between unrelated texts
    PRIMARY KEY (policy_id, version)
) STRICT, WITHOUT ROWID;
INSERT INTO versions
SELECT policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures,
       extractor_version, edition, previous_version, same_as, layouts, 1, change_kind, words_added, words_removed, simhash_distance
FROM versions_0012 ORDER BY policy_id, version;
DROP TABLE versions_0012;
CREATE INDEX versions_by_document ON versions (document_id);
CREATE INDEX versions_by_rendition ON versions (rendition_id);

CREATE VIEW occurrences AS -- every version, and how many times its site had shown its body up to then
SELECT p.site_id, p.policy_id, v.version, d.body_sha256,
       row_number() OVER (PARTITION BY p.site_id, d.body_sha256 ORDER BY v.first_seen, p.policy_id, v.version) AS occurrence
FROM policies p JOIN versions v USING (policy_id) JOIN documents d USING (document_id);

CREATE VIEW joined_texts AS -- versions whose captures show several texts: the texts differ only outside their body
SELECT v.policy_id, v.version, r.document_id, count(*) AS captures, min(c.timestamp) AS first_seen, max(c.timestamp) AS last_seen
FROM versions v JOIN observations o USING (policy_id, version) JOIN captures c ON c.capture_id = o.capture_id
JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
JOIN renditions r ON r.rendition_id = e.rendition_id
WHERE v.texts > 1 GROUP BY v.policy_id, v.version, r.document_id;
