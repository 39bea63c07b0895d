"""Is it us? Before a failure is believed, references are asked; when none answers, nothing is said of any site."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from agent.uplink.believe import (
    Online,
    Standing,
    answered,
    believe,
    blames_resolver,
    doubtful,
    families_in_doubt,
)
from agent.uplink.references import FAMILIES, Heard, Reference, is_local, offset
from checks.core.model import Outcome

EVERY = 60.0  # seconds between two looks at configured references while all is well
AGAIN = 5.0  # the same while none answers
SPACING = 1.0  # seconds at least between two rounds, however much fails
LATELY = 900.0  # seconds for which a site that answered may stand in for a reference
KEPT = 32  # sites remembered to stand in
STAND_INS = 4  # of them asked in one round
ALWAYS_THERE = "a.root-servers.net"  # every resolver that works has an answer for it


class Asks(Protocol):
    """The way to the references."""

    async def hear(self, reference: Reference, family: int | None) -> Heard | None:
        """Return what a reference says over a family, or over either; None when it says nothing."""

    async def addresses(self, reference: Reference) -> tuple[str, ...]:
        """Return where a reference leads; empty when that cannot be said."""

    async def resolves(self, name: str) -> bool:
        """Return whether the resolver answers for a name now."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """A site that answered, and where it was then."""

    reference: Reference
    at: float
    addresses: tuple[str, ...]


@dataclass(slots=True)
class Uplink:
    """What is known of the agent's own way to the network."""

    asks: Asks
    targets: tuple[Reference, ...]  # configured; none: sites that answered lately stand in
    mark_silent: Callable[[frozenset[int]], None]
    online: bool = True
    asked: tuple[str, ...] = ()  # the addresses that were asked last
    ahead: timedelta | None = None  # of our clock
    silent: frozenset[int] = frozenset()
    _round: _Round = field(default_factory=lambda: _Round(began=-1.0, heard={}))
    _proofs: dict[int | None, tuple[float, Reference]] = field(default_factory=dict)  # who answered last, by family
    _resolved: float = -1.0  # when the resolver was last seen to answer
    _turn: int = 0
    _sites: dict[str, _Site] = field(default_factory=dict)
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
        references = await self._for(await self.asks.addresses(own))
        if references is None:
            return outcome
        async with self._one_at_a_time:
            online = await self._standing(references, families_in_doubt(outcome), ended)
            if online is not Online.NO and blames_resolver(outcome) and not await self._resolver_answers(ended):
                self._conclude(online=False, asked=(ALWAYS_THERE,))
                online = Online.NO
        return believe(outcome, Standing(online=online, silent=self.silent))

    async def _for(self, mine: tuple[str, ...]) -> tuple[Reference, ...] | None:
        """What a target at these addresses is compared with; None when it does not depend on the uplink."""
        if not is_local(mine):
            return self.targets or self._stand_ins(mine)
        local = [one for one in self.targets if is_local(await self.asks.addresses(one))]
        return tuple(local) or None

    def _stand_ins(self, mine: tuple[str, ...]) -> tuple[Reference, ...]:
        """Sites on other addresses that answered lately, the last first, no two at one address."""
        oldest, taken = asyncio.get_running_loop().time() - LATELY, set(mine)
        chosen: list[Reference] = []
        for site in reversed(self._sites.values()):
            if site.at > oldest and taken.isdisjoint(site.addresses):
                taken.update(site.addresses)
                chosen.append(site.reference)
            if len(chosen) == STAND_INS:
                break
        return tuple(chosen)

    async def _standing(self, references: tuple[Reference, ...], families: frozenset[int], ended: float) -> Online:
        """What the references say, asked after the failure ended; all who wait share one round."""
        if not references:
            return Online.UNKNOWN
        only = next(iter(families)) if len(families) == 1 and self.targets else None
        at, who = self._proofs.get(only, (-1.0, None))
        if at >= ended and who in references:
            return Online.YES
        if self._round.began < ended or not set(references) <= self._round.heard.keys():
            await self._space()
            if await self._ask_one(references, only):
                return Online.YES
            await self._ask_all(references, FAMILIES if self.targets else (None,))
        return Online.YES if any(self._round.answered(one) for one in references) else Online.NO

    async def _resolver_answers(self, ended: float) -> bool:
        """Whether the resolver answers for a name that is always there: its silence says nothing of a site."""
        if self._resolved < ended:
            began = asyncio.get_running_loop().time()
            if not await self.asks.resolves(ALWAYS_THERE):
                return False
            self._resolved = began
        return True

    async def _space(self) -> None:
        last = max(self._round.began, *(at for at, _who in self._proofs.values()), -1.0)
        await asyncio.sleep(max(0.0, last + SPACING - asyncio.get_running_loop().time()))

    async def _ask_one(self, references: tuple[Reference, ...], family: int | None) -> bool:
        """Ask one of them, each in turn: while all is well one answer is enough, and kinder."""
        began = asyncio.get_running_loop().time()
        self._turn += 1
        who = references[self._turn % len(references)]
        if await self.asks.hear(who, family) is None:
            return False
        self._proofs[family] = self._proofs[None] = (began, who)
        self._conclude(online=True, asked=(who.url,))
        return True

    async def _ask_all(self, references: tuple[Reference, ...], families: tuple[int | None, ...]) -> None:
        began = asyncio.get_running_loop().time()
        asked = [(one, family) for one in references for family in families]
        said = await asyncio.gather(*(self.asks.hear(one, family) for one, family in asked))
        heard: dict[Reference, dict[int | None, Heard | None]] = {one: {} for one in references}
        for (one, family), answer in zip(asked, said, strict=True):
            heard[one][family] = answer
        self._round = _Round(began=began, heard=heard)
        answers = any(answer is not None for answer in said)
        self._conclude(online=answers, asked=tuple(one.url for one in references))
        if answers and self.targets:
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

    def _conclude(self, *, online: bool, asked: tuple[str, ...]) -> None:
        self.online, self.asked = online, asked

    async def _note_answer(self, own: Reference) -> None:
        """Remember a site that answered; without references, it also tells that we are online again."""
        if self.targets:
            return
        addresses = await self.asks.addresses(own)
        if not addresses or is_local(addresses):
            return
        self._sites.pop(own.url, None)
        self._sites[own.url] = _Site(reference=own, at=asyncio.get_running_loop().time(), addresses=addresses)
        while len(self._sites) > KEPT:
            del self._sites[next(iter(self._sites))]
        if not self.online:
            self._conclude(online=True, asked=(own.url,))


__all__ = ["Reference", "Uplink"]
