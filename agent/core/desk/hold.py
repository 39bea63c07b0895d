"""Decides what people are yet to be told of a ticket, and how long that waits for what may explain it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.desk.correlate import doubtful, may_explain
from agent.core.desk.hours import Cursor
from agent.core.desk.ticket import EventKind, Owed, Ticket
from agent.core.desk.watch import Watch

FIRST = frozenset({EventKind.OPENED, EventKind.REOPENED, EventKind.UNSTABLE})
LAST = frozenset({EventKind.RESOLVED, EventKind.RESTORED, EventKind.CLOSED})
CAP = timedelta(minutes=5)  # that people are not told, whatever may still explain a ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """A check that may find what explains others, and its last run."""

    watch: Watch
    cursor: Cursor | None  # None: it never ran


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What may explain tickets before long."""

    suspicions: tuple[Ticket, ...] = ()  # the tickets that would come of what is suspected
    lookouts: tuple[Lookout, ...] = ()


def owing(ticket: Ticket, kind: EventKind, at: datetime) -> Ticket:
    """Return a ticket with what people are yet to be told once this happened to it at `at`.

    What they are owed already stays as it is, so that a ticket which goes on changing waits no longer than another.
    """
    if kind in LAST:
        return replace(ticket, owed=None)
    tells = kind in FIRST or (kind is EventKind.CHANGED and not ticket.flapping)
    return replace(ticket, owed=Owed(kind=kind, since=at)) if tells and ticket.owed is None else ticket


def waiting(tickets: Iterable[Ticket], doubts: Doubts, now: datetime) -> frozenset[str]:
    """Return the refs of the tickets of which people are not told yet, because they may be explained before long.

    That is while what would explain one is suspected, or a check that could find it has not looked since. A clock that
    is set back keeps nobody waiting longer than `CAP`.
    """
    owed: dict[str, list[tuple[Ticket, Owed]]] = defaultdict(list)
    for ticket in tickets:
        if ticket.live and ticket.owed is not None and abs(now - ticket.owed.since) < CAP:
            owed[ticket.key.site].append((ticket, ticket.owed))
    held: set[str] = set()
    for suspicion in doubts.suspicions:
        held |= doubtful((ticket for ticket, _owed in owed[suspicion.key.site]), (suspicion,))
    for lookout in doubts.lookouts:
        there = owed[lookout.watch.key.site]
        held |= {ticket.ref for ticket, what in there if _awaited(ticket, what, lookout, now)}
    return frozenset(held)


def _awaited(ticket: Ticket, owed: Owed, lookout: Lookout, now: datetime) -> bool:
    """Whether a check may explain a ticket, has not had its say since, and will have it in time."""
    watch, cursor = lookout.watch, lookout.cursor
    if not may_explain(watch, ticket) or abs(now - owed.since) >= watch.confirms:
        return False
    if cursor is None:
        return True
    spoke = cursor.judged and cursor.at >= owed.since
    return not spoke and cursor.at + watch.every < owed.since + CAP
