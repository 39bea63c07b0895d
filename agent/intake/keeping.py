"""Keeps house beside intake: held tickets settle in time, and what is too old goes, a slice at a time."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from agent.evidence import Evidence
from agent.intake.commands import Settle
from agent.intake.inbox import Intake, utc_now
from agent.store import Session, Store, StoreError
from agent.store.evidence import known
from agent.store.retention import Swept, sweep
from agent.store.settings import Retention

log = logging.getLogger("vigie.keeping")

LOOK = 10.0  # seconds between two looks at held tickets
SWEEP = timedelta(hours=1)  # between two sweeps
PAUSE = 0.05  # seconds between two slices, so that outcomes come between
NEW = timedelta(hours=1)  # a file that no run speaks of may be about to be spoken of


class Keeping:
    """Runs beside intake until it is cancelled; `retention` may be set anew by a reload."""

    def __init__(
        self, store: Store, intake: Intake, retention: Retention, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.retention = retention
        self._store = store
        self._intake = intake
        self._now = now

    async def run(self) -> None:
        """Settle and sweep for ever; a store that cannot be written is tried again later."""
        swept: datetime | None = None
        while True:
            try:
                await self._intake.do(Settle(now=self._now()))
                if swept is None or self._now() - swept >= SWEEP:
                    swept = self._now()
                    await self.sweep()
            except StoreError as error:
                log.warning("what is too old stays for now: %s", error)
            await asyncio.sleep(LOOK)

    async def sweep(self) -> int:
        """Drop all that is too old, in slices; return how many rows went."""
        rows = 0
        while True:
            swept = await asyncio.wrap_future(self._store.write(self._slice))
            rows += swept.rows
            if not swept.more:
                await asyncio.to_thread(self._tidy)
                return rows
            await asyncio.sleep(PAUSE)

    def _slice(self, session: Session) -> Swept:
        swept = sweep(session, self.retention, self._now(), self.retention.evidence_size)
        for name in swept.files:
            self._intake.evidence.remove(name)
        return swept

    def _tidy(self) -> None:
        """Delete files that no run speaks of: a transaction that failed, or a process that was killed, left them."""
        folder: Evidence = self._intake.evidence
        before = (self._now() - NEW).timestamp()
        for stray in folder.strays(before):
            stray.unlink(missing_ok=True)
        old = [name for name in folder.names() if folder.older(name, before)]
        for start in range(0, len(old), 500):
            names = old[start : start + 500]
            for name in self._unknown(names):
                folder.remove(name)

    def _unknown(self, names: list[str]) -> frozenset[str]:
        return frozenset(names) - self._store.read(lambda session: known(session, names))
