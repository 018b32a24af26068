-- Comments inside the parentheses are kept by SQLite: `.schema` shows them. All times are 14 digits, UTC.

CREATE TABLE archives (
    archive_id           INTEGER PRIMARY KEY,
    archive              TEXT NOT NULL UNIQUE,              -- base URL, or 'file'
    memento_url_prefix   TEXT NOT NULL,                     -- prefix || timestamp || '/' || original is the address for people
    frozen_until         TEXT,                              -- no request before this time (429 or refused connection)
    refusals_in_a_row    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE runs (
    run_id               INTEGER PRIMARY KEY,
    command              TEXT NOT NULL,
    program_version      TEXT NOT NULL,
    archive_id           INTEGER REFERENCES archives (archive_id),
    started_at           TEXT NOT NULL,
    finished_at          TEXT,                              -- NULL: still running, or killed
    outcome              TEXT,                              -- done, done_with_failures, refused, interrupted
    requests             TEXT CHECK (requests IS NULL OR json_valid(requests)) -- counts by endpoint and outcome
) STRICT;

CREATE TABLE sites (
    site_id              INTEGER PRIMARY KEY,
    site                 TEXT NOT NULL UNIQUE,              -- registrable domain
    rank                 INTEGER,                           -- from the site list, if it had one
    tags                 TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(tags)), -- other columns of the site list
    looked_at            TEXT,                              -- end of the last complete look
    unfinished_since     TEXT,                              -- start of a look that has not come to its end
    drop_reason          TEXT,                              -- why the archive has nothing to say about the whole site
    drop_detail          TEXT
) STRICT;

CREATE TABLE index_queries (                                -- complete answers of the archive's index (CDX)
    archive_id           INTEGER NOT NULL REFERENCES archives (archive_id),
    scope                TEXT NOT NULL,                     -- 'domain example.com' or 'exact com,example)/privacy'
    words                TEXT NOT NULL,                     -- hash of the urlkey words asked for, '' when none
    span_from            TEXT NOT NULL,                     -- limits given by the user, '' when none
    span_to              TEXT NOT NULL,
    asked_at             TEXT NOT NULL,
    newest_capture       TEXT,                              -- newest row seen: the next look starts a little before it
    rows                 INTEGER NOT NULL,
    repeated_rows        INTEGER NOT NULL,
    bad_rows             INTEGER NOT NULL,
    PRIMARY KEY (archive_id, scope, words, span_from, span_to)
) STRICT, WITHOUT ROWID;

CREATE TABLE home_looks (                                   -- archived home pages searched for policy links
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    asked                TEXT NOT NULL,                     -- the moment asked for
    look                 TEXT NOT NULL CHECK (json_valid(look)), -- what was there, with the links judged
    PRIMARY KEY (site_id, asked)
) STRICT, WITHOUT ROWID;

CREATE TABLE policies (
    policy_id            INTEGER PRIMARY KEY,               -- stable across runs
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    policy_url           TEXT NOT NULL,                     -- where it lives, or lived last
    kind                 TEXT NOT NULL,                     -- privacy, cookies, children
    cross_domain         INTEGER NOT NULL CHECK (cross_domain IN (0, 1)), -- 1: on another site's host
    left_open            INTEGER NOT NULL DEFAULT 0         -- changes not pinned down and steps not looked at (--max-requests)
) STRICT;
CREATE INDEX policies_by_site ON policies (site_id);

CREATE TABLE policy_urls (                                  -- every address a policy has had
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    urlkey               TEXT NOT NULL,                     -- SURT form; links to captures
    url                  TEXT NOT NULL,
    policy_id            INTEGER NOT NULL REFERENCES policies (policy_id),
    PRIMARY KEY (site_id, urlkey)
) STRICT, WITHOUT ROWID;
CREATE INDEX policy_urls_by_policy ON policy_urls (policy_id);

CREATE TABLE discoveries (                                  -- why a URL is taken for a policy's
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    urlkey               TEXT NOT NULL,
    url                  TEXT NOT NULL,
    kind                 TEXT NOT NULL,                     -- privacy, cookies, children
    source               TEXT NOT NULL,                     -- given, path, link, hub, redirect, canonical
    score                INTEGER NOT NULL,
    home_timestamp       TEXT NOT NULL DEFAULT '',          -- the archived page that held the link
    home_original        TEXT NOT NULL DEFAULT '',
    link_text            TEXT NOT NULL DEFAULT '',
    reasons              TEXT NOT NULL CHECK (json_valid(reasons)),
    PRIMARY KEY (site_id, urlkey, source, home_timestamp, home_original)
) STRICT, WITHOUT ROWID;

