"""A real Prometheus that scrapes a real agent; everything on loopback, and ended with the test."""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboards.preview.prometheus import NoAnswer, Prometheus, Series
from tests import needs
from tests.daemon.running import PATIENCE
from tests.lab.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scraper:
    """A Prometheus that runs."""

    at: Prometheus
    process: asyncio.subprocess.Process

    async def now(self, expr: str, at: datetime | None = None) -> tuple[Series, ...]:
        """Ask, off the loop."""
        return await asyncio.to_thread(self.at.now, expr, at or datetime.now(UTC))

    async def one(self, expr: str) -> float | None:
        """The only value, None when there is none."""
        found = await self.now(expr)
        assert len(found) <= 1, found
        return found[0].value if found else None

    async def until(self, expr: str, why: str) -> None:
        """Wait until a query has an answer."""
        async with asyncio.timeout(PATIENCE):
            while not await self.now(expr):
                assert self.process.returncode is None, f"Prometheus ended before: {why}"
                await asyncio.sleep(0.1)


def configuration(target: int, interval: timedelta) -> str:
    """The shipped configuration, with another address and a shorter interval."""
    text = (ROOT / "dashboards/prometheus/scrape.yml").read_text(encoding="utf-8")
    text, times = re.subn(r"(interval: )15s", rf"\g<1>{interval.total_seconds() * 1000:.0f}ms", text)
    assert times == 2
    text = text.replace("127.0.0.1:8787", f"127.0.0.1:{target}")
    assert "rule_files:\n  - rules.yml" in text
    return text


@asynccontextmanager
async def scraping(folder: Path, target: int, interval: timedelta) -> AsyncIterator[Scraper]:
    """Run a Prometheus on the agent at a port of loopback; what is left of it is killed."""
    program = needs.program("prometheus", apt="prometheus")
    port = free_port()
    folder.mkdir(exist_ok=True)
    (folder / "prometheus.yml").write_text(configuration(target, interval), encoding="utf-8")
    (folder / "rules.yml").write_bytes((ROOT / "dashboards/prometheus/rules.yml").read_bytes())
    with (folder / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--web.user-assets={ROOT / 'docs'}",
            stdout=log,
            stderr=log,
        )
    scraper = Scraper(at=Prometheus(address=f"http://127.0.0.1:{port}"), process=process)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(NoAnswer):
                    await scraper.now("vector(1)")
                    break
                assert process.returncode is None, (folder / "prometheus.log").read_text()
                await asyncio.sleep(0.1)
        yield scraper
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One more demo site, beside the agent's own."""

    port: int
    faults: Path

    def break_(self, fault: str) -> None:
        """Switch a fault on."""
        (self.faults / fault).touch()

    def heal(self) -> None:
        """Switch all faults off."""
        for path in self.faults.iterdir():
            path.unlink()


@asynccontextmanager
async def neighbour(folder: Path, *faults: str) -> AsyncIterator[Neighbour]:
    """Serve one more demo site meanwhile."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent.demo", "127.0.0.1", str(port), str(folder), *faults),
        stdin=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(OSError):
                    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.05)
        yield Neighbour(port=port, faults=folder)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
