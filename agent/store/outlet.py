"""What the dispatcher is handed: claim and mark, each on the store's writing thread."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from agent.core.desk.message import Pending
from agent.store import outbox
from agent.store.session import Session
from agent.store.store import Store

T = TypeVar("T")


class Outlet:
    """The outbox as coroutines; each raises `StoreError` when the store cannot be written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def claim(self, channel: str, now: datetime, *, merges: bool) -> tuple[Pending, ...]:
        """Take what is due on a channel; with `merges` what was not delivered yet of a ticket is one message."""
        rules = self._store.rules
        return await self._write(lambda session: outbox.claim(session, rules, channel, now, merges=merges))

    async def delivered(self, key: str, now: datetime, ref: str) -> None:
        """Mark a message as delivered; `ref` is what the receiver calls it."""
        await self._write(lambda session: outbox.delivered(session, key, now, ref))

    async def later(self, key: str, until: datetime, reason: str) -> None:
        """Let a message wait for another attempt."""
        await self._write(lambda session: outbox.later(session, key, until, reason))

    async def refused(self, key: str, now: datetime, reason: str) -> None:
        """Mark a message that no further attempt would deliver."""
        await self._write(lambda session: outbox.refused(session, key, now, reason))

    async def release(self) -> int:
        """Give back what a daemon that is gone had claimed; return how many."""
        return await self._write(outbox.release)

    async def _write(self, work: Callable[[Session], T]) -> T:
        return await asyncio.wrap_future(self._store.write(work))
