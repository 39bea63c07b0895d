-- What people are yet to be told of a ticket, and since when; a message says what its ticket explains.

ALTER TABLE tickets ADD COLUMN owed TEXT;
ALTER TABLE tickets ADD COLUMN owed_since INTEGER;

UPDATE tickets SET owed = 'opened', owed_since = opened_at
    WHERE told = 0 AND state IN ('open', 'acknowledged', 'in_progress', 'pending');

ALTER TABLE outbox ADD COLUMN children TEXT NOT NULL DEFAULT '{"shown":[],"more":0}'; -- what it explained then
