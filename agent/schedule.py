"""Says "due": one APScheduler job per check and per recheck of its live subjects, re-planned when the clock jumps."""

import asyncio
import contextlib
import logging
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_SUBMITTED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import STATE_RUNNING
from apscheduler.triggers.base import BaseTrigger

from checks.core.model import Key

log = logging.getLogger("vigie.schedule")
logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # what it has to say comes as events, told once, below

TICK = 1.0  # seconds between two looks at the clocks
JUMP = 2.0  # seconds by which wall clock and monotonic clock may part before everything is planned anew
FROZEN = 10.0  # seconds without a tick: the machine slept, or the process was stopped
SLICE = 500  # jobs planned anew before the loop gets its turn
LATE = 1.0  # seconds after which a firing counts as late
_SOON = timedelta(milliseconds=1)
_BETWEEN = "\x1f"  # the parts of a job's id; no name of a check holds a control character


class Trouble(StrEnum):
    """Why a firing did not happen as planned."""

    OVERLAP = "overlap"  # the run before still goes on
    CLOCK = "clock"  # the wall clock jumped over it, or the machine slept
    STALL = "stall"  # the loop was too busy to fire it
    LATE = "late"  # it happened, over a second late
    WAITED = "waited"  # it happened, but the run waited over a second for a place
    FAILED = "failed"  # firing it raised


class Watch(Protocol):
    """Who counts what the schedule does."""

    def fired(self, lag: float) -> None:
        """A firing happened `lag` seconds after it was due."""

    def trouble(self, key: Key, what: Trouble, firings: int) -> None:
        """So many firings did not happen as planned."""


class Planned(Protocol):
    """What the schedule needs to know of a planned check."""

    @property
    def key(self) -> Key:
        """Which check it is."""

    @property
    def every(self) -> timedelta:
        """Its interval."""


P = TypeVar("P", bound=Planned)
Due = Callable[[P, datetime | None, datetime, int], datetime]  # planned, last start, now, number of jobs
Fire = Callable[
    [P, frozenset[str]], Awaitable[None]
]  # planned, subjects to look at again; returns when the run is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The two clocks: the wall's may jump, the other only goes on (and stops while the machine sleeps)."""

    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class _Entry(Generic[P]):
    planned: P
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recheck:
    every: timedelta
    subjects: frozenset[str]


class _Trigger(BaseTrigger):  # type: ignore[misc]
    """Asks for the next instant after now, whatever was missed before: firings that were missed coalesce at once."""

    __slots__ = ("ask",)

    def __init__(self, ask: Callable[[bool, datetime], datetime]) -> None:
        self.ask = ask

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return max(self.ask(previous is not None, now), now + _SOON)


class _Scheduler(AsyncIOScheduler):  # type: ignore[misc]
    """APScheduler that looks at the clocks before it believes that anything is due."""

    trustworthy: Callable[[], bool]

    def wakeup(self) -> None:
        """Look for due jobs in the loop's next turn: everything here is on its thread, no pipe is needed to wake it."""
        self._eventloop.call_soon(self._turn)

    def _turn(self) -> None:
        self._start_timer(self._process_jobs())

    def _start_timer(self, wait_seconds: float | None) -> None:
        self._stop_timer()
        if wait_seconds is not None:
            self._timeout = self._eventloop.call_later(wait_seconds, self._turn)

    def _process_jobs(self) -> Any:
        return super()._process_jobs() if self.trustworthy() else None


