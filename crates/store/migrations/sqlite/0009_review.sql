-- Reading cases together: saved views, skipped cases, second readings, notes, and the index that search asks.

-- A form that is sent twice is one decision: the keyed hash of its key.
ALTER TABLE decision ADD COLUMN form_hash BLOB;
CREATE UNIQUE INDEX decision_form ON decision (form_hash);
CREATE INDEX decision_time ON decision (at);
CREATE INDEX case_file_claim ON case_file (claim_by);

-- A reader's own filters. The query is that of the queue's address and holds no contact.
CREATE TABLE saved_view (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (account_id, name)
) STRICT;

CREATE TABLE case_skip (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    case_id TEXT NOT NULL REFERENCES case_file (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (account_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_skip_case ON case_skip (case_id);

-- When an account last saw a case with its decisions: whoever did reads it no more blind.
CREATE TABLE case_look (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    case_id TEXT NOT NULL REFERENCES case_file (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (account_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_look_case ON case_look (case_id);

-- Time spent reading today, for the reader's own eyes; another day begins at nothing.
CREATE TABLE reading_day (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    spent_ms INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    rested_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- A decision that was drawn to be read once more, blind. Turn 2 is drawn; turn 3 is where the two disagree.
CREATE TABLE second_reading (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES case_file (id) ON DELETE CASCADE,
    decision_id INTEGER NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    share REAL NOT NULL,
    drawn_at INTEGER NOT NULL,
    claim_by INTEGER REFERENCES account (id),
    claim_until INTEGER,
    kind TEXT,
    reason_code TEXT,
    body_sealed BLOB,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT,
    read_at INTEGER,
    event_seq INTEGER REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (decision_id, turn)
) STRICT;
CREATE INDEX second_reading_case ON second_reading (case_id);
CREATE INDEX second_reading_read ON second_reading (read_at);

-- Notes, tags and links to a case, a network or advertiser, or an ad; undone by marking.
CREATE TABLE item_note (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    item_kind TEXT NOT NULL,
    item TEXT NOT NULL,
    kind TEXT NOT NULL,
    label_hash BLOB,
    body_sealed BLOB NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by TEXT,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX item_note_item ON item_note (item_kind, item);
CREATE INDEX item_note_label ON item_note (label_hash);

-- Folded and stemmed words of the masked texts, one row an ad version, with facets as words that no text can hold. It
-- goes with its version, by which it is kept and deleted.
CREATE VIRTUAL TABLE search_text USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'"
);
CREATE TRIGGER search_text_goes AFTER DELETE ON ad_version BEGIN
    DELETE FROM search_text WHERE rowid = OLD.id;
END;
