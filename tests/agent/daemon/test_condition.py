"""What is wrong with the agent itself, and what a look at it says nothing about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.daemon.condition import FREE_LEAST, Condition, judge

WELL = Condition(ahead=timedelta(), free=FREE_LEAST, descriptors=(10, 1024), memory=(10, 100), fired=1000)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"online": False}, ["agent.offline"], id="no-reference-answers"),
        pytest.param({"lacks_ipv6": True}, ["agent.no_ipv6"], id="a-site-needs-ipv6-and-there-is-none"),
        pytest.param({"ahead": timedelta(seconds=30)}, [], id="half-a-minute-is-borne"),
        pytest.param({"ahead": timedelta(seconds=31)}, ["agent.clock"], id="more-is-not"),
        pytest.param({"ahead": timedelta(hours=-1)}, ["agent.clock"], id="in-either-direction"),
        pytest.param({"free": FREE_LEAST - 1}, ["agent.disk"], id="a-disk-that-is-nearly-full"),
        pytest.param({"refused": "line 3"}, ["agent.config"], id="a-configuration-that-was-refused"),
        pytest.param({"descriptors": (922, 1024)}, ["agent.resources"], id="nine-tenths-of-the-descriptors"),
        pytest.param({"descriptors": (921, 1024)}, [], id="a-little-less-is-borne"),
        pytest.param({"memory": (90, 100)}, ["agent.resources"], id="nine-tenths-of-the-memory"),
        pytest.param({"ran_out": True}, ["agent.resources"], id="a-run-that-lacked-something"),
        pytest.param({"late": 9}, [], id="less-than-a-hundredth-came-late"),
        pytest.param({"late": 10}, ["agent.overrun"], id="a-hundredth-came-late"),
        pytest.param({"fired": 10, "late": 4}, [], id="few-of-few"),
        pytest.param({"fired": 10, "late": 5}, ["agent.overrun"], id="half-of-few"),
        pytest.param({"online": False, "free": 0}, ["agent.offline", "agent.disk"], id="two-things-at-once"),
    ],
)
def test_what_is_wrong(change: dict[str, object], found: list[str]) -> None:
    assert [finding.rule.id for finding in judge(replace(WELL, **change)).findings] == found  # type: ignore[arg-type]


@pytest.mark.parametrize(("unseen", "subject"), [("ahead", "clock"), ("free", "disk")])
def test_what_could_not_be_seen_stays_as_it_was(unseen: str, subject: str) -> None:
    assert subject in judge(WELL).subjects
    assert subject not in judge(replace(WELL, **{unseen: None})).subjects  # type: ignore[arg-type]


def test_findings_of_others_are_not_ended_by_a_look_that_is_not_theirs() -> None:
    assert judge(WELL).subjects == {"uplink", "ipv6", "clock", "disk", "config", "resources", "schedule"}


def test_the_ticket_says_how_far_off_and_in_which_direction() -> None:
    (finding,) = judge(replace(WELL, ahead=timedelta(minutes=-2))).findings
    assert (finding.fact("offset"), finding.fact("ahead")) == (120.0, -120.0)
