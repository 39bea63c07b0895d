"""A contract may see a rule otherwise, or not at all."""

from agent.core.desk.overrides import overridden
from agent.core.desk.settings import RuleOverride
from checks.core.model import Observed, Severity
from tests.agent.kit import DOWN, SLOW, UPTIME, outcome

SEEN = outcome(UPTIME, 0, DOWN.found("uptime"), SLOW.found("uptime"))


def found(*rules: RuleOverride) -> list[tuple[str, Severity]]:
    answer = overridden(SEEN, rules).answer
    assert isinstance(answer, Observed)
    return [(finding.rule.id, finding.severity) for finding in answer.findings]


def test_without_a_word_everything_stays() -> None:
    assert overridden(SEEN, ()) is SEEN


def test_a_rule_may_weigh_otherwise() -> None:
    minor = RuleOverride(id="t.down", severity=Severity.MINOR, reason="a preview")
    assert found(minor) == [("t.down", Severity.MINOR), ("t.slow", Severity.MINOR)]


def test_a_rule_may_be_left_out() -> None:
    assert found(RuleOverride(id="t.slow", disabled=True, reason="known")) == [("t.down", Severity.CRITICAL)]


def test_a_run_that_could_not_look_stays() -> None:
    blind = outcome(UPTIME, 0, unobserved="offline")
    assert overridden(blind, (RuleOverride(id="t.down", disabled=True),)) is blind
