-- Plain names for tables and columns, and a comment for every column of the small tables.
--
-- SQLite keeps the comments inside the parentheses and `.schema` prints them, so a table gets new comments only when it is
-- made again. Large tables (captures, mementos, payloads, documents, renditions, extractions, observations, drops) stay as
-- they are. The steps are those of https://sqlite.org/lang_altertable.html, section 7, with foreign keys off, but each
-- table is dropped and made again under its own name instead of renamed: ALTER TABLE RENAME would fail on a view that
-- somebody added over one of these tables.

CREATE TABLE home_page_scans (                              -- archived home pages that were searched for policy links
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    requested_timestamp  TEXT NOT NULL,                     -- time that was requested; the archive plays the nearest capture
    scan                 TEXT NOT NULL CHECK (json_valid(scan)), -- result as JSON: the capture, its links and their scores
    PRIMARY KEY (site_id, requested_timestamp)
) STRICT, WITHOUT ROWID;
INSERT INTO home_page_scans SELECT site_id, asked, look FROM home_looks;
DROP TABLE home_looks;

CREATE TABLE hub_page_scans (                               -- archived hub pages ("Legal") that were searched for policy links
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    urlkey               TEXT NOT NULL,                     -- SURT key of the hub page
    requested_timestamp  TEXT NOT NULL,                     -- time of the capture that was requested
    scan                 TEXT NOT NULL CHECK (json_valid(scan)), -- result as JSON, as in home_page_scans
    PRIMARY KEY (site_id, urlkey, requested_timestamp)
) STRICT, WITHOUT ROWID;
INSERT INTO hub_page_scans SELECT site_id, urlkey, asked, look FROM hub_looks;
DROP TABLE hub_looks;

DROP VIEW occurrences;
CREATE TABLE announcements (                                -- every new version once, when it became known; never deleted
    change_id            INTEGER PRIMARY KEY,               -- grows in the order in which versions became known
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    text_sha256          TEXT NOT NULL,                     -- text of the version, as in documents
    occurrence           INTEGER NOT NULL,                  -- 1: the text was new to the site; 2: it returned once; and so on
    cause                TEXT NOT NULL,                     -- archive: the page changed; extractor: only the extractor changed
    noticed_at           TEXT NOT NULL,                     -- when the version became known
    announced_at         TEXT,                              -- when --on-change accepted it; NULL: still to be announced
    attempts             INTEGER NOT NULL DEFAULT 0,        -- calls of the command of --on-change
    UNIQUE (site_id, text_sha256, occurrence)
) STRICT;
INSERT INTO announcements
SELECT change_id, site_id, text_sha256, occurrence, cause, noticed_at, told_at, tries FROM changes ORDER BY change_id;
DROP TABLE changes;
CREATE INDEX announcements_open ON announcements (change_id) WHERE announced_at IS NULL;

CREATE VIEW occurrences AS -- every version, and how many times its site had shown its text up to then
SELECT p.site_id, p.policy_id, v.version, d.text_sha256,
       row_number() OVER (PARTITION BY p.site_id, d.text_sha256 ORDER BY v.first_seen, p.policy_id, v.version) AS occurrence
FROM policies p JOIN versions v USING (policy_id) JOIN documents d USING (document_id);

CREATE TABLE archives_0011 AS SELECT * FROM archives ORDER BY archive_id;
DROP TABLE archives;
CREATE TABLE archives (                                     -- the archives that captures come from
    archive_id           INTEGER PRIMARY KEY,
    archive              TEXT NOT NULL UNIQUE,              -- base URL; for archive files 'file-' and a hash of their path
    memento_url_prefix   TEXT NOT NULL,                     -- link for people: this || timestamp || '/' || original
    frozen_until         TEXT,                              -- no request before this time, after a 429 or a refused connection
    refusals_in_a_row    INTEGER NOT NULL DEFAULT 0,        -- consecutive refusals; each makes the next pause longer
    captures             INTEGER NOT NULL DEFAULT 0,        -- derived: number of its rows in captures
    last_index_request   TEXT                               -- when the last request to its index was sent
) STRICT;
INSERT INTO archives
SELECT archive_id, archive, memento_url_prefix, frozen_until, refusals_in_a_row, captures, last_index_request FROM archives_0011;
DROP TABLE archives_0011;

