"""What happens to tickets by itself, without an outcome: held ones settle, those of checks that are gone are closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from agent.core.desk import blindness, lifecycle
from agent.core.desk.ticket import AGENT_SITE
from agent.core.desk.watch import AGENT_KEY
from agent.intake.changes import Changes, Forgotten, Rules
from agent.intake.correlation import correlate
from agent.intake.desk import Desk
from agent.intake.story import note
from agent.intake.suspicions import doubts
from agent.store import tickets, tracks
from agent.store.session import Session
from checks.core.model import Key
from checks.core.registry import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """End the hold of tickets whose anomaly has stayed away for long enough, and the wait of those that are owed."""

    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Close the tickets of checks that are not among the planned ones: nothing would ever verify them again."""

    planned: frozenset[Key]
    now: datetime


Command = Settle | Withdraw


def decide(session: Session, catalogue: Catalogue, rules: Rules, command: Command) -> Changes:
    """Return what a command changes."""
    if isinstance(command, Settle) and not tickets.owing(session) and not tickets.any_quiet(session):
        return Changes()
    desk = Desk(tickets=tickets.on_the_desk(session, catalogue), counters={}, flap=rules.flap)
    forgotten: tuple[Forgotten, ...] = ()
    match command:
        case Settle():
            _settle(desk, command.now)
        case Withdraw():
            forgotten = _withdraw(desk, command, tracks.keys(session))
        case _:
            assert_never(command)
    desk.doubts = doubts(session, catalogue, rules, desk.owing(), {})
    correlate(desk, command.now)
    return Changes(
        tickets=tuple(desk.tickets[ref] for ref in sorted(desk.touched)),
        happenings=tuple(desk.happenings),
        spells=tuple(desk.spells),
        forgotten=forgotten,
    )


def _settle(desk: Desk, now: datetime) -> None:
    for ticket in tuple(desk.tickets.values()):
        step = lifecycle.settle(ticket, now, desk.flap)
        if step is not None:
            desk.put(step, now, note())


def _withdraw(desk: Desk, command: Withdraw, believed: frozenset[Key]) -> tuple[Forgotten, ...]:
    gone = {key for key in believed if key.site != AGENT_SITE} - command.planned
    forgotten = [Forgotten(key=key) for key in sorted(gone, key=str)]
    watched = {blindness.subject(key) for key in command.planned}
    for ticket in [ticket for ticket in desk.tickets.values() if ticket.live]:
        blind = ticket.finding.family == blindness.FAMILY and ticket.finding.subject not in watched
        if blind:
            forgotten.append(Forgotten(key=AGENT_KEY, anomaly=(blindness.FAMILY, ticket.finding.subject)))
        if blind or (ticket.key.site != AGENT_SITE and ticket.key not in command.planned):
            desk.put(lifecycle.withdraw(ticket, command.now), command.now, note(reason="no longer watched"))
    return tuple(forgotten)
