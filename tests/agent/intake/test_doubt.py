"""One cause, one message: while what would explain a ticket is only suspected, nobody is told of it."""

from itertools import permutations

import pytest

from agent.core.desk.ticket import EventKind
from agent.intake.commands import Settle
from checks.core.model import Layer
from tests.agent.intake.bench import Bench, Taken, well
from tests.agent.kit import BROKEN, DOWN, EXPIRED, LINKS, TLS, UPTIME, at, outcome


def expired(minutes: float) -> Taken:
    return outcome(TLS, minutes, EXPIRED.found("shop.example:443")), TLS


def refused(minutes: float) -> Taken:
    return outcome(UPTIME, minutes, DOWN.found("uptime", layer=Layer.TLS, reason="tls_expired")), UPTIME


async def test_a_cause_that_is_confirmed_is_all_that_is_told(bench: Bench) -> None:
    await bench.each(refused(0), expired(0.1))
    child = bench.ticket("t.expired")
    assert (child.told, child.parent) == (False, None)
    await bench.take(refused(1))
    cause, child = bench.ticket("t.down"), bench.ticket("t.expired")
    assert (cause.told, child.told, child.parent) == (True, False, cause.ref)
    assert (bench.said(cause.ref), bench.said(child.ref)) == ([EventKind.OPENED], [])


async def test_a_suspicion_that_is_dismissed_lets_it_speak(bench: Bench) -> None:
    await bench.each(refused(0), expired(0.1), well(1))
    ticket = bench.ticket("t.expired")
    assert (ticket.told, bench.said(ticket.ref)) == (True, [EventKind.OPENED])
    assert bench.events(ticket.ref) == [EventKind.OPENED, EventKind.RELEASED]


async def test_nobody_waits_for_long(bench: Bench) -> None:
    await bench.each(refused(0), expired(0.1))
    await bench.intake().do(Settle(now=at(5)))
    assert not bench.ticket("t.expired").told
    await bench.intake().do(Settle(now=at(5.2)))
    assert bench.ticket("t.expired").told
    await bench.intake().do(Settle(now=at(9)))
    assert bench.said(bench.ticket("t.expired").ref) == [EventKind.OPENED]


async def test_what_is_over_before_it_is_told_is_never_told(bench: Bench) -> None:
    await bench.each(refused(0), expired(0.1), well(0.2, TLS), well(1))
    assert bench.said(bench.ticket("t.expired").ref) == []


async def test_a_suspicion_that_would_not_explain_it_keeps_nobody_waiting(bench: Bench) -> None:
    content = outcome(UPTIME, 0, DOWN.found("uptime", layer=Layer.CONTENT)), UPTIME
    await bench.each(content, expired(0.1))
    assert bench.ticket("t.expired").told


async def test_another_site_keeps_nobody_waiting(bench: Bench) -> None:
    await bench.each(refused(0))
    other = EXPIRED.found("x")
    watch = TLS.__class__(key=TLS.key.__class__(site="other", check="tls"), kind="tls", target=TLS.target)
    await bench.take((outcome(watch, 0.1, other), watch))
    assert bench.ticket("t.expired").told


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_in_one_batch_the_order_changes_nothing(bench: Bench, order: tuple[int, ...]) -> None:
    first = [refused(0), expired(0.1), (outcome(LINKS, 0.2, BROKEN.found("x")), LINKS)]
    await bench.take(*(first[number] for number in order))
    await bench.take(refused(1))
    assert {t.finding.rule.id: (t.told, t.parent is None) for t in bench.tickets()} == {
        "t.down": (True, True),
        "t.expired": (False, False),
        "t.broken": (False, False),
    }
