-- Which histories lack something that was stored since they were derived: a look that was cut short leaves some, and so
-- does one that stored what the policies of other sites share.

ALTER TABLE policies ADD COLUMN
    pending              INTEGER NOT NULL DEFAULT 0 /* what was stored for its history since that was derived; 0: nothing */;
CREATE INDEX policies_pending ON policies (policy_id) WHERE pending > 0;
CREATE INDEX policy_urls_by_key ON policy_urls (urlkey); -- the policies at an address, of whatever site
