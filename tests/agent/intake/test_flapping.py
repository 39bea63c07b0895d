"""A ticket that comes and goes is held: one word that it is unstable, one that it is stable again."""

from collections.abc import Iterator

from agent.core.desk.ticket import EventKind, Spell, State
from agent.intake.commands import Settle
from agent.store import spells
from tests.agent.intake.bench import Bench, Taken, down, well
from tests.agent.kit import at


def outages(count: int) -> Iterator[Taken]:
    """So many outages of two minutes with two minutes between."""
    for number in range(count):
        start = 4 * number
        yield from (down(start), down(start + 1), well(start + 2), well(start + 3))


async def test_many_outages_are_told_four_times(bench: Bench) -> None:
    await bench.each(*outages(8))
    (ticket,) = bench.tickets()
    assert (ticket.state, ticket.flapping, ticket.quiet_since) == (State.OPEN, True, at(30))
    assert await bench.intake().do(Settle(now=at(59))) == await bench.intake().do(Settle(now=at(30)))
    await bench.intake().do(Settle(now=at(60)))
    (ticket,) = bench.tickets()
    assert (ticket.state, ticket.flapping, ticket.restored_at) == (State.RESOLVED, False, at(30))
    assert bench.said(ticket.ref) == [
        EventKind.OPENED,
        EventKind.RESOLVED,
        EventKind.REOPENED,
        EventKind.RESOLVED,
        EventKind.UNSTABLE,
        EventKind.RESTORED,
    ]
    assert ticket.reopen_count == 2
    assert ticket.occurrences == 16


async def test_every_outage_is_a_spell(bench: Bench) -> None:
    await bench.each(*outages(5))
    (ticket,) = bench.tickets()
    kept = bench.store.read(lambda session: spells.of(session, ticket.ref))
    assert kept == tuple(Spell(began=at(4 * n), ended=at(4 * n + 2)) for n in range(5))


async def test_one_that_stays_down_is_not_settled(bench: Bench) -> None:
    await bench.each(*outages(3), down(12), down(13))
    await bench.intake().do(Settle(now=at(500)))
    (ticket,) = bench.tickets()
    assert (ticket.state, ticket.flapping, ticket.quiet_since) == (State.OPEN, True, None)


async def test_after_a_hold_a_new_outage_reopens_and_is_told(bench: Bench) -> None:
    await bench.each(*outages(3))
    await bench.intake().do(Settle(now=at(40)))
    await bench.each(down(50), down(51))
    (ticket,) = bench.tickets()
    assert (ticket.state, ticket.flapping, ticket.reopen_count) == (State.OPEN, False, 3)
    assert bench.said(ticket.ref)[-2:] == [EventKind.RESTORED, EventKind.REOPENED]


async def test_nothing_held_costs_no_event(bench: Bench) -> None:
    await bench.each(down(0), down(1))
    changes = await bench.intake().do(Settle(now=at(100)))
    assert not changes.happenings
