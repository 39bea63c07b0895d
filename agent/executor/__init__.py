"""Runs jobs where their check belongs: on the daemon's loop, or in child processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

from agent.executor.places import Places
from agent.executor.process import ProcessLane
from agent.executor.settings import Lanes
from agent.executor.spawned import Bounds, Loss
from checks.core.model import Job, Key, Lane, Outcome
from checks.core.registry import Catalogue, find
from checks.core.run import run
from checks.net import Net
from checks.parse.redact import redact


class Events(Protocol):
    """Who hears of what the lanes suffer."""

    def child_lost(self, loss: Loss) -> None:
        """A child process is gone before its time."""

    def delayed(self) -> None:
        """A run waited over a second because all places were taken."""


class Executor:
    """Both lanes; a check that is running is never run a second time beside itself."""

    def __init__(self, net: Net, rules: Catalogue, lanes: Lanes, events: Events) -> None:
        self._net = net
        bounds = Bounds(memory=lanes.process_memory)
        self._processes = ProcessLane(rules=rules, bounds=bounds, told=events.child_lost, count=lanes.processes)
        totals = {Lane.LOOP: lanes.runs, Lane.PROCESS: lanes.processes * lanes.process_runs}
        self._places = {
            lane: Places(total=total, per_host=lanes.per_host, delayed=events.delayed) for lane, total in totals.items()
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
                return await run(job, check, self._net, now=self._net.clock, redact=redact)
        finally:
            self._running.discard(job.key)

    def lanes(self) -> tuple[tuple[Lane, int, int], ...]:
        """For each lane, how many runs go on and how many wait."""
        return tuple((lane, places.running, places.waiting) for lane, places in self._places.items())

    def mark_silent(self, families: frozenset[int]) -> None:
        """Take address families out of all runs: no reference target answers on them."""
        self._net.families.mark_silent(families)
        self._processes.mark_silent(families)


__all__ = ["Bounds", "Events", "Executor", "Lanes", "Loss"]
