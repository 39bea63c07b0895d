"""The states of a ticket, and what leads from one to another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.desk import lifecycle
from agent.core.desk.lifecycle import Step
from agent.core.desk.settings import Flap
from agent.core.desk.ticket import LIVE, EventKind, State, Ticket, fingerprint
from agent.core.desk.verdict import Began, Changed, Ended
from tests.agent.kit import DOWN, UPTIME, WRONG, at

FLAP = Flap(reopens=2, window=timedelta(minutes=60), stable=timedelta(minutes=30))
FINDING = DOWN.found("uptime", reason="refused")


def opened() -> Ticket:
    return lifecycle.open_ticket(Began(finding=FINDING, at=at(0), runs=2), UPTIME, at(1), at(1.5), None, "V-1").ticket


def resolved(minutes: float) -> Ticket:
    after = lifecycle.end(opened(), Ended(finding=FINDING, began=at(0), at=at(minutes)))
    assert isinstance(after, Step)
    return after.ticket


def test_a_ticket_is_opened_when_it_is_believed_and_detected_when_it_began() -> None:
    ticket = opened()
    assert (ticket.state, ticket.opened_at, ticket.detected_at, ticket.seen_at) == (State.OPEN, at(1.5), at(0), at(1))
    assert (ticket.occurrences, ticket.live, ticket.site) == (2, True, "shop")
    assert ticket.fingerprint == fingerprint("shop", "uptime", "uptime.available", "uptime")


@pytest.mark.parametrize(
    ("ticket", "minutes", "again"),
    [
        pytest.param(resolved(10), 70, True, id="resolved-an-hour-ago"),
        pytest.param(resolved(10), 71, False, id="resolved-longer-ago"),
        pytest.param(replace(resolved(10), state=State.CLOSED), 11, False, id="closed-by-someone"),
        pytest.param(replace(resolved(10), restored_at=None), 11, False, id="resolved-without-a-restoration"),
    ],
)
def test_what_comes_back_soon_is_the_same(ticket: Ticket, minutes: float, again: bool) -> None:
    assert lifecycle.reopens(ticket, Began(finding=FINDING, at=at(minutes)), FLAP) is again


def test_the_second_reopening_in_the_window_is_unstable() -> None:
    first = lifecycle.reopen(resolved(10), Began(finding=FINDING, at=at(20)), at(20), FLAP)
    second = lifecycle.reopen(
        replace(first.ticket, state=State.RESOLVED), Began(finding=FINDING, at=at(80)), at(80), FLAP
    )
    late = lifecycle.reopen(
        replace(first.ticket, state=State.RESOLVED), Began(finding=FINDING, at=at(81)), at(81), FLAP
    )
    assert [step.kind for step in (first, second, late)] == [EventKind.REOPENED, EventKind.UNSTABLE, EventKind.REOPENED]
    assert [step.ticket.flapping for step in (first, second, late)] == [False, True, False]
    assert (second.ticket.reopen_count, second.ticket.reopened_at) == (2, (at(20), at(80)))
    assert (first.ticket.opened_at, first.ticket.restored_at, first.ticket.state) == (at(1.5), None, State.OPEN)


def test_a_held_ticket_waits_until_it_was_quiet() -> None:
    held = lifecycle.end(replace(opened(), flapping=True), Ended(finding=FINDING, began=at(0), at=at(10)))
    assert isinstance(held, Ticket)
    assert (held.state, held.quiet_since) == (State.OPEN, at(10))
    assert lifecycle.settle(held, at(39.9), FLAP) is None
    step = lifecycle.settle(held, at(40), FLAP)
    assert step is not None
    assert (step.kind, step.ticket.state, step.ticket.restored_at) == (EventKind.RESTORED, State.RESOLVED, at(10))
    assert lifecycle.settle(lifecycle.back(held), at(400), FLAP) is None


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        pytest.param({"rule"}, EventKind.CHANGED, id="another-rule-is-told"),
        pytest.param({"severity", "reason"}, EventKind.CHANGED, id="another-severity-is-told"),
        pytest.param({"reason"}, EventKind.UPDATED, id="another-fact-is-not"),
    ],
)
def test_what_people_are_told_of_a_change(what: set[str], kind: EventKind) -> None:
    flip = Changed(finding=WRONG.found("uptime"), before=FINDING, what=frozenset(what), at=at(3))
    step = lifecycle.change(opened(), flip)
    assert (step.kind, step.ticket.finding) == (kind, flip.finding)


def test_a_ticket_that_nothing_can_verify_is_closed() -> None:
    step = lifecycle.withdraw(opened(), at(9))
    assert (step.kind, step.ticket.state, step.ticket.closed_at) == (EventKind.CLOSED, State.CLOSED, at(9))


def test_the_transitions_are_whole_and_ends_are_ends() -> None:
    assert set(lifecycle.TRANSITIONS) == set(State)
    assert lifecycle.TRANSITIONS[State.CLOSED] == lifecycle.TRANSITIONS[State.MERGED] == frozenset()
    assert all(State.RESOLVED in lifecycle.TRANSITIONS[state] for state in LIVE)
    assert lifecycle.TRANSITIONS[State.RESOLVED] & LIVE == {State.OPEN}
    assert lifecycle.may(State.OPEN, State.OPEN)
    assert lifecycle.may(State.RESOLVED, State.OPEN)
    assert not lifecycle.may(State.CLOSED, State.OPEN)


def test_a_fingerprint_holds_nothing_volatile_and_no_two_names_share_one() -> None:
    assert fingerprint("a", "b", "c", "d") == fingerprint("a", "b", "c", "d")
    assert fingerprint("a", "b", "c", "d").startswith("v1:")
    assert fingerprint("a", "bc", "c", "d") != fingerprint("ab", "c", "c", "d")
    assert fingerprint("é", "b", "c", "d\ufffd") != fingerprint("e", "b", "c", "d")
