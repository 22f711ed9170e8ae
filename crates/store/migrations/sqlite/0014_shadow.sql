-- Shadow runs: indicators that are tried beside the catalogue in force, and whom they would move. Nothing else reads this.

-- A version of an indicator in the configuration's shadow folder, and the analysis (with its batch) that its rows stand
-- beside. batch -1: its rows are being written.
CREATE TABLE shadow (
    version TEXT NOT NULL PRIMARY KEY,
    indicator TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    analysis_id INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    as_of INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An advertiser or network on whom it fires, or whose case would come, go or change. Bands as in `assessment`; whether a
-- case is about it now, and would be then.
CREATE TABLE shadow_subject (
    version TEXT NOT NULL REFERENCES shadow (version) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    fires INTEGER NOT NULL,
    change TEXT NOT NULL,
    band_now INTEGER NOT NULL,
    band_then INTEGER NOT NULL,
    case_now INTEGER NOT NULL,
    case_then INTEGER NOT NULL,
    causes TEXT NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (version, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX shadow_subject_change ON shadow_subject (version, change, subject);
CREATE INDEX shadow_subject_subject ON shadow_subject (subject);
