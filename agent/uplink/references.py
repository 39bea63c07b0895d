"""Asks reference targets for any HTTP answer, over either address family, and reads the time they tell."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median

from checks.core.errors import CannotLook
from checks.core.options import Common
from checks.net import Net
from checks.net.families import Families
from checks.net.guard import Reach, reach
from checks.net.http.client import Ask
from checks.net.http.exchange import Reply
from checks.net.http.failure import NetFailure
from checks.parse.urls import BadUrl, parse

PATIENCE = 5.0  # seconds that a reference has to answer
FAMILIES = (4, 6)
PROMPT = 2.0  # seconds within which an answer came if the time it tells is to be believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something to compare with: one that was configured, or a site that answered lately."""

    url: str
    options: Common


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one reference said: how far our clock is ahead of it, None when it does not tell."""

    ahead: timedelta | None


Hear = Callable[[Reference, int | None], Awaitable[Heard | None]]  # a family, or either; None: no answer


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks over the network; what it learnt of families before does not keep it from asking again."""

    net: Net

    async def hear(self, reference: Reference, family: int | None) -> Heard | None:
        """Return what a reference says, None when it says nothing."""
        loop = asyncio.get_running_loop()
        net = Net(resolver=self.net.resolver, families=Families(), handshakes=self.net.handshakes)
        began = loop.time()
        try:
            url = parse(reference.url)
            client = net.client(reference.options, reference.url)
            visit = await client.visit(
                Ask(url=url, deadline=began + PATIENCE, method="HEAD", follow=False, family=family, fresh=True)
            )
        except (BadUrl, CannotLook):
            return None
        if visit.reply is None:
            return None
        took = loop.time() - began
        return Heard(ahead=_ahead(visit.reply, self.net.clock()) if took < PROMPT else None)

    async def resolves(self, name: str) -> bool:
        """Whether the resolver answers for a name now, whatever it answered before."""
        loop = asyncio.get_running_loop()
        try:
            await self.net.resolver.addresses(name, loop.time() + PATIENCE, fresh=True)
        except (CannotLook, NetFailure):
            return False
        return True

    async def addresses(self, reference: Reference) -> tuple[str, ...]:
        """Where a reference leads; empty when that cannot be said."""
        loop = asyncio.get_running_loop()
        try:
            found = await self.net.resolver.addresses(
                parse(reference.url).host, loop.time() + PATIENCE, overrides=reference.options.resolve
            )
        except (BadUrl, CannotLook, NetFailure):
            return ()
        return found.found


def _ahead(reply: Reply, now: datetime) -> timedelta | None:
    """How far our clock is ahead of the server's (RFC 9110, 6.6.1; a cache adds the answer's age, RFC 9111, 5.1)."""
    try:
        told = parsedate_to_datetime(reply.header("date") or "")
        aged = told + timedelta(seconds=int(reply.header("age") or "0"))
    except (ValueError, OverflowError):
        return None
    return now - aged.astimezone(UTC) - timedelta(seconds=0.5)  # the second that was told began half of one ago


def offset(heard: Iterable[Heard | None]) -> timedelta | None:
    """How far our clock is ahead of what most references tell."""
    known = [one.ahead.total_seconds() for one in heard if one is not None and one.ahead is not None]
    return timedelta(seconds=median(known)) if known else None


def is_local(addresses: Iterable[str]) -> bool:
    """Whether all of these addresses are in the house: what is there does not depend on the uplink."""
    found = tuple(addresses)
    return bool(found) and all(reach(address) is not Reach.PUBLIC for address in found)
