-- What an administrator is told of a site: one row from the change that calls for a look to its end.
CREATE TABLE site_notice (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    site_id INTEGER NOT NULL REFERENCES site (id),
    phase TEXT NOT NULL,
    reason TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX site_notice_site ON site_notice (site_id, id);
CREATE INDEX site_notice_open ON site_notice (site_id) WHERE ended_at IS NULL;
