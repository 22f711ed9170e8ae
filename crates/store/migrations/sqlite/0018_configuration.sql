-- Files of the configuration as they were, and alarms that are told to people.

-- A file's text when it was first met and after each change, whoever made it: by the pages, by hand, by a return.
CREATE TABLE config_version (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    digest BLOB NOT NULL,
    text_sealed BLOB NOT NULL,
    how TEXT NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    reason_sealed BLOB NOT NULL,
    event_seq INTEGER REFERENCES event (seq),
    at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX config_version_file ON config_version (file, id);
CREATE INDEX config_version_due ON config_version (delete_after);

-- What calls for somebody while it lasts. Nothing personal: a kind, and which site, programme or day.
CREATE TABLE alarm (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE ended_at IS NULL;
CREATE INDEX alarm_ended ON alarm (ended_at);

-- One notice for each way when it begins and one when it is over, tried again until it went out.
CREATE TABLE alarm_notice (
    alarm_id INTEGER NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
    ended INTEGER NOT NULL,
    way TEXT NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    sent_at INTEGER,
    PRIMARY KEY (alarm_id, ended, way)
) STRICT, WITHOUT ROWID;
CREATE INDEX alarm_notice_due ON alarm_notice (sent_at, next_at);
