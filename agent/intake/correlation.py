"""Third stage: which ticket explains which, and who is told of what."""

from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.desk.correlate import doubtful, explain
from agent.core.desk.lifecycle import Step
from agent.core.desk.ticket import EventKind, Ticket
from agent.intake.desk import Desk
from agent.intake.story import note

LAST = frozenset({EventKind.RESOLVED, EventKind.RESTORED, EventKind.CLOSED})
FIRST = frozenset({EventKind.OPENED, EventKind.REOPENED, EventKind.UNSTABLE})
DOUBT = timedelta(minutes=3)  # that people are not told while what would explain a ticket is only suspected


def correlate(desk: Desk, at: datetime) -> None:
    """Set the parents of the live tickets, then decide which happenings people are told of."""
    live = [ticket for ticket in desk.tickets.values() if ticket.live]
    for site in sorted({ticket.key.site for ticket in live}):
        _explain(desk, [ticket for ticket in live if ticket.key.site == site], at)
    waiting = _waiting(desk, at)
    _speak_up(desk, waiting, at)
    for place, happening in enumerate(desk.happenings):
        ticket = desk.tickets[happening.ref]
        say = None if ticket.ref in waiting else _say(ticket, happening.kind)
        if say is not None:
            desk.tell(place, say)


def _waiting(desk: Desk, at: datetime) -> frozenset[str]:
    """The tickets of which nobody was told yet, because what would explain them may be confirmed any moment."""
    new = [
        ticket for ticket in desk.tickets.values() if ticket.live and not ticket.told and at - ticket.opened_at < DOUBT
    ]
    waiting: set[str] = set()
    for site in {ticket.key.site for ticket in new}:
        there = [suspicion for suspicion in desk.suspicions if suspicion.key.site == site]
        waiting |= doubtful((ticket for ticket in new if ticket.key.site == site), there)
    return frozenset(waiting)


def _speak_up(desk: Desk, waiting: frozenset[str], at: datetime) -> None:
    """Let tickets whose wait is over stand for themselves."""
    happened = {happening.ref for happening in desk.happenings if happening.kind in FIRST | {EventKind.RELEASED}}
    for ticket in tuple(desk.tickets.values()):
        silent = ticket.live and not ticket.told and ticket.parent is None
        if silent and ticket.ref not in waiting | happened:
            desk.put(Step(ticket=ticket, kind=EventKind.RELEASED), at, note())


def _explain(desk: Desk, live: list[Ticket], at: datetime) -> None:
    parents = explain(live)
    for ticket in live:
        parent = parents.get(ticket.ref)
        if parent is not None and parent != ticket.parent:
            explained = Step(ticket=replace(ticket, parent=parent), kind=EventKind.EXPLAINED)
            desk.put(explained, at, note(parent=parent))
        elif parent is None and ticket.parent is not None and _stands_alone(ticket, desk.tickets[ticket.parent]):
            released = Step(ticket=replace(ticket, parent=None), kind=EventKind.RELEASED)
            desk.put(released, at, note(parent=ticket.parent))


def _stands_alone(ticket: Ticket, parent: Ticket) -> bool:
    """Whether a run that began after the cause was gone still found the anomaly: a stale sighting tells nobody."""
    gone = parent.restored_at or parent.closed_at
    return gone is None or ticket.seen_at >= gone


def _say(ticket: Ticket, kind: EventKind) -> EventKind | None:
    """What people are told of a happening: nothing while another ticket explains it, but the end if they knew of it."""
    if kind in LAST:
        return kind if ticket.told else None
    if ticket.parent is not None:
        return None
    if kind in FIRST:
        return kind
    if kind is EventKind.RELEASED:
        return None if ticket.told else EventKind.OPENED
    return kind if kind is EventKind.CHANGED and ticket.told and not ticket.flapping else None
