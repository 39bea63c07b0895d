"""Measures the CPU that judging a page costs, unchanged, near and changed: `python -m benchmarks.pages [ROUNDS]`."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from checks.uptime.pages import look_at
from checks.uptime.past import remember
from checks.uptime.source import Page
from tests.checks.uptime.recorded import PAGES, load

ROUNDS = 300
NOW = datetime(2026, 11, 24, tzinfo=UTC)
# Of servers and applications that really ran: half a kilobyte, 10 kB and 52 kB.
RECORDED = ("held_out/apache-site", "held_out/dokuwiki-start", "held_out/wordpress-home")
OTHER = Page(
    status=200,
    headers=(("Content-Type", "text/html"),),
    body=b"<title>Durand</title><p>Portes et escaliers sur mesure pour les particuliers de la ville.</p>",
)


def with_token(page: Page, token: bytes) -> Page:
    """Give a page what differs in every answer of most sites."""
    return replace(page, body=page.body.replace(b"</body>", b"<input type=hidden value=" + token + b"></body>"))


def cases(page: Page) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what may have become of a page since it was good."""
    near = with_token(page, b"8f7e6d5c4b3a2910")
    page = with_token(page, b"a1b2c3d4e5f60718")
    last, other = remember(page, None, NOW), remember(OTHER, None, NOW)
    yield "unchanged", lambda: look_at(page, last)
    yield "near: another token", lambda: look_at(near, last)
    yield "near, and what to remember", lambda: (look_at(near, last), remember(near, last, NOW))
    yield "changed altogether", lambda: look_at(page, other)
    yield "never seen", lambda: look_at(page)
    yield "remembered for the first time", lambda: remember(page, None, NOW)


def cost(work: Callable[[], object], rounds: int) -> float:
    """Return the median of the CPU it takes, in microseconds."""
    spent: list[int] = []
    for _ in range(rounds):
        began = time.process_time_ns()
        work()
        spent.append(time.process_time_ns() - began)
    return statistics.median(spent) / 1_000


def main() -> int:
    """Print a line for each page and case."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    for name in RECORDED:
        recorded = load(PAGES / f"{name}.html")
        page = Page(status=recorded.status, headers=recorded.headers, body=recorded.body)
        for case, work in cases(page):
            work()
            print(f"{recorded.name:16} {len(recorded.body):6} bytes  {case:32} {cost(work, rounds):8.1f} µs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
