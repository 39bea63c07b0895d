"""What people are told of a ticket: on which channels, and in which words when several messages become one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.core.desk.ticket import EventKind, Ticket
from agent.core.desk.view import TicketView
from checks.core.model import Severity

SHOWN = 5  # tickets that a message names among those its own explains


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What goes to one channel."""

    channel: str
    severities: frozenset[Severity] = frozenset(Severity)
    agent: bool = False  # also the agent's own tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A message that a channel is to deliver; `key` stays the same on every attempt."""

    key: str
    channel: str
    kind: EventKind
    at: datetime
    view: TicketView  # as it was when the message was written
    detail: str  # the event's payload as JSON
    merged: tuple[EventKind, ...]  # what this message also stands for, in order
    attempts: int  # made before
    children: tuple[Ticket, ...] = ()  # what it explained then, the gravest first, at most `SHOWN`
    more: int = 0  # further ones


def channels_for(ticket: Ticket, routes: Iterable[Route]) -> tuple[str, ...]:
    """Return the channels that are told of a ticket."""
    return tuple(
        route.channel
        for route in routes
        if ticket.finding.severity in route.severities and (ticket.site is not None or route.agent)
    )


MERGED_INTO_NEWER = frozenset({EventKind.OPENED, EventKind.CHANGED, EventKind.REOPENED, EventKind.RESOLVED})
_FIRST = (EventKind.OPENED, EventKind.REOPENED)


def headline(kinds: tuple[EventKind, ...]) -> EventKind:
    """Return what one message says in place of several that were not delivered yet, given in order.

    The last word counts; but who never heard that a ticket was opened is told that, not that it changed.
    """
    last = kinds[-1]
    if last is EventKind.CHANGED:
        return next((kind for kind in kinds if kind in _FIRST), last)
    return last
