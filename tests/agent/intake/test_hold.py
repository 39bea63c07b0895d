"""One cause, one message: people wait for the check that may explain a ticket, and lose nothing by it."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.core.desk.message import SHOWN, Pending, Route
from agent.core.desk.ticket import EventKind, Owed
from agent.intake import Rules
from agent.intake.commands import Settle
from agent.notify.wording import message
from agent.store import tickets
from agent.store.outlet import Outlet
from checks.core.model import Layer, Severity
from tests.agent.intake.bench import Bench, Taken, well
from tests.agent.kit import BROKEN, DOWN, EXPIRED, EXPIRING, LINKS, RULES, TLS, UPTIME, at, outcome

ONCALL = Route(channel="oncall", severities=frozenset({Severity.CRITICAL}))
OPENED, CHANGED, RESOLVED = EventKind.OPENED, EventKind.CHANGED, EventKind.RESOLVED


def expiring(minutes: float) -> Taken:
    return outcome(TLS, minutes, EXPIRING.found("shop.example:443")), TLS


def expired(minutes: float) -> Taken:
    return outcome(TLS, minutes, EXPIRED.found("shop.example:443")), TLS


def refused(minutes: float) -> Taken:
    return outcome(UPTIME, minutes, DOWN.found("uptime", layer=Layer.TLS, reason="tls_expired")), UPTIME


@pytest.fixture
async def watched(bench: Bench) -> Bench:
    """A site that uptime looks at every minute, whose certificate people were warned of."""
    bench.routes, bench.rules = (ONCALL,), Rules(lookouts={"shop": (UPTIME,)})
    await bench.each(expiring(0), well(0.5))
    assert bench.said(bench.ticket("t.expiring").ref) == [OPENED]
    return bench


async def oncall(bench: Bench) -> list[Pending]:
    return list(await Outlet(bench.store).claim("oncall", at(60), merges=False))


async def test_the_certificates_end_waits_for_uptime_and_is_told_with_the_outage(watched: Bench) -> None:
    await watched.each(expired(10), refused(10.5))
    certificate = watched.ticket("t.expired")
    assert (certificate.owed, certificate.told) == (Owed(kind=CHANGED, since=at(10) + timedelta(seconds=0.5)), True)
    await watched.take(refused(11.5))
    outage = watched.ticket("t.down")
    assert watched.ticket("t.expired").parent == outage.ref
    (told,) = await oncall(watched)
    assert (told.kind, told.view.ticket.ref) == (OPENED, outage.ref)
    assert [child.ref for child in told.children] == [certificate.ref]
    body = message(told, ZoneInfo("UTC")).body
    assert f"explains: {certificate.ref}  it fails\nwhat to do: Mend it." in body
    await watched.each(well(20), well(21), (outcome(TLS, 21), TLS))
    assert watched.said(certificate.ref) == [OPENED, RESOLVED]


async def test_uptime_that_stays_well_lets_it_speak_at_once(watched: Bench) -> None:
    await watched.take(expired(10))
    assert await oncall(watched) == []
    await watched.take(well(10.4))
    (told,) = await oncall(watched)
    assert (told.kind, told.view.ticket.finding.rule, told.children) == (CHANGED, EXPIRED, ())
    assert watched.events(told.view.ticket.ref)[-2:] == [CHANGED, EventKind.RELEASED]


async def test_uptime_that_cannot_look_keeps_it_for_a_while_only(watched: Bench) -> None:
    await watched.each(expired(10), (outcome(UPTIME, 10.5, unobserved="resolver"), UPTIME))
    await watched.intake().do(Settle(now=at(12.4)))
    assert await oncall(watched) == []
    await watched.intake().do(Settle(now=at(12.6)))
    assert [told.kind for told in await oncall(watched)] == [CHANGED]


async def test_what_is_held_outlives_a_restart(watched: Bench, tmp_path: Path) -> None:
    await watched.take(expired(10))
    watched.store.close()
    anew = Bench(tmp_path, routes=(ONCALL,))
    watched.store, anew.rules = anew.store, watched.rules  # the fixture closes it
    await anew.intake().do(Settle(now=at(11)))
    assert await oncall(anew) == []
    await anew.intake().do(Settle(now=at(14)))
    assert [told.kind for told in await oncall(anew)] == [CHANGED]
    await anew.intake().do(Settle(now=at(15)))
    await anew.each(refused(16), refused(17))
    assert anew.said(anew.ticket("t.expired").ref) == [CHANGED]


async def test_without_its_check_in_the_plan_nobody_waits(watched: Bench) -> None:
    watched.rules = Rules()
    await watched.take(expired(10))
    assert [told.kind for told in await oncall(watched)] == [CHANGED]


async def test_what_became_worse_while_it_was_explained_is_told_once_it_stands_for_itself(watched: Bench) -> None:
    await watched.each(expired(10), refused(10.5), refused(11.5), well(20), well(21))
    certificate = watched.ticket("t.expired")
    assert watched.said(certificate.ref) == [OPENED]
    await watched.take(expired(22))
    assert watched.said(certificate.ref) == [OPENED, CHANGED]
    assert watched.ticket("t.expired").owed is None


async def test_what_is_over_while_it_waits_is_told_as_over_alone(watched: Bench) -> None:
    await watched.each(expired(10), (outcome(TLS, 10.2), TLS), well(10.5))
    (certificate,) = watched.tickets()
    assert (watched.said(certificate.ref), certificate.owed) == ([OPENED, RESOLVED], None)
    assert await oncall(watched) == []


async def test_over_and_back_within_one_batch_is_told_in_order(bench: Bench) -> None:
    await bench.take(expired(0), (outcome(TLS, 1), TLS), expired(2))
    certificate = bench.ticket("t.expired")
    assert bench.said(certificate.ref) == [OPENED, RESOLVED, EventKind.REOPENED]
    assert (certificate.told, certificate.owed) == (True, None)


async def test_a_message_names_few_of_many(watched: Bench) -> None:
    broken = [BROKEN.found(f"https://shop.example/{number}") for number in range(SHOWN + 2)]
    await watched.each((outcome(LINKS, 10, *broken), LINKS), refused(10.5), refused(11.5))
    (told,) = await oncall(watched)
    assert (len(told.children), told.more) == (SHOWN, 2)
    assert message(told, ZoneInfo("UTC")).body.endswith("explains: and 2 more")
    assert told.key == f"oncall:{watched.ticket('t.down').ref}:1"


async def test_a_sites_owed_tickets_are_found_by_site(watched: Bench) -> None:
    await watched.take(expired(10))
    read = watched.store.read
    assert read(tickets.owing)
    assert read(lambda session: tickets.owing(session, ["other", "shop"]))
    assert not read(lambda session: tickets.owing(session, ["other"]))


async def test_a_snapshot_of_an_earlier_version_is_read(watched: Bench) -> None:
    kept = watched.ticket("t.expiring")
    row = watched.store.read(lambda session: tickets.row_of(session, kept))
    old = {name: value for name, value in row.items() if not name.startswith("owed")}
    assert tickets.ticket_of(old, RULES) == kept
