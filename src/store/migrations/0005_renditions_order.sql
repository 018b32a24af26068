-- Each layout of a document's words with its own language and count: a document has those of the layout with the smallest
-- hash, so that nothing rests on which was stored first. And what is short stands before what is long: SQLite reads a row up
-- to the last column asked for, and an export without texts asks for the dates of each. Foreign keys are off while a table
-- is made anew (https://sqlite.org/lang_altertable.html, 7).

CREATE TABLE renditions_ordered (                           -- one way a document's words were laid out
    rendition_id         INTEGER PRIMARY KEY,
    document_id          INTEGER NOT NULL REFERENCES documents (document_id),
    sha256               TEXT NOT NULL UNIQUE,              -- of title, text and Markdown
    title                TEXT,
    language             TEXT NOT NULL,                     -- as in documents, by this layout
    word_count           INTEGER NOT NULL,
    effective_date       TEXT,                              -- YYYY-MM-DD, or YYYY-MM without a day: as the text says
    effective_date_sentence TEXT,                           -- the sentence that says so
    last_updated         TEXT,
    last_updated_sentence TEXT,
    text                 TEXT NOT NULL,
    markdown             TEXT NOT NULL
) STRICT;
INSERT INTO renditions_ordered
SELECT r.rendition_id, r.document_id, r.sha256, r.title, d.language, d.word_count, r.effective_date, r.effective_date_sentence,
       r.last_updated, r.last_updated_sentence, r.text, r.markdown
FROM renditions r JOIN documents d USING (document_id) ORDER BY r.rendition_id;
DROP TABLE renditions;
ALTER TABLE renditions_ordered RENAME TO renditions;
CREATE INDEX renditions_by_document ON renditions (document_id);
