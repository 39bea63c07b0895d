"""A store that cannot be written loses nothing: outcomes wait, and what was wrong is told once it can."""

import asyncio
from collections.abc import Callable

import pytest

from agent.core.desk.ticket import State
from agent.intake import Intake
from agent.store import Session, outcomes
from agent.store.errors import StoreFull, StoreUnavailable
from agent.store.outcomes import Result
from checks.core.facts import MAX_TEXT
from checks.core.model import ALL, Artifact, Observed, Untested
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import EXPIRED, RULES, UPTIME, at, outcome

Act = Callable[[Session], object]


def fill(session: Session) -> None:
    session.pragma(f"max_page_count={session.pragma('page_count')}")
    session.run("CREATE TABLE filler (x TEXT)") if session.pragma("freelist_count") else None


def empty(session: Session) -> None:
    session.pragma("max_page_count=1000000")


def forbid(session: Session) -> None:
    session.run("PRAGMA query_only=ON")


def allow(session: Session) -> None:
    session.run("PRAGMA query_only=OFF")


@pytest.mark.parametrize(
    ("spoil", "mend", "error", "rule"),
    [
        pytest.param(fill, empty, StoreFull, "agent.disk", id="the-disk-is-full"),
        pytest.param(forbid, allow, StoreUnavailable, "agent.store", id="the-file-is-read-only"),
    ],
)
async def test_outcomes_wait_and_are_stored(
    bench: Bench, caplog: pytest.LogCaptureFixture, spoil: Act, mend: Act, error: type[Exception], rule: str
) -> None:
    await bench.take(well(0))
    bench.store.write(spoil).result()
    intake = bench.intake(again=0.01)
    async with asyncio.TaskGroup() as group:
        group.create_task(intake.run())
        big = "x" * 3000
        for minute in range(1, 40):
            await intake.put(*down(minute, big))
        await asyncio.wait_for(intake.troubled.wait(), 30)
        assert isinstance(intake.trouble, error)
        bench.store.write(mend).result()
        await intake.close()
    assert bench.ticket("t.down").state is State.OPEN
    assert bench.ticket("t.down").occurrences == 39
    told = bench.ticket(rule)
    assert (told.state, told.site) == (State.RESOLVED, None)
    assert str(bench.store.path) in str(told.finding.fact("detail"))
    lines = [record.message for record in caplog.records if "outcomes wait" in record.message]
    assert len(lines) == 1
    assert "\n" not in lines[0]


async def test_too_many_that_wait_let_others_wait_too(bench: Bench) -> None:
    intake = bench.intake(room=2)
    await intake.put(*well(0))
    await intake.put(*well(1))
    third = asyncio.create_task(intake.put(*well(2)))
    await asyncio.sleep(0)
    assert (intake.waiting, third.done()) == (2, False)
    closing = asyncio.create_task(intake.close())
    await intake.run()
    await asyncio.gather(third, closing)
    assert sum(len(changes.verdicts) for changes in bench.changes) == 3


async def test_a_stop_does_not_wait_for_a_store_that_stays_unwritable(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.write(forbid).result()
    intake = bench.intake(again=0.01, parting=0.05)
    await intake.put(*well(0))
    await intake.close()
    await asyncio.wait_for(intake.run(), 30)
    assert "1 outcomes could not be stored" in caplog.text
    bench.store.write(allow).result()


async def test_what_waits_for_long_waits_without_its_evidence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.intake.inbox.BARE", 1)
    page = Artifact(kind="body", name="x", media="text/html", data=b"x")
    intake: Intake = bench.intake(again=0.01)
    bench.store.write(forbid).result()
    async with asyncio.TaskGroup() as group:
        group.create_task(intake.run())
        await intake.put(*down(0, artifacts=(page,)))
        await asyncio.wait_for(intake.troubled.wait(), 30)
        for minute in (1, 2, 3):
            await intake.put(*down(minute, str(minute), artifacts=(page,)))
        bench.store.write(allow).result()
        await intake.close()
    kept = [
        len(verdict.sighting.outcome.answer.artifacts)
        for changes in bench.changes
        for verdict in changes.verdicts
        if isinstance(verdict.sighting.outcome.answer, Observed) and verdict.sighting.watch is UPTIME
    ]
    assert kept == [1, 1, 0, 0]


async def test_a_damaged_store_is_waited_for_too(bench: Bench) -> None:
    await bench.take(well(0))
    kept = bench.store.path.read_bytes()
    intake = bench.intake(again=0.01, parting=0.05)
    bench.store.write(lambda session: session.pragma("wal_checkpoint(TRUNCATE)")).result()
    kept = bench.store.path.read_bytes()
    bench.store.path.write_bytes(kept[:4096] + b"\xff" * (len(kept) - 4096))
    bench.store.write(lambda session: session.run("PRAGMA shrink_memory")).result()
    await intake.put(outcome(UPTIME, 1), UPTIME)
    await intake.close()
    await asyncio.wait_for(intake.run(), 30)
    assert "damaged" in str(intake.trouble)


@pytest.mark.parametrize("together", [True, False], ids=["among-others", "alone"])
async def test_an_outcome_that_no_store_can_hold_stops_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture, together: bool
) -> None:
    unstorable = Untested(families=ALL, subject="\ud800", cause="x")
    poison = outcome(UPTIME, 1, untested=(unstorable,)), UPTIME
    others = (down(0), down(2), down(3)) if together else ()
    await bench.take(*others[:1], poison, *others[1:])
    runs = bench.store.read(lambda session: list(outcomes.history(session, RULES, site="shop", begin=at(0), end=at(9))))
    assert [past.result for past in runs if past.started == at(1)] == [Result.UNOBSERVED]
    assert len(runs) == 1 + len(others)
    assert [ticket.occurrences for ticket in bench.tickets()] == ([3] if together else [])
    assert "cannot be stored" in caplog.text


async def test_hostile_facts_come_back_clean_or_cut(bench: Bench) -> None:
    facts = {
        "nan": float("nan"),
        "surrogate": "a\ud800",
        "control": "\x1b[31m\x00",
        "long": "x" * 1_000_000,
        "big": 2**80,
    }
    await bench.take((outcome(UPTIME, 0, EXPIRED.found("\udfff\x00", **facts)), UPTIME))  # type: ignore[arg-type]
    (ticket,) = bench.tickets()
    assert ticket.finding == EXPIRED.found("\udfff\x00", **facts)  # type: ignore[arg-type]
    assert ticket.finding.subject == "\ufffd\ufffd"
    assert len(str(ticket.finding.fact("long"))) == MAX_TEXT
