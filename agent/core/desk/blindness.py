"""Decides when a check that could not judge for long must be told of."""

from collections.abc import Iterable
from datetime import datetime

from agent.core.desk.correlate import hides
from agent.core.desk.hours import Cursor
from agent.core.desk.rules import BLIND, OFFLINE
from agent.core.desk.ticket import Ticket
from agent.core.desk.watch import Watch
from checks.core.model import ALL, Finding, Key, Observed, Outcome

FAMILY = BLIND.family


def blind(cursor: Cursor, watch: Watch, started: datetime) -> bool:
    """Whether a check has judged nothing for longer than it may."""
    return cursor.blind_since is not None and started - cursor.blind_since >= watch.blind_after


def explained(watch: Watch, live: Iterable[Ticket]) -> bool:
    """Whether it is known why a check cannot judge: visitors cannot pass either, or the agent is offline."""
    return any(ticket.finding.rule is OFFLINE or _in_front(ticket, watch) for ticket in live if ticket.live)


def _in_front(ticket: Ticket, watch: Watch) -> bool:
    return ticket.key.site == watch.key.site and ticket.finding.blocks and hides(ticket, watch.target)


def finding(watch: Watch, outcome: Outcome, since: datetime) -> Finding:
    """Return what to say of a check that could not judge since then."""
    return BLIND.found(
        subject(watch.key), site=watch.key.site, check=watch.key.check, since=since.isoformat(), cause=_cause(outcome)
    )


def subject(key: Key) -> str:
    """Name a check among all."""
    return f"{key.site}/{key.check}" if key.location == "local" else f"{key.site}/{key.check}@{key.location}"


def _cause(outcome: Outcome) -> str:
    if not isinstance(outcome.answer, Observed):
        return outcome.answer.cause
    return next((said.cause for said in outcome.answer.untested if said.families is ALL), "")
