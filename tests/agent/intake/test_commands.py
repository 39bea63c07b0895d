"""Checks that leave the configuration take their tickets with them."""

from agent.core.desk.ticket import EventKind, Spell, State
from agent.intake.commands import Withdraw
from agent.store import events, spells, tracks
from checks.core.model import ALL, Untested
from tests.agent.intake.bench import Bench, down, well
from tests.agent.kit import BROKEN, LINKS, TLS, UPTIME, at, outcome


async def test_tickets_of_checks_that_are_gone_are_closed(bench: Bench) -> None:
    await bench.each(down(0), down(1), (outcome(TLS, 1, BROKEN.found("x")), TLS))
    await bench.intake().do(Withdraw(planned=frozenset({TLS.key}), now=at(5)))
    ticket = bench.ticket("t.down")
    assert (ticket.state, ticket.closed_at, ticket.restored_at) == (State.CLOSED, at(5), None)
    assert bench.events(ticket.ref) == [EventKind.OPENED, EventKind.CLOSED]
    assert bench.store.read(tracks.keys) == {TLS.key}
    assert bench.ticket("t.broken").state is State.OPEN
    assert bench.store.read(lambda session: spells.of(session, ticket.ref)) == (Spell(began=at(0), ended=at(5)),)
    last = bench.store.read(lambda session: events.of(session, ticket.ref))[-1]
    assert last.body == '{"reason":"no longer watched"}'


async def test_one_that_comes_back_gets_a_new_ticket(bench: Bench) -> None:
    await bench.each(down(0), down(1))
    await bench.intake().do(Withdraw(planned=frozenset(), now=at(2)))
    await bench.each(down(3), down(4))
    assert [(ticket.ref, ticket.recurrence_of) for ticket in bench.tickets()] == [
        ("ACME-2026-0001", None),
        ("ACME-2026-0002", "ACME-2026-0001"),
    ]


async def test_suspicions_and_blindness_of_them_are_forgotten(bench: Bench) -> None:
    challenge = Untested(families=ALL, cause="challenge")
    await bench.each(*((outcome(LINKS, minute, untested=(challenge,)), LINKS) for minute in (0, 60)), down(60))
    await bench.intake().do(Withdraw(planned=frozenset(), now=at(61)))
    assert bench.ticket("agent.blind").state is State.CLOSED
    assert bench.store.read(tracks.keys) == frozenset()


async def test_a_child_whose_cause_is_gone_still_waits_for_a_fresh_look(bench: Bench) -> None:
    broken = outcome(LINKS, 1, BROKEN.found("https://shop.example/x")), LINKS
    await bench.each(down(0), down(1), broken, well(2), well(3))
    changes = await bench.intake().do(Withdraw(planned=frozenset({UPTIME.key, LINKS.key}), now=at(4)))
    assert not changes.happenings
    child = bench.ticket("t.broken")
    assert (child.parent, child.told) == ("ACME-2026-0001", False)


async def test_when_the_cause_is_withdrawn_its_children_wait_too(bench: Bench) -> None:
    broken = BROKEN.found("https://shop.example/x")
    await bench.each(down(0), down(1), (outcome(LINKS, 1, broken), LINKS))
    await bench.intake().do(Withdraw(planned=frozenset({LINKS.key}), now=at(4)))
    assert bench.ticket("t.broken").parent == "ACME-2026-0001"
    await bench.take((outcome(LINKS, 5, broken), LINKS))
    assert (bench.ticket("t.broken").parent, bench.ticket("t.broken").told) == (None, True)


async def test_what_is_planned_stays(bench: Bench) -> None:
    await bench.each(down(0), down(1))
    changes = await bench.intake().do(Withdraw(planned=frozenset({UPTIME.key}), now=at(2)))
    assert not changes.happenings
    assert bench.ticket("t.down").state is State.OPEN
