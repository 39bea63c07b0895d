"""What follows from what intake stored: metrics, and what is looked at again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.desk.ticket import EventKind
from agent.daemon.beliefs import Beliefs
from agent.intake import Changes
from agent.metrics import Watched
from agent.plan import Planned
from checks.core.model import Key

Recheck = Callable[[Key, timedelta, frozenset[str]], None]


@dataclass(slots=True, kw_only=True)
class Follow:
    """Hears of every batch, on the loop."""

    beliefs: Beliefs
    watched: Watched
    planned: dict[Key, Planned] = field(default_factory=dict)
    news: Callable[[], None] = lambda: None  # there is something to tell people; the dispatcher's, once there is one
    recheck: Recheck = lambda _key, _every, _subjects: None  # the schedule's, once there is one

    def told(self, changes: Changes) -> None:
        """Take in a batch that was stored."""
        for verdict in changes.verdicts:
            key = verdict.sighting.outcome.key
            if self.beliefs.follow(verdict):
                self.look_again(key)
            self.watched.believed(key, up=self.beliefs.is_up(key))
        for gone in changes.forgotten:
            self.beliefs.forget(gone)
        if changes.messages:
            self.news()
        tickets = {ticket.ref: ticket for ticket in changes.tickets}
        for happening in changes.happenings:
            ticket = tickets[happening.ref]
            if happening.kind is EventKind.OPENED:
                self.watched.opened(ticket.site or "", ticket.finding.severity)
            elif happening.kind is EventKind.REOPENED:
                self.watched.reopened(ticket.site or "")

    def look_again(self, key: Key) -> None:
        """Have the live subjects of a check looked at again, as often as it says."""
        planned = self.planned.get(key)
        if planned is not None:
            self.recheck(key, planned.recheck_every, self.beliefs.subjects(key))

    def plan(self, planned: dict[Key, Planned]) -> None:
        """Take another plan over, once the schedule has it."""
        self.planned = planned
        for key in planned:
            self.look_again(key)
            self.watched.believed(key, up=self.beliefs.is_up(key))
