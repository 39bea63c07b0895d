"""Keeps the figures of tickets and store up to date, also when another process changed them."""

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from agent.core.desk.ticket import Ticket
from agent.metrics import Own, Watched
from agent.metrics.watched import Live
from agent.store import Session, Store, StoreError, outbox, tickets
from agent.store.outbox import Waiting
from checks.core.clock import Clock, utc_now
from checks.core.model import Severity

EVERY = 2.0  # seconds


def live(found: Iterable[Ticket]) -> tuple[Live, ...]:
    """Count live tickets by site and severity."""
    groups: dict[tuple[str, str, Severity], list[Ticket]] = defaultdict(list)
    for ticket in found:
        groups[ticket.client, ticket.site or "", ticket.finding.severity].append(ticket)
    return tuple(
        Live(client=client, site=site, severity=severity, count=len(of), oldest=min(one.opened_at for one in of))
        for (client, site, severity), of in groups.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    tickets: tuple[Live, ...]
    waiting: Mapping[str, Waiting]


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """Reads what the metrics show of the store, off the loop, whenever anyone wrote to it."""

    store: Store
    own: Own
    watched: Watched
    channels: Callable[[], Iterable[str]]
    clock: Clock = utc_now
    _version: int = -1
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="snapshot")
    )  # always the same one: SQLite tells a connection of changes that others made since it last asked

    async def run(self) -> None:
        """Refresh now and then until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(StoreError, OSError):  # intake and the self-check tell of it
                found = await loop.run_in_executor(self._thread, self._read)
                if found is not None:
                    self._show(found)
            await asyncio.sleep(EVERY)

    def _show(self, found: _Found) -> None:
        self.watched.tickets(found.tickets)
        now = self.clock()
        for name in {*self.channels(), *found.waiting}:
            waiting = found.waiting.get(name)
            oldest = (now - waiting.oldest).total_seconds() if waiting else 0.0
            self.own.outbox(name, pending=waiting.count if waiting else 0, oldest=oldest)

    def _read(self) -> _Found | None:
        self._sizes()
        return self.store.read(self._changed)

    def _changed(self, session: Session) -> _Found | None:
        version = int(session.pragma("data_version"))
        waits = outbox.waiting(session)
        if version == self._version and not waits:
            return None
        self._version = version
        return _Found(tickets=live(tickets.live(session, self.store.rules)), waiting=waits)

    def _sizes(self) -> None:
        folder = self.store.path.parent
        size = sum(path.stat().st_size for path in folder.glob(f"{self.store.path.name}*"))
        disk = os.statvfs(folder)
        self.own.store(size=size, free=disk.f_bavail * disk.f_frsize)
