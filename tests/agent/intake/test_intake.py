"""From outcomes to tickets: one transaction a batch, one live ticket an anomaly, nothing twice."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.core.desk.ticket import EventKind, State
from agent.store import checks, memories, tracks
from checks.core.model import ALL, Untested
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import (
    BROKEN,
    DOWN,
    EXPIRED,
    EXPIRING,
    LINKS,
    RULES,
    SLOW,
    TLS,
    TOLD,
    UPTIME,
    at,
    open_store,
    outcome,
)


async def test_a_ticket_opens_changes_and_is_resolved(bench: Bench) -> None:
    await bench.each(down(0, reason="a"), down(1, reason="a"), down(2, reason="b", ms=3), down(3, reason="b", ms=4))
    await bench.each(well(4), well(5))
    (ticket,) = bench.tickets()
    assert ticket.ref == "ACME-2026-0001"
    assert ticket.state is State.RESOLVED
    assert (ticket.detected_at, ticket.opened_at) == (at(0), at(1) + timedelta(seconds=0.5))
    assert (ticket.restored_at, ticket.seen_at, ticket.occurrences) == (at(4), at(3), 4)
    assert ticket.finding.fact("ms") == 4
    assert bench.events(ticket.ref) == [EventKind.OPENED, EventKind.UPDATED, EventKind.RESOLVED]


async def test_what_could_not_look_moves_nothing(bench: Bench) -> None:
    await bench.each(down(0), down(1))
    blind = outcome(UPTIME, 2, unobserved="resolver"), UPTIME
    challenged = outcome(UPTIME, 3, untested=(Untested(families=ALL, cause="challenge"),)), UPTIME
    await bench.each(blind, challenged, blind, challenged)
    (ticket,) = bench.tickets()
    assert ticket.state is State.OPEN


async def test_info_makes_no_ticket_and_hides_no_untested(bench: Bench) -> None:
    told = TOLD.found("x"), replace(TOLD, family="t.broken").found("x")
    await bench.take((outcome(LINKS, 0, BROKEN.found("x")), LINKS))
    await bench.take((outcome(LINKS, 1, told[1], untested=(Untested(families=ALL, cause="cut"),)), LINKS))
    await bench.take((outcome(LINKS, 2, told[0], untested=(Untested(families=ALL, cause="cut"),)), LINKS))
    (ticket,) = bench.tickets()
    assert ticket.state is State.OPEN


async def test_replaying_changes_nothing(bench: Bench) -> None:
    stream = [down(0), down(1), well(2), well(3), down(4), down(5)]
    await bench.each(*stream)
    before = bench.tickets(), [bench.events(ticket.ref) for ticket in bench.tickets()]
    await bench.take(*stream)
    await bench.each(*stream)
    assert (bench.tickets(), [bench.events(ticket.ref) for ticket in bench.tickets()]) == before
    assert not bench.changes[-1].verdicts


@pytest.mark.parametrize("together", [True, False], ids=["in-one-batch", "one-by-one"])
async def test_a_batch_of_one_check_is_taken_in_order(bench: Bench, together: bool) -> None:
    stream = [down(0), down(1), well(2), well(3), down(90), down(91)]
    take: Callable[..., Coroutine[Any, Any, None]] = bench.take if together else bench.each
    await take(*stream)
    first, second = sorted(bench.tickets(), key=lambda ticket: ticket.ref)
    assert (first.state, second.state) == (State.RESOLVED, State.OPEN)
    assert second.recurrence_of == first.ref
    assert second.ref == "ACME-2026-0002"


async def test_coming_back_soon_reopens_the_same_ticket(bench: Bench) -> None:
    await bench.each(down(0), down(1), well(2), well(3), down(4), down(5))
    (ticket,) = bench.tickets()
    assert (ticket.state, ticket.reopen_count, ticket.restored_at) == (State.OPEN, 1, None)
    assert ticket.detected_at == at(0)
    assert bench.events(ticket.ref) == [EventKind.OPENED, EventKind.RESOLVED, EventKind.REOPENED]


async def test_expiring_that_expires_stays_one_ticket(bench: Bench) -> None:
    found = EXPIRING.found("shop.example:443", days=2), EXPIRED.found("shop.example:443")
    await bench.each((outcome(TLS, 0, found[0]), TLS), (outcome(TLS, 1, found[1]), TLS))
    (ticket,) = bench.tickets()
    assert ticket.finding.rule is EXPIRED
    assert bench.events(ticket.ref) == [EventKind.OPENED, EventKind.CHANGED]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["cause-first", "cause-last"])
async def test_the_cause_explains_whatever_came_first(bench: Bench, order: tuple[int, int]) -> None:
    streams = [[down(0), down(1)], [(outcome(LINKS, 0, BROKEN.found("https://shop.example/x")), LINKS)]]
    for which in order:
        await bench.each(*streams[which])
    cause, child = sorted(bench.tickets(), key=lambda ticket: ticket.key.check, reverse=True)
    assert (cause.parent, child.parent) == (None, cause.ref)
    told = {h.ref for changes in bench.changes for h in changes.happenings if h.say is EventKind.OPENED}
    assert told == ({cause.ref} if order == (0, 1) else {cause.ref, child.ref})


async def test_a_child_stands_for_itself_only_after_a_fresh_look(bench: Bench) -> None:
    broken = BROKEN.found("https://shop.example/x")
    await bench.each(down(0), down(1), (outcome(LINKS, 1, broken), LINKS), well(2), well(3))
    cause, child = sorted(bench.tickets(), key=lambda ticket: ticket.key.check, reverse=True)
    assert (cause.state, child.state, child.parent, child.told) == (State.RESOLVED, State.OPEN, cause.ref, False)
    await bench.take((outcome(LINKS, 4, broken), LINKS))
    child = next(ticket for ticket in bench.tickets() if ticket.ref == child.ref)
    assert (child.parent, child.told) == (None, True)
    assert [h.say for h in bench.changes[-1].happenings] == [EventKind.OPENED]


async def test_a_child_that_is_gone_with_its_cause_tells_nobody(bench: Bench) -> None:
    await bench.each(down(0), down(1), (outcome(LINKS, 1, BROKEN.found("x")), LINKS), well(2), well(3), well(4, LINKS))
    assert {ticket.state for ticket in bench.tickets()} == {State.RESOLVED}
    child = next(ticket for ticket in bench.tickets() if ticket.kind == "links")
    assert [h.say for changes in bench.changes for h in changes.happenings if h.ref == child.ref] == [None, None, None]


async def test_a_slow_ticket_stays_as_it_was_while_the_site_is_down(bench: Bench) -> None:
    slow = [(outcome(UPTIME, minute, SLOW.found("uptime")), UPTIME) for minute in (0, 1)]
    cut = Untested(families=frozenset({"uptime.slow"}), cause="down")
    dead = [(outcome(UPTIME, minute, DOWN.found("uptime"), untested=(cut,)), UPTIME) for minute in (2, 3, 4, 5)]
    await bench.each(*slow, *dead)
    states = {ticket.finding.rule.id: ticket.state for ticket in bench.tickets()}
    assert states == {"t.slow": State.OPEN, "t.down": State.OPEN}


async def test_what_the_shell_needs_to_start_is_kept(bench: Bench) -> None:
    await bench.each(down(0), down(1), (outcome(TLS, 2, only=frozenset({"x"})), TLS))
    read = bench.store.read
    assert read(checks.last_starts) == {UPTIME.key: at(1)}
    assert read(memories.memories) == {}
    (subject,) = read(tracks.live_subjects)[UPTIME.key]
    assert (subject.subject, subject.looked) == ("uptime", at(1))
    assert read(lambda session: tracks.believed(session, RULES)) == {
        UPTIME.key: (DOWN.found("uptime", reason="refused", ms=0),)
    }


async def test_outcomes_wait_while_another_process_holds_the_store(bench: Bench) -> None:
    bench.store.write(lambda session: session.db.execute("PRAGMA busy_timeout=10")).result()
    other = open_store(bench.store.path.parent)
    intake = bench.intake(again=0.01)
    async with asyncio.TaskGroup() as group:
        group.create_task(intake.run())
        locked = asyncio.Event()
        blocked = asyncio.Event()

        def hold() -> None:
            def work(session: Any) -> None:
                with session.immediate():
                    loop.call_soon_threadsafe(locked.set)
                    asyncio.run_coroutine_threadsafe(blocked.wait(), loop).result(30)

            other.write(work)

        loop = asyncio.get_running_loop()
        hold()
        await locked.wait()
        await intake.put(*down(0))
        await asyncio.wait_for(intake.troubled.wait(), 30)
        assert "locked" in str(intake.trouble)
        blocked.set()
        await intake.put(*down(1))
        await intake.close()
    other.close()
    assert intake.trouble is None
    states = {ticket.finding.rule.id: ticket.state for ticket in bench.tickets()}
    assert states == {"t.down": State.OPEN, "agent.store": State.RESOLVED}
