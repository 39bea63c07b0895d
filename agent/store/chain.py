"""Checks the chain of events: whether anything was altered, removed or slipped in."""

from dataclasses import dataclass

from agent.store import events
from agent.store.instants import to_ms
from agent.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check of the whole chain came to."""

    events: int
    tickets: int
    erased: int  # payloads that were erased on purpose
    log: str  # hash of the last event: noted elsewhere, it also proves that none was cut off
    faults: tuple[str, ...]


def verify(session: Session) -> Verified:
    """Recompute every hash, that of each ticket's chain and that of the whole log."""
    heads: dict[str, events.Head] = {}
    faults: list[str] = []
    log, count, erased = events.START, 0, 0
    for event in events.every(session):
        count += 1
        erased += event.body is None
        before = heads.get(event.ticket, events.NOTHING)
        faults += [f"{event.ticket}, event {event.seq}: {fault}" for fault in _faults(event, before, log)]
        heads[event.ticket] = events.Head(events=event.seq, hash=event.hash)
        log = event.log
    faults += [f"{ref}: it has no event" for ref in events.without(session)]
    return Verified(events=count, tickets=len(heads), erased=erased, log=log, faults=tuple(faults))


def _faults(event: events.Event, before: events.Head, log: str) -> list[str]:
    faults = []
    if event.seq != before.events + 1 or event.prev != before.hash:
        faults.append("does not follow the one before")
    own = events.event_hash(
        event.ticket, event.seq, to_ms(event.at), event.actor, event.kind, event.payload, event.prev
    )
    if own != event.hash:
        faults.append("was altered")
    if event.body is not None and events.sha256(event.body) != event.payload:
        faults.append("its payload was altered")
    if events.sha256(log + event.hash) != event.log:
        faults.append("another event of the log is missing before it, or was slipped in")
    return faults
