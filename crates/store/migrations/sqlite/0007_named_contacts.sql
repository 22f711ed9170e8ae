-- What people say that a contact is which many else unrelated ads show: kept with who, when and why; undone by marking.
CREATE TABLE contact_judgement (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    reason_sealed BLOB NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by TEXT,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX contact_judgement_contact ON contact_judgement (contact_id, at);

-- Which advertiser or network the founding ad of a new one belonged to before: what was split off what.
CREATE TABLE entity_split (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    old_id TEXT NOT NULL,
    new_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (old_id, new_id, analysis_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_split_new ON entity_split (new_id);
