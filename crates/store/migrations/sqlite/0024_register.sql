-- The contact register that programmes share: these tables are filled in a store of its own alone, under a key of its own.
-- Of a contact only a keyed hash; of an approach only which programme and when; nothing of its content.

CREATE TABLE common_approach (
    source INTEGER NOT NULL,
    programme TEXT NOT NULL,
    contact_hash BLOB NOT NULL,
    near INTEGER NOT NULL,
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (source, programme, contact_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX common_approach_contact ON common_approach (contact_hash);
CREATE INDEX common_approach_due ON common_approach (delete_after);

-- A worker of a programme is about to approach: until then no other programme does.
CREATE TABLE common_hold (
    source INTEGER NOT NULL,
    programme TEXT NOT NULL,
    contact_hash BLOB NOT NULL,
    until INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (source, programme, contact_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX common_hold_contact ON common_hold (contact_hash);
CREATE INDEX common_hold_until ON common_hold (until);

-- Contacts that an objection covers in one of the programmes.
CREATE TABLE common_objection (
    source INTEGER NOT NULL,
    programme TEXT NOT NULL,
    contact_hash BLOB NOT NULL,
    question INTEGER NOT NULL,
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (source, programme, contact_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX common_objection_contact ON common_objection (contact_hash);

-- A case that one programme sends to another: municipality and reason, and the contacts as keyed hashes.
CREATE TABLE common_referral (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    from_programme TEXT NOT NULL,
    source INTEGER NOT NULL,
    to_programme TEXT NOT NULL,
    municipality_code TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_da TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (from_programme, source)
) STRICT;
CREATE INDEX common_referral_to ON common_referral (to_programme, state, sent_at);
CREATE INDEX common_referral_due ON common_referral (delete_after);

CREATE TABLE common_referral_contact (
    referral_id INTEGER NOT NULL REFERENCES common_referral (id) ON DELETE CASCADE,
    contact_hash BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (referral_id, contact_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX common_referral_contact_hash ON common_referral_contact (contact_hash);
