-- Which files show what a run saw; the files lie beside the store, named by their content.

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    check_id INTEGER NOT NULL REFERENCES checks,
    started INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;

CREATE INDEX evidence_of_check ON evidence (check_id, started);
CREATE INDEX evidence_by_age ON evidence (started);
CREATE INDEX evidence_by_content ON evidence (sha256);
