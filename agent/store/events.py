"""What happened to each ticket, for ever: a chain of hashes over the hashes of the payloads, which may be erased."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core.desk.ticket import EventKind
from agent.store.instants import from_ms, to_ms
from agent.store.session import Row, Session

START = ""  # what stands before the first event


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event to be written."""

    ticket: str
    at: datetime
    actor: str
    kind: EventKind
    body: str  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it stands in the chain; `body` is None once erased."""

    id: int
    ticket: str
    seq: int  # from 1, within its ticket
    at: datetime
    actor: str
    kind: EventKind
    payload: str  # sha256 of the body
    prev: str  # hash of the ticket's event before
    hash: str
    log: str  # links the events of all tickets in the order they were written
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a ticket's chain stands."""

    events: int
    hash: str


NOTHING = Head(events=0, hash=START)


def sha256(text: str) -> str:
    """Return the digest of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def event_hash(ticket: str, seq: int, at: int, actor: str, kind: str, payload: str, prev: str) -> str:
    """Return the hash of an event: sha256 of the JSON array of these fields, without spaces, non-ASCII escaped."""
    fields = [ticket, seq, at, actor, kind, payload, prev]
    return sha256(json.dumps(fields, ensure_ascii=True, separators=(",", ":")))


def append(session: Session, draft: Draft) -> Event:
    """Write an event at the end of its ticket's chain and of the log."""
    at, payload = to_ms(draft.at), sha256(draft.body)
    before = head(session, draft.ticket)
    seq = before.events + 1
    own = event_hash(draft.ticket, seq, at, draft.actor, draft.kind, payload, before.hash)
    log = sha256(log_head(session) + own)
    row = session.rows(
        "INSERT INTO events (ticket, seq, at, actor, kind, payload, prev, hash, log) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (draft.ticket, seq, at, draft.actor, draft.kind.value, payload, before.hash, own, log),
    )[0]
    session.run("INSERT INTO payloads (event, body) VALUES (?, ?)", (row["id"], draft.body))
    return Event(
        id=row["id"],
        ticket=draft.ticket,
        seq=seq,
        at=from_ms(at),
        actor=draft.actor,
        kind=draft.kind,
        payload=payload,
        prev=before.hash,
        hash=own,
        log=log,
        body=draft.body,
    )


def head(session: Session, ticket: str) -> Head:
    """Return where a ticket's chain stands."""
    row = session.one("SELECT seq, hash FROM events WHERE ticket = ? ORDER BY seq DESC LIMIT 1", (ticket,))
    return Head(events=row["seq"], hash=row["hash"]) if row else NOTHING


def head_at(session: Session, ticket: str, seq: int) -> Head:
    """Return where a ticket's chain stood after one of its events."""
    row = session.one("SELECT hash FROM events WHERE ticket = ? AND seq = ?", (ticket, seq))
    return Head(events=seq, hash=row["hash"]) if row else NOTHING


def log_head(session: Session) -> str:
    """Return the hash that links all events written so far."""
    row = session.one("SELECT log FROM events ORDER BY id DESC LIMIT 1")
    return str(row["log"]) if row else START


def without(session: Session) -> tuple[str, ...]:
    """Return the tickets that have no event: someone removed them."""
    rows = session.rows(
        "SELECT ref FROM tickets WHERE NOT EXISTS (SELECT 1 FROM events WHERE ticket = ref) ORDER BY ref"
    )
    return tuple(row["ref"] for row in rows)


def of(session: Session, ticket: str) -> tuple[Event, ...]:
    """Return the events of a ticket, the first ones first."""
    rows = session.rows(f"{_READ} WHERE ticket = ? ORDER BY seq", (ticket,))
    return tuple(_event(row) for row in rows)


def after(session: Session, event: int, limit: int) -> tuple[Event, ...]:
    """Return the events of all tickets that were written after one, in their order."""
    rows = session.rows(f"{_READ} WHERE events.id > ? ORDER BY id LIMIT ?", (event, limit))
    return tuple(_event(row) for row in rows)


def every(session: Session) -> Iterator[Event]:
    """Yield all events in the order they were written."""
    for row in session.db.query(f"{_READ} ORDER BY id"):
        yield _event(row)


_READ = "SELECT events.*, body FROM events LEFT JOIN payloads ON payloads.event = events.id"


def _event(row: Row) -> Event:
    return Event(
        id=row["id"],
        ticket=row["ticket"],
        seq=row["seq"],
        at=from_ms(row["at"]),
        actor=row["actor"],
        kind=EventKind(row["kind"]),
        payload=row["payload"],
        prev=row["prev"],
        hash=row["hash"],
        log=row["log"],
        body=row["body"],
    )
