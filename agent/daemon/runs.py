"""One firing from end to end: job, run, uplink, intake."""

import asyncio
import logging
from dataclasses import dataclass, field, replace

from agent.codec import decode_memory
from agent.core.desk.overrides import overridden
from agent.daemon.eyes import Eyes
from agent.daemon.tally import Tally
from agent.daemon.watches import Watches
from agent.intake import Intake
from agent.metrics import Watched
from agent.plan import Planned
from agent.schedule import Trouble
from checks.core import ulid
from checks.core.model import Job, Key, Observed, Outcome

log = logging.getLogger("vigie.runs")

PROBE = "probe"  # the location of looks that somebody asked for over HTTP


@dataclass(slots=True, kw_only=True)
class Runs:
    """Carries firings out."""

    eyes: Eyes
    intake: Intake
    tally: Tally
    watched: Watched
    watches: Watches
    stored_memories: dict[Key, str]
    started: int = 0
    _going: set[asyncio.Task[None]] = field(default_factory=set)
    _memories: dict[Key, object | None] = field(default_factory=dict)

    async def fire(self, planned: Planned, only: frozenset[str]) -> None:
        """Run a check and hand in what it gave; it is over once intake has it."""
        self.started += 1
        task = asyncio.current_task()
        assert task is not None
        self._going.add(task)
        try:
            outcome = await self.eyes.executor.run(self._job(planned, only))
            if outcome is None:
                self.tally.trouble(planned.key, Trouble.OVERLAP, 1)
                return
            await self._hand_in(planned, outcome)
        finally:
            self._going.discard(task)

    async def probe(self, planned: Planned) -> Outcome | None:
        """Look once for somebody who asks, beside the planned runs; nothing is stored. None while one looks already."""
        key = replace(planned.key, location=PROBE)
        job = replace(self._job(planned, frozenset()), key=key, recheck_wait=0.0)
        outcome = await self.eyes.executor.run(job)
        return None if outcome is None else await self.eyes.believe(outcome, planned)

    async def settle(self, grace: float) -> None:
        """Give the firings under way `grace` seconds to end, then cut them off: they leave no outcome."""
        if self._going:
            _done, late = await asyncio.wait(self._going, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    async def _hand_in(self, planned: Planned, outcome: Outcome) -> None:
        self.tally.ran(planned.kind, outcome)
        believed = await self.eyes.believe(outcome, planned)
        if isinstance(believed.answer, Observed) and believed.answer.memory is not None:
            self._memories[planned.key] = believed.answer.memory
        believed = overridden(believed, planned.rules)
        self.watched.ran(believed)
        await self.intake.put(believed, self.watches.of(planned))

    def _job(self, planned: Planned, only: frozenset[str]) -> Job:
        return Job(
            key=planned.key,
            id=ulid.new(),
            kind=planned.kind,
            target=planned.target,
            options=planned.options,
            memory=self._memory(planned),
            timeout=planned.timeout,
            recheck_wait=planned.recheck_wait,
            only=only,
        )

    def _memory(self, planned: Planned) -> object | None:
        if planned.key not in self._memories:
            text = self.stored_memories.pop(planned.key, None)
            self._memories[planned.key] = decode_memory(planned.kind, text) if text else None
        return self._memories[planned.key]

    def forget(self, key: Key) -> None:
        """Forget what a check remembers: it is another check now."""
        self.watches.forget(key)
        self._memories.pop(key, None)
        self.stored_memories.pop(key, None)
