-- Proof of captures: a link only where an archive shows the capture, and the WARC record that it was read from.
--
-- `archives` is made again for the comment of its column; see 0011.

CREATE TABLE archives_0013 AS SELECT * FROM archives ORDER BY archive_id;
DROP TABLE archives;
CREATE TABLE archives (                                     -- the archives that captures come from
    archive_id           INTEGER PRIMARY KEY,
    archive              TEXT NOT NULL UNIQUE,              -- base URL; for archive files 'file-' and a hash of their path
    memento_url_prefix   TEXT,                              -- link for people: this || timestamp || '/' || original; NULL: no archive is known to show its captures
    frozen_until         TEXT,                              -- no request before this time, after a 429 or a refused connection
    refusals_in_a_row    INTEGER NOT NULL DEFAULT 0,        -- consecutive refusals; each makes the next pause longer
    captures             INTEGER NOT NULL DEFAULT 0,        -- derived: number of its rows in captures
    last_index_request   TEXT                               -- when the last request to its index was sent
) STRICT;
-- Earlier versions gave every archive of files the links of the Wayback Machine, which may not have its captures.
INSERT INTO archives
SELECT archive_id, archive, iif(archive = 'file' OR archive GLOB 'file-*', NULL, memento_url_prefix), frozen_until, refusals_in_a_row,
       captures, last_index_request FROM archives_0013;
DROP TABLE archives_0013;

CREATE TABLE records (                                      -- WARC records that mementos were read from; none for other archives
    capture_id           INTEGER NOT NULL REFERENCES mementos (capture_id), -- capture that was fetched
    place                INTEGER NOT NULL,                  -- 1, 2, … in the order in which they were read
    role                 TEXT NOT NULL,                     -- redirect, capture (the returned one), origin (whose payload a revisit repeats)
    file                 TEXT NOT NULL,                     -- name of the WARC file, without its directory
    record_offset        INTEGER NOT NULL,                  -- where the record, or the gzip member with it, begins in the file, in bytes
    skipped_bytes        INTEGER NOT NULL DEFAULT 0,        -- decompressed bytes of that member before the record
    sha256               TEXT,                              -- of the record's bytes without compression; NULL: not kept
    size_bytes           INTEGER,                           -- number of these bytes
    record               BLOB,                              -- these bytes, zstd, with the payload of the memento as its prefix
    PRIMARY KEY (capture_id, place)
) STRICT;

-- A dataset has no payloads, but says which bytes they had.
ALTER TABLE mementos ADD COLUMN payload_sha256 TEXT /* SHA-256 of a payload that this database does not hold (imported) */;
ALTER TABLE mementos ADD COLUMN payload_bytes INTEGER /* number of its bytes */;

-- Changes of all policies, newest first, without reading the versions themselves.
CREATE INDEX versions_by_time
    ON versions (first_seen, policy_id, version, previous_version, changed_after, change_kind, document_id);

-- Review of suspect versions. `drops` has the captures that a decision leaves out.
CREATE TABLE reviews (                                      -- decisions of reviewers about texts of a site; never deleted
    review_id            INTEGER PRIMARY KEY,               -- grows; the newest decision about a text counts
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    body_sha256          TEXT NOT NULL,                     -- body of the text, as in documents
    timestamp            TEXT NOT NULL,                     -- time of a capture that shows the text
    decision             TEXT NOT NULL CHECK (decision IN ('exclude', 'include')), -- exclude: no version; include: a version, not suspect
    why                  TEXT NOT NULL,                     -- reason that the reviewer gave
    decided_at           TEXT NOT NULL
) STRICT;
CREATE INDEX reviews_by_text ON reviews (site_id, body_sha256);
ALTER TABLE versions ADD COLUMN suspect TEXT /* list of the reasons why its text may not be the policy; NULL: none */;
CREATE INDEX versions_suspect ON versions (policy_id) WHERE suspect IS NOT NULL;

-- How the captures of a site were chosen, for the data card.
ALTER TABLE sites ADD COLUMN sampling TEXT /* which captures of its policies the last crawl fetched; NULL: not recorded */;
