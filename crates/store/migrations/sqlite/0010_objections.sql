-- Objections as people made them, how far each reaches, and what a named person must decide; the urgent route's notices.
-- `objection` stays what the gate asks: the contacts that are covered, as keyed hashes that outlive the ads.

CREATE TABLE objection_request (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    contact_hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    attempt_id INTEGER,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    withdrawn_at INTEGER,
    withdrawn_by TEXT,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX objection_request_contact ON objection_request (contact_hash);
CREATE INDEX objection_request_attempt ON objection_request (attempt_id);

-- A place at which a named person decides how far an objection goes: an advertiser, by its founding ad.
CREATE TABLE objection_question (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES objection_request (id) ON DELETE CASCADE,
    anchor_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    why TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    extent TEXT,
    version INTEGER NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    reason_sealed BLOB,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (request_id, anchor_ad)
) STRICT;
CREATE INDEX objection_question_anchor ON objection_question (anchor_ad);

-- Which contacts an objection covers, and by what: itself, rule, or a decision.
CREATE TABLE objection_reach (
    request_id INTEGER NOT NULL REFERENCES objection_request (id) ON DELETE CASCADE,
    contact_hash BLOB NOT NULL,
    how TEXT NOT NULL,
    question_id INTEGER,
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (request_id, contact_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX objection_reach_contact ON objection_reach (contact_hash);

INSERT INTO objection_request (contact_hash, at, channel, by_name, attempt_id, event_seq, retention, delete_after)
    SELECT contact_hash, at, CASE WHEN attempt_id IS NULL THEN 'office' ELSE 'worker' END, '', attempt_id, event_seq,
    retention, delete_after FROM objection;
INSERT INTO objection_reach (request_id, contact_hash, how, at, retention, delete_after)
    SELECT id, contact_hash, 'itself', at, retention, delete_after FROM objection_request;

-- From the opening of a case's urgent route to its end: who was told, who answered. Holds nothing of the case but its id.
CREATE TABLE urgent_notice (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES case_file (id) ON DELETE CASCADE,
    opened_at INTEGER NOT NULL,
    told_at INTEGER,
    told_to INTEGER,
    tries INTEGER NOT NULL,
    last_failure TEXT,
    escalated_at INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    closed_at INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX urgent_notice_case ON urgent_notice (case_id, id);
CREATE INDEX urgent_notice_open ON urgent_notice (opened_at) WHERE closed_at IS NULL;
