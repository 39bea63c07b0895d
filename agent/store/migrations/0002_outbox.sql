-- What people are to be told: written with the ticket, delivered later, at least once, with the same key.

CREATE TABLE outbox (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE, -- channel:ticket:event
    channel TEXT NOT NULL,
    ticket TEXT NOT NULL REFERENCES tickets,
    event INTEGER NOT NULL,
    kind TEXT NOT NULL,
    made INTEGER NOT NULL,
    snapshot TEXT NOT NULL, -- the ticket as it was then
    detail TEXT NOT NULL, -- the event's payload
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'refused', 'superseded', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    lease INTEGER, -- claimed until then
    ended INTEGER,
    note TEXT NOT NULL DEFAULT '' -- the receiver's name for it, the last error, or the key that took its place
) STRICT;

CREATE INDEX outbox_pending ON outbox (channel, ticket, n) WHERE state = 'pending';
CREATE INDEX outbox_ended ON outbox (ended) WHERE ended IS NOT NULL;
CREATE INDEX outbox_ticket ON outbox (ticket, channel);
