-- For the scheduled job: fair turns among sites, and each new version told once.

ALTER TABLE sites ADD COLUMN worked_on_at TEXT;             -- last time that a run worked on it, to the end or not

ALTER TABLE policies ADD COLUMN
    changed_at           TEXT /* derived: first sight of its newest version */;
UPDATE policies SET changed_at = (SELECT max(v.first_seen) FROM versions v WHERE v.policy_id = policies.policy_id);

CREATE TABLE changes (                                      -- every version once, as it became known; never deleted
    change_id            INTEGER PRIMARY KEY,
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    text_sha256          TEXT NOT NULL,
    occurrence           INTEGER NOT NULL,                  -- 1: the text was new to the site; 2: it had come back; …
    cause                TEXT NOT NULL,                     -- archive; extractor: only another extractor reads it so
    noticed_at           TEXT NOT NULL,
    told_at              TEXT,                              -- NULL: the command of --on-change has still to be told
    tries                INTEGER NOT NULL DEFAULT 0,        -- calls of that command
    UNIQUE (site_id, text_sha256, occurrence)
) STRICT;
CREATE INDEX changes_untold ON changes (change_id) WHERE told_at IS NULL;

-- Every version with the number of times that its site had shown its text, that one included.
CREATE VIEW occurrences AS
SELECT p.site_id, p.policy_id, v.version, d.text_sha256,
       row_number() OVER (PARTITION BY p.site_id, d.text_sha256 ORDER BY v.first_seen, p.policy_id, v.version) AS occurrence
FROM policies p JOIN versions v USING (policy_id) JOIN documents d USING (document_id);

-- What a database of before holds was known before anybody was told.
INSERT INTO changes (site_id, text_sha256, occurrence, cause, noticed_at, told_at)
SELECT site_id, text_sha256, occurrence, 'archive', strftime('%Y%m%d%H%M%S', 'now'), strftime('%Y%m%d%H%M%S', 'now')
FROM occurrences ORDER BY policy_id, version;
