"""Runs the real daemon over some thousand TLS sites, once a minute each, and prints what it took and how true it was.

The servers note for each answer how long the handshake and the wait for it really took; against that stand the phases
of the same run as a scrape of the daemon shows them.
"""

import argparse
import json
import platform
import ssl
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import running
from benchmarks.load.scrapes import Probe, Scraper, lags, probes
from benchmarks.load.sites import configuration, sites, write_certificates

WEB = 28_787
SERVERS = 4
INTERVAL = 60.0  # seconds between two runs of a check
SCRAPE = 15.0  # seconds between two scrapes
CPU_GOAL, TRUTH_GOAL = 15.0, 2.0  # percent of a core, ms at the 99th percentile
_CLOSE = 5.0  # seconds between a server's answer and the end of its run

Truth = tuple[float, float, float]  # Unix time, seconds of handshake, seconds of waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One interval that was measured."""

    busy: bool
    cpu: float  # percent of a core
    machine: float  # cores that were at work in all
    began: float  # Unix time
    resident: int
    pages: list[bytes]


def measure(pid: int, *, busy: bool) -> Window:
    """Watch the daemon for one interval."""
    with running.busy(really=busy):
        at = time.time()
        began, cpu, machine = time.monotonic(), running.cpu_seconds(pid), running.machine_seconds()
        pages = Scraper(WEB, SCRAPE).through(INTERVAL)
        took = time.monotonic() - began
        return Window(
            busy=busy,
            cpu=100 * (running.cpu_seconds(pid) - cpu) / took,
            began=at,
            machine=(running.machine_seconds() - machine) / took,
            resident=running.resident(pid),
            pages=pages,
        )


def errors(found: Iterable[Probe], truths: dict[str, list[Truth]]) -> tuple[list[float], list[float]]:
    """Return by how many ms each run's handshake and its wait for the answer were told too long."""
    tls, processing = [], []
    for probe in found:
        near = [truth for truth in truths[probe.site] if 0 <= probe.ended - truth[0] < _CLOSE]
        if probe.well and near:
            _at, shaking, waiting = max(near)
            tls.append(1000 * (probe.tls - shaking))
            processing.append(1000 * (probe.processing - waiting))
    return tls, processing


def centile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(values: Iterable[float]) -> str:
    """Tell how far off values are, whichever way."""
    off = [abs(value) for value in values]
    return f"{statistics.median(off):.2f} / {centile(off, 0.99):.2f} / {max(off):.1f}"


def late(pages: list[bytes]) -> str:
    """Tell how many firings of a window were how late at most."""
    before, after = lags(pages[0]), lags(pages[-1])
    fired = {bound: after[bound] - before[bound] for bound in after}
    count = fired[max(fired)]
    return ", ".join(f"{100 * fired[bound] / count:.2f} % within {1000 * bound:g} ms" for bound in (0.01, 0.05, 0.25))


def report(windows: list[Window], truths: dict[str, list[Truth]]) -> None:
    """Print a line for each window, and what they come to."""
    print("| a core beside | CPU, % of a core | cores at work | MiB | runs | tls ms off | processing ms off | late |")
    print("|---|---|---|---|---|---|---|---|")
    off: dict[bool, list[float]] = defaultdict(list)
    for window in windows:
        found = [probe for probe in probes(window.pages) if probe.ended > window.began]
        ill = sum(not probe.well for probe in found)
        tls, processing = errors(found, truths)
        off[window.busy].append(centile([abs(one) for one in processing], 0.99))
        beside = "busy" if window.busy else "free"
        print(
            f"| {beside} | {window.cpu:.1f} | {window.machine:.2f} | {window.resident / 2**20:.0f} "
            f"| {len(processing)}, {ill} ill | {spread(tls)} | {spread(processing)} | {late(window.pages)} |"
        )
    cpu = statistics.median(window.cpu for window in windows if not window.busy)
    print(f"\nCPU {cpu:.1f} % of a core, goal {CPU_GOAL:g}: {'kept' if cpu <= CPU_GOAL else 'missed'}")
    for taken, centiles in off.items():
        wrong = statistics.median(centiles)
        kept = "kept" if wrong < TRUTH_GOAL else "missed"
        print(f"{'a' if taken else 'no'} core busy beside: wrong by {wrong:.2f} ms (p99), goal {TRUTH_GOAL:g}: {kept}")


def read_books(folder: Path) -> dict[str, list[Truth]]:
    """Return what the servers noted, by site."""
    found: dict[str, list[Truth]] = defaultdict(list)
    for book in folder.glob("book*.json"):
        for name, *truth in json.loads(book.read_text()):
            found[name.partition(".")[0]].append(tuple(truth))
    return found


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=5000)
    parser.add_argument("--warm", type=float, default=2.5, help="intervals before the first window")
    parser.add_argument("--windows", type=int, default=3, help="of one interval each, without and with a busy core")
    chosen = parser.parse_args()
    print(f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {chosen.sites} sites", flush=True)
    with tempfile.TemporaryDirectory() as place:
        folder, wanted = Path(place), sites(chosen.sites, SERVERS)
        write_certificates(folder, wanted)
        (folder / "config.toml").write_text(configuration(folder, wanted, WEB))
        with ExitStack() as stack:
            stack.enter_context(running.servers(folder, SERVERS))
            pid = stack.enter_context(running.daemon(folder, WEB))
            print(f"daemon {pid} runs", file=sys.stderr, flush=True)
            Scraper(WEB, SCRAPE).through(chosen.warm * INTERVAL)
            windows = [measure(pid, busy=busy) for busy in (False, True) for _ in range(chosen.windows)]
        report(windows, read_books(folder))


if __name__ == "__main__":
    main()
