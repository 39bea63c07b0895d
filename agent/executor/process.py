"""The lane of child processes: what hangs or grows there is killed for good, and the daemon's timings stay true."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from agent.executor.spawned import Bounds, Child, Loss
from checks.core.model import Job, Outcome
from checks.core.registry import Catalogue


@dataclass(slots=True)
class _Slot:
    """The place of one child; a lost one is replaced when the next job comes."""

    child: Child | None = None
    load: int = 0  # runs that were given to it
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True, kw_only=True)
class ProcessLane:
    """Runs jobs in one or two spawned children, from `open()` until its end."""

    rules: Catalogue
    bounds: Bounds
    told: Callable[[Loss], None]  # a child was lost
    count: int = 1
    _slots: list[_Slot] = field(init=False)
    _silent: frozenset[int] = frozenset()
    _group: asyncio.TaskGroup | None = None
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._slots = [_Slot() for _ in range(self.count)]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let children live meanwhile; none is started before its first job."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                yield
            finally:
                for slot in self._slots:
                    if slot.child is not None:
                        slot.child.close()

    async def run(self, job: Job) -> Outcome:
        """Run a job in a child and return its outcome.

        When the child is lost while it ran others too, which of them did it is not known: each is run once more, in a
        child of its own.
        """
        slot = min(self._slots, key=lambda slot: slot.load)
        slot.load += 1
        try:
            child = await self._child(slot)
            outcome = await child.run(job)
        finally:
            slot.load -= 1
        if job.id not in child.lost_with or len(child.lost_with) == 1:
            return outcome
        async with self._alone:
            alone = await self._start()
            try:
                return await alone.run(job)
            finally:
                alone.close()

    def mark_silent(self, families: frozenset[int]) -> None:
        """Take address families out of all runs: no reference target answers on them."""
        self._silent = families
        for slot in self._slots:
            if slot.child is not None:
                slot.child.mark_silent(families)

    async def _child(self, slot: _Slot) -> Child:
        async with slot.starting:
            if slot.child is None or slot.child.gone:
                slot.child = await self._start()
            return slot.child

    async def _start(self) -> Child:
        assert self._group is not None
        child = await Child.start(self.rules, self.bounds, self.told)
        self._group.create_task(child.serve())
        if self._silent:
            child.mark_silent(self._silent)
        return child
