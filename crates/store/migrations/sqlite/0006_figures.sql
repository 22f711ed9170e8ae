-- What each analysis looked like over everybody, and which cases of spam and scam are drawn to be read.

-- Counts alone (JSON of `domain::RunFigures`): nobody is in it. After a week one row a day stays.
CREATE TABLE run_figures (
    analysis_id INTEGER NOT NULL PRIMARY KEY REFERENCES analysis (id),
    day INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX run_figures_day ON run_figures (day, analysis_id);

-- The draw of a case in the queue of spam and scam: once, with the seed and the share that held then.
CREATE TABLE spam_draw (
    case_id TEXT NOT NULL PRIMARY KEY REFERENCES case_file (id) ON DELETE CASCADE,
    seed TEXT NOT NULL,
    share REAL NOT NULL,
    drawn INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
