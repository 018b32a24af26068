-- The dates that a policy states about itself, with the sentence that states each: YYYY-MM-DD, or YYYY-MM without a day.

ALTER TABLE renditions ADD COLUMN effective_date TEXT;
ALTER TABLE renditions ADD COLUMN effective_date_sentence TEXT;
ALTER TABLE renditions ADD COLUMN last_updated TEXT;
ALTER TABLE renditions ADD COLUMN last_updated_sentence TEXT;
