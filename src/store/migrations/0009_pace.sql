-- Runs that follow one another at once keep the pace of the index together.
ALTER TABLE archives ADD COLUMN last_index_request TEXT;
