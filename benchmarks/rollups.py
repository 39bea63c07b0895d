"""Measures how fast 30 days of a check are summed: `python -m benchmarks.rollups [RESULTS]`, ten million by default."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.desk.rules import RULES
from agent.store import Session, Store, rollups
from agent.store.instants import to_ms
from checks.core.model import Key
from checks.core.registry import Catalogue

Query = Callable[[Session], object]

GOAL = 1.0  # ms
CHECKS = 200
MINUTE = 60_000  # ms
HOUR = 60 * MINUTE
START = datetime(2026, 10, 1, tzinfo=UTC)


def fill(session: Session, each: int) -> None:
    """Write `each` results a minute apart for every check, and the roll-ups that intake would have kept."""
    start = to_ms(START)
    with session.immediate():
        names = [(number, f"site-{number}", f"https://site-{number}.example/") for number in range(1, CHECKS + 1)]
        session.many("INSERT INTO checks VALUES (?, ?, 'uptime', 'local', 'uptime', ?)", names)
        for check in range(1, CHECKS + 1):
            session.many("INSERT INTO outcomes VALUES (?, ?, ?, 120, 'ok', NULL)", _results(check, start, each))
            hours = [(check, start + hour * HOUR, HOUR - 60_000, 60_000, 0, 60, 7200) for hour in range(-(-each // 60))]
            session.many("INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?)", hours)


def _results(check: int, start: int, each: int) -> Iterator[tuple[int, int, str]]:
    return ((check, start + minute * MINUTE, f"{check:06d}{minute:020d}") for minute in range(each))


def main(results: int) -> int:
    """Print the medians; 1 when the goal is missed."""
    each = results // CHECKS
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "vigie.db", Catalogue(RULES))
        store.write(lambda session: fill(session, each)).result()
        size = store.path.stat().st_size + store.path.with_name("vigie.db-wal").stat().st_size
        end = START + timedelta(minutes=each)
        one = [_timed(_rolled_up(dice.randint(1, CHECKS), end), store) for _ in range(50)]
        raw = [_timed(_counted(dice.randint(1, CHECKS), end), store) for _ in range(5)]
        store.close()
    median = statistics.median(one)
    print(f"{CHECKS * each} results, {size / 1e6:.0f} MB")
    print(f"30 days of one check from roll-ups: {median:.3f} ms (worst of 50: {max(one):.3f})")
    print(f"the same counted from the results:  {statistics.median(raw):.1f} ms")
    print(f"goal {GOAL} ms: {'kept' if median <= GOAL else 'missed'}")
    return 0 if median <= GOAL else 1


def _rolled_up(check: int, end: datetime) -> Query:
    key = Key(site=f"site-{check}", check="uptime")
    return lambda session: rollups.times(session, key, end - timedelta(days=30), end)


def _counted(check: int, end: datetime) -> Query:
    begin = to_ms(end - timedelta(days=30))
    sql = "SELECT result, count(*) AS n FROM outcomes WHERE check_id = ? AND started >= ? GROUP BY result"
    return lambda session: session.rows(sql, (check, begin))


def _timed(query: Query, store: Store) -> float:
    began = time.perf_counter()
    store.read(query)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000))
