"""What is written to each aggregate comes back, also when the code has moved on since."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.desk.ticket import State
from agent.intake.keeping import Keeping
from agent.store import Session, checks, memories, outcomes, tickets, views
from agent.store.errors import StoreBusy, StoreUnavailable
from agent.store.lock import Lock, holder
from agent.store.outlet import Outlet
from agent.store.settings import Retention
from checks.core.errors import VigieError
from checks.core.model import Key
from checks.core.registry import Catalogue
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import DOWN, RULES, UPTIME, at
from tests.agent.store.test_outbox import FILE


class Fewer(Catalogue):
    """The catalogue of a version that no longer has a rule."""

    def find(self, rule_id: str) -> object:  # type: ignore[override]  # it only ever raises
        if rule_id == DOWN.id:
            raise VigieError(f"unknown rule {rule_id!r}")
        return super().find(rule_id)


async def test_a_ticket_whose_rule_is_gone_can_still_be_read(bench: Bench) -> None:
    await bench.each(down(0), down(1))
    (ticket,) = bench.store.read(lambda session: tickets.live(session, Fewer()))
    assert (ticket.finding.rule.id, ticket.finding.family, ticket.finding.subject) == (DOWN.id, DOWN.family, "uptime")
    assert ticket.finding.fact("reason") == "refused"
    story = bench.store.read(lambda session: views.ticket_story(session, Fewer(), ticket.ref))
    assert story is not None
    assert story.tries == ()
    assert bench.store.read(lambda session: outcomes.latest(session, Fewer())) == {}


async def test_the_last_outcome_of_each_check_is_kept_whole(bench: Bench) -> None:
    said = well(1)
    await bench.each(down(0), said)
    assert bench.store.read(lambda session: outcomes.latest(session, RULES)) == {UPTIME.key: said[0]}


async def test_a_check_follows_the_configuration(bench: Bench) -> None:
    moved = replace(UPTIME, target="https://new.example/")
    await bench.each(well(0), (well(1)[0], moved))
    past = bench.store.read(
        lambda session: list(outcomes.history(session, RULES, site="shop", begin=at(0), end=at(9), limit=1))
    )
    assert [(one.target, one.started) for one in past] == [("https://new.example/", at(1))]
    known = bench.store.read(lambda session: checks.numbers(session, [UPTIME.key, Key(site="x", check="y")]))
    assert list(known) == [UPTIME.key]


def test_what_a_check_remembers_is_replaced(bench: Bench) -> None:
    def remember(body: str) -> None:
        def write(session: Session) -> None:
            memories.remember(session, checks.number(session, UPTIME.key, "uptime", "u"), body, at(0))

        bench.store.write(write).result()

    for body in ("1", "2"):
        remember(body)
    assert bench.store.read(memories.memories) == {UPTIME.key: "2"}


async def test_a_claim_takes_no_more_than_it_may(bench: Bench) -> None:
    bench.routes = (FILE,)
    sites = [replace(UPTIME, key=replace(UPTIME.key, site=f"site-{number:02}")) for number in range(25)]
    for minute in (0, 1):
        await bench.take(*((replace(down(minute)[0], id=f"{minute}-{w.key.site}", key=w.key), w) for w in sites))
    outlet = Outlet(bench.store)
    first = await outlet.claim("file", at(2), merges=False)
    second = await outlet.claim("file", at(2), merges=False)
    assert (len(first), len(second)) == (20, 5)
    assert len({message.key for message in (*first, *second)}) == 25


def test_the_lock_names_its_holder(bench: Bench) -> None:
    path = bench.store.path
    assert holder(path) is None
    lock = Lock(path)
    assert isinstance(holder(path), int)
    with pytest.raises(StoreBusy, match=r"process \d+"):
        Lock(path)
    lock.release()
    assert holder(path) is None
    with pytest.raises(StoreUnavailable):
        Lock(path / "below" / "vigie.db")


async def test_house_is_kept_beside_intake(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held tickets settle, old runs go, and a store that cannot be written is tried again."""
    outages = [(down(4 * n), down(4 * n + 1), well(4 * n + 2), well(4 * n + 3)) for n in range(4)]
    await bench.each(*(one for outage in outages for one in outage))
    monkeypatch.setattr("agent.intake.keeping.LOOK", 0.001)
    looks: list[object] = []
    kept, loop = asyncio.Event(), asyncio.get_running_loop()

    def now() -> datetime:
        looks.append(None)
        left = bench.store.read(lambda session: session.rows("SELECT 1 FROM outcomes"))
        if bench.ticket("t.down").state is State.RESOLVED and not left:
            loop.call_soon_threadsafe(kept.set)
        return at(15) + Retention().outcomes + timedelta(seconds=len(looks))

    bench.store.write(lambda session: session.run("PRAGMA query_only=ON")).result()
    keeping = Keeping(bench.store, bench.intake(), Retention(), now=now)
    task = asyncio.create_task(keeping.run())
    await asyncio.sleep(0)
    bench.store.write(lambda session: session.run("PRAGMA query_only=OFF")).result()
    await asyncio.wait_for(kept.wait(), 30)
    task.cancel()
