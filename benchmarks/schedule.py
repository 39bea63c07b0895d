"""Measures what a firing costs, and how late firings are: `python -m benchmarks.schedule [CHECKS] [SECONDS]`."""

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agent.plan import Planned, due
from agent.schedule import Schedule, Trouble
from agent.settings import Phase
from checks.core.model import Key
from checks.core.options import Common
from checks.net import loop

EVERY = timedelta(seconds=60)
WARM = 3.0  # seconds before the window
LATE = 300.0  # ms that the 99th percentile may be late


def check(number: int) -> Planned:
    """One check that is due every minute."""
    return Planned(
        key=Key(site=f"site-{number}", check="uptime"),
        kind="uptime",
        client="default",
        contract=None,
        phase=Phase.MAINTENANCE,
        target=f"https://site-{number}.example/",
        options=Common(),
        every=EVERY,
        timeout=10.0,
        recheck_wait=1.0,
        recheck_every=EVERY,
        blind_after=timedelta(hours=1),
        language="en",
    )


@dataclass(slots=True)
class Heard:
    """What the schedule told in the window."""

    lags: list[float] = field(default_factory=list)  # ms
    troubles: int = 0

    def fired(self, lag: float) -> None:
        """Note how late a firing was."""
        self.lags.append(1000 * lag)

    def trouble(self, _key: Key, _what: Trouble, firings: int) -> None:
        """Count what did not happen as planned."""
        self.troubles += firings


async def nothing(_planned: Planned, _only: frozenset[str]) -> None:
    """A run that costs nothing."""


async def main(checks: int, seconds: float) -> int:
    """Print the figures; 1 when firings are later than they may be."""
    heard = Heard()
    planned = [check(number) for number in range(checks)]
    schedule = Schedule(due=due, fire=nothing, watch=heard)
    now = datetime.now(UTC)
    before = time.process_time()
    # Every check ran within the last minute, each at its own instant, as in a daemon that has run for a while.
    schedule.apply(planned, {one.key: due(one, now - 1.5 * EVERY, now - EVERY, checks) for one in planned})
    setting_up = time.process_time() - before
    task = asyncio.create_task(schedule.run())
    await asyncio.sleep(WARM)
    heard.lags.clear()
    heard.troubles, before = 0, time.process_time()
    await asyncio.sleep(seconds)
    cpu, fired = time.process_time() - before, len(heard.lags)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    centiles = statistics.quantiles(heard.lags, n=100)
    print(f"{checks} checks every {EVERY.seconds} s, {seconds:.0f} s: {fired} firings, {heard.troubles} not as planned")
    print(
        f"set up in {setting_up:.2f} s of CPU; {1000 * cpu / fired:.3f} ms of CPU a firing, {100 * cpu / seconds:.1f} % of a core"  # noqa: E501
    )
    print(
        f"late by {statistics.median(heard.lags):.1f} ms (median), {centiles[98]:.1f} ms (p99), {max(heard.lags):.1f} ms"  # noqa: E501
    )
    return int(centiles[98] > LATE)


if __name__ == "__main__":
    arguments = [float(word) for word in sys.argv[1:]] + [5000, 30][len(sys.argv) - 1 :]
    sys.exit(loop.run(main(int(arguments[0]), arguments[1])))
