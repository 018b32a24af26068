-- A rendition is only deleted when no version has it: without this each deletion looks through all versions.
CREATE INDEX versions_by_rendition ON versions (rendition_id);
