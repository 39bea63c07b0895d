"""Alternates the tools for some rounds; prints medians of CPU milliseconds a probe, and ratios to the others."""

import argparse
import asyncio
import json
import os
import platform
import resource
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.probe import blackbox
from benchmarks.probe.origins import origins, serving
from benchmarks.probe.ours import PORTS

SCENES = ("plain", "ecdsa", "rsa", "names")
PASSES = 3  # of a Python tool in one round: the first sees everything for the first time

Figures = dict[str, list[float]]


def python_tool(module: str, scene: str, folder: Path, prefix: tuple[str, ...]) -> list[float]:
    """Run one of our scripts in a process of its own; return milliseconds for each pass."""
    environ = {**os.environ, "SSL_CERT_FILE": str(folder / "roots.pem")}
    command = [*prefix, sys.executable, "-m", f"benchmarks.probe.{module}", scene, str(PASSES)]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert not any(line["bad"] for line in lines), lines
    return [line["ms"] for line in lines]


def curl(scene: str, folder: Path, count: int = 60) -> float:
    """Fetch some origins with one curl process each; return milliseconds a probe."""
    secure, port = scene in ("ecdsa", "rsa"), PORTS[scene]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for origin in origins()[:count]:
        host = origin.name if secure else origin.address
        where = [
            f"{'https' if secure else 'http'}://{host}:{port}/",
            "--resolve",
            f"{origin.name}:{port}:{origin.address}",
        ]
        command = ["curl", "-sSf", "-o", "/dev/null", "--cacert", str(folder / "roots.pem"), *where]
        subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / count * 1000


@contextmanager
def name_server(folder: Path) -> Iterator[tuple[str, ...]]:
    """Serve the origins' names; yields the prefix under which a command asks there (needs root and unshare)."""
    own = folder / "resolv.conf"
    own.write_text("nameserver 127.0.0.1\n")
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.probe.names"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        script = f'mount --bind {own} /etc/resolv.conf && exec "$@"'
        yield ("unshare", "-m", "sh", "-c", script, "sh")
    finally:
        process.terminate()
        process.wait()


def rounds(scene: str, folder: Path, count: int, prefix: tuple[str, ...]) -> Figures:
    """Measure every tool `count` times, one after the other."""
    found: Figures = defaultdict(list)
    with blackbox.running(folder, prefix) as pid:
        time.sleep(1)
        asyncio.run(blackbox.one_pass(scene, pid))  # warm
        for _ in range(count):
            theirs = [asyncio.run(blackbox.one_pass(scene, pid)) for _ in range(PASSES)]
            assert not any(bad for _cpu, bad in theirs), theirs
            found["blackbox"].append(statistics.mean(cpu for cpu, _bad in theirs) * 1000)
            first, *steady = python_tool("ours", scene, folder, prefix)
            found["vigie, first sight"].append(first)
            found["vigie, steady"].append(statistics.mean(steady))
            found["httpx"].append(statistics.mean(python_tool("stock", scene, folder, prefix)[1:]))
            if scene != "names" and shutil.which("curl"):
                found["curl"].append(curl(scene, folder))
    return found


def table(scene: str, figures: Figures) -> Iterator[str]:
    """Yield the lines of one scene: median and range, and the median of the ratios round by round."""
    yield f"\n### {scene}\n"
    yield "| tool | CPU ms a probe, median [range] | blackbox costs × | httpx costs × |"
    yield "|---|---|---|---|"
    for tool, values in sorted(figures.items(), key=lambda item: statistics.median(item[1])):
        against = [
            statistics.median(other / mine for other, mine in zip(figures[anchor], values, strict=True))
            for anchor in ("blackbox", "httpx")
        ]
        spread = f"{statistics.median(values):.3f} [{min(values):.3f}–{max(values):.3f}]"
        yield f"| {tool} | {spread} | {against[0]:.2f} | {against[1]:.2f} |"


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", default=",".join(SCENES))
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if blackbox.binary() is None:
        sys.exit("blackbox_exporter is missing: apt-get install prometheus-blackbox-exporter, or set BLACKBOX_EXPORTER")
    print(
        f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {os.cpu_count()} cores, {len(origins())} origins"
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        with serving(folder):
            for scene in chosen.scenes.split(","):
                if scene == "names":
                    with name_server(folder) as prefix:
                        lines = table(scene, rounds(scene, folder, chosen.rounds, prefix))
                else:
                    lines = table(scene, rounds(scene, folder, chosen.rounds, ()))
                print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
