"""The schedule fires what is due, counts what is not, and plans anew when a clock jumps or the machine sleeps."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest

from agent.schedule import Clocks, Schedule, Trouble
from checks.core.model import Key

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    key: Key
    every: timedelta
    timeout: float = 10.0


def plan(name: str, every: timedelta = HOUR, timeout: float = 10.0) -> Plan:
    return Plan(key=Key(site=name, check="uptime"), every=every, timeout=timeout)


def on_a_grid(planned: Plan, last: datetime | None, now: datetime, _jobs: int) -> datetime:
    """Soon when it never ran or is overdue, else an interval after the last start."""
    soon = now + timedelta(milliseconds=20)
    return soon if last is None else max(soon, last + planned.every)


@dataclass
class Seen:
    """What the schedule did, and a gate that each run waits at."""

    fired: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    troubles: Counter[tuple[str, Trouble]] = field(default_factory=Counter)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    async def fire(self, planned: Plan, only: frozenset[str]) -> None:
        self.fired.append((planned.key.site, only))
        async with self.changed:
            self.changed.notify_all()
        await self.gate.wait()
        if self.error:
            raise self.error

    def trouble(self, key: Key, what: Trouble, firings: int) -> None:
        self.troubles[key.site, what] += firings

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 — what is waited for tells nobody
                await asyncio.sleep(0.01)

    async def times(self, count: int) -> None:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.fired) >= count)

    def fired_after(self, lag: float) -> None:
        self.lags.append(lag)


class Watching:
    def __init__(self, seen: Seen) -> None:
        self.fired = seen.fired_after
        self.trouble = seen.trouble


@dataclass
class Time:
    """The real clocks, and what is added to each."""

    wall: timedelta = timedelta()
    steady: float = 0.0

    def clocks(self) -> Clocks:
        return Clocks(
            wall=lambda: datetime.now(UTC) + self.wall, steady=lambda: asyncio.get_running_loop().time() + self.steady
        )


@pytest.fixture(autouse=True)
def _ticks_that_do_not_keep_us_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.schedule.TICK", 0.05)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    shift = Time()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Shifted":
            real = datetime.now(tz) + shift.wall
            return cls.combine(real.date(), real.timetz())

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Shifted)
    return shift


@asynccontextmanager
async def running(
    seen: Seen, *plans: Plan, time: Time | None = None, last: Mapping[Key, datetime] | None = None
) -> AsyncIterator[Schedule[Plan]]:
    clocks = (time or Time()).clocks()
    schedule = Schedule(due=on_a_grid, fire=seen.fire, watch=Watching(seen), clocks=clocks)
    schedule.apply(plans, last or {})
    task = asyncio.create_task(schedule.run())
    try:
        yield schedule
    finally:
        seen.gate.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_never_ran_fires_soon_and_what_ran_waits_its_interval() -> None:
    seen = Seen()
    ran = plan("ran")
    async with running(seen, plan("new"), ran, last={ran.key: datetime.now(UTC)}):
        await seen.times(1)
        assert seen.fired == [("new", frozenset())]
        assert len(seen.lags) == 1


async def test_it_fires_again_and_again() -> None:
    seen = Seen()
    async with running(seen, plan("a", timedelta(milliseconds=30))):
        await seen.times(4)
    assert {site for site, _only in seen.fired} == {"a"}


async def test_a_run_that_goes_on_is_not_started_twice_and_that_is_counted() -> None:
    seen = Seen()
    seen.gate.clear()
    async with running(seen, plan("long", timedelta(milliseconds=30))):
        await seen.until(lambda: seen.troubles["long", Trouble.OVERLAP] >= 2)
        assert len(seen.fired) == 1


async def test_a_firing_that_raises_is_counted_logged_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen(error=ValueError("broken"))
    with caplog.at_level(logging.ERROR, "vigie.schedule"):
        async with running(seen, plan("a", timedelta(milliseconds=30))):
            await seen.until(lambda: seen.troubles["a", Trouble.FAILED] >= 2)
    assert "firing uptime of a failed: broken" in caplog.text


async def test_a_reload_applies_only_the_difference() -> None:
    seen = Seen()
    kept, changed, gone = plan("kept"), plan("changed"), plan("gone")
    async with running(seen, kept, changed, gone) as schedule:
        await seen.times(3)
        before = instants(schedule)
        schedule.apply([kept, plan("changed", timedelta(milliseconds=30)), plan("new")], {})
        assert instants(schedule)["kept"] == before["kept"]
        assert set(instants(schedule)) == {"kept", "changed", "new"}
        await seen.until(lambda: ("new", frozenset()) in seen.fired and Counter(seen.fired)["changed", frozenset()] > 2)
    assert Counter(site for site, _only in seen.fired)["gone"] == 1


def instants(schedule: Schedule[Plan]) -> dict[str, datetime]:
    return {job.args[0].site: job.next_run_time for job in schedule._scheduler.get_jobs()}


@pytest.mark.parametrize("jump", [-HOUR, HOUR, timedelta(days=400)], ids=lambda jump: f"the-wall-clock-jumps-by-{jump}")
async def test_after_a_jump_everything_is_planned_anew(time: Time, jump: timedelta) -> None:
    seen = Seen()
    async with running(seen, *(plan(f"s{n}", timedelta(minutes=20)) for n in range(10)), time=time) as schedule:
        await seen.times(10)
        time.wall += jump
        await seen.until(lambda: all(near(instant, time) for instant in instants(schedule).values()))
        await seen.until(lambda: schedule.running)
    missed = sum(count for (_site, what), count in seen.troubles.items() if what is Trouble.CLOCK)
    assert missed == (10 * (jump // timedelta(minutes=20)) if jump > timedelta() else 0)


def near(instant: datetime, time: Time) -> bool:
    now = datetime.now(UTC) + time.wall
    return now - timedelta(seconds=5) <= instant <= now + timedelta(minutes=20)


async def test_after_a_sleep_overdue_checks_are_planned_anew_before_any_fires(time: Time) -> None:
    seen = Seen()
    async with running(seen, *(plan(f"s{n}", timedelta(minutes=1)) for n in range(10)), time=time):
        await seen.times(10)
        time.wall += HOUR  # the machine slept: both clocks went on, nothing ran
        time.steady += HOUR.total_seconds()
        await seen.times(20)
    assert seen.troubles["s0", Trouble.CLOCK] == 59 + 1
    assert not [what for _site, what in seen.troubles if what is Trouble.STALL]


async def test_a_clock_that_is_only_slewed_changes_nothing(time: Time) -> None:
    seen = Seen()
    async with running(seen, plan("a"), time=time) as schedule:
        await seen.times(1)
        before = instants(schedule)
        time.wall += timedelta(seconds=1)
        assert schedule._trustworthy()
        assert instants(schedule) == before


async def test_live_subjects_are_looked_at_again_between_two_runs_until_none_is_left() -> None:
    seen = Seen()
    daily = plan("a", timedelta(days=1))
    async with running(seen, daily) as schedule:
        await seen.times(1)
        schedule.recheck(daily.key, timedelta(milliseconds=30), frozenset({"x"}))
        await seen.times(3)
        schedule.recheck(daily.key, timedelta(milliseconds=30), frozenset({"y"}))
        await seen.until(lambda: seen.fired[-1] == ("a", frozenset({"y"})))
        schedule.recheck(daily.key, timedelta(milliseconds=30), frozenset())
        assert len(instants(schedule)) == len(schedule._scheduler.get_jobs()) == 1
    assert seen.fired[1] == ("a", frozenset({"x"}))


async def test_a_check_more_frequent_than_its_recheck_needs_none() -> None:
    seen = Seen()
    minute = plan("a", timedelta(minutes=1))
    async with running(seen, minute) as schedule:
        schedule.recheck(minute.key, timedelta(minutes=15), frozenset({"x"}))
        assert len(schedule._scheduler.get_jobs()) == 1


async def test_thousands_of_changes_wake_it_once() -> None:
    seen = Seen()
    async with running(seen) as schedule:
        await seen.until(lambda: schedule.running)
        wakes: list[int] = []
        schedule._scheduler.wakeup = lambda: wakes.append(1)  # type: ignore[method-assign]
        schedule.apply([plan(f"s{n}") for n in range(2000)], {})
        assert len(wakes) == 1
