"""A child of the daemon: runs jobs it reads from standard input and writes their outcomes to standard output."""

import asyncio
import ctypes
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace

from agent.codec import decode_job, encode_outcome
from agent.executor import frames
from agent.executor.frames import Kind
from checks.core.errors import VigieError
from checks.core.model import Job, Unobserved
from checks.core.registry import find
from checks.core.run import run
from checks.net import Net, loop, open_net
from checks.parse.redact import redact

BEAT = 0.5  # seconds between two signs of life
MEEK = 10  # how far a child stands back for the daemon, whose timings a busy crawl must not falsify (nice)
_PR_SET_PDEATHSIG = 1


async def serve(stdin: int, stdout: int) -> None:
    """Run jobs until standard input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(stdin, "rb", 0))
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(stdout, "wb", 0))
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    async with open_net() as net, asyncio.TaskGroup() as group:
        writer.write(frames.pack(Kind.READY))
        beating = group.create_task(_beat(writer))
        running: set[asyncio.Task[None]] = set()
        while (frame := await frames.read(reader)) is not None:
            kind, data = frame
            if kind is Kind.SILENT:
                net.families.mark_silent(frozenset(int(digit) for digit in data.decode()))
                continue
            task = group.create_task(_work(decode_job(data), net, writer))
            running.add(task)
            task.add_done_callback(running.discard)
        for task in (beating, *running):
            task.cancel()


async def _beat(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(frames.pack(Kind.BEAT))
        await asyncio.sleep(BEAT)


async def _work(job: Job, net: Net, writer: asyncio.StreamWriter) -> None:
    outcome = await run(job, find(job.kind), net, redact=redact)
    try:
        data = await asyncio.to_thread(encode_outcome, outcome, job.kind)
    except VigieError as error:  # a check that remembers too much, or what it did not declare, is a bug of ours
        data = encode_outcome(replace(outcome, answer=Unobserved(cause="bug", detail=str(error))), job.kind)
    writer.write(frames.pack(Kind.OUTCOME, data))
    await writer.drain()


def _die_with_parent() -> None:
    """Linux kills us when the daemon dies, however it dies: a hung parser would not see its input end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Serve; what a library prints goes to standard error, so that it cannot break a frame."""
    _die_with_parent()
    os.nice(MEEK)
    stdin, stdout = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon says when to stop
    with suppress(KeyboardInterrupt):
        loop.run(serve(stdin, stdout))


if __name__ == "__main__":
    main()
