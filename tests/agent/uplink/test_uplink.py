"""Who is asked, when, and what follows: offline only when all fail, and asked only after something failed."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from agent.uplink import Uplink
from agent.uplink.references import Heard, Reference
from checks.core.model import Finding, Layer, Observed, Outcome, Unobserved
from checks.core.options import Common
from tests.agent.uplink.test_believe import DOWN, REFUSED, V6, outcome

PUBLIC, OTHER, LOCAL = "192.88.99.7", "192.88.99.8", "127.0.0.1"


def reference(name: str) -> Reference:
    return Reference(url=f"https://{name}.example/", options=Common())


A, B, C, HOUSE, SITE = (reference(name) for name in ("a", "b", "c", "house", "site"))


@dataclass
class World:
    """Who answers, on which family, and where everybody is."""

    up: set[Reference] = field(default_factory=set)
    silent: frozenset[int] = frozenset()
    at: dict[Reference, tuple[str, ...]] = field(default_factory=dict)
    ahead: timedelta | None = None
    asked: list[tuple[Reference, int | None]] = field(default_factory=list)
    told: list[frozenset[int]] = field(default_factory=list)
    resolver: bool = True
    names: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def hear(self, reference: Reference, family: int | None) -> Heard | None:
        self.asked.append((reference, family))
        await self.gate.wait()
        return Heard(ahead=self.ahead) if reference in self.up and family not in self.silent else None

    async def resolves(self, name: str) -> bool:
        self.names.append(name)
        return self.resolver

    async def addresses(self, reference: Reference) -> tuple[str, ...]:
        return self.at.get(reference, (f"192.88.99.{sum(reference.url.encode()) % 250}",))

    def uplink(self, targets: Iterable[Reference] = ()) -> Uplink:
        return Uplink(self, tuple(targets), self.told.append)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.uplink.SPACING", 0.0)


def cause(outcome: Outcome) -> str:
    return outcome.answer.cause if isinstance(outcome.answer, Unobserved) else ""


def cross_checked(outcome: Outcome) -> object:
    assert isinstance(outcome.answer, Observed)
    return outcome.answer.findings[0].fact("cross_checked")


async def test_one_reference_that_answers_is_enough() -> None:
    world = World(up={B})
    uplink = world.uplink([A, B])
    assert [await uplink.believe(outcome(REFUSED), SITE) for _ in range(4)] == [outcome(REFUSED)] * 4
    assert uplink.online


async def test_offline_only_when_all_fail_and_online_again_at_the_first_answer() -> None:
    world = World()
    uplink = world.uplink([A, B])
    assert cause(await uplink.believe(outcome(REFUSED), SITE)) == "offline"
    assert (uplink.online, set(uplink.asked)) == (False, {A.url, B.url})
    world.up = {A}
    assert await uplink.believe(outcome(REFUSED), SITE) == outcome(REFUSED)
    assert uplink.online


async def test_while_all_is_well_one_is_asked_each_time_in_turn_and_only_after_a_failure() -> None:
    world = World(up={A, B})
    uplink = world.uplink([A, B])
    await uplink.believe(outcome(), SITE)
    assert world.asked == []
    for _ in range(4):
        await uplink.believe(outcome(REFUSED), SITE)
    assert [who for who, _family in world.asked] in ([A, B, A, B], [B, A, B, A])


async def test_all_who_wait_share_one_round() -> None:
    world = World(up={A})
    uplink = world.uplink([A])
    world.gate.clear()
    waiting = [asyncio.create_task(uplink.believe(outcome(REFUSED), SITE)) for _ in range(50)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.gate.set()
    await asyncio.gather(*waiting)
    assert len(world.asked) <= 2


async def test_an_answer_from_before_the_failure_proves_nothing() -> None:
    world = World(up={A})
    uplink = world.uplink([A])
    await uplink.believe(outcome(REFUSED), SITE)
    world.up = set()
    assert cause(await uplink.believe(outcome(REFUSED), SITE)) == "offline"


@pytest.mark.parametrize(
    ("targets", "given"),
    [
        pytest.param([A], False, id="with-references-outside"),
        pytest.param([], False, id="with-none"),
        pytest.param([A, HOUSE], True, id="unless-one-is-in-the-house-too"),
    ],
)
async def test_what_is_in_the_house_does_not_depend_on_the_uplink(targets: list[Reference], given: bool) -> None:
    world = World(at={SITE: (LOCAL,), HOUSE: ("10.0.0.1",)})
    seen = await world.uplink(targets).believe(outcome(REFUSED), SITE)
    assert cause(seen) == ("offline" if given else "")
    assert bool(world.asked) is given
    assert {who for who, _family in world.asked} <= {HOUSE}


class TestWithoutReferences:
    async def test_with_no_other_site_it_is_believed_and_says_so(self) -> None:
        seen = await World().uplink().believe(outcome(REFUSED), SITE)
        assert cross_checked(seen) is False

    async def test_another_site_that_answered_lately_stands_in(self) -> None:
        world = World(up={A})
        uplink = world.uplink()
        await uplink.believe(outcome(), A)
        assert await uplink.believe(outcome(REFUSED), SITE) == outcome(REFUSED)
        world.up = set()
        assert cause(await uplink.believe(outcome(REFUSED), SITE)) == "offline"
        assert not uplink.online

    async def test_a_site_at_the_same_address_proves_nothing(self) -> None:
        world = World(up={A}, at={A: (PUBLIC, OTHER), SITE: (OTHER,)})
        uplink = world.uplink()
        await uplink.believe(outcome(), A)
        assert cross_checked(await uplink.believe(outcome(REFUSED), SITE)) is False

    async def test_nor_does_one_in_the_house(self) -> None:
        world = World(up={HOUSE}, at={HOUSE: (LOCAL,)})
        uplink = world.uplink()
        await uplink.believe(outcome(), HOUSE)
        assert cross_checked(await uplink.believe(outcome(REFUSED), SITE)) is False

    async def test_nor_one_that_answered_long_ago(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("agent.uplink.LATELY", -1.0)
        world = World(up={A})
        uplink = world.uplink()
        await uplink.believe(outcome(), A)
        assert cross_checked(await uplink.believe(outcome(REFUSED), SITE)) is False

    async def test_a_site_that_answers_tells_that_we_are_back(self) -> None:
        world = World()
        uplink = world.uplink()
        await uplink.believe(outcome(), A)
        await uplink.believe(outcome(REFUSED), SITE)
        assert not uplink.online
        await uplink.believe(outcome(), B)
        assert uplink.online

    async def test_few_stand_in_and_few_are_remembered(self) -> None:
        world = World(up=set())
        uplink = world.uplink()
        for number in range(100):
            await uplink.believe(outcome(), reference(f"s{number}x"))
        await uplink.believe(outcome(REFUSED), SITE)
        assert len(uplink._sites) == 32
        assert len({who for who, _family in world.asked}) == 4


async def look_once(uplink: Uplink) -> None:
    task = asyncio.create_task(uplink.run())
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_looks_by_itself_and_learns_families_and_time() -> None:
    world = World(up={A, B}, silent=frozenset({6}), ahead=timedelta(hours=1))
    uplink = world.uplink([A, B])
    await look_once(uplink)
    assert (uplink.silent, uplink.ahead, world.told) == (frozenset({6}), timedelta(hours=1), [frozenset({6})])
    world.silent = frozenset()
    await look_once(uplink)
    assert world.told == [frozenset({6}), frozenset()]


async def test_references_in_the_house_say_nothing_of_families() -> None:
    world = World(up={HOUSE}, silent=frozenset({6}), at={HOUSE: (LOCAL,)})
    uplink = world.uplink([HOUSE])
    await look_once(uplink)
    assert (uplink.silent, world.told) == (frozenset(), [])


async def test_while_offline_no_family_is_silent_by_itself() -> None:
    world = World()
    uplink = world.uplink([A])
    await look_once(uplink)
    assert (uplink.online, uplink.silent) == (False, frozenset())


@pytest.mark.parametrize("finding", [V6], ids=["a-failure-over-ipv6"])
async def test_a_family_that_died_since_the_last_look_is_found_before_it_is_believed(finding: Finding) -> None:
    world = World(up={A})
    uplink = world.uplink([A])
    await look_once(uplink)
    world.silent = frozenset({6})
    seen = await uplink.believe(outcome(finding), SITE)
    assert isinstance(seen.answer, Observed)
    assert (seen.answer.findings, seen.answer.untested[0].cause) == ((), "no_ipv6")


SILENT_DNS = DOWN.found("uptime", layer=Layer.DNS, reason="dns_timeout")


@pytest.mark.parametrize("targets", [[A], []], ids=["with-references", "with-none"])
@pytest.mark.parametrize(
    ("finding", "resolver", "given"),
    [
        pytest.param(SILENT_DNS, False, "offline", id="a-resolver-that-is-dead-says-nothing-of-a-site"),
        pytest.param(SILENT_DNS, True, "", id="a-name-that-alone-is-not-answered-is-the-sites-own-fault"),
        pytest.param(REFUSED, False, "", id="a-refused-connection-needed-no-resolver"),
        pytest.param(
            DOWN.found("uptime", layer=Layer.DNS, reason="dns_nxdomain"),
            False,
            "",
            id="that-a-name-is-not-is-an-answer",
        ),
    ],
)
async def test_the_resolver_is_evidence(targets: list[Reference], finding: Finding, resolver: bool, given: str) -> None:
    world = World(up={A}, resolver=resolver)
    uplink = world.uplink(targets)
    assert cause(await uplink.believe(outcome(finding), SITE)) == given
    assert uplink.online is not (given == "offline")


async def test_the_resolver_is_asked_once_for_all_who_wait() -> None:
    world = World(up={A})
    uplink = world.uplink([A])
    await asyncio.gather(*(uplink.believe(outcome(SILENT_DNS), SITE) for _ in range(20)))
    assert len(world.names) <= 2
