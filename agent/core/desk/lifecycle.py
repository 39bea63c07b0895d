"""Decides what becomes of a ticket when its anomaly begins, changes, ends, or comes and goes."""

from dataclasses import dataclass, replace
from datetime import datetime

from agent.core.desk.settings import Flap
from agent.core.desk.ticket import EventKind, State, Ticket
from agent.core.desk.verdict import SERIOUS, Began, Changed, Ended, Suspected
from agent.core.desk.watch import Watch
from checks.core.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A ticket after something happened to it."""

    ticket: Ticket
    kind: EventKind


def open_ticket(flip: Began, watch: Watch, started: datetime, now: datetime, last: Ticket | None, ref: str) -> Step:
    """Open a ticket `now`, by a run that began at `started`; `last` is the one that the same anomaly had before."""
    opened = Ticket(
        ref=ref,
        key=watch.key,
        kind=watch.kind,
        target=watch.target,
        client=watch.client,
        contract=watch.contract,
        language=watch.language,
        finding=flip.finding,
        state=State.OPEN,
        opened_at=now,
        detected_at=flip.at,
        seen_at=started,
        recurrence_of=last.ref if last else None,
        occurrences=flip.runs,
    )
    return Step(ticket=opened, kind=EventKind.OPENED)


def suspicion(track: Suspected, watch: Watch) -> Ticket:
    """Return the ticket that a suspicion would become, to see what it would explain."""
    flip = Began(finding=track.finding, at=track.since, runs=track.runs)
    return open_ticket(flip, watch, track.last, track.last, None, "").ticket


def reopens(last: Ticket, flip: Began, flap: Flap) -> bool:
    """Whether an anomaly that begins takes up its last ticket: resolved, and only a short while ago."""
    return last.state is State.RESOLVED and last.restored_at is not None and flip.at - last.restored_at <= flap.window


def reopen(ticket: Ticket, flip: Began, started: datetime, flap: Flap) -> Step:
    """Take a resolved ticket up again; its clocks go on from where it was opened.

    One that was reopened as often as `flap` says within its window is unstable: from now on it is held.
    """
    lately = (*(when for when in ticket.reopened_at if flip.at - when <= flap.window), flip.at)
    unstable = len(lately) >= flap.reopens
    again = replace(
        ticket,
        state=State.OPEN,
        finding=flip.finding,
        seen_at=started,
        restored_at=None,
        parent=None,
        reopen_count=ticket.reopen_count + 1,
        occurrences=ticket.occurrences + flip.runs,
        flapping=unstable,
        reopened_at=lately,
    )
    return Step(ticket=again, kind=EventKind.UNSTABLE if unstable else EventKind.REOPENED)


def seen(ticket: Ticket, finding: Finding, started: datetime) -> Ticket:
    """Count one more sighting; facts that move by themselves follow silently."""
    return replace(ticket, finding=finding, seen_at=started, occurrences=ticket.occurrences + 1)


def change(ticket: Ticket, flip: Changed) -> Step:
    """Take over what changed; people are told of another rule or severity only."""
    kind = EventKind.CHANGED if flip.what & SERIOUS else EventKind.UPDATED
    return Step(ticket=replace(ticket, finding=flip.finding), kind=kind)


def back(ticket: Ticket) -> Ticket:
    """An anomaly that comes and goes is there again: its ticket is held already."""
    return replace(ticket, quiet_since=None)


def end(ticket: Ticket, flip: Ended) -> Step | Ticket:
    """Resolve a ticket whose anomaly the check no longer sees, dated back to the first good run.

    One that is held waits until it was quiet for long enough.
    """
    if ticket.flapping:
        return replace(ticket, quiet_since=flip.at)
    return Step(ticket=replace(ticket, state=State.RESOLVED, restored_at=flip.at), kind=EventKind.RESOLVED)


def settle(ticket: Ticket, now: datetime, flap: Flap) -> Step | None:
    """End the hold of a ticket whose anomaly has stayed away for long enough."""
    if ticket.quiet_since is None or now - ticket.quiet_since < flap.stable:
        return None
    resolved = replace(
        ticket, state=State.RESOLVED, restored_at=ticket.quiet_since, quiet_since=None, flapping=False, reopened_at=()
    )
    return Step(ticket=resolved, kind=EventKind.RESTORED)


def withdraw(ticket: Ticket, now: datetime) -> Step:
    """Close a ticket that no check can verify any more."""
    return Step(ticket=replace(ticket, state=State.CLOSED, closed_at=now, quiet_since=None), kind=EventKind.CLOSED)


_ENDS = frozenset({State.RESOLVED, State.CLOSED, State.MERGED})
TRANSITIONS: dict[State, frozenset[State]] = {
    State.OPEN: _ENDS | {State.ACKNOWLEDGED, State.IN_PROGRESS, State.PENDING},
    State.ACKNOWLEDGED: _ENDS | {State.IN_PROGRESS, State.PENDING},
    State.IN_PROGRESS: _ENDS | {State.PENDING},
    State.PENDING: _ENDS | {State.IN_PROGRESS},
    State.RESOLVED: frozenset({State.OPEN, State.CLOSED, State.MERGED}),
    State.CLOSED: frozenset(),
    State.MERGED: frozenset(),
}


def may(state: State, to: State) -> bool:
    """Whether something that happens to a ticket may take it from one state to another."""
    return to is state or to in TRANSITIONS[state]
