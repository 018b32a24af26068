-- Hubs ("Legal", "Impressum") change when the home page does not: their captures are looked at by themselves.

CREATE TABLE hub_looks (                                    -- archived hub pages searched for policy links
    site_id              INTEGER NOT NULL REFERENCES sites (site_id),
    urlkey               TEXT NOT NULL,                     -- of the hub
    asked                TEXT NOT NULL,                     -- the capture asked for
    look                 TEXT NOT NULL CHECK (json_valid(look)), -- what was there, with the links judged
    PRIMARY KEY (site_id, urlkey, asked)
) STRICT, WITHOUT ROWID;
