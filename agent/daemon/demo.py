"""Serves the demo client in a process of its own, as long as the daemon lives; nothing of it is imported here."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.config.loaded import Settings
from agent.demo.settings import Demo
from agent.settings import Agent

log = logging.getLogger("vigie.demo")

PATIENCE = 5.0  # seconds it has to listen; the first look at it would else find nobody
LEAVE = 1.0  # seconds it has to leave by itself


@asynccontextmanager
async def demo_site(settings: Settings) -> AsyncIterator[None]:
    """Serve the demo site meanwhile, when the configuration asks for it."""
    demo, state_dir = settings[Demo], settings[Agent].state_dir
    if not demo.enabled:
        yield
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "agent.demo",
        demo.listen.host,
        str(demo.listen.port),
        str(state_dir / "demo" / "faults"),
        f"--https={demo.https_port}",
        *demo.faults,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        await _ready(process)
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()  # it stops at the end of its input
        try:
            async with asyncio.timeout(LEAVE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = await process.stdout.readline()
    except TimeoutError:
        said = b""
    if not said:
        log.error("the demo site does not answer; its own lines above say why")
