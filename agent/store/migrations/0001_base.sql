-- What was seen of each check, what is believed, and the tickets with their story.
-- Every instant is an integer of epoch milliseconds UTC, every length is in milliseconds.

CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    location TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    UNIQUE (site, name, location)
) STRICT;

CREATE TABLE outcomes (
    check_id INTEGER NOT NULL REFERENCES checks,
    started INTEGER NOT NULL,
    id TEXT NOT NULL,
    took INTEGER NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('ok', 'findings', 'untested', 'unobserved')),
    body TEXT, -- the outcome as JSON; NULL for a run that had nothing to say
    PRIMARY KEY (check_id, started, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE latest (
    check_id INTEGER PRIMARY KEY REFERENCES checks,
    started INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE memories (
    check_id INTEGER PRIMARY KEY REFERENCES checks,
    body TEXT NOT NULL,
    written INTEGER NOT NULL
) STRICT;

CREATE TABLE cursors (
    check_id INTEGER PRIMARY KEY REFERENCES checks,
    at INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    blind_since INTEGER,
    held_from INTEGER,
    held_to INTEGER
) STRICT;

CREATE TABLE rollups (
    check_id INTEGER NOT NULL REFERENCES checks,
    hour INTEGER NOT NULL,
    up INTEGER NOT NULL,
    down INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    took INTEGER NOT NULL,
    PRIMARY KEY (check_id, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracks (
    check_id INTEGER NOT NULL REFERENCES checks,
    family TEXT NOT NULL,
    subject TEXT NOT NULL,
    belief TEXT NOT NULL CHECK (belief IN ('suspected', 'live', 'recovering')),
    finding TEXT NOT NULL,
    began INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    PRIMARY KEY (check_id, family, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
    ref TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES checks,
    site TEXT NOT NULL,
    client TEXT NOT NULL,
    contract TEXT,
    language TEXT NOT NULL,
    target TEXT NOT NULL,
    rule TEXT NOT NULL,
    family TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'major', 'minor', 'info')),
    maintenance TEXT NOT NULL,
    finding TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('open', 'acknowledged', 'in_progress', 'pending', 'resolved', 'closed', 'merged')),
    opened_at INTEGER NOT NULL,
    detected_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    acked_at INTEGER,
    restored_at INTEGER,
    closed_at INTEGER,
    parent TEXT REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    merged_into TEXT REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    recurrence_of TEXT REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    reopen_count INTEGER NOT NULL,
    flapping INTEGER NOT NULL,
    occurrences INTEGER NOT NULL,
    told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_live_ticket ON tickets (fingerprint)
    WHERE state IN ('open', 'acknowledged', 'in_progress', 'pending');
CREATE INDEX live_tickets ON tickets (site) WHERE state IN ('open', 'acknowledged', 'in_progress', 'pending');
CREATE INDEX tickets_by_fingerprint ON tickets (fingerprint, opened_at);
CREATE INDEX tickets_by_site ON tickets (site, opened_at);
CREATE INDEX tickets_by_parent ON tickets (parent) WHERE parent IS NOT NULL;

CREATE TABLE counters (
    prefix TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (prefix, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket TEXT NOT NULL REFERENCES tickets,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    log TEXT NOT NULL,
    UNIQUE (ticket, seq)
) STRICT;

CREATE TABLE payloads (
    event INTEGER PRIMARY KEY REFERENCES events,
    body TEXT NOT NULL
) STRICT;

CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER payloads_stay BEFORE UPDATE ON payloads
    BEGIN SELECT RAISE(ABORT, 'payloads are only erased'); END;
