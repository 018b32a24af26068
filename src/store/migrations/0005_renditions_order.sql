-- What is short stands before what is long: SQLite reads a row up to the last column asked for, and an export without texts
-- asks for the dates of each. Foreign keys are off while a table is made anew (https://sqlite.org/lang_altertable.html, 7).

CREATE TABLE renditions_ordered (                           -- one way a document's words were laid out
    rendition_id         INTEGER PRIMARY KEY,
    document_id          INTEGER NOT NULL REFERENCES documents (document_id),
    sha256               TEXT NOT NULL UNIQUE,              -- of title, text and Markdown
    title                TEXT,
    effective_date       TEXT,                              -- YYYY-MM-DD, or YYYY-MM without a day: as the text says
    effective_date_sentence TEXT,                           -- the sentence that says so
    last_updated         TEXT,
    last_updated_sentence TEXT,
    text                 TEXT NOT NULL,
    markdown             TEXT NOT NULL
) STRICT;
INSERT INTO renditions_ordered
SELECT rendition_id, document_id, sha256, title, effective_date, effective_date_sentence, last_updated, last_updated_sentence,
       text, markdown
FROM renditions ORDER BY rendition_id;
DROP TABLE renditions;
ALTER TABLE renditions_ordered RENAME TO renditions;
CREATE INDEX renditions_by_document ON renditions (document_id);
