"""The processes of the benchmark: servers, the daemon, somebody who keeps a core busy, and what they take."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.executor.child import MEEK

_DAEMON = "import sys; from agent.cli import main; sys.exit(main(sys.argv[1:]))"
_BUSY = "while True: sum(range(100_000))"
_PATIENCE = 120.0  # seconds for a daemon to say that it is ready


@contextmanager
def servers(folder: Path, count: int) -> Iterator[None]:
    """Serve all sites; the books are in the folder at the end."""
    command = [sys.executable, "-m", "benchmarks.load.server", str(folder)]
    started = [subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE) for number in range(count)]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


@contextmanager
def daemon(folder: Path, web: int) -> Iterator[int]:
    """Run a daemon from the folder's configuration; yields its process id once it is ready."""
    with (folder / "daemon.log").open("wb") as log:
        command = [sys.executable, "-c", _DAEMON, "run", "--config", str(folder / "config.toml")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_ready(process, web, folder / "daemon.log")
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _until_ready(process: subprocess.Popen[bytes], web: int, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{web}/readyz", timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(log.read_text(encoding="utf-8"))


@contextmanager
def busy(*, really: bool) -> Iterator[None]:
    """Keep a core busy meanwhile, in a process that stands back for the daemon as far as its own children do."""
    if not really:
        yield
        return
    process = subprocess.Popen(["nice", "-n", str(MEEK), sys.executable, "-c", _BUSY])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all that descend from it."""
    own = _fields(pid)
    ticks = sum(int(one) for one in own[11:15])  # its own, and that of children that are gone
    return ticks / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(child) for child in _children(pid))


def machine_seconds() -> float:
    """What all processors worked since the machine began."""
    numbers = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(numbers) - numbers[3] - numbers[4]) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(_fields(pid)[21]) * os.sysconf("SC_PAGE_SIZE")


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
