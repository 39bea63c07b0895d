"""What an outcome is worth when the agent's own uplink is well, dead, half dead or unknown."""

import pytest

from agent.uplink.believe import Online, Standing, answered, believe, doubtful
from checks.core.model import (
    Confirm,
    Finding,
    Key,
    Layer,
    Maintenance,
    Observed,
    Outcome,
    Rule,
    Severity,
    Unobserved,
    Untested,
)
from checks.core.text import _
from tests.agent.kit import T0

KEY = Key(site="shop", check="uptime")


def rule(name: str, layer: Layer, confirm: Confirm = Confirm.NETWORK) -> Rule:
    return Rule(
        id=name,
        family=name,
        severity=Severity.CRITICAL,
        maintenance=Maintenance.CORRECTIVE,
        layer=layer,
        says=_("x"),
        advice=_("y"),
        confirm=confirm,
    )


DOWN = rule("t.down", Layer.HTTP)
SLOW = rule("t.slow", Layer.CONTENT)
EXPIRED = rule("t.expired", Layer.TLS, Confirm.FACT)
AGENT = rule("t.agent", Layer.AGENT)
REFUSED = DOWN.found("uptime", layer=Layer.TCP, reason="connect_refused", address="192.0.2.1")


def outcome(*findings: Finding) -> Outcome:
    answer = Observed(findings=findings)
    return Outcome(id="1", key=KEY, started=T0, seconds=1.0, only=frozenset(), answer=answer)


@pytest.mark.parametrize(
    ("finding", "doubt"),
    [
        pytest.param(REFUSED, True, id="a-refused-connection-may-be-us"),
        pytest.param(DOWN.found("uptime", layer=Layer.DNS, reason="dns_timeout"), True, id="so-may-a-silent-resolver"),
        pytest.param(DOWN.found("uptime", reason="timeout_headers"), True, id="and-a-request-without-answer"),
        pytest.param(DOWN.found("uptime", reason="status", status=502), False, id="a-status-came-from-somewhere"),
        pytest.param(SLOW.found("uptime", reason="slow"), False, id="a-slow-page-came-too"),
        pytest.param(EXPIRED.found("h:443"), False, id="a-certificate-is-a-fact"),
        pytest.param(AGENT.found("disk"), False, id="the-agent-itself-needs-no-uplink"),
    ],
)
def test_what_may_be_our_own_fault(finding: Finding, doubt: bool) -> None:
    assert doubtful(outcome(finding)) is doubt
    assert answered(outcome(finding)) is not doubt


def test_a_run_that_could_not_look_proves_nothing() -> None:
    blind = Outcome(
        id="1",
        key=KEY,
        started=T0,
        seconds=0,
        only=frozenset(),
        answer=Unobserved(cause="resolver", detail=""),
    )
    assert (answered(blind), doubtful(blind)) == (False, False)
    assert believe(blind, Standing(online=Online.NO)) is blind


def test_offline_nothing_is_said_of_the_site() -> None:
    seen = believe(outcome(REFUSED), Standing(online=Online.NO))
    assert seen.answer == Unobserved(cause="offline", detail="no reference target answered either")


def test_online_it_is_believed_as_it_is() -> None:
    assert believe(outcome(REFUSED), Standing()) == outcome(REFUSED)


def test_without_anything_to_compare_with_it_is_believed_and_says_so() -> None:
    seen = believe(outcome(REFUSED, EXPIRED.found("h:443")), Standing(online=Online.UNKNOWN))
    assert isinstance(seen.answer, Observed)
    assert [finding.fact("cross_checked") for finding in seen.answer.findings] == [False, None]
    assert [name for name, _value in seen.answer.findings[0].facts] == ["address", "cross_checked", "reason"]


V6 = DOWN.found("uptime", layer=Layer.TCP, reason="connect_timeout", address="2001:db8::1")
BOTH = DOWN.found(
    "both", layer=Layer.TCP, reason="connect_timeout", addresses=(("192.0.2.1", "x"), ("2001:db8::1", "y"))
)


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        pytest.param(V6, False, id="over-a-dead-family-nothing-was-seen"),
        pytest.param(REFUSED, True, id="over-the-other-it-was"),
        pytest.param(BOTH, True, id="over-both-it-was"),
        pytest.param(DOWN.found("u", layer=Layer.DNS, reason="dns_timeout"), True, id="before-any-address-it-was"),
    ],
)
def test_a_family_that_no_reference_answers_on_is_unobserved(finding: Finding, kept: bool) -> None:
    answer = believe(outcome(finding), Standing(silent=frozenset({6}))).answer
    assert isinstance(answer, Observed)
    assert bool(answer.findings) is kept
    untested = Untested(families=frozenset({"t.down"}), subject="uptime", cause="no_ipv6")
    assert answer.untested == (() if kept else (untested,))
