"""A daemon in a process of its own, on free ports, with the demo client to break and heal."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.lab.ports import free_port

START = "import sys; from agent.cli import main; sys.exit(main(sys.argv[1:]))"
PATIENCE = 60.0  # seconds for a busy machine; nothing is measured against it
PAUSE = 0.05


@dataclass(slots=True, kw_only=True)
class Place:
    """A folder with a configuration, and the ports in it."""

    folder: Path
    state: Path
    web: int
    demo: int
    https: int  # the demo over TLS
    first: str  # the fault at the first start
    references: list[str]

    @classmethod
    def make(
        cls,
        folder: Path,
        *,
        first: str = "down",
        more: str = "",
        references: Sequence[str] = (),
        state: Path | None = None,
    ) -> "Place":
        """Write a configuration that watches the demo client."""
        place = cls(
            folder=folder,
            state=state or folder / "var",
            web=free_port(),
            demo=free_port(),
            https=free_port(),
            first=first,
            references=list(references),
        )
        place.write(more=more)
        return place

    def write(self, *, more: str = "") -> None:
        """Write the configuration anew."""
        self.config.write_text(
            f"""
[agent]
name = "test"
state_dir = "{self.state}"
reference_targets = {json.dumps(self.references)}
listen = "127.0.0.1:{self.web}"
language = "en"

[demo]
enabled = true
listen = "127.0.0.1:{self.demo}"
https_port = {self.https}
faults = ["{self.first}"]

[sites.atelier]
url = "http://127.0.0.1:{self.demo}/"
[sites.atelier.checks.uptime]
every = "1s"
{more}
""",
            encoding="utf-8",
        )

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config.toml"

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the store, whether a daemon runs or not."""
        with closing(sqlite3.connect(f"file:{self.state / 'vigie.db'}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql).fetchall()

    async def command(self, *words: str) -> tuple[int, str, str]:
        """Run one command to its end: status, stdout, stderr."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", START, *words, "--config", str(self.config)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


@dataclass(slots=True, kw_only=True)
class Running:
    """The daemon of a place."""

    place: Place
    process: asyncio.subprocess.Process
    web: httpx.AsyncClient

    async def get(self, path: str) -> httpx.Response | None:
        """What it answers, None while it does not."""
        try:
            return await self.web.get(f"http://127.0.0.1:{self.place.web}{path}")
        except httpx.HTTPError:
            return None

    async def metrics(self) -> dict[str, list[tuple[dict[str, str], float]]]:
        """Every sample by name."""
        answer = await self.get("/metrics")
        found: dict[str, list[tuple[dict[str, str], float]]] = {}
        for family in text_string_to_metric_families(answer.text if answer else ""):
            for sample in family.samples:
                found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
        return found

    async def metric(self, name: str, **labels: str) -> float | None:
        """The sum of the samples of that name with these labels, None when there is none."""
        values = [value for own, value in (await self.metrics()).get(name, []) if labels.items() <= own.items()]
        return sum(values) if values else None

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait for something that only looking tells; fails with `what` when the daemon ends first."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await _true(holds):
                    assert self.process.returncode is None, (
                        f"the daemon ended ({self.process.returncode}) before: {what}"
                    )
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise AssertionError(f"never: {what}") from None

    async def ready(self) -> None:
        """Wait until it says that it does its work."""

        async def asked() -> bool:
            answer = await self.get("/readyz")
            return answer is not None and answer.status_code == 200

        await self.until(asked, "ready")

    async def ticket(self, state: str, count: int = 1) -> None:
        """Wait until so many tickets are in a state."""
        await self.until(lambda: len(self.place.rows(f"SELECT 1 FROM tickets WHERE state = '{state}'")) == count, state)

    async def stop(self) -> int:
        """Send SIGTERM and return the exit status."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def kill(self) -> None:
        """Kill it as the system would."""
        self.process.kill()
        await self.process.wait()


async def _true(holds: Callable[[], object]) -> bool:
    try:
        value = holds()
    except (sqlite3.Error, FileNotFoundError):  # it is not there yet
        return False
    if asyncio.iscoroutine(value):
        value = await value
    return bool(value)


@asynccontextmanager
async def daemon(place: Place, **environ: str) -> AsyncIterator[Running]:
    """Run a daemon; whatever is left of it at the end is killed."""
    log = (place.folder / "daemon.log").open("ab")
    with log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "faulthandler", "-c", START, "run", "--config", str(place.config)),
            stdout=log,
            stderr=log,
            env={**os.environ, **environ},
        )
    async with httpx.AsyncClient(verify=False, trust_env=False, timeout=10) as web:
        try:
            yield Running(place=place, process=process, web=web)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
