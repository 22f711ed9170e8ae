-- The ledger in full: who was on an attempt, how the person was told about the data, what was offered; a referral with its
-- consent, and what the authority said of it later.

ALTER TABLE attempt ADD COLUMN people INTEGER;
ALTER TABLE attempt ADD COLUMN told TEXT;
ALTER TABLE attempt ADD COLUMN told_why_sealed BLOB;
ALTER TABLE attempt ADD COLUMN offer TEXT;
ALTER TABLE attempt ADD COLUMN person_asked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX attempt_follow_up ON attempt (team, follow_up);

-- A referral happens with the person's own consent alone.
CREATE TABLE referral (
    attempt_id INTEGER NOT NULL PRIMARY KEY REFERENCES attempt (id) ON DELETE CASCADE,
    consent_on TEXT NOT NULL,
    consent_how TEXT NOT NULL,
    language TEXT NOT NULL,
    interpreter INTEGER NOT NULL,
    referred_to TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- What came of it, newest row in force: who said so, and when.
CREATE TABLE referral_status (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    attempt_id INTEGER NOT NULL REFERENCES referral (attempt_id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    said_by_sealed BLOB NOT NULL,
    said_on TEXT NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX referral_status_attempt ON referral_status (attempt_id, id);

-- The method drawn for an advertiser (by its founding ad): one for all its attempts, with what it was drawn from and under
-- which approval, so that outcomes are compared as assigned.
CREATE TABLE method_assignment (
    anchor_ad INTEGER NOT NULL PRIMARY KEY REFERENCES ad (id) ON DELETE CASCADE,
    programme TEXT NOT NULL,
    advertiser TEXT NOT NULL,
    method TEXT NOT NULL,
    arms TEXT NOT NULL,
    approval TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
