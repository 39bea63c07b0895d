"""Admission: how many runs go on at once, in all and against one host."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LONG = 1.0  # seconds of waiting that are worth telling


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    users: int = 0


@dataclass(slots=True, kw_only=True)
class Places:
    """First come, first served; who waits for a busy host keeps nobody else waiting."""

    total: int
    per_host: int
    delayed: Callable[[], None] = lambda: None  # somebody waited long for a place, although its host was free
    running: int = 0
    waiting: int = 0
    _all: asyncio.Semaphore = field(init=False)
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._all = asyncio.Semaphore(self.total)

    @asynccontextmanager
    async def take(self, host: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it."""
        loop, mine = asyncio.get_running_loop(), self._hosts.get(host)
        if mine is None:
            mine = self._hosts[host] = _Host(places=asyncio.Semaphore(self.per_host))
        mine.users += 1
        self.waiting += 1
        waits = True
        try:
            async with mine.places:
                began = loop.time()
                async with self._all:
                    if loop.time() - began > LONG:
                        self.delayed()
                    self.waiting -= 1
                    waits = False
                    self.running += 1
                    try:
                        yield
                    finally:
                        self.running -= 1
        finally:
            self.waiting -= waits
            mine.users -= 1
            if not mine.users:
                del self._hosts[host]