CREATE TABLE runs_0011 AS SELECT * FROM runs ORDER BY run_id;
DROP TABLE runs;
CREATE TABLE runs (                                         -- every run of a command that crawls, and every import
    run_id               INTEGER PRIMARY KEY,
    command              TEXT NOT NULL,                     -- name of the command: backfill, run and so on
    program_version      TEXT NOT NULL,                     -- version of policytrail
    archive_id           INTEGER REFERENCES archives (archive_id), -- NULL for an import
    started_at           TEXT NOT NULL,
    finished_at          TEXT,                              -- NULL: still running, or killed
    outcome              TEXT,                              -- done, done_with_failures, refused, interrupted, budget_spent
    requests             TEXT CHECK (requests IS NULL OR json_valid(requests)) -- number of requests by endpoint and outcome
) STRICT;
INSERT INTO runs
SELECT run_id, command, program_version, archive_id, started_at, finished_at, outcome, requests FROM runs_0011;
DROP TABLE runs_0011;

CREATE TABLE sites_0011 AS SELECT * FROM sites ORDER BY site_id;
DROP TABLE sites;
CREATE TABLE sites (                                        -- the sites that were requested
    site_id              INTEGER PRIMARY KEY,
    site                 TEXT NOT NULL UNIQUE,              -- registrable domain
    rank                 INTEGER,                           -- from the site list, if it had a rank
    tags                 TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(tags)), -- other columns of the site list
    crawled_at           TEXT,                              -- end of the last complete crawl
    unfinished_since     TEXT,                              -- start of a crawl that is not complete; NULL: there is none
    drop_reason          TEXT,                              -- why the archive has nothing of the whole site
    drop_detail          TEXT,                              -- the same in more words
    attempted_at         TEXT                               -- last time that a run took it up, complete or not
) STRICT;
INSERT INTO sites
SELECT site_id, site, rank, tags, looked_at, unfinished_since, drop_reason, drop_detail, worked_on_at FROM sites_0011;
DROP TABLE sites_0011;

CREATE TABLE index_queries_0011 AS SELECT * FROM index_queries;
DROP TABLE index_queries;
CREATE TABLE index_queries (                                -- queries that the archive's index (CDX) answered completely
    archive_id           INTEGER NOT NULL REFERENCES archives (archive_id),
    scope                TEXT NOT NULL,                     -- 'domain example.com' or 'exact com,example)/privacy'
    words_hash           TEXT NOT NULL,                     -- hash of the words that urlkeys had to contain; '' for none
    span_from            TEXT NOT NULL,                     -- first time, if the user limited it; '' if not
    span_to              TEXT NOT NULL,                     -- last time, if the user limited it; '' if not
    queried_at           TEXT NOT NULL,                     -- when the last complete answer was stored
    newest_capture       TEXT,                              -- newest capture seen; the next query starts a little before it
    rows                 INTEGER NOT NULL,                  -- rows of all answers together
    repeated_rows        INTEGER NOT NULL,                  -- rows that an answer contained twice
    bad_rows             INTEGER NOT NULL,                  -- rows that could not be parsed
    PRIMARY KEY (archive_id, scope, words_hash, span_from, span_to)
) STRICT, WITHOUT ROWID;
INSERT INTO index_queries
SELECT archive_id, scope, words, span_from, span_to, asked_at, newest_capture, rows, repeated_rows, bad_rows
FROM index_queries_0011 ORDER BY archive_id, scope, words, span_from, span_to;
DROP TABLE index_queries_0011;

CREATE TABLE policies_0011 AS SELECT * FROM policies ORDER BY policy_id;
DROP TABLE policies;
CREATE TABLE policies (                                     -- the policies of a site, each across all its addresses
    policy_id            INTEGER PRIMARY KEY,               -- the same in every run
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    policy_url           TEXT NOT NULL,                     -- newest address
    kind                 TEXT NOT NULL,                     -- privacy, cookies, children
    cross_domain         INTEGER NOT NULL CHECK (cross_domain IN (0, 1)), -- 1: on the host of another site
    left_open            INTEGER NOT NULL DEFAULT 0,        -- changes not dated exactly and steps not sampled (--max-requests)
    extractor_version    TEXT,                              -- extractor that the derived rows come from; NULL: none yet
    history_rules        INTEGER NOT NULL DEFAULT 0,        -- version of the rules that derived its versions
    versions             INTEGER NOT NULL DEFAULT 0,        -- derived: number of its rows in versions
    captures             INTEGER NOT NULL DEFAULT 0,        -- derived: number of its rows in observations
    drops                INTEGER NOT NULL DEFAULT 0,        -- derived: number of its rows in drops
    first_seen           TEXT,                              -- derived: time of its first observation
    last_seen            TEXT,                              -- derived: time of its last observation
    changed_at           TEXT,                              -- derived: first_seen of its newest version
    pending              INTEGER NOT NULL DEFAULT 0         -- writes since its versions were derived; 0: versions are up to date
) STRICT;
INSERT INTO policies
SELECT policy_id, site_id, policy_url, kind, cross_domain, left_open, extractor_version, history_rules, versions, captures, drops,
       first_seen, last_seen, changed_at, pending FROM policies_0011;
