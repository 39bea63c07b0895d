"""What firings and runs tell of the agent, over the last minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.daemon.tally import JUST_NOW, WINDOW, Tally
from agent.executor import Loss
from agent.metrics import Own
from agent.schedule import Trouble
from checks.core.model import ALL, Answer, Key, Observed, Outcome, Unobserved, Untested
from tests.agent.kit import T0

KEY = Key(site="shop", check="uptime")


@pytest.fixture
def tally() -> Tally:
    return Tally(own=Own())


def outcome(answer: Answer) -> Outcome:
    return Outcome(id="1", key=KEY, started=T0, seconds=1.0, only=frozenset(), answer=answer)


@pytest.mark.parametrize(
    ("what", "ours"),
    [
        pytest.param(Trouble.LATE, True, id="a-late-firing-is-ours"),
        pytest.param(Trouble.STALL, True, id="so-is-one-that-a-busy-loop-left-out"),
        pytest.param(Trouble.OVERLAP, False, id="a-slow-site-is-not"),
        pytest.param(Trouble.CLOCK, False, id="nor-is-a-clock-that-jumped"),
        pytest.param(Trouble.FAILED, False, id="nor-an-error-that-is-told-otherwise"),
    ],
)
def test_which_troubles_are_the_agents_own(tally: Tally, what: Trouble, ours: bool) -> None:
    tally.fired(0.1)
    tally.trouble(KEY, what, 3)
    assert tally.window(datetime.now(UTC)) == (1, 3 if ours else 0)


def test_a_run_that_waited_for_a_place_is_late(tally: Tally) -> None:
    tally.delayed()
    assert tally.window(datetime.now(UTC)) == (0, 1)


def test_what_is_long_ago_is_forgotten(tally: Tally) -> None:
    tally.fired(0.1)
    tally.trouble(KEY, Trouble.LATE, 1)
    assert tally.window(datetime.now(UTC) + WINDOW + timedelta(seconds=2)) == (0, 0)


def test_a_run_that_lacked_something_is_remembered_for_a_moment(tally: Tally) -> None:
    now = datetime.now(UTC)
    assert not tally.ran_out(now)
    tally.ran("uptime", outcome(Unobserved(cause="resources", detail="EMFILE")))
    assert tally.ran_out(now)
    assert not tally.ran_out(now + JUST_NOW + timedelta(seconds=2))


@pytest.mark.parametrize(
    ("answer", "lacked"),
    [
        pytest.param(Unobserved(cause="no_ipv6", detail=""), True, id="a-run-that-needed-ipv6"),
        pytest.param(
            Observed(untested=(Untested(families=ALL, subject="2001:db8::1", cause="no_ipv6"),)),
            True,
            id="a-part-of-one",
        ),
        pytest.param(Observed(), False, id="a-run-that-did-not"),
        pytest.param(Unobserved(cause="timeout", detail=""), False, id="nor-one-that-lacked-something-else"),
    ],
)
def test_who_lacked_ipv6(tally: Tally, answer: Answer, lacked: bool) -> None:
    tally.ran("uptime", outcome(answer))
    assert tally.lacked_ipv6 is lacked


def test_lost_children_are_passed_on(tally: Tally) -> None:
    tally.child_lost(Loss.MEMORY)
    value = tally.own.registry.get_sample_value("vigie_executor_children_lost_total", {"reason": "memory"})
    assert value == 1
