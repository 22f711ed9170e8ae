-- The first schema. It holds what cannot be added later: sealed columns, masked text, keyed hashes, chained events,
-- audit rows, programme, retention class and delete-after on each table with personal data.
-- Times are UTC milliseconds, local days are yyyymmdd (Europe/Copenhagen). Columns of type BLOB whose name ends in
-- `_sealed` are XChaCha20-Poly1305 with key id and nonce; `_hash` columns are HMAC-SHA-256 under a derived key.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Chains --------------------------------------------------------------------------------------------------------------

CREATE TABLE chain_head (
    chain TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE event (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    commitment BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE event_payload (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES event (seq),
    body_sealed BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    commitment BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE audit_payload (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES audit (seq),
    body_sealed BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- Accounts ------------------------------------------------------------------------------------------------------------

CREATE TABLE account (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    team TEXT,
    programme TEXT,
    organisation TEXT,
    language TEXT NOT NULL,
    urgent_contact INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE session (
    id_hash BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER REFERENCES account (id) ON DELETE CASCADE,
    data_sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE sign_in_throttle (
    key_hash BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    window_start INTEGER NOT NULL,
    locked_until INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

-- Sites and crawl -----------------------------------------------------------------------------------------------------

CREATE TABLE site (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL UNIQUE,
    programme TEXT NOT NULL,
    name TEXT NOT NULL,
    import_only INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    state TEXT,
    state_since INTEGER,
    wish TEXT NOT NULL,
    lease_worker TEXT,
    lease_until INTEGER
) STRICT;

CREATE TABLE run (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    site_id INTEGER NOT NULL REFERENCES site (id),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    touched INTEGER NOT NULL,
    tally TEXT NOT NULL,
    missing_gone INTEGER NOT NULL,
    outcome TEXT,
    verdict TEXT
) STRICT;
CREATE INDEX run_site ON run (site_id, id);

CREATE TABLE host_pacing (
    host TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL
) STRICT;

CREATE TABLE robots_cache (
    origin TEXT NOT NULL PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    answer BLOB NOT NULL
) STRICT;

-- Ads -----------------------------------------------------------------------------------------------------------------

CREATE TABLE ad (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    site_id INTEGER NOT NULL REFERENCES site (id),
    key_hash BLOB NOT NULL UNIQUE,
    site_ad_id_sealed BLOB NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    gone_at INTEGER,
    versions INTEGER NOT NULL,
    current_version INTEGER NOT NULL,
    excerpt_hash BLOB,
    last_listed_run INTEGER,
    page_read_at INTEGER,
    validators_sealed BLOB,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX ad_site_up ON ad (site_id, gone_at);

-- Times at which an ad was not up: from `gone_at` until it was seen again.
CREATE TABLE ad_absence (
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    gone_at INTEGER NOT NULL,
    back_at INTEGER,
    why TEXT NOT NULL,
    PRIMARY KEY (ad_id, gone_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE ad_version (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    content_sealed BLOB NOT NULL,
    masked TEXT,
    reader_version TEXT,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (ad_id, version),
    UNIQUE (ad_id, content_hash)
) STRICT;
CREATE INDEX ad_version_reader ON ad_version (reader_version, id);

-- One ad version on one local day. Version 0: met on a listing before its page was read; moved to 1 then. `times`
-- holds every observation of the day (first in full, then differences, LEB128), so that a replay at any time of the
-- day and a second import are exact.
CREATE TABLE sighting (
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    day INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    hours INTEGER NOT NULL,
    longest_gap_ms INTEGER NOT NULL,
    times BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (ad_id, version, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_hash (
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    source_hash BLOB NOT NULL,
    pdq BLOB NOT NULL,
    quality INTEGER NOT NULL,
    hashed_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (ad_id, source_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE frontier (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES run (id),
    kind INTEGER NOT NULL,
    entry_hash BLOB NOT NULL,
    url_sealed BLOB NOT NULL,
    ad_id INTEGER REFERENCES ad (id) ON DELETE CASCADE,
    depth INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    state INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (run_id, entry_hash)
) STRICT;
CREATE INDEX frontier_next ON frontier (run_id, state, kind, id);
CREATE INDEX frontier_ad ON frontier (ad_id);

-- An archived body, known by a keyed hash of it, and each time it was got.
CREATE TABLE page (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    address BLOB NOT NULL UNIQUE,
    body_sealed BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE page_capture (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    page_id INTEGER NOT NULL REFERENCES page (id) ON DELETE CASCADE,
    site_id INTEGER NOT NULL REFERENCES site (id),
    run_id INTEGER REFERENCES run (id),
    ad_id INTEGER REFERENCES ad (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    url_sealed BLOB NOT NULL,
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    issues TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX page_capture_page ON page_capture (page_id);
CREATE INDEX page_capture_ad ON page_capture (ad_id);

-- Readings ------------------------------------------------------------------------------------------------------------

CREATE TABLE reading (
    version_id INTEGER NOT NULL PRIMARY KEY REFERENCES ad_version (id) ON DELETE CASCADE,
    reader_version TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    read_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE contact (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    contact_hash BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    value_sealed BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE contact_mention (
    version_id INTEGER NOT NULL REFERENCES ad_version (id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (version_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_mention_contact ON contact_mention (contact_id, ad_id);
CREATE INDEX contact_mention_ad ON contact_mention (ad_id, contact_id);

CREATE TABLE place_mention (
    version_id INTEGER NOT NULL REFERENCES ad_version (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    municipality_code TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_mention_ad ON place_mention (ad_id, municipality_code);

CREATE TABLE language_mention (
    version_id INTEGER NOT NULL REFERENCES ad_version (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX language_mention_ad ON language_mention (ad_id, code);

CREATE TABLE persona_mention (
    version_id INTEGER NOT NULL REFERENCES ad_version (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    persona_hash BLOB NOT NULL,
    PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX persona_mention_ad ON persona_mention (ad_id);

-- Analysis ------------------------------------------------------------------------------------------------------------

CREATE TABLE reference (
    version TEXT NOT NULL PRIMARY KEY,
    body_sealed BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE analysis (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    as_of INTEGER NOT NULL,
    catalogue TEXT NOT NULL,
    parameters TEXT NOT NULL,
    code_version TEXT NOT NULL,
    reference_version TEXT NOT NULL REFERENCES reference (version),
    made_at INTEGER NOT NULL,
    whole INTEGER NOT NULL
) STRICT;

-- One row: the analysis whose rows are shown. Rows of others are left-overs of an analysis that was cut off.
CREATE TABLE current_analysis (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    analysis_id INTEGER NOT NULL REFERENCES analysis (id)
) STRICT;

CREATE TABLE entity (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    founder_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    size INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (analysis_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_member (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    advertiser TEXT NOT NULL,
    network TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (analysis_id, ad_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_member_advertiser ON entity_member (analysis_id, advertiser);
CREATE INDEX entity_member_network ON entity_member (analysis_id, network);

CREATE TABLE entity_lineage (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    old_id TEXT NOT NULL,
    new_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (old_id, new_id, analysis_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE link (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    position INTEGER NOT NULL,
    a_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    b_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    bits REAL NOT NULL,
    joins INTEGER NOT NULL,
    note TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (analysis_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_a ON link (analysis_id, a_ad);
CREATE INDEX link_b ON link (analysis_id, b_ad);

CREATE TABLE damped_contact (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    contact_id INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    PRIMARY KEY (analysis_id, contact_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE assessment (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    band INTEGER NOT NULL,
    points REAL NOT NULL,
    urgent INTEGER NOT NULL,
    queue TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (analysis_id, subject)
) STRICT;

CREATE TABLE assessment_indicator (
    analysis_id INTEGER NOT NULL REFERENCES analysis (id),
    subject TEXT NOT NULL,
    indicator TEXT NOT NULL,
    role TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (analysis_id, subject, indicator)
) STRICT, WITHOUT ROWID;

-- Cases ---------------------------------------------------------------------------------------------------------------

CREATE TABLE case_file (
    id TEXT NOT NULL PRIMARY KEY,
    programme TEXT NOT NULL,
    anchor_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    subject TEXT,
    subject_kind TEXT,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    urgent INTEGER NOT NULL,
    urgent_keys TEXT NOT NULL,
    urgent_seen TEXT NOT NULL,
    band INTEGER NOT NULL,
    points REAL NOT NULL,
    queue TEXT NOT NULL,
    evidence TEXT NOT NULL,
    evidence_decided TEXT NOT NULL,
    new_evidence TEXT NOT NULL,
    decision_id INTEGER,
    split_from TEXT,
    merged_into TEXT,
    opened_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    claim_by INTEGER REFERENCES account (id),
    claim_until INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX case_file_subject ON case_file (subject);
CREATE INDEX case_file_queue ON case_file (state, urgent, band, points);
CREATE INDEX case_file_anchor ON case_file (anchor_ad);

CREATE TABLE decision (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES case_file (id) ON DELETE CASCADE,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    kind TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    watch_until TEXT,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    import_hash BLOB UNIQUE,
    undone_at INTEGER,
    undone_by TEXT,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX decision_case ON decision (case_id, at);
CREATE INDEX decision_account ON decision (by_account, id);

CREATE TABLE decision_ad (
    decision_id INTEGER NOT NULL REFERENCES decision (id) ON DELETE CASCADE,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    PRIMARY KEY (decision_id, ad_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE judgement (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    a_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    b_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
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
CREATE INDEX judgement_a ON judgement (a_ad);
CREATE INDEX judgement_b ON judgement (b_ad);

-- Outreach ------------------------------------------------------------------------------------------------------------

CREATE TABLE outreach_list (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    team TEXT NOT NULL,
    programme TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    frame_sealed BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    replaced_at INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE UNIQUE INDEX outreach_list_live ON outreach_list (day, team) WHERE replaced_at IS NULL;

CREATE TABLE list_line (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    list_id INTEGER NOT NULL REFERENCES outreach_list (id) ON DELETE CASCADE,
    rank INTEGER NOT NULL,
    advertiser TEXT NOT NULL,
    network TEXT NOT NULL,
    anchor_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    case_id TEXT REFERENCES case_file (id),
    random INTEGER NOT NULL,
    inclusion_probability REAL NOT NULL,
    contacts TEXT NOT NULL,
    language TEXT NOT NULL,
    municipality_code TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    body_sealed BLOB NOT NULL,
    channel TEXT NOT NULL,
    band INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    UNIQUE (list_id, rank)
) STRICT;

-- A claim is on the advertiser's founding ad, so that it outlives a new analysis.
CREATE TABLE outreach_claim (
    anchor_ad INTEGER NOT NULL PRIMARY KEY REFERENCES ad (id) ON DELETE CASCADE,
    advertiser TEXT NOT NULL,
    programme TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    team TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;

CREATE TABLE attempt (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    idempotency_hash BLOB NOT NULL UNIQUE,
    programme TEXT NOT NULL,
    advertiser TEXT NOT NULL,
    anchor_ad INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    line_id INTEGER REFERENCES list_line (id),
    contact_id INTEGER REFERENCES contact (id),
    team TEXT NOT NULL,
    method TEXT NOT NULL,
    channel TEXT NOT NULL,
    outcome TEXT,
    language TEXT,
    text_version TEXT,
    minutes INTEGER,
    note_sealed BLOB NOT NULL,
    follow_up TEXT,
    made_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    by_account INTEGER REFERENCES account (id),
    by_name TEXT NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    version INTEGER NOT NULL,
    undone_at INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
CREATE INDEX attempt_anchor ON attempt (anchor_ad);
CREATE INDEX attempt_contact ON attempt (contact_id);

-- Only the keyed hash: it outlives the ads, and the number is not kept in clear or sealed.
CREATE TABLE objection (
    contact_hash BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    event_seq INTEGER NOT NULL REFERENCES event (seq),
    attempt_id INTEGER,
    retention TEXT NOT NULL,
    delete_after INTEGER
) STRICT;
