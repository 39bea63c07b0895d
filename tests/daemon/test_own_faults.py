"""What goes wrong with the agent: a clear line, a metric, a ticket of its own, none for a client, and it goes on."""

import asyncio
import resource
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.daemon.running import Place, Running, daemon
from tests.lab.ports import free_port

CLIENTS = "SELECT 1 FROM tickets WHERE rule NOT LIKE 'agent.%'"


@dataclass(slots=True)
class Reference:
    """A server that tells the time, right or wrong, on a port of its own."""

    port: int
    off: timedelta = timedelta()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        date = format_datetime(datetime.now(UTC) - self.off, usegmt=True)
        writer.write(f"HTTP/1.1 204 No Content\r\nDate: {date}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        async with await asyncio.start_server(self.answer, "127.0.0.1", self.port):
            yield


async def ticket(running: Running, rule: str, state: str) -> None:
    """Wait until the agent's own ticket is in a state."""
    sql = f"SELECT state FROM tickets WHERE rule = '{rule}'"
    await running.until(lambda: running.place.rows(sql) == [(state,)], f"{rule} {state}")


async def problem(running: Running, rule: str, *, present: bool = True) -> None:
    """Wait until the metrics show the problem, or no longer."""

    async def shown() -> bool:
        return await running.metric("vigie_agent_problems", rule=rule) == present

    await running.until(shown, f"{rule} in the metrics")


async def more_runs(running: Running, result: str = "", count: int = 2) -> None:
    """Wait until the demo site was looked at a few times more."""
    sql = "SELECT count(*) FROM outcomes JOIN checks ON checks.id = check_id WHERE site = 'atelier'"
    sql += f" AND result = '{result}'" if result else ""
    before = running.place.rows(sql)[0][0]
    assert isinstance(before, int)
    await running.until(
        lambda: int(str(running.place.rows(sql)[0][0])) >= before + count, f"{count} runs more {result}"
    )


def log(place: Place) -> str:
    return (place.folder / "daemon.log").read_text(encoding="utf-8")


async def test_references_that_do_not_answer_and_a_clock_that_is_off(tmp_path: Path) -> None:
    reference = Reference(free_port(), off=timedelta(hours=1))
    place = Place.make(tmp_path, first="reset", references=[f"http://127.0.0.1:{reference.port}/"])
    async with daemon(place) as running:
        await running.ready()
        await ticket(running, "agent.offline", "open")  # nobody listens there yet
        await more_runs(running, "unobserved")
        assert await running.metric("vigie_agent_online") == 0
        assert place.rows(CLIENTS) == []
        async with reference.up():
            await ticket(running, "agent.offline", "resolved")
            await ticket(running, "agent.clock", "open")
            await running.until(lambda: place.rows(CLIENTS), "now the site's own fault is believed")
            assert await running.metric("vigie_agent_online") == 1
        assert await running.stop() == 0
    assert "agent.offline: This agent reaches none of its reference targets" in log(place)
    assert "agent.clock: The clock of this agent is 1 h" in log(place)
    assert "Traceback" not in log(place)


async def test_descriptors_that_run_out(tmp_path: Path) -> None:
    place = Place.make(tmp_path, first="no_cart")  # the home page is well
    async with daemon(place) as running:
        await running.ready()
        await more_runs(running, "ok")
        pid = running.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (8, before[1]))  # what is open stays open, nothing is opened
        await ticket(running, "agent.resources", "open")
        await more_runs(running, "unobserved")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        await more_runs(running, "ok")
        assert place.rows(CLIENTS) == []
        await problem(running, "agent.resources", present=True)
        assert await running.stop() == 0
    assert "agent.resources: This agent ran out of file descriptors" in log(place)


async def test_a_store_that_is_locked(tmp_path: Path) -> None:
    place = Place.make(tmp_path, first="no_cart")
    async with daemon(place) as running:
        await running.ready()
        await more_runs(running, "ok")
        with closing(sqlite3.connect(place.state / "vigie.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await problem(running, "agent.store")
            answer = await running.get("/readyz")
            assert answer is not None
            assert (answer.status_code, answer.json()["store"]) == (503, False)
            page = await running.get("/")
            assert page is not None
            assert page.status_code == 200  # it can still be read
            other.execute("ROLLBACK")
        await ticket(running, "agent.store", "resolved")
        await more_runs(running, "ok")
        await problem(running, "agent.store", present=False)
        assert await running.stop() == 0
    started = place.rows("SELECT started FROM outcomes JOIN checks ON checks.id = check_id WHERE site = 'atelier'")
    gaps = [int(str(b)) - int(str(a)) for ((a,), (b,)) in zip(sorted(started), sorted(started)[1:], strict=False)]
    assert max(gaps) < 4000, "what was seen meanwhile waited and was stored"
    assert place.rows(CLIENTS) == []
    assert "is locked by another program" in log(place)
    assert "the store can be written again" in log(place)
    assert "Traceback" not in log(place)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk needs the right to mount: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


async def test_a_disk_that_is_full(tmp_path: Path, small_disk: Path) -> None:
    place = Place.make(tmp_path, first="no_cart", state=small_disk)
    async with daemon(place) as running:
        await running.ready()
        await more_runs(running, "ok")
        await ticket(running, "agent.disk", "open")  # 16 MB are nearly nothing from the start
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        await problem(running, "agent.store")
        filler.unlink()
        await problem(running, "agent.store", present=False)
        await more_runs(running, "ok")
        assert await running.stop() == 0
    assert place.rows(CLIENTS) == []
    assert place.rows("PRAGMA integrity_check") == [("ok",)]
    assert "the disk is full" in log(place)
    assert "Traceback" not in log(place)
