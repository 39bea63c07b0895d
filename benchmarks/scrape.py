"""Measures a scrape over HTTP, and how long it holds the loop: `python -m benchmarks.scrape [SITES] [ROUNDS]`."""

import asyncio
import statistics
import sys
import time
from datetime import UTC, datetime

from starlette.applications import Starlette

from agent.metrics import Exposition, Labelled, Own, Watched
from agent.web import scrape
from agent.web.server import WebServer, listen, written
from benchmarks.intake import NAMES, PHASES
from checks.core.model import Key, Measure, Observed, Outcome
from checks.net import loop

CPU = 0.1  # seconds that a scrape may cost
HOLD = 10.0  # ms that it may keep the loop from others
# What each check of a site measures, about as many figures as the real ones give.
CHECKS = {
    "uptime": (*NAMES, *PHASES),
    "tls": tuple(f"tls_{number}_seconds" for number in range(6)),
    "links": tuple(f"links_{number}" for number in range(5)),
    "dependencies": tuple(f"deps_{number}" for number in range(5)),
    "smoke": tuple(f"smoke_{number}_seconds" for number in range(4)),
}


def fill(watched: Watched, sites: int) -> None:
    """Let every check have run once."""
    planned = [
        Labelled(key=Key(site=f"site-{number}", check=kind), client=f"client-{number % 200}", kind=kind)
        for number in range(sites)
        for kind in CHECKS
    ]
    watched.plan(planned)
    for one in planned:
        measures = tuple(Measure(name=name, value=0.123456) for name in CHECKS[one.kind])
        answer = Observed(measures=measures)
        now = datetime.now(UTC)
        watched.ran(Outcome(id="", key=one.key, started=now, seconds=0.1, only=frozenset(), answer=answer))
        watched.believed(one.key, up=True)


async def held(gaps: list[float]) -> None:
    """Note, for ever, how long each turn of the loop kept a task that always wants the next one; milliseconds."""
    before = time.perf_counter()
    while True:
        await asyncio.sleep(0)
        now = time.perf_counter()
        gaps.append(1000 * (now - before))
        before = now


async def one_scrape(url: str, *, compressed: bool) -> tuple[float, int]:
    """Scrape once from another process; return CPU seconds of this one, and the bytes that came."""
    words = ("curl", "-sS", "-o", "/dev/null", "-w", "%{size_download}")
    zipped = ("-H", "Accept-Encoding: gzip") if compressed else ()
    before = time.process_time()
    curl = await asyncio.create_subprocess_exec(*words, *zipped, url, stdout=asyncio.subprocess.PIPE)
    out, _none = await curl.communicate()
    return time.process_time() - before, int(out)


async def main(sites: int, rounds: int) -> int:
    """Print the figures; 1 when a scrape costs more, or holds the loop longer, than it may."""
    own, watched = Own(), Watched()
    fill(watched, sites)
    exposition = Exposition(own.registry, watched.lines)
    lines = sum(piece.count(b"\n") for piece in exposition.answer("", "").pieces)
    server = WebServer(Starlette(routes=scrape.routes(exposition.answer)), listen("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve())
    url = f"http://{written(*server.address)}/metrics"
    await one_scrape(url, compressed=False)
    worst = []
    for compressed in (False, True):
        scrapes = [await one_scrape(url, compressed=compressed) for _ in range(rounds)]
        gaps: list[float] = []
        ticking = asyncio.create_task(held(gaps))
        await one_scrape(url, compressed=compressed)
        ticking.cancel()
        cpu = statistics.median(cost for cost, _size in scrapes)
        worst.append((cpu, max(gaps)))
        form = "gzip" if compressed else "plain"
        print(f"{form}: {cpu:.3f} s of CPU, {scrapes[0][1] / 1e6:.1f} MB, the loop held for {max(gaps):.1f} ms at most")
    print(f"{sites} sites with {len(CHECKS)} checks each: {lines} lines; medians of {rounds}")
    server.stop()
    await serving
    return int(worst[0][0] > CPU or max(hold for _cpu, hold in worst) > HOLD)


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]] + [5000, 5][len(sys.argv) - 1 :]
    sys.exit(loop.run(main(*arguments)))
