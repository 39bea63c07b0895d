"""Measures what intake costs for outcomes that change nothing: `python -m benchmarks.intake [CHECKS] [ROUNDS]`."""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.desk.rules import RULES
from agent.core.desk.watch import Watch
from agent.intake import Intake
from agent.store import Store
from checks.core import ulid
from checks.core.model import Attempt, Key, Measure, Observed, Outcome
from checks.core.registry import Catalogue

GOAL = 0.3  # ms of CPU for one outcome that changes nothing
NAMES = (
    *("probe_success", "probe_duration_seconds", "probe_dns_lookup_time_seconds", "probe_http_status_code"),
    *("probe_http_content_length", "probe_http_uncompressed_body_length", "probe_http_redirects", "probe_http_ssl"),
    *("probe_http_version", "probe_ip_protocol", "probe_failed_due_to_regex", "probe_ssl_earliest_cert_expiry"),
)
PHASES = ("resolve", "connect", "tls", "processing", "transfer")


def outcome(watch: Watch, started: datetime) -> Outcome:
    """One run of a site that is well, with the measures that uptime gives."""
    measures = tuple(Measure(name=name, value=1.25) for name in NAMES) + tuple(
        Measure(name="probe_http_duration_seconds", value=0.0125, labels=(("phase", phase),)) for phase in PHASES
    )
    answer = Observed(measures=measures, attempts=(Attempt(number=1, seconds=0.1, findings=()),))
    return Outcome(id=ulid.new(), key=watch.key, started=started, seconds=0.1, only=frozenset(), answer=answer)


async def one_round(store: Store, watches: list[Watch], started: datetime) -> float:
    """Store one outcome of every check; return CPU milliseconds for each, all threads together."""
    outcomes = [outcome(watch, started) for watch in watches]
    intake = Intake(store, lambda _changes: None)
    before = time.process_time()
    for watch, said in zip(watches, outcomes, strict=True):
        await intake.put(said, watch)
    await intake.close()
    await intake.run()
    return 1000 * (time.process_time() - before) / len(watches)


async def main(checks: int, rounds: int) -> int:
    """Print the median of all rounds but the first; 1 when it is over the goal."""
    watches = [
        Watch(key=Key(site=f"site-{number}", check="uptime"), kind="uptime", target=f"https://site-{number}.example/")
        for number in range(checks)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "vigie.db", Catalogue(RULES))
        start = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        costs = [await one_round(store, watches, start + timedelta(minutes=number)) for number in range(rounds)]
        store.close()
    cost = statistics.median(costs[1:])
    print(f"{cost:.3f} ms CPU for an outcome that changes nothing, of {checks} checks")
    print(f"rounds: {', '.join(f'{one:.3f}' for one in costs)}")
    print(f"goal {GOAL} ms: {'kept' if cost <= GOAL else 'missed'}")
    return 0 if cost <= GOAL else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*(int(word) for word in (*sys.argv[1:], *("2000", "6")[len(sys.argv) - 1 :])))))
