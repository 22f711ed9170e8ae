-- Who looks after somebody: assign, hand over, follow up with both sides of a save; what colleagues must know for their own
-- safety; languages of workers; numbered copies of a list.

ALTER TABLE account ADD COLUMN languages TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN cautions TEXT NOT NULL DEFAULT '';
-- The team and worker who look after it now; nothing: the team that made it, nobody in particular.
ALTER TABLE attempt ADD COLUMN care_team TEXT;
ALTER TABLE attempt ADD COLUMN care_account INTEGER REFERENCES account (id);

-- Each change of an attempt after its recording, with how it stood then: nothing is overwritten, and a save that meets a
-- newer one can show both.
CREATE TABLE attempt_change (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
    outcome TEXT,
    follow_up TEXT,
    plan_sealed BLOB NOT NULL,
    care_team TEXT,
    care_account INTEGER REFERENCES account (id),
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX attempt_change_attempt ON attempt_change (attempt_id, id);

-- From one team to another (or to one of its workers): offered, then accepted, declined or withdrawn.
CREATE TABLE handover (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
    from_team TEXT NOT NULL,
    from_account INTEGER REFERENCES account (id),
    to_team TEXT NOT NULL,
    to_account INTEGER REFERENCES account (id),
    state TEXT NOT NULL,
    note_sealed BLOB NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    answered_name TEXT,
    answered_at INTEGER,
    answer_sealed BLOB,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE UNIQUE INDEX handover_open ON handover (attempt_id) WHERE state = 'offered';
CREATE INDEX handover_to ON handover (to_team, state);

-- A copy of a list that left the screen: its number, who holds it, which lines stood on it.
CREATE TABLE list_copy (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    list_id INTEGER NOT NULL REFERENCES outreach_list (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    holder TEXT NOT NULL,
    lines TEXT NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX list_copy_list ON list_copy (list_id);
