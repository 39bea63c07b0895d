"""Runs real uptime jobs over and over, with good origins and bad ones, and prints by how much the process grew.

A thousand origins: plain, TLS, and one in ten that refuses, resets, cuts its answer short, never answers, answers
garbage, has a bad certificate, or redirects.
"""

import argparse
import asyncio
import gc
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.probe.origins import ECDSA, PLAIN, WORD, Origin, origins, serving
from benchmarks.soak.faults import FAULTS, port
from checks.core import ulid
from checks.core.model import Job, Key, Observed
from checks.core.run import run
from checks.net import Net, loop, open_net
from checks.parse.redact import redact
from checks.uptime.check import CHECK
from checks.uptime.options import Options

CONCURRENCY = 50
EVERY = 5_000  # probes between two samples
WARM = 20_000  # probes until caches are full and the allocator has found its size
FLAT = 25.0  # bytes a probe: 5,000 sites a minute would grow by less than 200 MiB a day
TIMEOUT = 0.3  # seconds that a slow origin is waited for


@dataclass(frozen=True, slots=True)
class Sample:
    """The process after so many probes."""

    probes: int
    resident: int  # bytes
    objects: int  # that the collector watches


@dataclass(slots=True, kw_only=True)
class Soak:
    """Probes the jobs in turn and takes samples."""

    net: Net
    jobs: list[Job]
    samples: list[Sample] = field(default_factory=list)
    gave: Counter[str] = field(default_factory=Counter)
    done: int = 0

    async def go_on(self, until: int) -> None:
        """Probe until so many are done, then take a sample."""
        turn = iter(range(self.done, until))

        async def worker() -> None:
            for number in turn:
                await self._probe(number % len(self.jobs))

        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
        self.done = until
        gc.collect()
        self.samples.append(Sample(self.done, resident(), len(gc.get_objects())))

    async def _probe(self, place: int) -> None:
        job = self.jobs[place]
        outcome = await run(job, CHECK, self.net, redact=redact)
        if not isinstance(outcome.answer, Observed):
            self.gave[f"unobserved: {outcome.answer.cause}"] += 1
            return
        rules = [finding.rule.id for finding in outcome.answer.findings]
        self.gave[rules[0] if rules else "well"] += 1
        if outcome.answer.memory is not None:
            self.jobs[place] = replace(job, memory=outcome.answer.memory)


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def jobs(roots: Path) -> Iterator[Job]:
    """Yield a job for each origin."""
    for number, origin in enumerate(origins()):
        if number % 10 == 0:
            fault = FAULTS[number // 10 % len(FAULTS)]
            scheme = "https" if fault == "bad_certificate" else "http"
            yield _job(origin, scheme, port(fault), Options(resolve=_resolved(origin), timeout=TIMEOUT))
        else:
            scheme, where = ("https", ECDSA) if number % 2 else ("http", PLAIN)
            options = Options(contains=(WORD,), resolve=_resolved(origin), ca_file=str(roots))
            yield _job(origin, scheme, where, options)


def _resolved(origin: Origin) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ((origin.name, (origin.address,)),)


def _job(origin: Origin, scheme: str, where: int, options: Options) -> Job:
    return Job(
        key=Key(site=origin.name, check="uptime"),
        id=ulid.new(),
        kind="uptime",
        target=f"{scheme}://{origin.name}:{where}/",
        options=options,
        timeout=options.timeout or 10.0,
        recheck_wait=0.0,
    )


@contextmanager
def misbehaving(folder: Path) -> Iterator[None]:
    """Let the bad origins be there meanwhile."""
    command = [sys.executable, "-m", "benchmarks.soak.faults", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        process.terminate()
        process.wait()


def slope(samples: list[Sample]) -> float:
    """Return by how many bytes a probe the process grows, as a straight line through the samples."""
    return statistics.linear_regression([one.probes for one in samples], [one.resident for one in samples]).slope


@contextmanager
def traced() -> Iterator[None]:
    """Tell at the end where memory was taken meanwhile that was not given back."""
    tracemalloc.start(12)
    before = tracemalloc.take_snapshot()
    yield
    for line in tracemalloc.take_snapshot().compare_to(before, "traceback")[:10]:
        print(line, *line.traceback.format(), sep="\n")


async def main(probes: int, folder: Path, *, trace: bool) -> int:
    """Print a line for each sample, and the verdict; 1 when the process grows."""
    began = time.monotonic()
    async with open_net() as net:
        soak = Soak(net=net, jobs=list(jobs(folder / "roots.pem")))
        await soak.go_on(WARM)
        print("| probes | MiB | objects |\n|---|---|---|")
        with traced() if trace else nullcontext():
            while soak.done < WARM + probes:
                one = soak.samples[-1]
                print(f"| {one.probes} | {one.resident / 2**20:.1f} | {one.objects} |", flush=True)
                await soak.go_on(soak.done + EVERY)
    one, grows = soak.samples[-1], slope(soak.samples)
    print(f"| {one.probes} | {one.resident / 2**20:.1f} | {one.objects} |\n\n{dict(soak.gave)}")
    print(f"{time.monotonic() - began:.0f} s; {grows:+.1f} bytes a probe, {'flat' if grows <= FLAT else 'it grows'}")
    return int(grows > FLAT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=100_000)
    parser.add_argument("--trace", action="store_true", help="also say where memory was taken that was not given back")
    chosen = parser.parse_args()
    print(f"Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        with serving(Path(place)), misbehaving(Path(place)):
            sys.exit(loop.run(main(chosen.probes, Path(place), trace=chosen.trace)))
