"""A check of the process lane that does what its option says, to itself and to its process."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from checks.core.check import Check, Context, once
from checks.core.model import Lane, Measure, Remember, Said
from checks.core.options import Common


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Common):
    """What to do: answer, hang, swell, die, exit, print, carry, remember or wait; `path` marks that it began."""

    deed: str = "answer"
    path: str = ""


async def observe(context: Context[Options, None]) -> int:
    """Do it, and return the process it was done in."""
    options = context.options
    if options.path:
        Path(options.path).touch()
    match options.deed:
        case "hang":
            time.sleep(3600)  # noqa: ASYNC251  this is what a hung parser does
        case "swell":
            await _swell()
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(7)
        case "print":
            sys.stdout.write("a library has something to say\n" * 100)
            sys.stdout.flush()
        case "carry":
            context.files.add("body", "big", "application/octet-stream", os.urandom(3_000_000))
        case "wait":
            while not Path(f"{options.path}.go").exists():  # noqa: ASYNC110  the test is another process
                await asyncio.sleep(0.01)
    return os.getpid()


async def _swell() -> None:
    held = []
    while True:
        held.append(bytearray(b"x") * 16_000_000)
        await asyncio.sleep(0.005)


def judge(seen: int, options: Options, _memory: None, _now: datetime) -> Iterator[Said]:
    """Say which process it was."""
    yield Measure(name="pid", value=seen)
    if options.deed == "remember":
        yield Remember(memory="what it never declared")


CHECK = Check(
    kind="misbehave",
    rules=(),
    options=Options,
    memory=None,
    every=timedelta(hours=1),
    timeout=timedelta(seconds=60),
    lane=Lane.PROCESS,
    observe=observe,
    judge=judge,
    recheck=once,
)
