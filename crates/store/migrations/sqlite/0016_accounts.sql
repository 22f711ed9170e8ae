-- People, sign-in, keys: second factors, recovery codes, one-time links, identities from outside, what a session is.

-- When it began, when it was last used, and on what: 'Firefox, Windows'.
ALTER TABLE session ADD COLUMN begun_at INTEGER;
ALTER TABLE session ADD COLUMN seen_at INTEGER;
ALTER TABLE session ADD COLUMN device TEXT;

-- The secret that an authenticator app shares, and the last step of 30 s whose code was used.
CREATE TABLE second_factor (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    secret_sealed BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- Each is good once, in place of the app. Only a keyed hash is kept.
CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (account_id, number)
) STRICT;

-- A link that lets its holder set the password of an account, once.
CREATE TABLE invitation (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id);

-- Whom an identity provider calls whom: a keyed hash of issuer and subject.
CREATE TABLE outer_identity (
    identity_hash BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    linked_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX outer_identity_account ON outer_identity (account_id);
