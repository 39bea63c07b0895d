"""What the agent says of its store once it can write again."""

from dataclasses import dataclass
from datetime import datetime

from agent.core.desk.rules import DISK, STORE
from agent.core.desk.watch import Watch
from agent.intake.verdicts import Sighting
from agent.store.errors import StoreError, StoreFull
from checks.core import ulid
from checks.core.model import Finding, Observed, Outcome

SUBJECTS = {STORE.id: "store", DISK.id: "disk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why the store cannot be written, and since when."""

    error: StoreError
    since: datetime

    def confession(self, agent: Watch, now: datetime) -> tuple[Sighting, ...]:
        """Return what is to be stored of it: that it began, and that it is over."""
        rule = DISK if isinstance(self.error, StoreFull) else STORE
        finding = rule.found(SUBJECTS[rule.id], detail=str(self.error), free=0)
        return (
            self._said(agent, self.since, finding.subject, finding),
            self._said(agent, max(now, self.since), finding.subject),
        )

    def _said(self, agent: Watch, started: datetime, subject: str, *findings: Finding) -> Sighting:
        said = Outcome(
            id=ulid.new(),
            key=agent.key,
            started=started,
            seconds=0.0,
            only=frozenset({subject}),
            answer=Observed(findings=findings),
        )
        return Sighting(outcome=said, watch=agent)
