"""Messages to be delivered: written in the ticket's transaction, claimed with a lease, marked when they are done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from agent.core.desk.message import MERGED_INTO_NEWER, SHOWN, Pending, Route, channels_for, headline
from agent.core.desk.ticket import LIVE, EventKind, Ticket
from agent.store import tickets, views
from agent.store.events import Event
from agent.store.instants import from_ms, length_ms, to_ms
from agent.store.session import Row, Session
from checks.core.registry import Catalogue

LEASE = timedelta(minutes=2)  # a claim that nobody marked is free again after that
LAST = frozenset({EventKind.RESOLVED, EventKind.RESTORED, EventKind.CLOSED, EventKind.MERGED})


def tell(session: Session, event: Event, say: EventKind, ticket: Ticket, routes: Sequence[Route]) -> tuple[str, ...]:
    """Write the messages of an event and return their keys; the end of a ticket goes to all that heard of it."""
    if say in LAST:
        heard = session.rows("SELECT DISTINCT channel FROM outbox WHERE ticket = ? ORDER BY channel", (ticket.ref,))
        channels = tuple(row["channel"] for row in heard)
    else:
        channels = channels_for(ticket, routes)
    at = to_ms(event.at)
    snapshot = _json(tickets.row_of(session, ticket))
    below = [] if say in LAST else tickets.children_rows(session, ticket.ref)
    children = _json({"shown": below[:SHOWN], "more": len(below[SHOWN:])})
    rows = [(f"{name}:{ticket.ref}:{event.seq}", name) for name in channels]
    session.many(
        "INSERT INTO outbox (key, channel, ticket, event, kind, made, snapshot, detail, children, state, next_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
        [(*row, ticket.ref, event.seq, say.value, at, snapshot, event.body, children, at) for row in rows],
    )
    return tuple(key for key, _channel in rows)


def _json(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def claim(
    session: Session, rules: Catalogue, channel: str, now: datetime, *, merges: bool, limit: int = 20
) -> tuple[Pending, ...]:
    """Take messages that are due on a channel, for as long as `LEASE`; the messages of one ticket go out in order.

    With `merges`, what was not delivered yet of a ticket goes out as one message, its newest.
    """
    with session.immediate():
        due = session.rows(
            "SELECT ticket, min(n) AS first FROM outbox WHERE state = 'pending' AND channel = ? GROUP BY ticket",
            (channel,),
        )
        taken: list[Pending] = []
        for first in sorted(due, key=lambda row: row["first"]):
            if len(taken) == limit:
                break
            ours = _waiting(session, channel, first["ticket"], to_ms(now))
            if ours:
                taken.append(_take(session, rules, ours, now, merges=merges))
        return tuple(taken)


def _waiting(session: Session, channel: str, ticket: str, now: int) -> list[Row]:
    """All that waits of a ticket, nothing while the first of it may not go out."""
    rows = session.rows(
        "SELECT * FROM outbox WHERE state = 'pending' AND channel = ? AND ticket = ? ORDER BY n", (channel, ticket)
    )
    return rows if rows and rows[0]["next_at"] <= now and (rows[0]["lease"] or 0) <= now else []


def _take(session: Session, rules: Catalogue, waiting: list[Row], now: datetime, *, merges: bool) -> Pending:
    ours = [*takewhile(lambda row: EventKind(row["kind"]) in MERGED_INTO_NEWER, waiting)] if merges else []
    ours = ours or waiting[:1]
    row = ours[-1]
    for older in ours[:-1]:
        session.run(
            "UPDATE outbox SET state = 'superseded', ended = ?, note = ? WHERE n = ?",
            (to_ms(now), row["key"], older["n"]),
        )
    lease = to_ms(now) + length_ms(LEASE)
    session.run("UPDATE outbox SET lease = ?, attempts = attempts + 1 WHERE n = ?", (lease, row["n"]))
    kinds = (*_stood_for(session, row), EventKind(row["kind"]))
    return _pending(session, row, rules, kinds)


def _stood_for(session: Session, row: Row) -> tuple[EventKind, ...]:
    """The kinds of the messages whose place a message took, however long ago."""
    found: list[EventKind] = []
    for older in session.rows(
        "SELECT * FROM outbox WHERE ticket = ? AND channel = ? AND state = 'superseded' AND note = ? ORDER BY n",
        (row["ticket"], row["channel"], row["key"]),
    ):
        found += [*_stood_for(session, older), EventKind(older["kind"])]
    return tuple(found)


def _pending(session: Session, row: Row, rules: Catalogue, kinds: tuple[EventKind, ...]) -> Pending:
    ticket = tickets.ticket_of(json.loads(row["snapshot"]), rules)
    children = json.loads(row["children"])
    return Pending(
        key=row["key"],
        channel=row["channel"],
        kind=headline(kinds),
        at=from_ms(row["made"]),
        view=views.view_at(session, ticket, row["event"]),
        detail=row["detail"],
        merged=kinds[:-1],
        attempts=row["attempts"],
        children=tuple(tickets.ticket_of(child, rules) for child in children["shown"]),
        more=children["more"],
    )


def delivered(session: Session, key: str, now: datetime, ref: str = "") -> None:
    """Mark a message as delivered; `ref` is what the receiver calls it."""
    _end(session, key, "delivered", now, ref)


def refused(session: Session, key: str, now: datetime, reason: str) -> None:
    """Mark a message that no further attempt would deliver."""
    _end(session, key, "refused", now, reason)


def later(session: Session, key: str, until: datetime, reason: str) -> None:
    """Let a message wait for another attempt."""
    session.run(
        "UPDATE outbox SET lease = NULL, next_at = ?, note = ? WHERE key = ? AND state = 'pending'",
        (to_ms(until), reason, key),
    )


def _end(session: Session, key: str, state: str, now: datetime, note: str) -> None:
    session.run(
        "UPDATE outbox SET state = ?, lease = NULL, ended = ?, note = ? WHERE key = ? AND state = 'pending'",
        (state, to_ms(now), note, key),
    )


def release(session: Session) -> int:
    """Give back what a daemon that is gone had claimed; only for the one that holds the store."""
    return session.run("UPDATE outbox SET lease = NULL WHERE state = 'pending' AND lease IS NOT NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits on one channel."""

    count: int
    oldest: datetime


def waiting(session: Session) -> dict[str, Waiting]:
    """Return what waits, by channel."""
    rows = session.rows(
        "SELECT channel, count(*) AS n, min(made) AS oldest FROM outbox WHERE state = 'pending' GROUP BY channel"
    )
    return {row["channel"]: Waiting(count=row["n"], oldest=from_ms(row["oldest"])) for row in rows}


def prune(session: Session, before: datetime, limit: int) -> int:
    """Drop messages that ended before an instant; those of live tickets say who is to hear of their end."""
    states = "', '".join(sorted(LIVE))
    return session.run(
        "DELETE FROM outbox WHERE n IN (SELECT n FROM outbox JOIN tickets ON ref = ticket "  # noqa: S608  our words
        f"WHERE ended < ? AND tickets.state NOT IN ('{states}') LIMIT ?)",
        (to_ms(before), limit),
    )
