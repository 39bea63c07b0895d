"""Is it us? Before a failure is believed, references are asked; when none answers, nothing is said of any site."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from agent.uplink.believe import Online, Standing, answered, believe, doubtful, families_in_doubt
from agent.uplink.references import FAMILIES, Heard, Reference, is_local, offset
from checks.core.model import Outcome

EVERY = 60.0  # seconds between two looks at configured references while all is well
AGAIN = 5.0  # the same while none answers
SPACING = 1.0  # seconds at least between two rounds, however much fails
LATELY = 900.0  # seconds for which a site that answered may stand in for a reference
KEPT = 32  # sites remembered to stand in
STAND_INS = 4  # of them asked in one round


class Asks(Protocol):
    """The way to the references."""

    async def hear(self, reference: Reference, family: int | None) -> Heard | None:
        """Return what a reference says over a family, or over either; None when it says nothing."""

    async def addresses(self, reference: Reference) -> tuple[str, ...]:
        """Return where a reference leads; empty when that cannot be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What all references said at about the same time."""

    began: float
    heard: dict[Reference, dict[int | None, Heard | None]]

    def answered(self, reference: Reference) -> bool:
        return any(one is not None for one in self.heard.get(reference, {}).values())

    def silent(self, references: Iterable[Reference]) -> frozenset[int]:
        """The families on which none of these references answered."""
        loud = {family for one in references for family, heard in self.heard[one].items() if heard is not None}
        return frozenset(FAMILIES) - loud


@dataclass(slots=True)
class Uplink:
    """What is known of the agent's own way to the network."""

    asks: Asks
    targets: tuple[Reference, ...]  # configured; none: sites that answered lately stand in
    mark_silent: Callable[[frozenset[int]], None]
    online: bool = True
    since: datetime | None = None  # while not online
    ahead: timedelta | None = None  # of our clock
    silent: frozenset[int] = frozenset()
    _round: _Round = field(default_factory=lambda: _Round(began=0.0, heard={}))
    _proved: dict[int | None, float] = field(default_factory=dict)  # when one reference last answered, by family
    _turn: int = 0
    _sites: dict[str, tuple[Reference, float]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Look at the configured references now and then; a reload may change them."""
        while True:
            if self.targets:
                async with self._one_at_a_time:
                    await self._ask_all(self.targets, FAMILIES)
            await asyncio.sleep(EVERY if self.online else AGAIN)

    async def believe(self, outcome: Outcome, own: Reference) -> Outcome:
        """Return an outcome of a check of `own` as far as it can be believed."""
        if answered(outcome):
            await self._note_answer(own)
        if not doubtful(outcome):
            return outcome
        ended = asyncio.get_running_loop().time()
        mine = await self.asks.addresses(own)
        references = await self._for(mine)
        if references is None:
            return outcome
        if not references:
            return believe(outcome, Standing(online=Online.UNKNOWN))
        return believe(outcome, await self._standing(references, families_in_doubt(outcome), ended))

    async def _for(self, mine: tuple[str, ...]) -> tuple[Reference, ...] | None:
        """What a target at these addresses is compared with; None when it does not depend on the uplink."""
        if not is_local(mine):
            return self.targets or await self._stand_ins(mine)
        local = [one for one in self.targets if is_local(await self.asks.addresses(one))]
        return tuple(local) or None

    async def _stand_ins(self, mine: tuple[str, ...]) -> tuple[Reference, ...]:
        """Sites on other addresses that answered lately, the last first, no two at one address."""
        now, taken = asyncio.get_running_loop().time(), set(mine)
        chosen: list[Reference] = []
        for reference, at in reversed(self._sites.values()):
            addresses = await self.asks.addresses(reference) if now - at < LATELY else ()
            if addresses and not is_local(addresses) and taken.isdisjoint(addresses):
                taken.update(addresses)
                chosen.append(reference)
            if len(chosen) == STAND_INS:
                break
        return tuple(chosen)

    async def _standing(self, references: tuple[Reference, ...], families: frozenset[int], ended: float) -> Standing:
        """What the references say, asked after the failure ended; all who wait share one round."""
        only = next(iter(families)) if len(families) == 1 and self.targets else None
        async with self._one_at_a_time:
            if self._proved.get(only, 0.0) >= ended:
                return Standing(silent=self.silent)
            if self._round.began < ended or not set(references) <= self._round.heard.keys():
                await self._space()
                if await self._ask_one(references, only):
                    return Standing(silent=self.silent)
                await self._ask_all(references, FAMILIES if self.targets else (None,))
            online = any(self._round.answered(one) for one in references)
        return Standing(online=Online.YES if online else Online.NO, silent=self.silent)

    async def _space(self) -> None:
        last = max(self._round.began, *self._proved.values(), 0.0)
        await asyncio.sleep(max(0.0, last + SPACING - asyncio.get_running_loop().time()))

    async def _ask_one(self, references: tuple[Reference, ...], family: int | None) -> bool:
        """Ask one of them, each in turn: while all is well one answer is enough, and kinder."""
        began = asyncio.get_running_loop().time()
        self._turn += 1
        if await self.asks.hear(references[self._turn % len(references)], family) is None:
            return False
        self._proved[family] = self._proved[None] = began
        self._conclude(online=True)
        return True

    async def _ask_all(self, references: tuple[Reference, ...], families: tuple[int | None, ...]) -> None:
        began = asyncio.get_running_loop().time()
        asked = [(one, family) for one in references for family in families]
        said = await asyncio.gather(*(self.asks.hear(one, family) for one, family in asked))
        heard: dict[Reference, dict[int | None, Heard | None]] = {one: {} for one in references}
        for (one, family), answer in zip(asked, said, strict=True):
            heard[one][family] = answer
        self._round = _Round(began=began, heard=heard)
        self._conclude(online=any(answer is not None for answer in said))
        if self.online and self.targets:
            self.ahead = offset(said)
            await self._learn_families(references)

    async def _learn_families(self, references: tuple[Reference, ...]) -> None:
        """References in the house say nothing of the families outside."""
        public = [one for one in references if not is_local(await self.asks.addresses(one))]
        if any(self._round.answered(one) for one in public):
            silent = self._round.silent(public)
            if silent != self.silent:
                self.silent = silent
                self.mark_silent(silent)

    def _conclude(self, *, online: bool) -> None:
        if online != self.online:
            self.since = None if online else datetime.now(UTC)
        self.online = online

    async def _note_answer(self, own: Reference) -> None:
        """Remember a site that answered; without references, it also tells that we are online again."""
        if self.targets:
            return
        self._sites.pop(own.url, None)
        self._sites[own.url] = (own, asyncio.get_running_loop().time())
        while len(self._sites) > KEPT:
            del self._sites[next(iter(self._sites))]
        if not self.online and not is_local(await self.asks.addresses(own)):
            self._conclude(online=True)


__all__ = ["Reference", "Uplink"]
