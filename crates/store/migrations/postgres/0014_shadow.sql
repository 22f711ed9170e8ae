-- Shadow runs: indicators that are tried beside the catalogue in force, and whom they would move. Nothing else reads this.

-- A version of an indicator in the configuration's shadow folder, and the analysis (with its batch) that its rows stand
-- beside. batch -1: its rows are being written.
CREATE TABLE shadow (
    version TEXT NOT NULL PRIMARY KEY,
    indicator TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    analysis_id BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    as_of BIGINT NOT NULL
);

-- An advertiser or network on whom it fires, or whose case would come, go or change. Bands as in `assessment`; whether a
-- case is about it now, and would be then.
CREATE TABLE shadow_subject (
    version TEXT NOT NULL REFERENCES shadow (version) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    fires BIGINT NOT NULL,
    change TEXT NOT NULL,
    band_now BIGINT NOT NULL,
    band_then BIGINT NOT NULL,
    case_now BIGINT NOT NULL,
    case_then BIGINT NOT NULL,
    causes TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after BIGINT,
    PRIMARY KEY (version, subject)
);
CREATE INDEX shadow_subject_change ON shadow_subject (version, change, subject);
CREATE INDEX shadow_subject_subject ON shadow_subject (subject);