DROP TABLE policies_0011;
CREATE INDEX policies_by_site ON policies (site_id);
CREATE INDEX policies_pending ON policies (policy_id) WHERE pending > 0;

CREATE TABLE policy_urls_0011 AS SELECT * FROM policy_urls;
DROP TABLE policy_urls;
CREATE TABLE policy_urls (                                  -- every address that a policy has had
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    urlkey               TEXT NOT NULL,                     -- SURT key of the address; captures have the same key
    url                  TEXT NOT NULL,                     -- the address as it was found
    policy_id            INTEGER NOT NULL REFERENCES policies (policy_id),
    PRIMARY KEY (site_id, urlkey)
) STRICT, WITHOUT ROWID;
INSERT INTO policy_urls SELECT site_id, urlkey, url, policy_id FROM policy_urls_0011 ORDER BY site_id, urlkey;
DROP TABLE policy_urls_0011;
CREATE INDEX policy_urls_by_policy ON policy_urls (policy_id);
CREATE INDEX policy_urls_by_key ON policy_urls (urlkey); -- the policies at an address, of any site

CREATE TABLE discoveries_0011 AS SELECT * FROM discoveries;
DROP TABLE discoveries;
CREATE TABLE discoveries (                                  -- evidence that an address is that of a policy
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    urlkey               TEXT NOT NULL,                     -- SURT key of the address
    url                  TEXT NOT NULL,                     -- the address as it was found
    kind                 TEXT NOT NULL,                     -- privacy, cookies, children
    source               TEXT NOT NULL,                     -- given, path, link, hub, redirect, canonical
    score                INTEGER NOT NULL,                  -- confidence; higher is surer
    home_timestamp       TEXT NOT NULL DEFAULT '',          -- capture of the page that contained the link; '' without a link
    home_original        TEXT NOT NULL DEFAULT '',          -- URL of that page
    link_text            TEXT NOT NULL DEFAULT '',          -- text of the link
    reasons              TEXT NOT NULL CHECK (json_valid(reasons)), -- list of the reasons for the score
    PRIMARY KEY (site_id, urlkey, source, home_timestamp, home_original)
) STRICT, WITHOUT ROWID;
INSERT INTO discoveries
SELECT site_id, urlkey, url, kind, source, score, home_timestamp, home_original, link_text, reasons FROM discoveries_0011
ORDER BY site_id, urlkey, source, home_timestamp, home_original;
DROP TABLE discoveries_0011;

CREATE TABLE versions_0011 AS SELECT * FROM versions;
DROP TABLE versions;
CREATE TABLE versions (                                     -- derived: the versions of each policy, from the observations
    policy_id            INTEGER NOT NULL REFERENCES policies (policy_id),
    version              INTEGER NOT NULL,                  -- 1, 2, … by time of the first observation
    document_id          INTEGER NOT NULL REFERENCES documents (document_id), -- its text
    rendition_id         INTEGER NOT NULL REFERENCES renditions (rendition_id), -- layout of its first capture
    first_capture_id     INTEGER NOT NULL REFERENCES captures (capture_id), -- capture of its first observation
    first_seen           TEXT NOT NULL,                     -- time of the first observation
    last_seen            TEXT NOT NULL,                     -- time of the last observation
    changed_after        TEXT,                              -- last observation before first_seen; NULL for version 1
    captures             INTEGER NOT NULL,                  -- number of its rows in observations
    extractor_version    TEXT NOT NULL,                     -- extractor that produced the text
    edition              INTEGER NOT NULL DEFAULT 1,        -- 1, 2, …: texts that alternate belong to parallel editions
    previous_version     INTEGER,                           -- version before it in its edition; NULL for the first one
    same_as              INTEGER,                           -- first version with the same text, if the text returned
    layouts              INTEGER NOT NULL DEFAULT 1,        -- number of renditions of the text among its captures
    change_kind          TEXT,                              -- minor, substantive, rewrite; NULL without previous_version
    words_added          INTEGER,                           -- compared with previous_version
    words_removed        INTEGER,                           -- compared with previous_version
    simhash_distance     INTEGER,                           -- differing bits, 0 to 64; about 32 between unrelated texts
    PRIMARY KEY (policy_id, version)
) STRICT, WITHOUT ROWID;
INSERT INTO versions
SELECT policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures,
       extractor_version, edition, previous_version, same_as, layouts, change_kind, words_added, words_removed, simhash_distance
