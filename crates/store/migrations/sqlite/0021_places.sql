-- Places that teams visit: what people did with the register, the drawn plans of visits, forms that were filled in.

-- One act with a place. The register as it is follows from the acts; taking one back is another act. Acts of places that
-- hang together (merged, split) carry one clock, so that a place goes as a whole or not at all.
CREATE TABLE place_act (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    programme TEXT NOT NULL,
    place TEXT NOT NULL,
    other TEXT,
    kind TEXT NOT NULL,
    on_day TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    -- Where it came from (an address in ads, a line of a list): the same is taken in once.
    source_hash BLOB,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE UNIQUE INDEX place_act_source ON place_act (programme, source_hash) WHERE source_hash IS NOT NULL;
CREATE INDEX place_act_place ON place_act (place);
CREATE INDEX place_act_other ON place_act (other) WHERE other IS NOT NULL;
CREATE INDEX place_act_due ON place_act (delete_after);

-- A team's plan of visits as it was drawn. A later one for the same days stands beside it.
CREATE TABLE visit_plan (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    programme TEXT NOT NULL,
    team TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX visit_plan_team ON visit_plan (programme, team, first_day);
CREATE INDEX visit_plan_due ON visit_plan (delete_after);

-- A form filled in with somebody who agreed to it. It names a place and a version of an instrument, never a person.
CREATE TABLE form_record (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    programme TEXT NOT NULL,
    place TEXT NOT NULL,
    team TEXT NOT NULL,
    instrument TEXT NOT NULL,
    version INTEGER NOT NULL,
    -- Of the version's content: answers to another content would mean something else.
    digest TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    answers_sealed BLOB NOT NULL,
    revision INTEGER NOT NULL,
    on_day TEXT NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- A form that is sent twice is kept once.
    form_hash BLOB,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX form_record_place ON form_record (place);
CREATE INDEX form_record_version ON form_record (programme, instrument, version);
CREATE UNIQUE INDEX form_record_form ON form_record (form_hash) WHERE form_hash IS NOT NULL;
CREATE INDEX form_record_due ON form_record (delete_after);