CREATE TABLE captures (                                     -- rows of the archive's index, at policy URLs
    capture_id           INTEGER PRIMARY KEY,
    archive_id           INTEGER NOT NULL REFERENCES archives (archive_id),
    urlkey               TEXT NOT NULL,
    timestamp            TEXT NOT NULL,
    original             TEXT NOT NULL,
    mimetype             TEXT NOT NULL,                     -- as the index has it; warc/revisit: same payload as before
    statuscode           INTEGER,                           -- NULL where the index has '-'
    digest               TEXT NOT NULL,                     -- the archive's base32 SHA-1 of the stored payload, or '-'
    length               INTEGER,                           -- bytes of the archived record
    UNIQUE (urlkey, timestamp, original, digest)
) STRICT;
CREATE INDEX captures_by_digest ON captures (digest);

CREATE TABLE payloads (
    payload_id           INTEGER PRIMARY KEY,
    sha256               TEXT NOT NULL UNIQUE,              -- of the bytes, content encodings taken off
    size_bytes           INTEGER NOT NULL,
    body                 BLOB NOT NULL                      -- zstd
) STRICT;

CREATE TABLE mementos (                                     -- what playback of a capture gave
    capture_id           INTEGER PRIMARY KEY REFERENCES captures (capture_id), -- the capture asked for
    urlkey               TEXT,                              -- of the capture that really came: another one after
    timestamp            TEXT,                              -- a redirect, or when the archive could not play the wanted one
    original             TEXT,
    statuscode           INTEGER,
    content_type         TEXT,                              -- the origin's, untouched
    payload_id           INTEGER REFERENCES payloads (payload_id),
    redirects            TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(redirects)), -- archived redirects on the way
    canonical            TEXT,                              -- the page's <link rel=canonical>
    drop_reason          TEXT,                              -- final: this capture will not be asked for again
    drop_detail          TEXT,
    fetched_at           TEXT NOT NULL
) STRICT;
CREATE INDEX mementos_by_payload ON mementos (payload_id);
CREATE INDEX mementos_by_capture ON mementos (urlkey, timestamp);

CREATE TABLE documents (                                    -- one normalised text
    document_id          INTEGER PRIMARY KEY,
    text_sha256          TEXT NOT NULL UNIQUE,
    language             TEXT NOT NULL,                     -- ISO 639-1, 'und' when unsure
    word_count           INTEGER NOT NULL
) STRICT;

CREATE TABLE renditions (                                   -- one way a document's words were laid out
    rendition_id         INTEGER PRIMARY KEY,
    document_id          INTEGER NOT NULL REFERENCES documents (document_id),
    sha256               TEXT NOT NULL UNIQUE,              -- of title, text and Markdown
    title                TEXT,
    text                 TEXT NOT NULL,
    markdown             TEXT NOT NULL
) STRICT;
CREATE INDEX renditions_by_document ON renditions (document_id);

CREATE TABLE extractions (                                  -- what an extractor made of a memento
    capture_id           INTEGER NOT NULL REFERENCES mementos (capture_id),
    extractor_version    TEXT NOT NULL,
    rendition_id         INTEGER REFERENCES renditions (rendition_id),
    drop_reason          TEXT,
    drop_detail          TEXT,
    PRIMARY KEY (capture_id, extractor_version),
    CHECK ((rendition_id IS NULL) <> (drop_reason IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX extractions_by_rendition ON extractions (rendition_id);

CREATE TABLE versions (                                     -- derived: maximal runs of one text
    policy_id            INTEGER NOT NULL REFERENCES policies (policy_id),
    version              INTEGER NOT NULL,                  -- 1, 2, … in time
    document_id          INTEGER NOT NULL REFERENCES documents (document_id),
    rendition_id         INTEGER NOT NULL REFERENCES renditions (rendition_id),
    first_capture_id     INTEGER NOT NULL REFERENCES captures (capture_id),
    first_seen           TEXT NOT NULL,
    last_seen            TEXT NOT NULL,
    changed_after        TEXT,                              -- last sight of the text before; NULL for version 1
    captures             INTEGER NOT NULL,                  -- number of rows in observations
    extractor_version    TEXT NOT NULL,
    PRIMARY KEY (policy_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE observations (                                 -- derived: a capture showed a version
    policy_id            INTEGER NOT NULL,
    capture_id           INTEGER NOT NULL REFERENCES captures (capture_id),
    version              INTEGER NOT NULL,
    fetched_capture_id   INTEGER NOT NULL REFERENCES mementos (capture_id), -- itself, or the one fetched for its digest
    PRIMARY KEY (policy_id, capture_id),
    FOREIGN KEY (policy_id, version) REFERENCES versions (policy_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE drops (                                        -- derived: captures of a policy that gave no version
    policy_id            INTEGER NOT NULL REFERENCES policies (policy_id),
    capture_id           INTEGER NOT NULL REFERENCES captures (capture_id),
    reason               TEXT NOT NULL,                     -- see the README's table of reasons
    detail               TEXT NOT NULL,
    PRIMARY KEY (policy_id, capture_id)
) STRICT, WITHOUT ROWID;