class Schedule(Generic[P]):
    """Fires planned checks at the instants the plan gives, from `run()` until it is cancelled."""

    def __init__(self, *, due: Due[P], fire: Fire[P], watch: Watch, clocks: Clocks | None = None) -> None:
        self._due, self._fire, self._watch = due, fire, watch
        self._clocks = clocks or Clocks()
        self._entries: dict[Key, _Entry[P]] = {}
        self._rechecks: dict[Key, _Recheck] = {}
        self._submitted: dict[str, datetime] = {}
        self._jumped = asyncio.Event()
        self._last_tick = (self._clocks.wall(), self._clocks.steady())
        self._scheduler = _Scheduler(timezone=UTC)
        self._scheduler.trustworthy = self._trustworthy
        self._scheduler.add_listener(self._heard, EVENT_JOB_SUBMITTED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)

    async def run(self) -> None:
        """Fire until cancelled; runs that go on then are left to whoever runs them."""
        self._start()
        self._tick()
        self._scheduler.resume()
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._jumped.wait()
                if not self._trustworthy():
                    await self._replan()
                self._tick()
        finally:
            self._scheduler.pause()

    @property
    def running(self) -> bool:
        """Whether firings happen."""
        return bool(self._scheduler.state == STATE_RUNNING)

    def apply(self, wanted: Iterable[P], last_starts: Mapping[Key, datetime]) -> None:
        """Plan exactly the wanted checks; what stays as it was keeps its instants. Needs a running loop."""
        self._start()
        new = {planned.key: planned for planned in wanted}
        with self._quiet():
            for key in [key for key in self._entries if key not in new]:
                self._drop(key)
            fresh = [planned for planned in new.values() if self._changed(planned)]
            for planned in fresh:
                known = self._entries.get(planned.key)
                last = known.last if known else last_starts.get(planned.key)
                self._entries[planned.key] = _Entry(planned=planned, last=last)
            for planned in fresh:
                self._put(_check_id(planned.key), self._check_trigger(planned.key), self._run_check, planned.key)

    def recheck(self, key: Key, every: timedelta, subjects: frozenset[str]) -> None:
        """Look again at these live subjects of a check every so often; no subjects, no recheck."""
        entry, known = self._entries.get(key), self._rechecks.get(key)
        if not subjects or entry is None or every >= entry.planned.every:
            self._rechecks.pop(key, None)
            if known is not None:
                self._scheduler.remove_job(_recheck_id(key))
            return
        self._rechecks[key] = _Recheck(every=every, subjects=subjects)
        if known is None or known.every != every:
            self._put(_recheck_id(key), self._recheck_trigger(key), self._run_recheck, key)

    def _start(self) -> None:
        if not self._scheduler.running:
            self._scheduler.start(paused=True)

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """While it lasts, APScheduler is not woken at every change (25,000 changes would be 25,000 wake-ups)."""
        was_running = self.running
        self._scheduler.pause()
        try:
            yield
        finally:
            if was_running:
                self._scheduler.resume()

    def _changed(self, planned: P) -> bool:
        known = self._entries.get(planned.key)
        return known is None or known.planned != planned

    def _drop(self, key: Key) -> None:
        del self._entries[key]
        self._scheduler.remove_job(_check_id(key))
        if self._rechecks.pop(key, None) is not None:
            self._scheduler.remove_job(_recheck_id(key))

    def _put(self, id_: str, trigger: _Trigger, call: Callable[[Key], Awaitable[None]], key: Key) -> None:
        self._scheduler.add_job(
            call,
            trigger,
            args=(key,),
            id=id_,
            replace_existing=True,
            misfire_grace_time=None,  # the default of one second skips jobs in silence
            coalesce=True,
            max_instances=1,
            next_run_time=trigger.get_next_fire_time(None, self._clocks.wall()),
        )

    def _check_trigger(self, key: Key) -> _Trigger:
        def ask(fired: bool, now: datetime) -> datetime:
            entry = self._entries[key]
            last = now if fired else entry.last
            if last is not None and last > now:  # the clock was set back
                last = None
            return self._due(entry.planned, last, now, len(self._entries))

        return _Trigger(ask)

    def _recheck_trigger(self, key: Key) -> _Trigger:
        def ask(fired: bool, now: datetime) -> datetime:
            every = self._rechecks[key].every
            return now + (every if fired else every * (0.5 + 0.5 * _share(key)))

        return _Trigger(ask)

    async def _run_check(self, key: Key) -> None:
        self._began(_check_id(key))
        entry = self._entries.get(key)
        if entry is not None:
            entry.last = self._clocks.wall()
            await self._fire(entry.planned, frozenset())

    async def _run_recheck(self, key: Key) -> None:
        self._began(_recheck_id(key))
        entry, recheck = self._entries.get(key), self._rechecks.get(key)
        if entry is not None and recheck is not None:
            await self._fire(entry.planned, recheck.subjects)

    def _began(self, id_: str) -> None:
        due = self._submitted.pop(id_, None)
        if due is not None:
            self._watch.fired(max(0.0, (self._clocks.wall() - due).total_seconds()))

    def _heard(self, event: JobExecutionEvent | JobSubmissionEvent) -> None:
        key = _key_of(event.job_id)
        match event.code:
            case code if code == EVENT_JOB_SUBMITTED:
                self._submitted[event.job_id] = event.scheduled_run_times[0]
                self._late(key, event.scheduled_run_times[0])
            case code if code == EVENT_JOB_MAX_INSTANCES:
                self._watch.trouble(key, Trouble.OVERLAP, 1)
            case _:
                log.error("firing %s of %s failed: %s\n%s", key.check, key.site, event.exception, event.traceback)
                self._watch.trouble(key, Trouble.FAILED, 1)

    def _late(self, key: Key, due: datetime) -> None:
        lag = self._clocks.wall() - due
        if lag.total_seconds() > LATE:
            self._watch.trouble(key, Trouble.LATE, 1)
        entry = self._entries.get(key)
        if entry is not None and lag > entry.planned.every:
            self._watch.trouble(key, Trouble.STALL, lag // entry.planned.every)

    def _tick(self) -> None:
        self._last_tick = (self._clocks.wall(), self._clocks.steady())

    def _trustworthy(self) -> bool:
        """Whether the wall clock went on as the steady one did since the last tick, and the process was awake."""
        wall, steady = self._last_tick
        passed = self._clocks.steady() - steady
        apart = (self._clocks.wall() - wall).total_seconds() - passed
        if abs(apart) > JUMP or passed > FROZEN:
            if not self._jumped.is_set():
                log.warning(
                    "%.0f s passed at once and the wall clock moved by %+.0f s beside: planning anew", passed, apart
                )
            self._jumped.set()
        return not self._jumped.is_set()

    async def _replan(self) -> None:
        """Give every job a new instant, spread as at a start; nothing fires meanwhile."""
        self._scheduler.pause()
        for number, job in enumerate(self._scheduler.get_jobs(), 1):
            if number % SLICE == 0:
                await asyncio.sleep(0)
            now, key = self._clocks.wall(), _key_of(job.id)
            entry = self._entries.get(key)
            if entry is None or self._scheduler.get_job(job.id) is None:
                continue  # a reload came between
            if job.next_run_time < now:
                self._watch.trouble(key, Trouble.CLOCK, 1 + (now - job.next_run_time) // entry.planned.every)
            self._scheduler.modify_job(job.id, next_run_time=job.trigger.get_next_fire_time(None, now))
        self._jumped.clear()
        self._tick()
        self._scheduler.resume()


def _check_id(key: Key) -> str:
    return _BETWEEN.join(("check", key.site, key.check, key.location))


def _recheck_id(key: Key) -> str:
    return _BETWEEN.join(("recheck", key.site, key.check, key.location))


def _key_of(id_: str) -> Key:
    _what, site, check, location = id_.split(_BETWEEN)
    return Key(site=site, check=check, location=location)


def _share(key: Key) -> float:
    """A number from 0 to 1 that stays the key's own."""
    return zlib.crc32(_check_id(key).encode()) / 0xFFFFFFFF
