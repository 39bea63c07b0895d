-- When an anomaly was there and when it was not, also while its ticket is held because it comes and goes.

CREATE TABLE spells (
    ticket TEXT NOT NULL REFERENCES tickets,
    began INTEGER NOT NULL,
    ended INTEGER,
    PRIMARY KEY (ticket, began)
) STRICT, WITHOUT ROWID;

INSERT INTO spells (ticket, began, ended) SELECT ref, detected_at, restored_at FROM tickets;

ALTER TABLE tickets ADD COLUMN quiet_since INTEGER;
ALTER TABLE tickets ADD COLUMN reopened TEXT NOT NULL DEFAULT '[]';

CREATE INDEX flapping_tickets ON tickets (quiet_since) WHERE quiet_since IS NOT NULL;
