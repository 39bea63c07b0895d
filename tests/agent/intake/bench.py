"""A store with an intake whose batches the test chooses."""

from pathlib import Path

from agent.core.desk.message import Route
from agent.core.desk.ticket import EventKind, State, Ticket
from agent.core.desk.watch import Watch
from agent.intake import Changes, Intake, Rules
from agent.store import Store, events, tickets
from checks.core.model import Artifact, Outcome
from tests.agent.kit import DOWN, RULES, UPTIME, open_store, outcome

Taken = tuple[Outcome, Watch]


class Bench:
    """What a test does with intake, and what it reads afterwards."""

    def __init__(self, folder: Path, routes: tuple[Route, ...] = ()) -> None:
        self.store: Store = open_store(folder)
        self.changes: list[Changes] = []
        self.routes = routes
        self.rules = Rules()

    def intake(self, **options: float) -> Intake:
        made = Intake(self.store, self.changes.append, **options)  # type: ignore[arg-type]  # numbers all
        made.routes, made.rules = self.routes, self.rules
        return made

    async def take(self, *taken: Taken) -> None:
        """Store all of it, in one batch."""
        intake = self.intake()
        for said, watch in taken:
            await intake.put(said, watch)
        await intake.close()
        await intake.run()

    async def each(self, *taken: Taken) -> None:
        """Store each in a batch of its own."""
        for one in taken:
            await self.take(one)

    def tickets(self) -> list[Ticket]:
        return list(self.store.read(lambda session: tickets.listed(session, RULES, states=tuple(State))))

    def ticket(self, rule: str) -> Ticket:
        (found,) = [ticket for ticket in self.tickets() if ticket.finding.rule.id == rule]
        return found

    def events(self, ref: str) -> list[EventKind]:
        return [event.kind for event in self.store.read(lambda session: events.of(session, ref))]

    def said(self, ref: str) -> list[EventKind]:
        """What people were told of a ticket."""
        return [h.say for changes in self.changes for h in changes.happenings if h.ref == ref and h.say is not None]


def down(minutes: float, reason: str = "refused", ms: int = 0, artifacts: tuple[Artifact, ...] = ()) -> Taken:
    return outcome(UPTIME, minutes, DOWN.found("uptime", reason=reason, ms=ms), artifacts=artifacts), UPTIME


def well(minutes: float, watch: Watch = UPTIME) -> Taken:
    return outcome(watch, minutes), watch
