"""Runs jobs where their check belongs: on the daemon's loop, or in child processes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from agent.executor.places import Places
from agent.executor.process import ProcessLane
from agent.executor.spawned import Bounds, Loss
from checks.core.model import Job, Key, Lane, Outcome
from checks.core.registry import Catalogue, find
from checks.core.run import run
from checks.net import Net
from checks.parse.redact import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much goes on at once."""

    loop: int = 200  # runs on the loop
    per_host: int = 4  # runs against one host, in each lane
    children: int = 1  # child processes
    per_child: int = 4  # runs in one child
    bounds: Bounds = field(default_factory=Bounds)


class Executor:
    """Both lanes; a check that is running is never run a second time beside itself."""

    def __init__(self, net: Net, rules: Catalogue, sizes: Sizes, child_lost: Callable[[Loss], None]) -> None:
        self._net = net
        self._processes = ProcessLane(rules=rules, bounds=sizes.bounds, told=child_lost, count=sizes.children)
        self._places = {
            Lane.LOOP: Places(total=sizes.loop, per_host=sizes.per_host),
            Lane.PROCESS: Places(total=sizes.children * sizes.per_child, per_host=sizes.per_host),
        }
        self._running: set[Key] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let child processes live meanwhile."""
        async with self._processes.open():
            yield

    async def run(self, job: Job) -> Outcome | None:
        """Run a job when there is a place for it; None when its check is running already."""
        if job.key in self._running:
            return None
        self._running.add(job.key)
        try:
            check = find(job.kind)
            async with self._places[check.lane].take(urlsplit(job.target).hostname or ""):
                if check.lane is Lane.PROCESS:
                    return await self._processes.run(job)
                return await run(job, check, self._net, redact=redact)
        finally:
            self._running.discard(job.key)

    def lanes(self) -> tuple[tuple[Lane, int, int], ...]:
        """For each lane, how many runs go on and how many wait."""
        return tuple((lane, places.running, places.waiting) for lane, places in self._places.items())

    def mark_silent(self, families: frozenset[int]) -> None:
        """Take address families out of all runs: no reference target answers on them."""
        self._net.families.mark_silent(families)
        self._processes.mark_silent(families)


__all__ = ["Bounds", "Executor", "Loss", "Sizes"]
