"""The one way in: outcomes wait here, and go to the store in batches, each a transaction of its own."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from agent.core.desk.message import Route
from agent.core.desk.watch import Watch
from agent.evidence import FOLDER, Evidence
from agent.intake import commands, effects
from agent.intake.batch import decide
from agent.intake.changes import Changes, Rules
from agent.intake.trouble import Trouble
from agent.intake.verdicts import Sighting
from agent.store import Session, Store, StoreError
from checks.core.errors import VigieError
from checks.core.facts import clean_text
from checks.core.model import Observed, Outcome, Unobserved

log = logging.getLogger("vigie.intake")

MOST = 100  # outcomes of one batch
SOON = 0.4  # seconds that the first outcome of a batch waits for others; what is lost when the process is killed
ROOM = 20_000  # outcomes that wait while the store cannot be written; beyond that, those who bring more wait too
BARE = 500  # outcomes that wait with their evidence; what comes after waits without
AGAIN = 1.0  # seconds between two tries to write
PARTING = 2.0  # seconds that tries go on after `close`

# What data that no store can hold raises: lone surrogates, numbers beyond 64 bits, a memory over its bound. A bug of
# ours made it, and must not stop the rest.
UNSTORABLE = (ValueError, TypeError, OverflowError, VigieError, sqlite3.Error)

Told = Callable[[Changes], None]
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)


class Intake:
    """Takes outcomes in; `told` hears, on the loop, what each batch changed once it is stored."""

    def __init__(
        self,
        store: Store,
        told: Told,
        *,
        evidence: Evidence | None = None,
        now: Clock = utc_now,
        again: float = AGAIN,
        parting: float = PARTING,
        room: int = ROOM,
    ) -> None:
        self.rules = Rules()  # what decisions depend on; a reload may set others
        self.routes: tuple[Route, ...] = ()  # who is told; the same
        self.evidence = evidence or Evidence(store.path.parent / FOLDER)
        self.troubled = asyncio.Event()  # set while the store cannot be written
        self._store = store
        self._told = told
        self._now = now
        self._again = again
        self._parting = parting
        self._queue: asyncio.Queue[Sighting | None] = asyncio.Queue(room)
        self._enough = asyncio.Event()  # a whole batch waits, or no more will come
        self._trouble: Trouble | None = None
        self._give_up: float | None = None  # on the loop's clock

    @property
    def trouble(self) -> StoreError | None:
        """Why the store cannot be written now."""
        return self._trouble.error if self._trouble else None

    @property
    def waiting(self) -> int:
        """How many outcomes are not yet taken up."""
        return self._queue.qsize()

    async def put(self, outcome: Outcome, watch: Watch) -> None:
        """Hand over an outcome; waits only while too many wait already."""
        if self._trouble is not None and self.waiting >= BARE and isinstance(outcome.answer, Observed):
            outcome = replace(outcome, answer=replace(outcome.answer, artifacts=()))
        await self._queue.put(Sighting(outcome=outcome, watch=watch))
        if self.waiting >= MOST - 1:
            self._enough.set()

    async def do(self, command: commands.Command) -> Changes:
        """Carry out a command; raises `StoreError` when the store cannot be written."""

        def decided(session: Session) -> Changes:
            return commands.decide(session, self._store.rules, self.rules, command)

        changes = await asyncio.wrap_future(self._store.write(lambda session: self._commit(session, decided)))
        self._told(changes)
        return changes

    async def run(self) -> None:
        """Store what comes in until `close` is called and all is stored."""
        while True:
            batch, last = await self._gather()
            if batch:
                await self._write(batch)
            if last:
                break
        while batch := await self._rest():
            await self._write(batch)

    async def close(self) -> None:
        """Let `run` end once everything that came in is stored, or soon when the store cannot be written."""
        self._give_up = asyncio.get_running_loop().time() + self._parting
        self._enough.set()
        await self._queue.put(None)

    async def _gather(self) -> tuple[tuple[Sighting, ...], bool]:
        """Return a batch, and whether the last word was in it; the first outcome waits for others, all together."""
        first = await self._queue.get()
        if first is None:
            return (), True
        if self._give_up is None and self.waiting < MOST - 1:
            self._enough.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SOON):
                    await self._enough.wait()
        batch = [first]
        while len(batch) < MOST and not self._queue.empty():
            item = self._queue.get_nowait()
            if item is None:
                return tuple(batch), True
            batch.append(item)
        return tuple(batch), False

    async def _rest(self) -> tuple[Sighting, ...]:
        """What those who waited for room brought after the last word."""
        await asyncio.sleep(0)
        batch: list[Sighting] = []
        while len(batch) < MOST and not self._queue.empty():
            item = self._queue.get_nowait()
            batch += [item] if item is not None else []
        return tuple(batch)

    async def _write(self, batch: tuple[Sighting, ...]) -> None:
        """Store a batch, however long it takes; once it is stored, also what was wrong meanwhile."""
        while True:
            try:
                changes = await asyncio.wrap_future(self._store.write(lambda session: self._take(session, batch)))
            except StoreError as error:
                self._fails(error)
                if self._give_up is not None and asyncio.get_running_loop().time() >= self._give_up:
                    log.error("%d outcomes could not be stored", len(batch) + self.waiting)  # noqa: TRY400  one line
                    return
                await asyncio.sleep(self._again)
            except UNSTORABLE as error:
                await self._sort_out(batch, error)
                return
            else:
                self._told(changes)
                await self._works()
                return

    async def _sort_out(self, batch: tuple[Sighting, ...], error: Exception) -> None:
        """Store one by one a batch that cannot be stored; the one to blame becomes one that could not look."""
        if len(batch) > 1:
            for one in batch:
                await self._write((one,))
            return
        outcome = batch[0].outcome
        log.error("an outcome of %s of %s cannot be stored", outcome.key.check, outcome.key.site, exc_info=error)
        if not isinstance(outcome.answer, Unobserved):
            instead = Unobserved(cause="bug", detail=clean_text(f"{type(error).__name__}: {error}"))
            await self._write((replace(batch[0], outcome=replace(outcome, answer=instead)),))

    def _take(self, session: Session, batch: tuple[Sighting, ...]) -> Changes:
        return self._commit(session, lambda session: decide(session, self._store.rules, self.rules, batch))

    def _commit(self, session: Session, decided: Callable[[Session], Changes]) -> Changes:
        """Decide on what is known, then write if nobody else wrote meanwhile; else decide again."""
        while True:
            with session.snapshot():
                version = session.pragma("data_version")
                changes = decided(session)
            effects.save_files(self.evidence, changes)
            # Losing a ticket to a power cut is worth a wait for the disk, losing the last runs is not.
            session.db.execute(f"PRAGMA synchronous={'FULL' if changes.weighty else 'NORMAL'}")
            with session.immediate():
                if session.pragma("data_version") == version:
                    return effects.write(session, changes, self.routes)

    def _fails(self, error: StoreError) -> None:
        if self._trouble is None or str(self._trouble.error) != str(error):
            log.error("%s; outcomes wait", error)
        self._trouble = Trouble(error=error, since=self._trouble.since if self._trouble else self._now())
        self.troubled.set()

    async def _works(self) -> None:
        if self._trouble is None:
            return
        log.warning("the store can be written again")
        trouble, self._trouble = self._trouble, None
        self.troubled.clear()
        await self._write(trouble.confession(self.rules.agent, self._now()))
