"""Decides what becomes of a ticket when its anomaly begins, changes or ends."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.desk.ticket import EventKind, State, Ticket
from agent.core.desk.verdict import SERIOUS, Began, Changed, Ended
from agent.core.desk.watch import Watch
from checks.core.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A ticket after something happened to it."""

    ticket: Ticket
    kind: EventKind


REOPENS_WITHIN = timedelta(hours=1)  # an anomaly that comes back so soon after it was resolved is the same one


def reopens(last: Ticket | None, flip: Began, within: timedelta = REOPENS_WITHIN) -> bool:
    """Whether an anomaly that begins takes up its last ticket: resolved, and only a short while ago."""
    return (
        last is not None and last.state is State.RESOLVED and flip.at - (last.restored_at or last.opened_at) <= within
    )


def begin(flip: Began, watch: Watch, started: datetime, now: datetime, last: Ticket | None, ref: str) -> Step:
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


def reopen(ticket: Ticket, flip: Began, started: datetime) -> Step:
    """Take a resolved ticket up again; its clocks go on from where it was opened."""
    again = replace(
        ticket,
        state=State.OPEN,
        finding=flip.finding,
        seen_at=started,
        restored_at=None,
        parent=None,
        reopen_count=ticket.reopen_count + 1,
        occurrences=ticket.occurrences + flip.runs,
    )
    return Step(ticket=again, kind=EventKind.REOPENED)


def seen(ticket: Ticket, finding: Finding, started: datetime) -> Ticket:
    """Count one more sighting; facts that move by themselves follow silently."""
    return replace(ticket, finding=finding, seen_at=started, occurrences=ticket.occurrences + 1)


def change(ticket: Ticket, flip: Changed) -> Step:
    """Take over what changed; people are told of another rule or severity only."""
    kind = EventKind.CHANGED if flip.what & SERIOUS else EventKind.UPDATED
    return Step(ticket=replace(ticket, finding=flip.finding), kind=kind)


def end(ticket: Ticket, flip: Ended) -> Step:
    """Resolve a ticket whose anomaly the check no longer sees; restoration is dated back to the first good run."""
    return Step(ticket=replace(ticket, state=State.RESOLVED, restored_at=flip.at), kind=EventKind.RESOLVED)


def withdraw(ticket: Ticket, now: datetime) -> Step:
    """Close a ticket that no check can verify any more."""
    return Step(ticket=replace(ticket, state=State.CLOSED, closed_at=now), kind=EventKind.CLOSED)


TRANSITIONS: dict[State, frozenset[State]] = {
    State.OPEN: frozenset(
        {State.ACKNOWLEDGED, State.IN_PROGRESS, State.PENDING, State.RESOLVED, State.CLOSED, State.MERGED}
    ),
    State.ACKNOWLEDGED: frozenset({State.IN_PROGRESS, State.PENDING, State.RESOLVED, State.CLOSED, State.MERGED}),
    State.IN_PROGRESS: frozenset({State.PENDING, State.RESOLVED, State.CLOSED, State.MERGED}),
    State.PENDING: frozenset({State.IN_PROGRESS, State.RESOLVED, State.CLOSED, State.MERGED}),
    State.RESOLVED: frozenset({State.OPEN, State.CLOSED, State.MERGED}),
    State.CLOSED: frozenset(),
    State.MERGED: frozenset(),
}


def may(state: State, to: State) -> bool:
    """Whether a ticket may go from one state to another."""
    return to in TRANSITIONS[state]
