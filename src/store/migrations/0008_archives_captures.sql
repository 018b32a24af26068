-- How many rows `captures` has: a million of them are counted by reading an index of 44 MB.
ALTER TABLE archives ADD COLUMN
    captures             INTEGER NOT NULL DEFAULT 0 /* derived: number of its rows in captures */;
UPDATE archives SET captures = (SELECT count(*) FROM captures c WHERE c.archive_id = archives.archive_id);
