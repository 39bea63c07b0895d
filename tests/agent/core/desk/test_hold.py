"""What people are owed of a ticket, and how long that waits for what may explain it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.desk.correlate import looks_first, may_explain
from agent.core.desk.hold import CAP, Doubts, Lookout, owing, waiting
from agent.core.desk.hours import Cursor
from agent.core.desk.lifecycle import open_ticket
from agent.core.desk.ticket import EventKind, Owed, State, Ticket
from agent.core.desk.verdict import Began
from agent.core.desk.watch import Watch
from checks.core.model import Finding, Key, Layer
from tests.agent.kit import BROKEN, DOWN, EXPIRED, EXPIRING, LINKS, TLS, UPTIME, at

OPENED, CHANGED, REOPENED = EventKind.OPENED, EventKind.CHANGED, EventKind.REOPENED
FOUND = EXPIRED.found("shop.example:443")
OTHER_PAGE = replace(UPTIME, key=Key(site="shop", check="panier"), target="https://shop.example/panier")


def ticket(watch: Watch = TLS, finding: Finding = FOUND, owed: Owed | None = None) -> Ticket:
    opened = open_ticket(Began(finding=finding, at=at(0)), watch, at(0), at(0), None, "V-1").ticket
    return replace(opened, owed=owed)


def owed(minutes: float, kind: EventKind = CHANGED) -> Owed:
    return Owed(kind=kind, since=at(minutes))


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        pytest.param(None, OPENED, owed(3, OPENED), id="one-that-opens-is-told-of"),
        pytest.param(None, CHANGED, owed(3), id="and-one-that-changes"),
        pytest.param(None, EventKind.UPDATED, None, id="another-fact-is-the-tickets-own"),
        pytest.param(None, EventKind.RELEASED, None, id="one-of-which-all-is-told-owes-nothing-more"),
        pytest.param(owed(1, OPENED), CHANGED, owed(1, OPENED), id="who-never-heard-of-it-hears-that-it-was-opened"),
        pytest.param(owed(1), CHANGED, owed(1), id="to-change-again-prolongs-no-wait"),
        pytest.param(owed(1), EventKind.EXPLAINED, owed(1), id="what-is-explained-is-still-owed"),
        pytest.param(owed(1), EventKind.RESOLVED, None, id="what-is-over-is-not"),
    ],
)
def test_what_people_are_owed(before: Owed | None, kind: EventKind, after: Owed | None) -> None:
    assert owing(ticket(owed=before), kind, at(3)).owed == after


def test_one_that_comes_and_goes_owes_that_it_is_unstable_and_no_change() -> None:
    flapping = replace(ticket(), flapping=True)
    assert owing(flapping, CHANGED, at(3)).owed is None
    assert owing(flapping, EventKind.UNSTABLE, at(3)).owed == owed(3, EventKind.UNSTABLE)


def ran(minutes: float, *, judged: bool = True) -> Cursor:
    return Cursor(at=at(minutes), judged=judged)


def every(minutes: float) -> Watch:
    return replace(UPTIME, every=timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("watch", "cursor", "minutes", "waits"),
    [
        pytest.param(UPTIME, ran(9.5), 10, True, id="it-has-not-looked-since"),
        pytest.param(UPTIME, None, 10, True, id="it-never-looked"),
        pytest.param(UPTIME, ran(10), 10.2, False, id="it-looked-and-suspects-nothing"),
        pytest.param(UPTIME, ran(10.1, judged=False), 10.2, True, id="it-could-not-look"),
        pytest.param(UPTIME, ran(9.5), 12.4, True, id="two-intervals-and-a-run-are-not-over"),
        pytest.param(UPTIME, ran(9.5), 12.5, False, id="two-intervals-and-a-run-are-over"),
        pytest.param(UPTIME, ran(9.5), 7.4, False, id="the-clock-was-set-back-by-more"),
        pytest.param(every(4), ran(9), 14.9, True, id="a-slow-one-looks-within-the-cap"),
        pytest.param(every(4), ran(9), 15, False, id="the-cap-holds-for-all"),
        pytest.param(every(60), ran(9), 10, False, id="one-that-cannot-look-in-time-is-not-waited-for"),
        pytest.param(every(60), ran(-46), 10, True, id="a-rare-one-that-is-due"),
        pytest.param(replace(UPTIME, key=replace(UPTIME.key, site="other")), ran(9), 10, False, id="another-site"),
        pytest.param(replace(UPTIME, target="https://www.example/"), ran(9), 10, False, id="another-host"),
        pytest.param(replace(UPTIME, target=""), ran(9), 10, False, id="no-host"),
        pytest.param(OTHER_PAGE, ran(9), 10, True, id="another-page-of-the-host"),
        pytest.param(LINKS, ran(9), 10, False, id="a-check-that-explains-nothing"),
    ],
)
def test_who_is_waited_for(watch: Watch, cursor: Cursor | None, minutes: float, waits: bool) -> None:
    doubts = Doubts(lookouts=(Lookout(watch=watch, cursor=cursor),))
    assert ("V-1" in waiting([ticket(owed=owed(10))], doubts, at(minutes))) is waits


@pytest.mark.parametrize(
    ("one", "waits"),
    [
        pytest.param(ticket(owed=owed(10, OPENED)), True, id="one-that-opened"),
        pytest.param(ticket(owed=owed(10, REOPENED)), True, id="one-that-is-back"),
        pytest.param(ticket(finding=EXPIRING.found("x"), owed=owed(10)), True, id="a-warning-on-a-host-that-is-down"),
        pytest.param(ticket(LINKS, BROKEN.found("x"), owed(10)), True, id="any-check-above"),
        pytest.param(ticket(), False, id="nothing-is-owed"),
        pytest.param(replace(ticket(owed=owed(10)), state=State.RESOLVED), False, id="it-is-over"),
        pytest.param(ticket(OTHER_PAGE, DOWN.found("x"), owed(10)), False, id="another-uptimes-outage-was-confirmed"),
        pytest.param(ticket(TLS, replace(FOUND, layer=Layer.DNS), owed(10)), False, id="nothing-lies-below-the-name"),
    ],
)
def test_who_waits(one: Ticket, waits: bool) -> None:
    doubts = Doubts(lookouts=(Lookout(watch=UPTIME, cursor=ran(9.5)),))
    assert ("V-1" in waiting([one], doubts, at(10))) is waits


@pytest.mark.parametrize(
    ("suspected", "minutes", "waits"),
    [
        pytest.param(ticket(UPTIME, DOWN.found("x", layer=Layer.TLS)), 14.9, True, id="what-would-explain-it"),
        pytest.param(ticket(UPTIME, DOWN.found("x", layer=Layer.TLS)), 15, False, id="not-for-ever"),
        pytest.param(ticket(UPTIME, DOWN.found("x", layer=Layer.CONTENT)), 10, False, id="what-would-not"),
        pytest.param(
            ticket(replace(UPTIME, key=replace(UPTIME.key, site="other")), DOWN.found("x", layer=Layer.TLS)),
            10,
            False,
            id="something-at-another-site",
        ),
    ],
)
def test_it_waits_for_what_is_suspected(suspected: Ticket, minutes: float, waits: bool) -> None:
    assert ("V-1" in waiting([ticket(owed=owed(10))], Doubts(suspicions=(suspected,)), at(minutes))) is waits


def test_whoever_waits_is_waited_for_by_name_and_the_cap_is_what_the_page_says() -> None:
    assert timedelta(minutes=5) == CAP
    assert looks_first("uptime")
    assert not looks_first("tls")
    assert may_explain(UPTIME, ticket())
    assert UPTIME.confirms == timedelta(minutes=2, seconds=30)