FROM versions_0011 ORDER BY policy_id, version;
DROP TABLE versions_0011;
CREATE INDEX versions_by_document ON versions (document_id);
CREATE INDEX versions_by_rendition ON versions (rendition_id);

CREATE TABLE repeated_sightings_0011 AS SELECT * FROM repeated_sightings;
DROP TABLE repeated_sightings;
CREATE TABLE repeated_sightings (                           -- derived: periods of a version that alternated with others
    policy_id            INTEGER NOT NULL,
    version              INTEGER NOT NULL,
    sighting             INTEGER NOT NULL,                  -- 1, 2, … by time: consecutive captures that showed the version
    sightings            INTEGER NOT NULL,                  -- number of sightings of the version
    first_capture_id     INTEGER NOT NULL REFERENCES captures (capture_id),
    captures             INTEGER NOT NULL,                  -- number of its captures
    changed_after        TEXT,                              -- time of the capture before it; NULL for the policy's first
    first_seen           TEXT NOT NULL,                     -- time of its first capture
    last_seen            TEXT NOT NULL,                     -- time of its last capture
    PRIMARY KEY (policy_id, version, sighting),
    FOREIGN KEY (policy_id, version) REFERENCES versions (policy_id, version)
) STRICT, WITHOUT ROWID;
INSERT INTO repeated_sightings
SELECT policy_id, version, sighting, sightings, first_capture_id, captures, changed_after, first_seen, last_seen
FROM repeated_sightings_0011 ORDER BY policy_id, version, sighting;
DROP TABLE repeated_sightings_0011;

DROP VIEW sightings;
CREATE VIEW sightings AS -- consecutive captures that showed one version; a version has several where editions alternate
SELECT v.policy_id, v.version, coalesce(q.sighting, 1) AS sighting, coalesce(q.sightings, 1) AS sightings,
       coalesce(q.first_capture_id, v.first_capture_id) AS first_capture_id, coalesce(q.captures, v.captures) AS captures,
       iif(q.sighting IS NULL, v.changed_after, q.changed_after) AS changed_after,
       coalesce(q.first_seen, v.first_seen) AS first_seen, coalesce(q.last_seen, v.last_seen) AS last_seen
FROM versions v LEFT JOIN repeated_sightings q USING (policy_id, version);

DROP VIEW shared_documents;
CREATE VIEW shared_documents AS -- documents that several sites showed: policies of a group, templates
SELECT document_id, count(DISTINCT site_id) AS sites, group_concat(DISTINCT site) AS site_list,
       min(v.first_seen) AS first_seen, max(v.last_seen) AS last_seen
FROM versions v JOIN policies USING (policy_id) JOIN sites USING (site_id)
GROUP BY document_id HAVING count(DISTINCT site_id) > 1;

-- The next two views are the only place that says which payload stands for a capture.

CREATE VIEW captures_with_digest AS -- captures whose digest identifies a payload: it is known, and not that of zero bytes
SELECT capture_id, urlkey, timestamp, original, digest, coalesce(statuscode, 200) BETWEEN 200 AND 299 AS is_success
FROM captures WHERE digest NOT IN ('-', '3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ');

-- The first half is a capture that was requested and played as itself, without a redirect. The second half is a capture to
-- which a redirect from another capture led.
CREATE VIEW captures_with_payload AS -- captures whose payload was fetched; it stands for all successful captures with the digest
SELECT c.digest, c.capture_id, m.capture_id AS fetched_capture_id
FROM captures_with_digest c JOIN mementos m ON m.capture_id = c.capture_id
WHERE c.is_success AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL AND m.timestamp = c.timestamp AND m.redirects = '[]'
UNION ALL
SELECT c.digest, c.capture_id, m.capture_id
FROM captures_with_digest c JOIN mementos m ON m.urlkey = c.urlkey AND m.timestamp = c.timestamp AND m.original = c.original
WHERE c.is_success AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL;
