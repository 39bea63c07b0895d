"""Third stage: which ticket explains which, and who is told of what."""

from dataclasses import replace
from datetime import datetime

from agent.core.desk.correlate import explain
from agent.core.desk.lifecycle import Step
from agent.core.desk.ticket import EventKind, Ticket
from agent.intake.desk import Desk
from agent.intake.story import note

LAST = frozenset({EventKind.RESOLVED, EventKind.RESTORED, EventKind.CLOSED})
FIRST = frozenset({EventKind.OPENED, EventKind.REOPENED, EventKind.UNSTABLE})


def correlate(desk: Desk, at: datetime) -> None:
    """Set the parents of the live tickets, then decide which happenings people are told of."""
    live = [ticket for ticket in desk.tickets.values() if ticket.live]
    for site in sorted({ticket.key.site for ticket in live}):
        _explain(desk, [ticket for ticket in live if ticket.key.site == site], at)
    for place, happening in enumerate(desk.happenings):
        say = _say(desk.tickets[happening.ref], happening.kind)
        if say is not None:
            desk.tell(place, say)


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
