"""One child process as the daemon sees it: jobs go in, outcomes come out, and it is killed when it hangs or grows."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from agent.codec import Unreadable, decode_outcome, encode_job
from agent.executor import frames
from agent.executor.frames import BadFrame, Kind
from checks.core.model import Job, Outcome, Unobserved
from checks.core.registry import Catalogue, find
from checks.core.run import GRACE, MAX_ATTEMPTS

log = logging.getLogger("vigie.executor")

START = 60.0  # seconds a child may take to be ready, on a machine that is busy
WATCH = 0.5  # seconds between two looks at a child
MARGIN = 10.0  # seconds past a run's own bound before its child counts as hung
LEAVE = 1.0  # seconds a child has to leave by itself
LARGE = 256 * 1024  # bytes of an outcome above which it is decoded off the loop
BUFFER = 2**20  # bytes


class Loss(StrEnum):
    """Why a child is gone; also the cause its runs give."""

    HUNG = "hung"
    MEMORY = "memory"
    DIED = "child_died"
    GARBLED = "child_garbled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a child may take."""

    memory: int = 1024 * 1024 * 1024  # bytes of resident memory
    silence: float = 20.0  # seconds its loop may stand still


@dataclass(slots=True, kw_only=True)
class _Running:
    job: Job
    started: datetime
    began: float  # on the loop's clock
    done: "asyncio.Future[Outcome]"

    def overdue(self, now: float) -> bool:
        timeout = self.job.timeout or find(self.job.kind).timeout.total_seconds()
        whole = MAX_ATTEMPTS * (timeout + GRACE) + (MAX_ATTEMPTS - 1) * self.job.recheck_wait
        return now - self.began > whole + MARGIN

    def lost(self, now: float, loss: Loss, detail: str) -> Outcome:
        return Outcome(
            id=self.job.id,
            key=self.job.key,
            started=self.started,
            seconds=now - self.began,
            only=self.job.only,
            answer=Unobserved(cause=loss.value, detail=detail),
        )


@dataclass(slots=True, kw_only=True)
class Child:
    """A child from its start to its end; `loss` and `detail` say why it is gone before its time."""

    process: asyncio.subprocess.Process
    rules: Catalogue
    bounds: Bounds
    told: Callable[[Loss], None]
    running: dict[str, _Running] = field(default_factory=dict)
    loss: Loss | None = None
    detail: str = ""
    gone: bool = False  # it takes no more jobs
    lost_with: frozenset[str] = frozenset()  # the runs it had when it was lost
    _ready: bool = False
    _quiet: int = 0  # looks since its last sign of life

    @classmethod
    async def start(cls, rules: Catalogue, bounds: Bounds, told: Callable[[Loss], None]) -> "Child":
        """Start a child in a session of its own, so that all it starts can be killed with it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "agent.executor.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=BUFFER,
        )
        return cls(process=process, rules=rules, bounds=bounds, told=told)

    async def serve(self) -> None:
        """Hear what the child says until it is gone, then answer for what it was running."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch())
            await self._hear_all()
            watching.cancel()
        self.gone = True
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE):
                await self.process.wait()
        self._kill_all()
        status = await self.process.wait()
        if self.loss is None and self.running:
            self.loss, self.detail = Loss.DIED, _how(status)
        if self.loss is not None:
            self._answer_for_lost(self.loss)

    async def run(self, job: Job) -> Outcome:
        """Send a job and wait for its outcome; a child that is lost gives one that could not look."""
        loop = asyncio.get_running_loop()
        entry = _Running(job=job, started=datetime.now(UTC), began=loop.time(), done=loop.create_future())
        self.running[job.id] = entry
        try:
            self._send(Kind.JOB, encode_job(job))
            return await entry.done
        finally:
            self.running.pop(job.id, None)

    def mark_silent(self, families: frozenset[int]) -> None:
        """Tell it which address families no reference answers on."""
        self._send(Kind.SILENT, "".join(str(family) for family in sorted(families)).encode())

    def close(self) -> None:
        """Let it leave: it stops when its input ends, and is killed when it does not."""
        self.gone = True
        writer = self.process.stdin
        assert writer is not None
        writer.close()

    def kill(self, loss: Loss, detail: str) -> None:
        """Kill it with all it started; the first reason stands."""
        if self.loss is None:
            self.loss, self.detail = loss, detail
        self.gone = True
        self._kill_all()

    def _kill_all(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _send(self, kind: Kind, data: bytes) -> None:
        writer = self.process.stdin
        assert writer is not None
        if not writer.is_closing():
            writer.write(frames.pack(kind, data))

    async def _hear_all(self) -> None:
        reader = self.process.stdout
        assert reader is not None
        try:
            while (frame := await frames.read(reader)) is not None:
                self._quiet = 0
                await self._hear(*frame)
        except (BadFrame, Unreadable) as error:
            self.kill(Loss.GARBLED, str(error))

    async def _hear(self, kind: Kind, data: bytes) -> None:
        self._ready = True
        if kind is not Kind.OUTCOME:
            return
        if len(data) < LARGE:
            outcome = decode_outcome(data, self.rules)
        else:
            outcome = await asyncio.to_thread(decode_outcome, data, self.rules)
        entry = self.running.get(outcome.id)
        if entry is not None and not entry.done.done():
            entry.done.set_result(outcome)

    async def _watch(self) -> None:
        """Kill it when it hangs or grows; silence is counted in looks, so that a sleep of ours is not its own."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(WATCH)
            self._quiet += 1
            bound = self.bounds.silence if self._ready else START
            if self._quiet * WATCH > bound:
                self.kill(Loss.HUNG, f"the child process gave no sign of life for {bound:.0f} s")
            elif resident(self.process.pid) > self.bounds.memory:
                self.kill(Loss.MEMORY, f"the child process took over {self.bounds.memory // 2**20} MiB")
            elif any(entry.overdue(loop.time()) for entry in self.running.values()):
                self.kill(Loss.HUNG, "a run went on past its deadline")

    def _answer_for_lost(self, loss: Loss) -> None:
        log.warning("a child process is lost (%s: %s) with %d runs", loss, self.detail, len(self.running))
        self.told(loss)
        now = asyncio.get_running_loop().time()
        self.lost_with = frozenset(self.running)
        for entry in self.running.values():
            if not entry.done.done():
                entry.done.set_result(entry.lost(now, loss, self.detail))


def resident(pid: int) -> int:
    """Bytes of resident memory of a process, 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _how(status: int) -> str:
    if status >= 0:
        return f"the child process exited with status {status}"
    try:
        return f"the child process was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"the child process was killed by signal {-status}"
