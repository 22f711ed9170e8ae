-- What left the house in figures: packages and reports, with the counts that they showed and the cells that they withheld, so
-- that a later one cannot tell of a few people beside it. Counts alone: nobody is in it. Never changed, never deleted.
CREATE TABLE release (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    identity TEXT NOT NULL,
    recipient TEXT NOT NULL,
    programme TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    cells TEXT NOT NULL,
    checksum TEXT NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX release_identity ON release (kind, identity);
