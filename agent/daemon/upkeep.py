"""Looks at the agent itself, and hands in what it sees as the built-in check `agent`."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from agent.core.desk.rules import RULES, STORE
from agent.core.desk.watch import AGENT_KEY, agent_watch
from agent.daemon import machine
from agent.daemon.condition import Condition, Seen, judge
from agent.daemon.tally import Tally
from agent.intake import Intake
from agent.metrics import Own
from agent.texts import render
from agent.uplink import Uplink
from checks.core import ulid
from checks.core.model import Observed, Outcome
from checks.net.families import Families

log = logging.getLogger("vigie.agent")

EVERY = 2.0  # seconds between two looks
ANYWAY = timedelta(minutes=1)  # between two outcomes that say the same
_SOME_IPV6 = "2001:4860:4860::8888"  # the way to it is looked up, nothing is sent


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """Looks now and then until it is cancelled."""

    tally: Tally
    uplink: Uplink
    intake: Intake
    own: Own
    folder: Path  # of the state
    language: str
    refused: str = ""  # why the last configuration was refused
    _said: Seen = field(default_factory=lambda: Seen(findings=(), subjects=frozenset()))
    _at: datetime | None = None
    _families: Families = field(default_factory=Families)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look(self.tally.clock())
            await asyncio.sleep(EVERY)

    async def look(self, now: datetime) -> None:
        """Look once; hand in what changed, and now and then what did not."""
        seen = judge(self._condition(now))
        self._show(seen)
        same = _names(self._said) == _names(seen) and self._said.subjects == seen.subjects
        if same and self._at is not None and timedelta() <= now - self._at < ANYWAY:
            return
        _tell(self._said, seen)
        self._said, self._at = seen, now
        await self.intake.put(_outcome(seen, now), agent_watch(self.language))

    def _condition(self, now: datetime) -> Condition:
        fired, late = self.tally.window(now)
        return Condition(
            targets=self.uplink.asked,
            online=self.uplink.online,
            lacks_ipv6=self._lacks_ipv6(),
            ahead=self.uplink.ahead,
            free=machine.free(self.folder),
            refused=self.refused,
            descriptors=machine.descriptors(),
            memory=machine.memory(),
            ran_out=self.tally.ran_out(now),
            fired=fired,
            late=late,
        )

    def _lacks_ipv6(self) -> bool:
        """Whether a check needed IPv6 and there still is none."""
        if self.tally.lacked_ipv6:
            works = 6 not in self.uplink.silent and self._families.usable(_SOME_IPV6)
            self.tally.lacked_ipv6 = not works
        return self.tally.lacked_ipv6

    def _show(self, seen: Seen) -> None:
        """The metrics tell at once, also while nothing can be stored."""
        found = {finding.rule.id for finding in seen.findings}
        if self.intake.trouble is not None:
            found.add(STORE.id)
        for rule in RULES:
            self.own.problem(rule.id, present=rule.id in found)


def _outcome(seen: Seen, now: datetime) -> Outcome:
    return Outcome(
        id=ulid.new(),
        key=AGENT_KEY,
        started=now,
        seconds=0.0,
        only=seen.subjects,  # other findings about the agent are not ours to end
        answer=Observed(findings=seen.findings),
    )


def _names(seen: Seen) -> frozenset[tuple[str, str]]:
    return frozenset((finding.rule.id, finding.subject) for finding in seen.findings)


def _tell(before: Seen, now: Seen) -> None:
    """One line in the log when something begins or ends."""
    for finding in now.findings:
        if (finding.rule.id, finding.subject) not in _names(before):
            log.error("%s: %s", finding.rule.id, render(finding.rule.says, finding.facts, "en"))
    for rule, _subject in sorted(_names(before) - _names(now)):
        log.warning("%s: over", rule)
