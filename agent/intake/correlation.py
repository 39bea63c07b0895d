"""Third stage: which ticket explains which, and who is told of what."""

from dataclasses import replace
from datetime import datetime

from agent.core.desk.correlate import explain
from agent.core.desk.hold import FIRST, LAST, waiting
from agent.core.desk.lifecycle import Step
from agent.core.desk.ticket import EventKind, Ticket
from agent.intake.desk import Desk
from agent.intake.story import note


def correlate(desk: Desk, at: datetime) -> None:
    """Set the parents of the live tickets, then decide which happenings people are told of."""
    live = [ticket for ticket in desk.tickets.values() if ticket.live]
    for site in sorted({ticket.key.site for ticket in live}):
        _explain(desk, [ticket for ticket in live if ticket.key.site == site], at)
    held = waiting(desk.tickets.values(), desk.doubts, at)
    over = {happening.ref: place for place, happening in enumerate(desk.happenings) if happening.kind in LAST}
    for place, happening in enumerate(desk.happenings):
        ticket = desk.tickets[happening.ref]
        bygone = place <= over.get(ticket.ref, -1)
        say = _bygone(ticket, happening.kind) if bygone else _owed(ticket, held)
        if say is not None:
            desk.tell(place, say, bygone=bygone)
    _speak_up(desk, held, at)


def _speak_up(desk: Desk, held: frozenset[str], at: datetime) -> None:
    """Let tickets whose wait is over stand for themselves."""
    for ticket in tuple(desk.tickets.values()):
        say = _owed(ticket, held)
        if say is not None:
            desk.put(Step(ticket=ticket, kind=EventKind.RELEASED), at, note())
            desk.tell(len(desk.happenings) - 1, say)


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


def _owed(ticket: Ticket, held: frozenset[str]) -> EventKind | None:
    """What people are told of a ticket now: what they are owed, unless another one explains it or soon may."""
    explained = ticket.parent is not None or ticket.ref in held
    return None if ticket.owed is None or explained else ticket.owed.kind


def _bygone(ticket: Ticket, kind: EventKind) -> EventKind | None:
    """What people are told of what was over within the batch: the end if they knew of it, and then how it began."""
    if kind in LAST:
        return kind if ticket.told else None
    return kind if kind in FIRST and ticket.parent is None else None
