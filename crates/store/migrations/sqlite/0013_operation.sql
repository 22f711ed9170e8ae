-- Daily operation: payloads that went by the clock or an erasure, counts of looks, holds, requests of people concerned.

-- Payloads of a chain that were deleted on purpose, each range vouched for under the key: whatever else is missing was
-- taken away.
CREATE TABLE payload_gone (
    chain TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (chain, first_seq)
) STRICT, WITHOUT ROWID;

-- How often somebody looked on a day, by class (lookup, view, export): what the alarm goes by.
CREATE TABLE look_count (
    who TEXT NOT NULL,
    class TEXT NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    alarmed_at INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (who, class, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX look_count_day ON look_count (day);

-- What must not be deleted for now (GDPR art. 17(3)(e), art. 18).
CREATE TABLE legal_hold (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    case_id TEXT,
    ad_id INTEGER REFERENCES ad (id),
    reason_sealed BLOB NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER,
    released_at INTEGER,
    released_by TEXT,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- The ads that a hold covers, found again before each deletion.
CREATE TABLE held_ad (
    hold_id INTEGER NOT NULL REFERENCES legal_hold (id) ON DELETE CASCADE,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    PRIMARY KEY (hold_id, ad_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_ad_ad ON held_ad (ad_id);

-- A named person's check before an answer goes out: who asks, and whether an answer endangers somebody.
CREATE TABLE subject_check (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    contact_hash BLOB NOT NULL,
    answer TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    by_account INTEGER NOT NULL REFERENCES account (id),
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX subject_check_contact ON subject_check (contact_hash, at);

-- Contacts that were erased: only the keyed hash, so that an older backup does not bring them back.
CREATE TABLE erasure (
    contact_hash BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- What is due is found without a walk through what is kept.
CREATE INDEX ad_due ON ad (delete_after);
CREATE INDEX page_due ON page (delete_after);
CREATE INDEX page_capture_due ON page_capture (delete_after);
CREATE INDEX frontier_due ON frontier (delete_after);
CREATE INDEX case_file_due ON case_file (delete_after);
CREATE INDEX attempt_due ON attempt (delete_after);
CREATE INDEX outreach_list_due ON outreach_list (delete_after);
CREATE INDEX event_payload_due ON event_payload (delete_after);
CREATE INDEX audit_payload_due ON audit_payload (delete_after);
-- Who refers to what is deleted.
CREATE INDEX frontier_capture ON frontier (capture_id);
CREATE INDEX attempt_line ON attempt (line_id);
CREATE INDEX list_line_case ON list_line (case_id);
CREATE INDEX list_line_anchor ON list_line (anchor_ad);
CREATE INDEX decision_ad_by_ad ON decision_ad (ad_id);
CREATE INDEX entity_founder ON entity (founder_ad);
CREATE INDEX entity_member_ad ON entity_member (ad_id);
CREATE INDEX link_any_a ON link (a_ad);
CREATE INDEX link_any_b ON link (b_ad);
