"""Empties the outbox: one worker per channel claims what is due, hands it over, and marks what became of it."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from agent.core.desk.message import Pending
from agent.notify import backoff
from agent.notify.channel import Channel, Delivered, Later, Receipt, Refused
from agent.notify.wording import message
from checks.core.clock import Clock, utc_now
from checks.core.errors import VigieError
from checks.core.secret import Secret

T = TypeVar("T")

log = logging.getLogger("vigie.notify")

IDLE = 30.0  # seconds between two looks when nothing is due and nobody said that something came
PATIENCE = 30.0  # seconds that one attempt may take
AGAIN = 1.0  # seconds before the store is asked again when it cannot be written


class Result(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    LATER = "later"
    REFUSED = "refused"


class Outlet(Protocol):
    """The outbox; every function raises `VigieError` when the store cannot be written."""

    async def claim(self, channel: str, now: datetime, *, merges: bool) -> tuple[Pending, ...]:
        """Take what is due on a channel."""

    async def delivered(self, key: str, now: datetime, ref: str) -> None:
        """Mark a message as delivered."""

    async def later(self, key: str, until: datetime, reason: str) -> None:
        """Let a message wait."""

    async def refused(self, key: str, now: datetime, reason: str) -> None:
        """Mark a message that no attempt would deliver."""

    async def release(self) -> int:
        """Give back what a daemon that is gone had claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A configured channel: its name, its kind, its address."""

    name: str
    channel: Channel
    url: Secret


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    """Delivers until it is cancelled; what it was handing over then is handed over again, with the same key."""

    outlet: Outlet
    destinations: tuple[Destination, ...]
    zone: ZoneInfo
    told: Callable[[str, Result], None]  # channel, what became of an attempt
    now: Clock = utc_now
    draw: Callable[[], float] = random.random
    _news: dict[str, asyncio.Event] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: bool = False

    async def run(self) -> None:
        """Deliver until closed, on other channels once `serve` named them."""
        await self._insist(self.outlet.release)
        while True:
            if not self._closing:
                self._changed.clear()
            self._news = {one.name: asyncio.Event() for one in self.destinations}
            async with asyncio.TaskGroup() as group:
                workers = [group.create_task(self._work(one)) for one in self.destinations]
                await self._changed.wait()
                for worker in workers if not self._closing else ():
                    worker.cancel()
            if self._closing:
                return

    def serve(self, destinations: Iterable[Destination]) -> None:
        """Deliver on these channels from now on."""
        self.destinations = tuple(destinations)
        self._changed.set()

    def close(self) -> None:
        """Deliver what is due now, then end."""
        self._closing = True
        self.wake()
        self._changed.set()

    def wake(self) -> None:
        """Say that there may be something to deliver."""
        for event in self._news.values():
            event.set()

    async def _work(self, to: Destination) -> None:
        news = self._news[to.name]
        while True:
            closing = self._closing
            pause = await self._empty(to)
            if closing:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await news.wait()
            news.clear()

    async def _empty(self, to: Destination) -> float:
        """Deliver all that is due; return the seconds after which something is due again."""
        pause = IDLE
        while claimed := await self._insist(lambda: self.outlet.claim(to.name, self.now(), merges=to.channel.merges)):
            for pending in claimed:
                pause = min(pause, await self._deliver(to, pending))
        return pause

    async def _deliver(self, to: Destination, pending: Pending) -> float:
        receipt = await self._attempt(to, pending)
        now, key = self.now(), pending.key
        match receipt:
            case Delivered(ref=ref):
                await self._insist(lambda: self.outlet.delivered(key, now, ref))
                self.told(to.name, Result.DELIVERED)
            case Refused(reason=reason):
                log.error("%s refused %s: %s", to.name, key, reason)
                await self._insist(lambda: self.outlet.refused(key, now, reason))
                self.told(to.name, Result.REFUSED)
            case Later(reason=reason, after=asked):
                seconds = backoff.wait(pending.attempts + 1, self.draw(), asked)
                log.warning("%s could not deliver %s, again in %.0f s: %s", to.name, key, seconds, reason)
                await self._insist(lambda: self.outlet.later(key, now + timedelta(seconds=seconds), reason))
                self.told(to.name, Result.LATER)
                return seconds
        return IDLE

    async def _attempt(self, to: Destination, pending: Pending) -> Receipt:
        """Hand a message over; whatever goes wrong in a channel, the message stays and the daemon goes on."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await to.channel.send(message(pending, self.zone), to.url.reveal())
        except TimeoutError:
            return Later(reason=f"no answer within {PATIENCE:.0f} s")
        except VigieError as error:
            return Later(reason=str(error))
        except Exception as error:
            log.exception("channel %s failed by a bug of ours", to.name)
            return Later(reason=f"{type(error).__name__}: {error}")

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Do what needs the store, for as long as it takes: a delivery that is not marked is made again."""
        while True:
            try:
                return await write()
            except VigieError as error:
                log.warning("the outbox waits: %s", error)
                await asyncio.sleep(AGAIN)
