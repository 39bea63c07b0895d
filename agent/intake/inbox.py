"""The one way in: outcomes wait here, and go to the store in batches, each a transaction of its own."""

import asyncio
import logging
from collections.abc import Callable

from agent.core.desk.watch import Watch
from agent.intake import effects
from agent.intake.effects import Changes
from agent.intake.verdicts import Sighting
from agent.store import Session, Store
from agent.store.errors import StoreError
from checks.core.model import Outcome

log = logging.getLogger("vigie.intake")

MOST = 100  # outcomes of one batch
SOON = 0.2  # seconds that the first outcome of a batch waits for others
ROOM = 20_000  # outcomes that wait while the store cannot be written; beyond that, those who bring more wait too
AGAIN = 1.0  # seconds between two tries to write
PARTING = 2.0  # seconds that tries go on after `close`

Told = Callable[[Changes], None]


class Intake:
    """Takes outcomes in; `told` hears, on the loop, what each batch changed once it is stored."""

    def __init__(self, store: Store, told: Told, *, again: float = AGAIN, parting: float = PARTING) -> None:
        self._store = store
        self._told = told
        self._again = again
        self._parting = parting
        self._queue: asyncio.Queue[Sighting | None] = asyncio.Queue(ROOM)
        self.trouble: StoreError | None = None  # why the store cannot be written now
        self.troubled = asyncio.Event()  # set while it cannot
        self._give_up: float | None = None  # on the loop's clock

    async def put(self, outcome: Outcome, watch: Watch) -> None:
        """Hand over an outcome; waits only while too many wait already."""
        await self._queue.put(Sighting(outcome=outcome, watch=watch))

    @property
    def waiting(self) -> int:
        """How many outcomes are not yet taken up."""
        return self._queue.qsize()

    async def run(self) -> None:
        """Store what comes in until `close` is called and all is stored."""
        while True:
            batch, last = await self._gather()
            if batch:
                await self._write(batch)
            if last:
                return

    async def close(self) -> None:
        """Let `run` end once everything that came in is stored, or soon when the store cannot be written."""
        self._give_up = asyncio.get_running_loop().time() + self._parting
        await self._queue.put(None)

    async def _gather(self) -> tuple[tuple[Sighting, ...], bool]:
        first = await self._queue.get()
        if first is None:
            return (), True
        batch = [first]
        try:
            async with asyncio.timeout(SOON):
                while len(batch) < MOST:
                    item = await self._queue.get()
                    if item is None:
                        return tuple(batch), True
                    batch.append(item)
        except TimeoutError:
            pass
        return tuple(batch), False

    async def _write(self, batch: tuple[Sighting, ...]) -> None:
        while True:
            try:
                changes = await asyncio.wrap_future(
                    self._store.write(lambda session: self._store_batch(session, batch))
                )
            except StoreError as error:
                self._fails(error)
                if self._give_up is not None and asyncio.get_running_loop().time() >= self._give_up:
                    log.error("%d outcomes could not be stored", len(batch) + self._queue.qsize())  # noqa: TRY400  one line
                    return
                await asyncio.sleep(self._again)
            else:
                self._works()
                self._told(changes)
                return

    def _store_batch(self, session: Session, batch: tuple[Sighting, ...]) -> Changes:
        """Decide on what is known, then write if nobody else wrote meanwhile; else decide again."""
        while True:
            version = session.pragma("data_version")
            changes = effects.decide(session, self._store.rules, batch)
            # Losing a ticket to a power cut is worth a wait for the disk, losing the last runs is not.
            session.db.execute(f"PRAGMA synchronous={'FULL' if changes.weighty else 'NORMAL'}")
            with session.immediate():
                if session.pragma("data_version") == version:
                    effects.write(session, changes)
                    return changes

    def _fails(self, error: StoreError) -> None:
        if self.trouble is None or str(self.trouble) != str(error):
            log.error("%s; outcomes wait", error)
        self.trouble = error
        self.troubled.set()

    def _works(self) -> None:
        if self.trouble is not None:
            log.warning("the store can be written again")
        self.trouble = None
        self.troubled.clear()
